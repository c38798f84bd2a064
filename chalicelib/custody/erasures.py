"""Deciding that something is destroyed: a closed practice, or a patient's records past their date."""

from datetime import date, timedelta

from ..clinical.models import Encounter
from ..patients.models import Patient
from ..patients.registration import read_patient
from ..platform import outbox
from ..platform.context import CLOSED, ERASING, Context
from ..platform.due import clear_due, set_due
from ..platform.errors import FieldError
from ..platform.ids import instant_of
from ..platform.store import find, get, query_all
from ..practices.models import Location, Practice
from .errors import (
    ErasureAskedBefore,
    NotHandedOver,
    RetentionForbids,
    SamePerson,
    StillOpen,
    UnderLegalHold,
)
from .holds import list_holds
from .models import ASKED, ENDED, RUNNING, Closing, Erasure, Export
from .retention import Rule, latest

STEP = "erasure.step"
BEGINS = "erasure_begins"
QUIET = timedelta(minutes=6)
"""Longer than any handler runs that had begun when the practice became one that is erased."""


def ask_erasure(context: Context, by: str) -> Erasure:
    """The first of two people asks that a closed practice be destroyed.

    StillOpen, NotHandedOver, UnderLegalHold, ErasureAskedBefore (409).
    """
    closing = _demand_ready(context)
    erasure = Erasure(
        *Erasure.key(context.practice_id),
        state=ASKED,
        asked_by=by,
        asked_at=context.now(),
        export_sha256=closing.received_sha256,
        custodian_email=closing.custodian.email,
    )
    _ask(context, erasure)
    return erasure


def confirm_erasure(context: Context, by: str) -> Erasure:
    """The second agrees: nothing is written from now on, and when all is quiet it begins.

    SamePerson (409), and what `ask_erasure` refuses.
    """
    closing = _demand_ready(context)
    erasure = get(Erasure, Erasure.key(context.practice_id))
    if erasure.state != ASKED:
        raise ErasureAskedBefore
    if erasure.asked_by.casefold() == by.casefold():
        raise SamePerson
    practice = get(Practice, Practice.key(context.practice_id))
    practice.status = ERASING
    context.work.save(practice)
    erasure.confirmed_by = by
    erasure.export_sha256 = closing.received_sha256
    erasure.custodian_email = closing.custodian.email
    erasure.state = RUNNING
    set_due(erasure, BEGINS, context.now() + QUIET)
    context.work.save(erasure)
    return erasure


def begin_erasure(context: Context, erasure: Erasure) -> None:
    """All is quiet: destroy, unless a hold was placed at the last moment."""
    clear_due(erasure)
    if list_holds(context):
        give_up(context, erasure)
    else:
        outbox.publish(context, STEP, erasure.sk, erasure.version, step=str(erasure.step))
    context.work.save(erasure)


def give_up(context: Context, erasure: Erasure) -> None:
    """Nothing has been destroyed, and two people have to decide again; the caller saves the erasure."""
    erasure.state = ENDED
    if not erasure.patient_id:
        practice = get(Practice, Practice.key(context.practice_id))
        practice.status = CLOSED
        context.work.save(practice)


def erase_patient(context: Context, patient_id: str) -> Erasure:
    """Destroy what is kept of a patient, once the law lets it go.

    RetentionForbids (409) names the day from which on it may; UnderLegalHold (409).
    """
    patient = read_patient(context, patient_id)
    if _is_held(context, patient_id):
        raise UnderLegalHold
    day, rule = kept_until(context, patient)
    if context.today() < day:
        raise RetentionForbids(
            f"To be kept until {day.isoformat()}: {rule.law}",
            errors=(FieldError("patient_id", "kept_until", day.isoformat()),),
        )
    erasure = Erasure(
        *Erasure.key(context.practice_id, patient_id),
        patient_id=patient_id,
        asked_by=context.actor.id,
        asked_at=context.now(),
    )
    erasure.state = RUNNING
    outbox.publish(context, STEP, erasure.sk, 1, step="0")
    _ask(context, erasure)
    return erasure


def may_still_go(context: Context, patient_id: str) -> bool:
    """Whether law and holds let a patient's records go as they are now, however late that is."""
    patient = find(Patient, Patient.key(context.practice_id, patient_id))
    if _is_held(context, patient_id):
        return False
    return patient is None or context.today() >= kept_until(context, patient)[0]


def kept_until(context: Context, patient: Patient) -> tuple[date, Rule]:
    """The first day on which a patient's records may go, and by which law.

    The last encounter is the last there is; registration, where there is none.
    """
    days = [
        each.day
        for each in query_all(patient.pk, begins="chart#encounter#", consistent=True)
        if isinstance(each, Encounter)
    ]
    registered = instant_of(patient.id).date()
    return latest(
        _places(context),
        on=context.today(),
        last_encounter=max(days, default=registered),
        birth_date=patient.birth_date,
    )


def _places(context: Context) -> set[tuple[str, str]]:
    """Country and state of the practice and of each of its locations."""
    practice = get(Practice, Practice.key(context.practice_id))
    found = query_all(practice.pk, begins="location#", consistent=True)
    addresses = [each.address for each in found if isinstance(each, Location)]
    if practice.billing is not None:
        addresses.append(practice.billing.address)
    named = {(address.country, address.state) for address in addresses}
    return named or {(context.tenant.country, "")}


def _demand_ready(context: Context) -> Closing:
    closing = find(Closing, Closing.key(context.practice_id))
    if closing is None or context.tenant.status != CLOSED or closing.grace_until > context.now():
        raise StillOpen
    export = get(Export, Export.key(context.practice_id, closing.export_id))
    if closing.received_at is None or export.withheld:
        raise NotHandedOver
    if list_holds(context):
        raise UnderLegalHold
    return closing


def _ask(context: Context, erasure: Erasure) -> None:
    """One that was given up gives way."""
    given_up = Erasure.state == ENDED
    context.work.create(erasure, unless=given_up, refusal=ErasureAskedBefore())


def _is_held(context: Context, patient_id: str) -> bool:
    return any(hold.patient_id in (None, patient_id) for hold in list_holds(context))
