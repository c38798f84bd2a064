"""What clients send and get: payers, claims, remittances, inbound files."""

from datetime import date
from typing import Any, Literal, Self

from pydantic import Field

from ..platform.http import AddressValue, Answer, Body, Instant, MoneyValue, PageQuery, Short
from .models import Claim, RemittanceItem, RemittanceRecord

FilingIndicator = Literal[
    "09", "11", "12", "13", "14", "15", "16", "17", "AM", "BL", "CH", "CI", "DS", "FI", "HM",
    "LM", "MA", "MB", "MC", "OF", "TV", "VA", "WC", "ZZ",
]  # fmt: skip
Status = Literal[
    "needs_attention", "ready", "submitted", "received", "forwarded", "accepted", "rejected",
    "denied", "paid", "reversed",
]  # fmt: skip


class PayerBody(Body):
    name: Short
    payer_id: str = Field(pattern=r"^[A-Z0-9]{2,20}$", examples=["60054"], description="NM109")
    filing_indicator: FilingIndicator = Field(default="CI", description="SBR09: CI commercial")
    address: AddressValue | None = None
    timely_filing_days: int | None = Field(default=None, ge=1, le=3_650)


class PayerView(Answer):
    id: str
    version: int
    name: str
    payer_id: str
    filing_indicator: str
    address: AddressValue | None
    timely_filing_days: int | None


class PayerList(Answer):
    items: list[PayerView]


class ClearinghouseAccountBody(Body):
    """What the clearinghouse assigned. `usage` T marks test files, P production."""

    submitter_id: str = Field(pattern=r"^[A-Z0-9]{2,15}$")
    receiver_id: str = Field(pattern=r"^[A-Z0-9]{2,15}$")
    receiver_name: Short
    usage: Literal["T", "P"]


class ClearinghouseAccountView(Answer):
    version: int
    submitter_id: str
    receiver_id: str
    receiver_name: str
    usage: str


class FindingView(Answer):
    code: str
    field: str
    severity: str
    text: str


class StepView(Answer):
    at: Instant
    status: str
    source: str
    codes: list[str]


class ClaimView(Answer):
    """A claim; `findings` say what keeps it from being sent, `steps` how it came to its state.

    The texts of findings are blank where the visit is for its care team alone: they name its codes.
    """

    id: str
    version: int
    number: str
    patient_id: str
    payer_id: str
    encounter_id: str
    day: date
    status: str
    amount: MoneyValue
    paid: MoneyValue
    payer_control_number: str | None
    findings: list[FindingView]
    steps: list[StepView]

    @classmethod
    def of(cls, claim: Claim, currency: str, *, withheld: bool) -> Self:
        findings = [FindingView.model_validate(each) for each in claim.findings or ()]
        return cls(
            id=claim.id,
            version=claim.version,
            number=claim.number,
            patient_id=claim.patient_id,
            payer_id=claim.payer_id,
            encounter_id=claim.encounter_id,
            day=claim.day,
            status=claim.status,
            amount=MoneyValue.of(claim.amount, currency),
            paid=MoneyValue.of(claim.paid, currency),
            payer_control_number=claim.payer_control_number,
            findings=[
                each.model_copy(update={"text": ""}) if withheld else each for each in findings
            ],
            steps=[StepView.model_validate(each) for each in claim.steps],
        )


class ClaimQuery(PageQuery):
    status: Status = Field(description="One work list of claims: those in this state, by day")


class ClaimRow(Answer):
    id: str
    patient_id: str | None
    payer_name: str | None
    day: date
    status: str
    amount: MoneyValue

    @classmethod
    def of(cls, row: Any, currency: str) -> Self:
        return cls(
            id=row.id,
            patient_id=row.patient_id,
            payer_name=row.title,
            day=date.fromisoformat(row.gs1sk.partition("#")[0]),
            status=row.status,
            amount=MoneyValue.of(row.amount, currency),
        )


class RemittanceItemView(Answer):
    control_number: str
    status: str
    claim_status_code: str
    charge: MoneyValue
    paid: MoneyValue
    claim_id: str | None

    @classmethod
    def of(cls, item: RemittanceItem, currency: str) -> Self:
        return cls(
            control_number=item.control_number,
            status=item.status,
            claim_status_code=item.claim_status_code,
            charge=MoneyValue.of(item.charge, currency),
            paid=MoneyValue.of(item.paid, currency),
            claim_id=item.claim_id,
        )


class RemittanceView(Answer):
    """One payment of a payer."""

    id: str
    payer_name: str
    trace_number: str
    payment: MoneyValue
    method: str
    paid_on: date | None
    claims: int

    @classmethod
    def of(cls, record: RemittanceRecord, currency: str) -> Self:
        return cls(
            id=record.id,
            payer_name=record.payer_name,
            trace_number=record.trace_number,
            payment=MoneyValue.of(record.payment, currency),
            method=record.method,
            paid_on=record.paid_on,
            claims=record.claims,
        )


class PlaceView(Answer):
    segment: int
    text: str


class InboundFileView(Answer):
    """A file that came in, by the SHA-256 of its bytes. A quarantined one was not posted."""

    sha256: str
    file_kind: str
    status: str
    size: int
    received_at: Instant
    reasons: list[PlaceView]
    warnings: list[PlaceView]
