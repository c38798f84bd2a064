"""A claim acknowledgement (277CA) as values: which claims a clearinghouse or payer took in.

Field names follow 005010X214. Amounts are minor units of US dollars. `segment` is the place in
the file of the segment a value was read from.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chalicelib.claims.x12.interchange import Finding
from chalicelib.claims.x12.remittance import Party, Procedure, Reference


class Verdict(StrEnum):
    """What a status says of a claim. `undecided`: neither its categories nor its action tell."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNDECIDED = "undecided"


ACCEPTING_CATEGORIES = frozenset({"A0", "A1", "A2", "A5"})
REJECTING_CATEGORIES = frozenset({"A3", "A4", "A6", "A7", "A8"})
_ACTIONS = {"WQ": Verdict.ACCEPTED, "U": Verdict.REJECTED}


@dataclass(frozen=True, slots=True)
class Status:
    """One composite of an STC: category (code list 507), status (508), entity (98)."""

    category: str
    code: str
    entity: str


@dataclass(frozen=True, slots=True)
class StatusInformation:
    """One STC: up to three statuses (STC01, 10, 11), an action (STC03) and a charge (STC04)."""

    segment: int
    statuses: tuple[Status, ...]
    effective: date | None
    action: str
    amount: int | None
    message: str

    @property
    def verdict(self) -> Verdict:
        """By category, a rejection first; by the action where no category tells."""
        categories = {status.category for status in self.statuses}
        if categories & REJECTING_CATEGORIES:
            return Verdict.REJECTED
        return Verdict.ACCEPTED if categories & ACCEPTING_CATEGORIES else self.action_verdict

    @property
    def action_verdict(self) -> Verdict:
        """By STC03 alone."""
        return _ACTIONS.get(self.action, Verdict.UNDECIDED)


@dataclass(frozen=True, slots=True)
class Total:
    """A QTY or AMT of a level: counts `90`, `AA`, `QA`, `QC`; minor units `YU`, `YY`."""

    segment: int
    qualifier: str
    value: int


@dataclass(frozen=True, slots=True)
class LevelAcknowledgement:
    """A level above the claims: `20` source, `21` receiver, `19` billing provider (HL03).

    A receiver or provider that is rejected takes all its claims with it, listed or not.
    """

    segment: int
    level: str
    party: Party | None
    trace_number: str
    statuses: tuple[StatusInformation, ...]
    references: tuple[Reference, ...]
    totals: tuple[Total, ...]

    @property
    def verdict(self) -> Verdict:
        """The verdict of its statuses; undecided if it has none."""
        return worst(self.statuses)

    @property
    def accepted_count(self) -> int | None:
        """QTY*90 of a receiver, QTY*QA of a provider; None if not given."""
        return self._total("90", "QA")

    @property
    def rejected_count(self) -> int | None:
        """QTY*AA of a receiver, QTY*QC of a provider; None if not given."""
        return self._total("AA", "QC")

    @property
    def accepted_amount(self) -> int | None:
        """AMT*YU; None if not given."""
        return self._total("YU")

    @property
    def rejected_amount(self) -> int | None:
        """AMT*YY; None if not given."""
        return self._total("YY")

    def _total(self, *qualifiers: str) -> int | None:
        return next((item.value for item in self.totals if item.qualifier in qualifiers), None)


@dataclass(frozen=True, slots=True)
class LineAcknowledgement:
    """A service line with a status of its own (loop 2220D)."""

    segment: int
    procedure: Procedure
    charge: int | None
    control_number: str
    statuses: tuple[StatusInformation, ...]


@dataclass(frozen=True, slots=True)
class ClaimAcknowledgement:
    """One claim (loop 2200D). `control_number` is our CLM01; `provider_id` that of its HL 19."""

    segment: int
    control_number: str
    patient: Party | None
    provider_id: str
    statuses: tuple[StatusInformation, ...]
    payer_claim_control_number: str
    clearinghouse_trace_number: str
    service_from: date | None
    service_to: date | None
    references: tuple[Reference, ...]
    lines: tuple[LineAcknowledgement, ...]

    @property
    def verdict(self) -> Verdict:
        """Rejected if any of its statuses rejects it."""
        return worst(self.statuses)


@dataclass(frozen=True, slots=True)
class ClaimAcknowledgementSet:
    """One 277CA transaction set. `reference` is BHT03; `levels` are in file order.

    `source` is who speaks: NM101 `AY` a clearinghouse, `PR` the payer.
    """

    segment: int
    control_number: str
    version: str
    reference: str
    created: date | None
    received: date | None
    processed: date | None
    levels: tuple[LevelAcknowledgement, ...]
    claims: tuple[ClaimAcknowledgement, ...]
    warnings: tuple[Finding, ...]

    @property
    def source(self) -> Party | None:
        """The information source (HL03 = 20)."""
        return next((item.party for item in self.levels if item.level == "20"), None)


def worst(statuses: tuple[StatusInformation, ...]) -> Verdict:
    """Rejected if any rejects, else accepted if any accepts, else undecided."""
    verdicts = {status.verdict for status in statuses}
    order = (Verdict.REJECTED, Verdict.ACCEPTED)
    return next((verdict for verdict in order if verdict in verdicts), Verdict.UNDECIDED)
