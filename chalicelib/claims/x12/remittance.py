"""A remittance (835) as values: what a payer paid, for which claims, and why not all of it.

Field names follow 005010X221A1. Amounts are minor units of US dollars. `segment` is the place in
the file of the segment a value was read from.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chalicelib.claims.x12.interchange import Finding


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One triplet of a CAS: why `amount` of the charge was not paid (X221A1 §1.10.2.4)."""

    segment: int
    group: str
    reason: str
    amount: int
    quantity: Decimal | None


@dataclass(frozen=True, slots=True)
class SupplementalAmount:
    """An AMT: `AU` coverage amount, `B6` allowed amount, `I` interest, … None: it was empty."""

    segment: int
    qualifier: str
    amount: int | None


@dataclass(frozen=True, slots=True)
class Reference:
    """A REF of a claim or a line."""

    segment: int
    qualifier: str
    value: str


@dataclass(frozen=True, slots=True)
class Party:
    """An NM1: `QC` patient, `IL` subscriber, `74` corrected name, `82` rendering provider, …"""

    segment: int
    role: str
    last_name: str
    first_name: str
    id_qualifier: str
    id: str


@dataclass(frozen=True, slots=True)
class Procedure:
    """The composite of SVC01 or SVC06: `HC` + code + modifiers, `NU` + revenue code, …"""

    qualifier: str
    code: str
    modifiers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemittanceLine:
    """One service line (loop 2110)."""

    segment: int
    procedure: Procedure
    charge: int
    paid: int
    revenue_code: str
    units: Decimal | None
    submitted_procedure: Procedure | None
    control_number: str
    service_from: date | None
    service_to: date | None
    adjustments: tuple[Adjustment, ...]
    remark_codes: tuple[str, ...]
    amounts: tuple[SupplementalAmount, ...]
    references: tuple[Reference, ...]

    @property
    def allowed(self) -> int | None:
        """AMT*B6."""
        return next((item.amount for item in self.amounts if item.qualifier == "B6"), None)


@dataclass(frozen=True, slots=True)
class RemittanceClaim:
    """One claim payment (loop 2100). `control_number` is our CLM01."""

    segment: int
    control_number: str
    status_code: str
    charge: int
    paid: int
    patient_responsibility: int | None
    filing_indicator: str
    payer_claim_control_number: str
    facility_code: str
    frequency: str
    parties: tuple[Party, ...]
    service_from: date | None
    service_to: date | None
    received: date | None
    adjustments: tuple[Adjustment, ...]
    remark_codes: tuple[str, ...]
    amounts: tuple[SupplementalAmount, ...]
    references: tuple[Reference, ...]
    lines: tuple[RemittanceLine, ...]

    @property
    def is_reversal(self) -> bool:
        """CLP02 = 22: a former payment is taken back; amounts are negative."""
        return self.status_code == "22"

    @property
    def all_adjustments(self) -> tuple[Adjustment, ...]:
        """The claim's own adjustments and those of its lines."""
        return self.adjustments + tuple(cas for line in self.lines for cas in line.adjustments)

    @property
    def patient(self) -> Party | None:
        """NM1*QC."""
        return self.party("QC")

    @property
    def member_id(self) -> str:
        """The member id of the patient, else of the subscriber; "" if neither has one."""
        named = (self.party(role) for role in ("QC", "IL"))
        return next((party.id for party in named if party and party.id), "")

    def party(self, role: str) -> Party | None:
        """The first party in this role (NM101)."""
        return next((party for party in self.parties if party.role == role), None)


@dataclass(frozen=True, slots=True)
class ProviderAdjustment:
    """One pair of a PLB. A positive amount lowers the payment (X221A1 §1.10.2.1.3)."""

    segment: int
    provider_id: str
    fiscal_period: date | None
    reason: str
    reference: str
    amount: int


@dataclass(frozen=True, slots=True)
class Payer:
    """Loop 1000A. `id` is N104, else REF*2U, else TRN03."""

    segment: int
    name: str
    id: str


@dataclass(frozen=True, slots=True)
class Payee:
    """Loop 1000B. `npi` is N104 under XX; `tin` N104 under FI, else REF*TJ; "" if absent."""

    segment: int
    name: str
    npi: str
    tin: str


@dataclass(frozen=True, slots=True)
class Remittance:
    """One 835 transaction set: one payment and what it is for.

    `payment` is BPR02; under BPR03 `D` too the money goes to the payee (X221A1, BPR03 notes).
    """

    segment: int
    control_number: str
    version: str
    handling: str
    payment_segment: int
    payment: int
    credit_or_debit: str
    payment_method: str
    payment_date: date | None
    trace_segment: int
    trace_number: str
    trace_payer_id: str
    production_date: date | None
    payer: Payer
    payee: Payee
    claims: tuple[RemittanceClaim, ...]
    provider_adjustments: tuple[ProviderAdjustment, ...]
    warnings: tuple[Finding, ...]

    @property
    def paid(self) -> int:
        """The sum of CLP04."""
        return sum(claim.paid for claim in self.claims)
