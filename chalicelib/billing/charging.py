"""Signing makes charges: each procedure of the encounter at the practice's fee."""

from collections.abc import Sequence

from ..clinical.models import Encounter
from ..patients.coverages import coverage_on, list_coverages
from ..platform import outbox
from ..platform.context import Context
from ..platform.errors import AlreadyDone
from ..platform.events import Event
from ..platform.ids import derived_id
from ..platform.overlap import beside
from ..platform.store import find, find_many
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
    context.concerns(patient_id)
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
    coverage_id = coverage.id if coverage and bill_to == INSURANCE else None
    charges = [
        _charge(context, encounter, line, bill_to=bill_to, coverage_id=coverage_id)
        for line in range(1, len(encounter.procedures) + 1)
    ]
    if isinstance(fees, FeeSchedule):
        _price(context, charges, fees)
    for charge in charges:
        context.work.create(charge, refusal=AlreadyDone())
    outbox.publish(
        context,
        "charges.made",
        encounter.id,
        encounter.version,
        patient_id=patient_id,
        practitioner_id=encounter.practitioner_id,
        location_id=encounter.location_id,
        day=encounter.day.isoformat(),
        coverage_id=coverage_id or "",
        bill_to=bill_to,
    )
    return charges


def price_charges(context: Context, charges: Sequence[Charge]) -> list[Charge]:
    """Price those charges of one encounter that were made while there was no fee for their code.

    The balance moves with them and reporting is told (`charges.priced`); the caller saves those
    returned. A charge that has an amount keeps it. One GetItem, if there is anything to price.
    """
    blank = [charge for charge in charges if not charge.amount]
    key = FeeSchedule.key(context.practice_id)
    schedule = find(FeeSchedule, key, consistent=True) if blank else None
    priced = _price(context, blank, schedule) if schedule else []
    if priced:
        outbox.publish(
            context,
            "charges.priced",
            priced[0].encounter_id,
            1,
            patient_id=priced[0].patient_id,
            day=priced[0].day.isoformat(),
            amount=str(sum(charge.amount for charge in priced)),
        )
    return priced


def charge_id_of(encounter_id: str, line: int) -> str:
    """The id of the charge for the encounter's `line`-th procedure, counted from 1."""
    return derived_id("chg", encounter_id, str(line))


def _price(context: Context, charges: Sequence[Charge], schedule: FeeSchedule) -> list[Charge]:
    """Give each charge its fee, and the balance their sum; those that have one."""
    for charge in charges:
        charge.amount = schedule.price_of(charge.code, charge.units)
        insured = charge.bill_to == INSURANCE
        charge.insurance_pending = charge.amount if insured else 0
        charge.patient_share = charge.patient_due = 0 if insured else charge.amount
        owed = {"insurance" if insured else "patient": charge.amount}
        move_balance(context, charge.patient_id, **owed)
    return [charge for charge in charges if charge.amount]


def _charge(
    context: Context, encounter: Encounter, line: int, *, bill_to: str, coverage_id: str | None
) -> Charge:
    """As made before it is priced: at zero."""
    procedure = encounter.procedures[line - 1]
    return Charge(
        *Charge.key(context.practice_id, encounter.patient_id, charge_id_of(encounter.id, line)),
        encounter_id=encounter.id,
        line=line,
        day=encounter.day,
        code=procedure.code,
        modifiers=tuple(procedure.modifiers),
        units=procedure.units,
        pointers=tuple(procedure.pointers),
        amount=0,
        bill_to=bill_to,
        coverage_id=coverage_id,
        practitioner_id=encounter.practitioner_id,
        location_id=encounter.location_id,
        insurance_pending=0,
        patient_share=0,
        patient_due=0,
    )
