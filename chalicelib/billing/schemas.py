"""What clients send and get: fees, payments, invoices, accounts."""

from datetime import date
from typing import Literal, Self

from pydantic import Field

from ..platform.http import Answer, Body, Instant, Line, MoneyValue
from .missed_visits.models import MissedVisitFee
from .missed_visits.schemas import FeeView
from .models import Balance, Charge, FeeSchedule, Invoice, LedgerEntry, Payment


class PriceValue(MoneyValue):
    """A price: no less than nothing."""

    amount: int = Field(ge=0, le=10**9, examples=[12550])


class TakenValue(MoneyValue):
    """Money received: more than nothing."""

    amount: int = Field(gt=0, le=10**9, examples=[2500])


class FeeValue(Body):
    """A HCPCS level II code or one that the practice made up; CPT codes are the practice's licence."""

    code: str = Field(pattern=r"^[A-Z0-9][A-Z0-9.-]{0,19}$", examples=["G0101"])
    description: Line
    price: PriceValue


class FeeScheduleBody(Body):
    fees: list[FeeValue] = Field(max_length=3_000)


class FeeScheduleView(Answer):
    version: int
    fees: list[FeeValue]

    @classmethod
    def of(cls, schedule: FeeSchedule, currency: str) -> Self:
        return cls(
            version=schedule.version,
            fees=[
                FeeValue(
                    code=fee.code,
                    description=fee.description,
                    price=PriceValue(amount=fee.amount, currency=currency),
                )
                for fee in schedule.fees
            ],
        )


class PaymentBody(Body):
    """Money received from the patient. A `copay` waits unapplied for the remittance."""

    amount: TakenValue
    method: Literal["cash", "card", "check", "bank_transfer"]
    purpose: Literal["copay", "balance", "prepayment"] = "balance"
    appointment_id: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_]{1,40}$")


class PaymentView(Answer):
    id: str
    version: int
    amount: MoneyValue
    unapplied: MoneyValue
    method: str
    purpose: str
    day: date
    taken_at: Instant
    receipt_number: str

    @classmethod
    def of(cls, payment: Payment, currency: str) -> Self:
        return cls(
            id=payment.id,
            version=payment.version,
            amount=MoneyValue.of(payment.amount, currency),
            unapplied=MoneyValue.of(payment.unapplied, currency),
            method=payment.method,
            purpose=payment.purpose,
            day=payment.day,
            taken_at=payment.taken_at,
            receipt_number=payment.receipt_number,
        )


class ChargeView(Answer):
    """A billable line; what the payer and the patient still owe of it.

    `code` is null, and the modifiers are left out, where the visit is for its care team alone.
    """

    id: str
    encounter_id: str
    day: date
    code: str | None
    modifiers: list[str]
    units: int
    amount: MoneyValue
    bill_to: str
    insurance_pending: MoneyValue
    patient_due: MoneyValue

    @classmethod
    def of(cls, charge: Charge, currency: str, *, withheld: bool = False) -> Self:
        return cls(
            id=charge.id,
            encounter_id=charge.encounter_id,
            day=charge.day,
            code=None if withheld else charge.code,
            modifiers=[] if withheld else list(charge.modifiers),
            units=charge.units,
            amount=MoneyValue.of(charge.amount, currency),
            bill_to=charge.bill_to,
            insurance_pending=MoneyValue.of(charge.insurance_pending, currency),
            patient_due=MoneyValue.of(charge.patient_due, currency),
        )


class EntryView(Answer):
    """One movement: `insurance`, `patient`, `credit` are the changes of the three balances."""

    id: str
    type: str
    day: date
    charge_id: str | None
    amount: MoneyValue
    insurance: MoneyValue
    patient: MoneyValue
    credit: MoneyValue
    group_code: str | None
    reason_code: str | None

    @classmethod
    def all_of(cls, entry: LedgerEntry, currency: str) -> list[Self]:
        return [
            cls(
                id=f"{entry.id}.{place}",
                type=movement.kind.value,
                day=entry.day,
                charge_id=movement.charge_id,
                amount=MoneyValue.of(movement.amount, currency),
                insurance=MoneyValue.of(movement.insurance, currency),
                patient=MoneyValue.of(movement.patient, currency),
                credit=MoneyValue.of(movement.credit, currency),
                group_code=movement.group or None,
                reason_code=movement.reason or None,
            )
            for place, movement in enumerate(entry.movements, start=1)
        ]


class BalanceView(Answer):
    """What the payer owes, what the patient owes, and the patient's unapplied money."""

    insurance: MoneyValue
    patient: MoneyValue
    credit: MoneyValue

    @classmethod
    def of(cls, balance: Balance, currency: str) -> Self:
        return cls(
            insurance=MoneyValue.of(balance.insurance, currency),
            patient=MoneyValue.of(balance.patient, currency),
            credit=MoneyValue.of(balance.credit, currency),
        )


class InvoiceBody(Body):
    """For a visit, a fee for a missed one, or both."""

    encounter_id: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_]{1,40}$")
    fee_id: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_]{1,40}$")


class InvoiceView(Answer):
    """What the patient is asked for one visit, or a missed one. `open` is what is unpaid of it."""

    id: str
    version: int
    number: str
    encounter_id: str | None
    day: date
    amount: MoneyValue
    open: MoneyValue
    status: Literal["open", "paid"]
    charges: list[ChargeView]
    fees: list[FeeView]

    @classmethod
    def of(
        cls,
        invoice: Invoice,
        charges: list[Charge],
        fees: list[MissedVisitFee],
        currency: str,
        *,
        withheld: bool,
    ) -> Self:
        due = [each.patient_due for each in charges] + [each.patient_due for each in fees]
        left = sum(max(0, each) for each in due)
        return cls(
            id=invoice.id,
            version=invoice.version,
            number=invoice.number,
            encounter_id=invoice.encounter_id,
            day=invoice.day,
            amount=MoneyValue.of(invoice.amount, currency),
            open=MoneyValue.of(left, currency),
            status="open" if left else "paid",
            charges=[ChargeView.of(each, currency, withheld=withheld) for each in charges],
            fees=[FeeView.of(each, currency) for each in fees],
        )


class AccountView(Answer):
    """The whole account, oldest first."""

    balance: BalanceView
    charges: list[ChargeView]
    fees: list[FeeView]
    payments: list[PaymentView]
    entries: list[EntryView]


class ReceiptView(Answer):
    """Proof of a payment, to hand out."""

    receipt_number: str
    practice_name: str
    patient_name: str
    day: date
    method: str
    purpose: str
    amount: MoneyValue


class SuperbillLine(Answer):
    code: str
    modifiers: list[str]
    units: int
    diagnosis_codes: list[str]
    amount: MoneyValue


class SuperbillView(Answer):
    """A visit as an insurer would want it from the patient: who, where, why, what, how much."""

    practice_name: str
    practice_tin: str | None
    practice_npi: str | None
    practitioner_name: str
    practitioner_npi: str | None
    place_of_service: str
    patient_name: str
    patient_birth_date: date
    day: date
    diagnosis_codes: list[str]
    lines: list[SuperbillLine]
    total: MoneyValue
    paid: MoneyValue
