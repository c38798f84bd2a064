"""Insurance policies of a patient, and which of them is billed when."""

from collections.abc import Iterable
from datetime import date

from ..platform.context import Context
from ..platform.errors import FieldError, NotFound, invalid_field
from ..platform.identifiers import is_member_id
from ..platform.overlap import beside
from ..platform.store import Key, Record, find_many, join, query_all
from .errors import CoverageOverlap, CoveragesChanged
from .intake import checked_address, checked_birth_date, checked_name
from .models import Coverage, CoverageOrder, Patient
from .policy import CoverageSpan, Relationship, Subscriber
from .registration import read_patient
from .schemas import CoverageBody, SubscriberValue


def add_coverage(context: Context, patient_id: str, body: CoverageBody) -> Coverage:
    """Add a policy. CoverageOverlap (409) if another active one has its priority on some day."""
    context.concerns(patient_id)
    patient_key = Patient.key(context.practice_id, patient_id)
    found = _read_with_order(context, patient_id, patient_key)
    if not isinstance(found.get(patient_key), Patient):
        raise NotFound
    coverage = Coverage(*Coverage.key(context.practice_id, patient_id, context.new_id("cov")))
    _fill(context, coverage, body)
    _stage_order(context, found, coverage)
    context.work.create(coverage)
    return coverage


def change_coverage(
    context: Context, patient_id: str, coverage_id: str, body: CoverageBody
) -> Coverage:
    """Replace a policy's terms. CoverageOverlap (409) as for a new one."""
    context.concerns(patient_id)
    key = Coverage.key(context.practice_id, patient_id, coverage_id)
    found = _read_with_order(context, patient_id, key)
    coverage = found.get(key)
    if not isinstance(coverage, Coverage):
        raise NotFound
    _fill(context, context.matching(coverage), body)
    _stage_order(context, found, coverage)
    context.work.save(coverage)
    return coverage


def read_coverages(context: Context, patient_id: str) -> list[Coverage]:
    """As `list_coverages`, of a patient who may not exist: NotFound then. Two parallel reads."""
    known = beside(read_patient, context, patient_id)
    coverages = list_coverages(context, patient_id)
    known.result()
    return coverages


def list_coverages(context: Context, patient_id: str) -> list[Coverage]:
    """All of a patient's, by priority and beginning: one Query. Notes whose data it is."""
    context.concerns(patient_id)
    partition = join(context.practice_id, patient_id)
    coverages: list[Coverage] = list(query_all(partition, begins=join("chart", "coverage")))
    return sorted(coverages, key=lambda each: (each.priority, each.effective_from, each.id))


def coverage_on(coverages: Iterable[Coverage], day: date) -> Coverage | None:
    """The active coverage that is billed first for a date of service; None: the patient pays."""
    holding = (each for each in coverages if each.active and each.span.holds_on(day))
    return min(holding, key=lambda each: each.priority, default=None)


def _read_with_order(context: Context, patient_id: str, key: Key) -> dict[Key, Record]:
    order_key = CoverageOrder.key(context.practice_id, patient_id)
    return find_many([key, order_key], consistent=True)


def _stage_order(context: Context, found: dict[Key, Record], coverage: Coverage) -> None:
    key = CoverageOrder.key(context.practice_id, coverage.patient_id)
    stored = found.get(key)
    order = stored if isinstance(stored, CoverageOrder) else CoverageOrder(*key)
    others = tuple(span for span in order.spans if span.coverage_id != coverage.id)
    if coverage.active:
        _refuse_overlap(coverage.span, others)
    order.spans = (*others, coverage.span) if coverage.active else others
    if stored is None:
        context.work.create(order, refusal=CoveragesChanged())
    else:
        context.work.save(order, refusal=CoveragesChanged())


def _refuse_overlap(span: CoverageSpan, others: Iterable[CoverageSpan]) -> None:
    overlapped = [other.coverage_id for other in others if span.overlaps(other)]
    if overlapped:
        raise CoverageOverlap(
            errors=tuple(FieldError("priority", "coverage_overlap", each) for each in overlapped)
        )


def _fill(context: Context, coverage: Coverage, body: CoverageBody) -> None:
    if not is_member_id(body.member_id):
        raise invalid_field("member_id", "bad_member_id", "Letters and digits, as on the card")
    if body.effective_until is not None and body.effective_until < body.effective_from:
        raise invalid_field("effective_until", "before_start", "It ends before it begins")
    coverage.payer_id = body.payer_id
    coverage.payer_name = body.payer_name
    coverage.plan_name = body.plan_name
    coverage.member_id = body.member_id
    coverage.group_number = body.group_number
    coverage.relationship = body.relationship.value
    coverage.subscriber = _subscriber_of(context, body)
    coverage.priority = body.priority
    coverage.effective_from = body.effective_from
    coverage.effective_until = body.effective_until
    coverage.status = body.status.value


def _subscriber_of(context: Context, body: CoverageBody) -> Subscriber | None:
    themselves = body.relationship == Relationship.SELF
    if themselves and body.subscriber is not None:
        raise invalid_field("subscriber", "not_needed", "The patient is the subscriber")
    if not themselves and body.subscriber is None:
        raise invalid_field("subscriber", "missing", "Another person's policy needs that person")
    return None if body.subscriber is None else _person_of(context, body.subscriber)


def _person_of(context: Context, body: SubscriberValue) -> Subscriber:
    today, address = context.today(), body.address
    return Subscriber(
        checked_name(body.name, field="subscriber.name"),
        checked_birth_date(body.birth_date, field="subscriber.birth_date", today=today),
        body.sex.value,
        None if address is None else checked_address(address, field="subscriber.address"),
    )
