"""Signing makes charges: each procedure of the encounter at the practice's fee."""

from ..clinical.models import Encounter
from ..patients.coverages import coverage_on, list_coverages
from ..platform import outbox
from ..platform.context import Context
from ..platform.errors import AlreadyDone
from ..platform.events import Event
from ..platform.ids import derived_id
from ..platform.overlap import beside
from ..platform.store import find_many
from .ledger import move_balance
from .models import Charge, FeeSchedule

INSURANCE, SELF_PAY = "insurance", "self_pay"


def make_charges(context: Context, event: Event) -> list[Charge]:
    """Charges of a signed encounter, and the event that lets claims begin.

    One round trip (encounter and fees; the coverages meanwhile) and one transaction. The ids follow
    from the encounter, so that a second delivery, or a second signing, makes none twice. A
    procedure without a fee is charged at zero and waits for a biller. A patient without coverage on
    the day, or one who asked not to bill the plan, owes the whole amount (45 CFR 164.522(a)).
    """
    patient_id = event.data["patient_id"]
    covered = beside(list_coverages, context, patient_id)
    encounter_key = Encounter.key(context.practice_id, patient_id, event.subject)
    fees_key = FeeSchedule.key(context.practice_id)
    found = find_many([encounter_key, fees_key], consistent=True)
    encounter, fees = found[encounter_key], found.get(fees_key)
    if not isinstance(encounter, Encounter) or not encounter.procedures:
        covered.result()
        return []
    coverage = coverage_on(covered.result(), encounter.day)
    bill_to = INSURANCE if coverage and encounter.bill_to == INSURANCE else SELF_PAY
    schedule = fees if isinstance(fees, FeeSchedule) else None
    charges = [
        _charge(context, encounter, line, schedule, coverage.id if coverage else None, bill_to)
        for line in range(1, len(encounter.procedures) + 1)
    ]
    for charge in charges:
        context.work.create(charge, refusal=AlreadyDone())
    total = sum(charge.amount for charge in charges)
    owed = {"insurance": total} if bill_to == INSURANCE else {"patient": total}
    move_balance(context, patient_id, **owed)
    outbox.publish(
        context,
        "charges.made",
        encounter.id,
        encounter.version,
        patient_id=patient_id,
        practitioner_id=encounter.practitioner_id,
        location_id=encounter.location_id,
        day=encounter.day.isoformat(),
        coverage_id=coverage.id if coverage and bill_to == INSURANCE else "",
        bill_to=bill_to,
    )
    return charges


def charge_id_of(encounter_id: str, line: int) -> str:
    """The id of the charge for the encounter's `line`-th procedure, counted from 1."""
    return derived_id("chg", encounter_id, str(line))


def _charge(
    context: Context,
    encounter: Encounter,
    line: int,
    schedule: FeeSchedule | None,
    coverage_id: str | None,
    bill_to: str,
) -> Charge:
    procedure = encounter.procedures[line - 1]
    fee = schedule.fee_of(procedure.code) if schedule else None
    amount = fee.amount * procedure.units if fee else 0
    insured = bill_to == INSURANCE
    return Charge(
        *Charge.key(context.practice_id, encounter.patient_id, charge_id_of(encounter.id, line)),
        encounter_id=encounter.id,
        line=line,
        day=encounter.day,
        code=procedure.code,
        modifiers=tuple(procedure.modifiers),
        units=procedure.units,
        pointers=tuple(procedure.pointers),
        amount=amount,
        bill_to=bill_to,
        coverage_id=coverage_id if insured else None,
        practitioner_id=encounter.practitioner_id,
        location_id=encounter.location_id,
        insurance_pending=amount if insured else 0,
        patient_share=0 if insured else amount,
        patient_due=0 if insured else amount,
    )
