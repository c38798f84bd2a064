"""What a missed or late-cancelled visit costs, under the practice's terms and the payers' rules. Pure.

Sources: Medicaid's payment is payment in full (42 CFR 447.15): its patients are never charged.
Medicare's are charged only what everybody is (Claims Processing Manual, chapter 1, §30.3.13): a
practice that spares any other payer's patients spares Medicare's. Whoever has several coverages
has the protection of each.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.billing.missed_visits.payer_kinds import PayerKind

MEDICARES = frozenset({PayerKind.MEDICARE, PayerKind.MEDICARE_ADVANTAGE})


class MissKind(StrEnum):
    LATE_CANCEL = "late_cancel"
    NO_SHOW = "no_show"


class Verdict(StrEnum):
    """What becomes of a miss. Only `charged` costs anything."""

    CHARGED = "charged"
    ASK_BILLER = "ask_biller"
    FORGIVEN = "forgiven"
    NOT_BOOKED_UNDER_TERMS = "not_booked_under_terms"
    NO_FEE = "no_fee"
    EXEMPT_REASON = "exempt_reason"
    EXEMPT_PAYER = "exempt_payer"
    PATIENT_DECEASED = "patient_deceased"
    ENTERED_IN_ERROR = "entered_in_error"


@dataclass(frozen=True, slots=True)
class TypeFees:
    """Where visits of a type cost otherwise, in minor units."""

    type_id: str
    late_cancel: int
    no_show: int


@dataclass(frozen=True, slots=True)
class Terms:
    """A practice's policy, in minor units. Nothing is charged until it says so.

    `forgiven`: how many of a patient's misses within a year of the last cost nothing.
    """

    late_cancel: int = 0
    no_show: int = 0
    types: tuple[TypeFees, ...] = ()
    forgiven: int = 0
    exempt_reasons: tuple[str, ...] = ()
    exempt_payers: tuple[PayerKind, ...] = ()

    def fee_of(self, kind: MissKind, type_id: str) -> int:
        """What a visit of this type costs when it is missed so."""
        own = next((each for each in self.types if each.type_id == type_id), None)
        late_cancel = self.late_cancel if own is None else own.late_cancel
        no_show = self.no_show if own is None else own.no_show
        return late_cancel if kind is MissKind.LATE_CANCEL else no_show

    @property
    def alike(self) -> bool:
        """Whether all payers' patients are charged, Medicaid's apart: they may not be."""
        return not set(self.exempt_payers) - {PayerKind.MEDICAID}

    def spares(self, payers: AbstractSet[PayerKind]) -> bool:
        """Whether one of these coverages keeps its patient from being charged."""
        if PayerKind.MEDICAID in payers or payers & set(self.exempt_payers):
            return True
        return bool(payers & MEDICARES) and not self.alike


@dataclass(frozen=True, slots=True)
class Miss:
    """A visit that was missed: how, of which type, and the coded reason of a cancellation."""

    kind: MissKind
    type_id: str
    reason: str = ""


def judge(
    terms: Terms, miss: Miss, payers: AbstractSet[PayerKind], *, forgiven_before: int
) -> Verdict:
    """What becomes of the miss of a patient with these coverages on its day.

    What spares the patient goes before what is forgiven: who owes nothing anyway keeps that.
    """
    if not terms.fee_of(miss.kind, miss.type_id):
        return Verdict.NO_FEE
    if miss.reason in terms.exempt_reasons:
        return Verdict.EXEMPT_REASON
    if terms.spares(payers):
        return Verdict.EXEMPT_PAYER
    if PayerKind.UNKNOWN in payers:
        return Verdict.ASK_BILLER
    return Verdict.FORGIVEN if forgiven_before < terms.forgiven else Verdict.CHARGED
