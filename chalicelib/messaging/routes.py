"""Routes of messages to patients."""

from ..identity.permissions import Permission
from ..platform.context import Context, SystemContext
from ..platform.http import PUBLIC, Routes
from . import plan, visit_links
from .schemas import ReminderPlanBody, ReminderPlanView, VisitAnswer, VisitAnswered, VisitView

routes = Routes("messaging")


@routes.get("/v1/practice/reminders", permission=Permission.READ_PRACTICE)
def read_reminder_plan(context: Context) -> ReminderPlanView:
    """When patients are reminded of their visits. Version 0 before it is first set."""
    return ReminderPlanView.model_validate(plan.read_plan(context))


@routes.put("/v1/practice/reminders", permission=Permission.MANAGE_PRACTICE)
def set_reminder_plan(context: Context, body: ReminderPlanBody) -> ReminderPlanView:
    """Replace steps and quiet hours; what is booked keeps its reminders until it moves.

    The first time, send `If-Match: "0"`. A step that falls into the quiet hours is sent when they
    end, or before they begin where the visit comes first.
    """
    return ReminderPlanView.model_validate(plan.set_plan(context, body))


@routes.get("/v1/visit-links/{secret}", permission=PUBLIC)
def read_visit_link(context: SystemContext, secret: str) -> VisitView:
    """The visit that a reminder's link is about: when, where, and a first name. Changes nothing."""
    return VisitView.model_validate(visit_links.read_visit(context, secret))


@routes.post("/v1/visit-links/{secret}", permission=PUBLIC, idempotent=True)
def answer_visit_link(context: SystemContext, secret: str, body: VisitAnswer) -> VisitAnswered:
    """Confirm the visit, cancel it, or ask for another time; once for each reminder.

    409 `visit_link_spent` for a link that was used, or whose visit has moved, begun or ended.
    """
    return VisitAnswered.model_validate(visit_links.answer_visit(context, secret, body.answer))
