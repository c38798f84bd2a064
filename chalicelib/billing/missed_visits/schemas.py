"""What clients send and get: the policy on missed visits, fees, waivers."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints

from ...platform.http import Answer, Body, Instant, MoneyValue
from .models import MissedVisitFee, MissedVisitPolicy
from .payer_kinds import PayerKind
from .terms import MissKind

TypeId = Annotated[str, StringConstraints(pattern=r"^typ_[0-9A-Z]{26}$")]


class PriceValue(MoneyValue):
    """A price: no less than nothing."""

    amount: int = Field(ge=0, le=10**7, examples=[5000])


class PatientsReason(StrEnum):
    """The reasons of a cancellation that are the patient's: only theirs can be late."""

    PATIENT = "pat"
    PATIENT_REMINDER = "pat-crs"
    PATIENT_PORTAL = "pat-cpp"
    PATIENT_TRANSPORT = "pat-lt"
    PATIENT_MOVED = "pat-mv"


class WaiverReason(StrEnum):
    """Why a fee is waived; nothing of anybody's health."""

    EMERGENCY = "emergency"
    ENTERED_IN_ERROR = "entered_in_error"
    GOODWILL = "goodwill"
    HARDSHIP = "hardship"
    PRACTICE_CAUSED = "practice_caused"
    WEATHER = "weather"


class TypeFeesValue(Body):
    """What visits of one type cost."""

    type_id: TypeId
    late_cancel: PriceValue
    no_show: PriceValue


class MissedVisitPolicyBody(Body):
    """All of the policy. It holds for what is booked from now on.

    Medicaid's patients are never charged. Where any payer's patients are exempt, Medicare's are too.
    """

    late_cancel: PriceValue = Field(description="Cancelled later than the type's `cancel_hours`")
    no_show: PriceValue
    types: list[TypeFeesValue] = Field(default=[], max_length=50, description="That cost otherwise")
    forgiven: int = Field(default=0, ge=0, le=10, description="Misses of a patient within a year")
    exempt_reasons: list[PatientsReason] = Field(default=[], max_length=5)
    exempt_payers: list[PayerKind] = Field(default=[], max_length=7)


class TypeFeesView(Answer):
    type_id: str
    late_cancel: MoneyValue
    no_show: MoneyValue


class MissedVisitPolicyView(Answer):
    """The policy that holds; version 0 and no `since` while none was set."""

    version: int
    since: Instant | None
    late_cancel: MoneyValue
    no_show: MoneyValue
    types: list[TypeFeesView]
    forgiven: int
    exempt_reasons: list[PatientsReason]
    exempt_payers: list[PayerKind]

    @classmethod
    def of(cls, policy: MissedVisitPolicy, currency: str) -> Self:
        terms = policy.terms
        return cls(
            version=policy.version,
            since=policy.since if policy.version else None,
            late_cancel=MoneyValue.of(terms.late_cancel, currency),
            no_show=MoneyValue.of(terms.no_show, currency),
            types=[
                TypeFeesView(
                    type_id=each.type_id,
                    late_cancel=MoneyValue.of(each.late_cancel, currency),
                    no_show=MoneyValue.of(each.no_show, currency),
                )
                for each in terms.types
            ],
            forgiven=terms.forgiven,
            exempt_reasons=[PatientsReason(each) for each in terms.exempt_reasons],
            exempt_payers=list(terms.exempt_payers),
        )


class FeeBody(Body):
    """`payer_kind`: what a biller found of a plan whose kind the payer's record does not tell."""

    appointment_id: str = Field(pattern=r"^[A-Za-z0-9_]{1,40}$")
    payer_kind: (
        Literal[
            PayerKind.COMMERCIAL,
            PayerKind.MEDICAID,
            PayerKind.MEDICARE,
            PayerKind.MEDICARE_ADVANTAGE,
            PayerKind.TRICARE,
        ]
        | None
    ) = None


class WaiverBody(Body):
    reason: WaiverReason


class FeeView(Answer):
    """A fee for a visit that was missed or cancelled late; what the patient still owes of it."""

    id: str
    version: int
    appointment_id: str
    why: MissKind
    day: date
    charged_on: date
    amount: MoneyValue
    patient_due: MoneyValue
    waived: WaiverReason | None
    waived_at: Instant | None

    @classmethod
    def of(cls, fee: MissedVisitFee, currency: str) -> Self:
        return cls(
            id=fee.id,
            version=fee.version,
            appointment_id=fee.appointment_id,
            why=MissKind(fee.why),
            day=fee.day,
            charged_on=fee.charged_on,
            amount=MoneyValue.of(fee.amount, currency),
            patient_due=MoneyValue.of(fee.patient_due, currency),
            waived=WaiverReason(fee.waived) if fee.waived else None,
            waived_at=fee.waived_at,
        )
