"""Recalls by hand: entered, put to another day, told how an attempt went, listed for the front desk."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ..messaging.channels import is_written_to
from ..patients.models import Patient
from ..platform.context import Context
from ..platform.errors import invalid_field
from ..platform.http import filtered_page
from ..platform.store import Key, Results, find_many, get, query
from ..scheduling.placing import refuse_missing
from .due_dates import BY_PHONE, CLOSED, CONTACTED, DECLINED, NO_ANSWER, OPEN
from .errors import RecallOver
from .following import contact_instant
from .models import Recall
from .rules import plan_of, refuse_unknown_types
from .schemas import RecallBody, RecallChange, RecallOutcome, RecallQuery

LONGEST = timedelta(days=10 * 366)
BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list."""

    recall: Recall
    patient_name: str


def add_recall(context: Context, body: RecallBody) -> Recall:
    """Somebody is to come again. Invalid (422) names what is not there, or a day that cannot be."""
    key = Patient.key(context.practice_id, body.patient_id)
    context.concerns(body.patient_id)
    found = find_many([key], consistent=True)
    refuse_missing(found, ("patient_id", Patient, key))
    patient = found[key]
    if isinstance(patient, Patient) and not is_written_to(patient):
        raise invalid_field("patient_id", "not_active", "The patient is deceased or inactive")
    refuse_unknown_types(context, type_id=body.type_id)
    recall = Recall(
        *Recall.key(context.practice_id, context.new_id("rcl")),
        patient_id=body.patient_id,
        type_id=body.type_id,
        plan=plan_of(body.plan),
    )
    recall.begin(context.now(), _day(context, body.due_on))
    recall.contact_at(contact_instant(context, recall))
    context.work.create(recall)
    return recall


def read_recall(context: Context, recall_id: str) -> Recall:
    """NotFound without one."""
    recall = get(Recall, Recall.key(context.practice_id, recall_id))
    context.concerns(recall.patient_id)
    return recall


def postpone_recall(context: Context, recall_id: str, body: RecallChange) -> Recall:
    """Due on another day, and contacted for that anew. RecallOver (409)."""
    recall = context.matching(_open(context, recall_id))
    recall.cycle += 1
    recall.begin(recall.since, _day(context, body.due_on))
    recall.contact_at(contact_instant(context, recall))
    context.work.save(recall)
    return recall


def note_outcome(context: Context, recall_id: str, body: RecallOutcome) -> Recall:
    """How an attempt by telephone went, or that no more are needed. RecallOver (409)."""
    recall, now = _open(context, recall_id), context.now()
    if body.outcome in (DECLINED, CLOSED):
        recall.become(body.outcome, BY_HAND if body.outcome == CLOSED else None)
    else:
        recall.note(now, BY_PHONE, context.actor.id, body.outcome)
        last = body.outcome == NO_ANSWER and recall.attempts >= recall.plan.attempts
        recall.become(NO_ANSWER if last else CONTACTED)
        if last:
            recall.rest()
        else:
            recall.contact_at(now + timedelta(days=recall.plan.days_between))
    context.work.save(recall)
    return recall


def list_recalls(context: Context, asked: RecallQuery) -> tuple[list[Line], str | None]:
    """Whom nobody has booked yet, who is due first first; of one patient all, the latest first."""
    return filtered_page(
        context,
        asked,
        lambda start, limit: _page(context, asked, start, limit),
        lambda keys: _shown(context, asked, keys),
    )


def _open(context: Context, recall_id: str) -> Recall:
    recall = read_recall(context, recall_id)
    if recall.status not in OPEN:
        raise RecallOver
    return recall


def _day(context: Context, day: date) -> date:
    """Invalid for a day that has passed, or is ten years away."""
    if day < context.today():
        raise invalid_field("due_on", "in_the_past", "This day has passed")
    if day > context.today() + LONGEST:
        raise invalid_field("due_on", "too_far", "At most ten years ahead")
    return day


def _page(context: Context, asked: RecallQuery, start: Any, limit: int) -> Results:
    if asked.patient_id is None:
        partition = Recall.open_at(context.practice_id)
        return query(partition, index="gs1", limit=limit, start=start)
    partition = Recall.of_patient(context.practice_id, asked.patient_id)
    return query(partition, index="gs2", limit=limit, start=start, newest_first=True)


def _shown(context: Context, asked: RecallQuery, keys: list[Key]) -> Iterator[Line]:
    """Those of a page that are asked for: a BatchGet of recalls, one of patients."""
    found = find_many(keys, consistent=True)
    recalls = [each for key in keys if isinstance(each := found.get(key), Recall)]
    wanted = [each for each in recalls if _is_asked(asked, each)]
    patients = {
        each.patient_id: Patient.key(context.practice_id, each.patient_id) for each in wanted
    }
    known = find_many(patients.values())
    for recall in wanted:
        context.concerns(recall.patient_id)
        patient = known.get(patients[recall.patient_id])
        yield Line(recall, patient.full_name if isinstance(patient, Patient) else "")


def _is_asked(asked: RecallQuery, recall: Recall) -> bool:
    if asked.patient_id is None and recall.status not in OPEN:
        return False
    return asked.status in (None, recall.status) and asked.type_id in (None, recall.type_id)
