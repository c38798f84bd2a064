"""Charging a missed visit: judged once, by the policy it was booked under and the patient's payers."""

from datetime import date, datetime
from typing import NamedTuple

from ...patients.coverages import list_coverages
from ...patients.models import Patient
from ...platform import outbox
from ...platform.context import Context
from ...platform.errors import Stale
from ...platform.ids import derived_id
from ...platform.overlap import beside
from ...platform.store import find, find_many
from ...scheduling.models import Appointment
from ...scheduling.progress import Status, Step
from ...scheduling.reinstating import REINSTATED
from ..errors import AccountChanged
from ..ledger import move_balance
from ..models import Payer
from .models import Missed, MissedVisitFee, MissedVisits
from .payer_kinds import PayerKind, kind_of
from .policy import terms_at
from .terms import Miss, MissKind, Terms, Verdict, judge


class Judged(NamedTuple):
    """A miss, what becomes of it, and what it costs if it is charged."""

    verdict: Verdict
    fee: int
    kind: MissKind


def charge_missed_visit(context: Context, appointment_id: str) -> None:
    """What becomes of a visit that was missed or cancelled late, once, whatever the queue does.

    Judged is how the visit stands now, not what an event says of it: one that was reinstated
    meanwhile costs nothing. A biller has a task where the kind of plan is not known.
    """
    key = Appointment.key(context.practice_id, appointment_id)
    appointment = find(Appointment, key, consistent=True)
    if appointment is None or (miss := miss_of(appointment)) is None:
        return
    context.concerns(appointment.patient_id)
    known = _known(context, appointment)
    time = times_reinstated(appointment)
    if known.missed.verdict_of(appointment_id, time) is not None:
        return
    judged = _judged(known, appointment, miss)
    if judged.verdict is Verdict.CHARGED:
        charge(context, appointment, known.missed, judged)
        return
    _note(context, appointment, known.missed, judged.verdict)
    if judged.verdict is Verdict.ASK_BILLER:
        outbox.publish(
            context,
            "task.wanted",
            appointment_id,
            appointment.version,
            queue="billing",
            kind="missed_visit_to_charge",
            patient_id=appointment.patient_id,
        )


def judge_again(
    context: Context, appointment: Appointment, miss: Miss, payer_kind: PayerKind | None
) -> tuple[MissedVisits, Judged]:
    """What becomes of it by what is known now; `payer_kind` is what a biller found where nobody knew."""
    known = _known(context, appointment)
    if payer_kind is not None:
        known = known._replace(
            payers=frozenset(
                payer_kind if each is PayerKind.UNKNOWN else each for each in known.payers
            )
        )
    return known.missed, _judged(known, appointment, miss)


def charge(
    context: Context, appointment: Appointment, missed: MissedVisits, judged: Judged
) -> MissedVisitFee:
    """Stage the fee, what the patient owes by it, and that this miss was charged."""
    _note(context, appointment, missed, judged.verdict)
    fee_id = fee_id_of(appointment.id, times_reinstated(appointment))
    fee = MissedVisitFee(
        *MissedVisitFee.key(context.practice_id, appointment.patient_id, fee_id),
        appointment_id=appointment.id,
        why=judged.kind.value,
        day=appointment.day,
        charged_on=context.today(),
        amount=judged.fee,
        patient_due=judged.fee,
    )
    context.work.create(fee, refusal=AccountChanged())
    move_balance(context, fee.patient_id, patient=fee.amount)
    outbox.publish(
        context,
        "fee.charged",
        fee.id,
        1,
        patient_id=fee.patient_id,
        day=fee.charged_on.isoformat(),
        amount=str(fee.amount),
    )
    return fee


def miss_of(appointment: Appointment) -> Miss | None:
    """How it was missed, as it stands; None if it was not."""
    if appointment.status == Status.NO_SHOW:
        return Miss(MissKind.NO_SHOW, appointment.type_id)
    if appointment.status == Status.CANCELLED and appointment.late:
        reason = appointment.steps[-1].reason or ""
        return Miss(MissKind.LATE_CANCEL, appointment.type_id, reason)
    return None


def times_reinstated(appointment: Appointment) -> int:
    """How often an end of it was undone: each further miss is another one."""
    return sum(step.to == REINSTATED for step in appointment.steps)


def fee_id_of(appointment_id: str, time: int) -> str:
    """The id of the fee for an appointment's miss after so many reinstatements."""
    return derived_id("fee", appointment_id, str(time))


class _Known(NamedTuple):
    """What a miss is judged by."""

    terms: Terms | None
    payers: frozenset[PayerKind]
    missed: MissedVisits
    deceased: bool


def _known(context: Context, appointment: Appointment) -> _Known:
    """Two round trips: policies, coverages and misses at once, then the payers."""
    patient_id = appointment.patient_id
    booked = _booked_at(appointment)
    terms = beside(terms_at, context, booked)
    payers = beside(_payers_on, context, patient_id, appointment.day)
    missed_key = MissedVisits.key(context.practice_id, patient_id)
    patient_key = Patient.key(context.practice_id, patient_id)
    found = find_many([missed_key, patient_key], consistent=True)
    missed, patient = found.get(missed_key), found.get(patient_key)
    return _Known(
        terms=terms.result() if booked < appointment.starts_at else None,
        payers=payers.result(),
        missed=missed if isinstance(missed, MissedVisits) else MissedVisits(*missed_key),
        deceased=isinstance(patient, Patient) and patient.deceased,
    )


def _payers_on(context: Context, patient_id: str, day: date) -> frozenset[PayerKind]:
    """The kinds of plan that cover the patient on a day; a second coverage protects like the first."""
    holding = [
        each
        for each in list_coverages(context, patient_id)
        if each.active and each.span.holds_on(day)
    ]
    keys = [Payer.key(context.practice_id, each.payer_id) for each in holding]
    found = find_many(set(keys), consistent=True) if keys else {}
    payers = [found.get(key) for key in keys]
    kinds = (
        kind_of(payer.filing_indicator if isinstance(payer, Payer) else None) for payer in payers
    )
    return frozenset(kinds) or frozenset({PayerKind.SELF_PAY})


def _booked_at(appointment: Appointment) -> datetime:
    """When it was booked; it keeps that when it moves."""
    steps: tuple[Step, ...] = appointment.steps
    return next(step.at for step in steps if step.to == Status.BOOKED)


def _judged(known: _Known, appointment: Appointment, miss: Miss) -> Judged:
    if known.terms is None:
        return Judged(Verdict.NOT_BOOKED_UNDER_TERMS, 0, miss.kind)
    if known.deceased:
        return Judged(Verdict.PATIENT_DECEASED, 0, miss.kind)
    before = known.missed.forgiven_around(appointment.day)
    verdict = judge(known.terms, miss, known.payers, forgiven_before=before)
    return Judged(verdict, known.terms.fee_of(miss.kind, miss.type_id), miss.kind)


def _note(
    context: Context, appointment: Appointment, missed: MissedVisits, verdict: Verdict
) -> None:
    """Stage what became of the miss, on condition that the visit stays as it was read."""
    time = times_reinstated(appointment)
    missed.note(Missed(appointment.id, time, appointment.day, verdict))
    if missed.version:
        context.work.save(missed, refusal=AccountChanged())
    else:
        context.work.create(missed, refusal=AccountChanged())
    context.work.require(
        Appointment,
        appointment.item_key,
        condition=Appointment.version == appointment.version,
        refusal=Stale(),
    )
