"""Routes of recalls."""

from ..identity.permissions import Permission
from ..platform.context import Context
from ..platform.http import Page, Routes
from . import following, recalling, rules
from .schemas import (
    RecallBody,
    RecallChange,
    RecallLine,
    RecallOutcome,
    RecallQuery,
    RecallRuleBody,
    RecallRuleList,
    RecallRuleView,
    RecallView,
)

routes = Routes("recalls")
RECALL = "/v1/recalls/{recall_id}"


@routes.get("/v1/recall-rules", permission=Permission.READ_PRACTICE)
def list_recall_rules(context: Context) -> RecallRuleList:
    """After which visits patients are called in again, when, and how."""
    return RecallRuleList.model_validate({"items": following.rules_of(context)})


@routes.post("/v1/recall-rules", permission=Permission.MANAGE_PRACTICE, status=201)
def add_recall_rule(context: Context, body: RecallRuleBody) -> RecallRuleView:
    """Add a rule: visits completed from now on make recalls by it. 409 `too_many_rules`."""
    return RecallRuleView.model_validate(rules.add_rule(context, body))


@routes.put("/v1/recall-rules/{rule_id}", permission=Permission.MANAGE_PRACTICE)
def change_recall_rule(context: Context, rule_id: str, body: RecallRuleBody) -> RecallRuleView:
    """Change a rule, or switch it off; recalls that there are keep what they were made with."""
    return RecallRuleView.model_validate(rules.change_rule(context, rule_id, body))


@routes.get("/v1/recalls", permission=Permission.READ_SCHEDULE)
def list_recalls(context: Context, query: RecallQuery) -> Page[RecallLine]:
    """Who is to come again and is not booked, who is due first first; with `patient_id` all of one."""
    items, cursor = recalling.list_recalls(context, query)
    return Page[RecallLine].model_validate({"items": items, "next_cursor": cursor})


@routes.post("/v1/recalls", permission=Permission.BOOK_APPOINTMENT, status=201)
def add_recall(context: Context, body: RecallBody) -> RecallView:
    """Enter by hand that somebody is to come again; booked when anybody books a visit of the type."""
    return RecallView.model_validate(recalling.add_recall(context, body))


@routes.get(RECALL, permission=Permission.READ_SCHEDULE)
def read_recall(context: Context, recall_id: str) -> RecallView:
    """One recall, with every attempt to reach the patient."""
    return RecallView.model_validate(recalling.read_recall(context, recall_id))


@routes.put(RECALL, permission=Permission.BOOK_APPOINTMENT)
def postpone_recall(context: Context, recall_id: str, body: RecallChange) -> RecallView:
    """Put it to another day; the patient is contacted for that anew. 409 `recall_over`."""
    return RecallView.model_validate(recalling.postpone_recall(context, recall_id, body))


@routes.post(RECALL, permission=Permission.BOOK_APPOINTMENT)
def note_recall_outcome(context: Context, recall_id: str, body: RecallOutcome) -> RecallView:
    """Say how a call went, or that they do not want it, or need it no more. 409 `recall_over`."""
    return RecallView.model_validate(recalling.note_outcome(context, recall_id, body))
