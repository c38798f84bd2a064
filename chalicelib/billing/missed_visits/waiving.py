"""A fee's life at the desk: charged where a biller was asked, read, waived, taken back."""

from ...patients.registration import read_patient
from ...platform import outbox
from ...platform.context import Context
from ...platform.errors import NotFound, invalid_field
from ...platform.store import find
from ...scheduling.appointments import read_appointment
from ...scheduling.models import Appointment
from ..errors import AccountChanged
from ..ledger import Account, open_account, read_account, record
from ..posting_values import Entry, EntryKind, not_taken_back
from .charging import charge, fee_id_of, judge_again, miss_of, times_reinstated
from .errors import AlreadyCharged, AlreadyWaived, NotChargeable, NotMissed, PayerUnknown
from .models import Missed, MissedVisitFee
from .schemas import FeeBody, WaiverReason
from .terms import Verdict


def charge_fee(context: Context, patient_id: str, body: FeeBody) -> MissedVisitFee:
    """Charge a miss that a biller was asked about, or that a corrected coverage no longer spares.

    NotFound without such a patient; Invalid (422) for an appointment that is not the patient's.
    NotMissed, AlreadyCharged, PayerUnknown, NotChargeable (409).
    """
    read_patient(context, patient_id)
    appointment = _appointment_of(context, patient_id, body.appointment_id)
    miss = miss_of(appointment)
    if miss is None:
        raise NotMissed
    missed, judged = judge_again(context, appointment, miss, body.payer_kind)
    before = missed.verdict_of(appointment.id, times_reinstated(appointment))
    if before is Verdict.CHARGED:
        raise AlreadyCharged
    if judged.verdict is Verdict.ASK_BILLER:
        raise PayerUnknown
    if before is Verdict.FORGIVEN or judged.verdict is not Verdict.CHARGED:
        raise NotChargeable
    return charge(context, appointment, missed, judged)


def read_fee(context: Context, patient_id: str, fee_id: str) -> MissedVisitFee:
    return _fee_in(read_account(context, patient_id), fee_id)


def waive_fee(
    context: Context, patient_id: str, fee_id: str, reason: WaiverReason
) -> MissedVisitFee:
    """Take the fee off the patient's account by a ledger entry; what was paid of it is their credit.

    AlreadyWaived, AccountChanged (409).
    """
    account = open_account(context, patient_id)
    fee = _fee_in(account, fee_id)
    if fee.waived:
        raise AlreadyWaived
    _take_off(context, account, [fee], reason, source_id=fee.id)
    return fee


def take_back_fees(context: Context, appointment_id: str) -> None:
    """A miss was entered in error: its fee is waived, and it counts for nothing any more.

    Of how often the visit was reinstated by now: so it does not matter which event comes first.
    """
    appointment = find(
        Appointment, Appointment.key(context.practice_id, appointment_id), consistent=True
    )
    if appointment is None:
        return
    account = read_account(context, appointment.patient_id)
    undone = [
        each
        for each in account.missed.misses
        if each.appointment_id == appointment_id
        and each.time < times_reinstated(appointment)
        and each.verdict is not Verdict.ENTERED_IN_ERROR
    ]
    for each in undone:
        account.missed.note(
            Missed(each.appointment_id, each.time, each.day, Verdict.ENTERED_IN_ERROR)
        )
    if undone:
        context.work.save(account.missed, refusal=AccountChanged())
    current = fee_id_of(appointment_id, times_reinstated(appointment))
    standing = [
        fee
        for fee in account.fees
        if fee.appointment_id == appointment_id and fee.id != current and not fee.waived
    ]
    error = WaiverReason.ENTERED_IN_ERROR
    _take_off(context, account, standing, error, source_id=appointment_id)


def _take_off(
    context: Context,
    account: Account,
    fees: list[MissedVisitFee],
    reason: WaiverReason,
    *,
    source_id: str,
) -> None:
    """What payments gave to these fees goes back to them, then each is waived whole."""
    moves = [move for entry in account.entries for move in entry.movements]
    entries: list[Entry] = []
    for fee in fees:
        given = not_taken_back(move for move in moves if move.charge_id == fee.id)
        entries += [-move for move in given]
        entries.append(Entry(EntryKind.FEE_WAIVER, fee.id, fee.amount))
        fee.waived, fee.waived_by = reason.value, context.actor.id
        fee.waived_at = context.now()
        if not fee.patient_due:  # the entries leave it at nothing, so that `record` passes it by
            context.work.save(fee, refusal=AccountChanged())
    record(context, account, entries, source_id=source_id)
    for fee in fees:
        outbox.publish(
            context,
            "fee.waived",
            fee.id,
            fee.version,
            patient_id=fee.patient_id,
            day=context.today().isoformat(),
            amount=str(-fee.amount),
        )


def _fee_in(account: Account, fee_id: str) -> MissedVisitFee:
    for fee in account.fees:
        if fee.id == fee_id:
            return fee
    raise NotFound


def _appointment_of(context: Context, patient_id: str, appointment_id: str) -> Appointment:
    try:
        appointment = read_appointment(context, appointment_id)
    except NotFound:
        appointment = None
    if appointment is None or appointment.patient_id != patient_id:
        raise invalid_field("appointment_id", "not_found", "The patient has no such appointment")
    return appointment
