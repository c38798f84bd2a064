"""A patient's visits decide how their recalls stand: made, booked, due again, met.

What the table has of the visits decides, not what an event says: events may come again, late, and in
any order.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from ..messaging.channels import is_written_to
from ..patients.models import Patient
from ..platform.context import Context
from ..platform.events import Event
from ..platform.store import Key, find, find_many, query_all
from ..practices.models import Practice
from ..scheduling.local_time import first_instant
from ..scheduling.models import Appointment
from ..scheduling.progress import Status
from .due_dates import BOOKED, CLOSED, DUE, VISITED, Standing, Visit, Wanted, standing_of
from .errors import RecallChanged
from .models import Recall, RecallRule, recall_id_of

_A_DAY = timedelta(days=1)
CONTACTED_AT = time(10)
"""By the practice's clock."""


def follow_visit(context: Context, event: Event) -> None:
    """A visit was booked, moved, cancelled, missed or completed: stage what that makes of recalls."""
    key = Appointment.key(context.practice_id, event.subject)
    visit = find(Appointment, key, consistent=True)
    if visit is None:
        return
    patient_id, type_id = visit.patient_id, visit.type_id
    rules = [each for each in rules_of(context) if type_id in (each.after_type_id, each.type_id)]
    known = {each.id: each for each in recalls_of(context, patient_id)}
    missing = [recall_id_of(each.id, patient_id) for each in rules]
    found = find_many((Recall.key(context.practice_id, each) for each in missing), consistent=True)
    known |= {each.id: each for each in found.values() if isinstance(each, Recall)}
    concerned = [each for each in known.values() if _concerns(each, rules, type_id)]
    if not rules and not concerned:
        return
    context.concerns(patient_id)
    visits = list(_visits_of(context, patient_id, key))
    made = {each.rule_id for each in concerned}
    for recall in concerned:
        settle(context, recall, rule_of(rules, recall), visits)
    for rule in rules:
        if rule.id not in made and rule.enabled:
            _make(context, rule, patient_id, visits)


def settle(context: Context, recall: Recall, rule: RecallRule | None, visits: list[Visit]) -> bool:
    """Stage the recall as the visits say it stands; whether that is otherwise than before.

    One that is over stays so until a later visit begins it anew. `rule` only while it is enabled.
    """
    after = rule.after_type_id if rule else None
    standing = standing_of(Wanted(recall.type_id, after, recall.since), visits)
    before, last = (recall.status, recall.cycle, recall.appointment_id), standing.last
    if rule is not None and last is not None and last.starts_at > recall.since:
        _begin(context, recall, rule, last)
    if not recall.over:
        was_booked = recall.status == BOOKED
        _take(recall, standing)
        if was_booked and standing.coming is None and not recall.over:
            _open_again(context, recall)
    if (recall.status, recall.cycle, recall.appointment_id) == before:
        return False
    context.work.save(recall, refusal=RecallChanged())
    return True


def rules_of(context: Context) -> list[RecallRule]:
    """All of the practice's: one Query."""
    partition = Practice.key(context.practice_id).pk
    return list(query_all(partition, begins=RecallRule.BEGINS, consistent=True))


def rule_of(rules: list[RecallRule], recall: Recall) -> RecallRule | None:
    """The one that made it, while it is enabled."""
    return next((each for each in rules if each.enabled and each.id == recall.rule_id), None)


def recalls_of(context: Context, patient_id: str) -> list[Recall]:
    """All of a patient's, past ones too, as the table has them."""
    rows = query_all(Recall.of_patient(context.practice_id, patient_id), index="gs2")
    found = find_many((row.item_key for row in rows), consistent=True).values()
    return [each for each in found if isinstance(each, Recall)]


def visits_for(context: Context, recall: Recall) -> list[Visit]:
    """The patient's visits, as the table has them."""
    return list(_visits_of(context, recall.patient_id))


def close_recalls(context: Context, patient_id: str, why: str) -> None:
    """The patient is deceased or inactive."""
    context.concerns(patient_id)
    for recall in recalls_of(context, patient_id):
        if not recall.over:
            recall.become(CLOSED, why)
            context.work.save(recall, refusal=RecallChanged())


def contact_instant(context: Context, recall: Recall) -> datetime:
    """When the first attempt is made: in the morning of its day, or at once."""
    day = recall.plan.first(recall.due_on)
    at = first_instant(datetime.combine(day, CONTACTED_AT), context.tenant.zone)
    return max(at, context.now()).astimezone(UTC)


def _make(context: Context, rule: RecallRule, patient_id: str, visits: list[Visit]) -> None:
    """The one recall of this rule and patient, if there is a visit to count from."""
    standing = standing_of(Wanted(rule.type_id, rule.after_type_id, None), visits)
    patient = find(Patient, Patient.key(context.practice_id, patient_id))
    if standing.last is None or patient is None or not is_written_to(patient):
        return
    recall = Recall(
        *Recall.key(context.practice_id, recall_id_of(rule.id, patient_id)),
        patient_id=patient_id,
        rule_id=rule.id,
        cycle=0,
    )
    _begin(context, recall, rule, standing.last)
    _take(recall, standing)
    context.work.create(recall, refusal=RecallChanged())


def _take(recall: Recall, standing: Standing) -> None:
    if standing.coming is not None:
        recall.become(BOOKED)
        recall.appointment_id = standing.coming.id
    elif standing.visited:
        recall.become(CLOSED, VISITED)


def _begin(context: Context, recall: Recall, rule: RecallRule, last: Visit) -> None:
    recall.type_id, recall.plan = rule.type_id, rule.plan
    recall.cycle += 1
    recall.begin(last.starts_at, rule.interval.after(last.day))
    recall.contact_at(contact_instant(context, recall))


def _open_again(context: Context, recall: Recall) -> None:
    """The visit by which it was booked is no more; nobody is written to on the same day."""
    recall.cycle += 1
    recall.attempts = 0
    recall.become(DUE)
    recall.contact_at(max(contact_instant(context, recall), context.now() + _A_DAY))


def _concerns(recall: Recall, rules: list[RecallRule], type_id: str) -> bool:
    return recall.type_id == type_id or any(each.id == recall.rule_id for each in rules)


def _visits_of(context: Context, patient_id: str, *more: Key) -> Iterator[Visit]:
    """One Query of an index, and a BatchGet a hundred visits: the table decides."""
    partition, begins = Appointment.of_patient(context.practice_id, patient_id)
    rows = query_all(partition, index="gs2", begins=begins)
    keys = dict.fromkeys([*(row.item_key for row in rows), *more])
    for visit in find_many(keys, consistent=True).values():
        if isinstance(visit, Appointment):
            yield Visit(
                visit.id,
                visit.type_id,
                visit.starts_at,
                visit.day,
                booked=visit.status == Status.BOOKED,
                fulfilled=visit.status == Status.FULFILLED,
            )
