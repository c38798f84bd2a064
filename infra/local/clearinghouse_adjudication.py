"""How a simulated payer adjudicates: claim in, paid and adjusted lines out. Pure.

Every line balances: charge = paid + the sum of its adjustments (TR3 005010X221A1, 1.10.2.1).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from infra.local.clearinghouse_intake import SubmittedClaim, SubmittedLine
from infra.local.clearinghouse_rules import (
    COINSURANCE,
    CONTRACTUAL,
    COPAY,
    DEDUCTIBLE,
    DUPLICATE,
    NOT_AUTHORIZED,
    NOT_COVERED,
    NOT_NECESSARY,
    ClearinghouseRules,
)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One CAS triplet without quantity."""

    group: str
    reason: str
    amount: int


@dataclass(frozen=True, slots=True)
class AdjudicatedLine:
    """One SVC. `allowed` is 0 for a denied line."""

    line: SubmittedLine
    charge: int
    allowed: int
    adjustments: tuple[Adjustment, ...]

    @property
    def paid(self) -> int:
        """SVC03."""
        return self.charge - sum(item.amount for item in self.adjustments)


@dataclass(frozen=True, slots=True)
class AdjudicatedClaim:
    """One CLP. `status` is CLP02: 1 processed as primary, 22 reversal of an earlier payment."""

    claim: SubmittedClaim
    control_number: str
    status: str
    lines: tuple[AdjudicatedLine, ...]
    corrects: str = ""

    @property
    def charge(self) -> int:
        """CLP03."""
        return sum(line.charge for line in self.lines)

    @property
    def paid(self) -> int:
        """CLP04."""
        return sum(line.paid for line in self.lines)

    @property
    def patient_responsibility(self) -> int:
        """CLP05: the sum of the PR adjustments."""
        items = [item for line in self.lines for item in line.adjustments]
        return sum(item.amount for item in items if item.group == "PR")


def adjudicate(
    claim: SubmittedClaim,
    control_number: str,
    *,
    rules: ClearinghouseRules,
    duplicate: bool = False,
    corrects: str = "",
) -> AdjudicatedClaim:
    """Price, share and deny. `control_number` is the payer's (CLP07), `corrects` the one replaced."""
    if duplicate:
        lines = [_denied(line, Adjustment("CO", DUPLICATE, line.charge)) for line in claim.lines]
    elif rules.denies(claim):
        lines = [_denied(line, *_denial(line, rules)) for line in claim.lines]
    else:
        lines = list(_shared(claim, rules))
    return AdjudicatedClaim(claim, control_number, "1", tuple(lines), corrects)


def reversal(original: AdjudicatedClaim) -> AdjudicatedClaim:
    """The original with every amount negated (TR3 005010X221A1, 1.10.2.8)."""
    lines = tuple(
        AdjudicatedLine(
            item.line,
            -item.charge,
            -item.allowed,
            tuple(replace(part, amount=-part.amount) for part in item.adjustments),
        )
        for item in original.lines
    )
    return AdjudicatedClaim(original.claim, original.control_number, "22", lines)


def _denied(line: SubmittedLine, *adjustments: Adjustment) -> AdjudicatedLine:
    return AdjudicatedLine(line, line.charge, 0, _told(adjustments))


def _denial(line: SubmittedLine, rules: ClearinghouseRules) -> tuple[Adjustment, ...]:
    patient = rules.coinsurance(rules.allowed(line.charge))
    return (
        Adjustment("CO", NOT_AUTHORIZED, line.charge - patient),
        Adjustment("PR", NOT_COVERED, patient),
    )


def _shared(claim: SubmittedClaim, rules: ClearinghouseRules) -> Iterator[AdjudicatedLine]:
    """Contract price, then deductible, then one copay a claim or else coinsurance a line."""
    owed = rules.deductible_of(claim)
    allowed = {
        place: rules.allowed(line.charge)
        for place, line in enumerate(claim.lines)
        if rules.denied_modifier not in line.modifiers
    }
    bearing = next(
        (place for place, amount in allowed.items() if amount - owed > rules.copay), None
    )
    for place, line in enumerate(claim.lines):
        if place not in allowed:
            yield _denied(line, Adjustment("CO", NOT_NECESSARY, line.charge))
            continue
        deductible = min(owed, allowed[place])
        owed -= deductible
        left = allowed[place] - deductible
        if bearing is None:
            share = Adjustment("PR", COINSURANCE, rules.coinsurance(left))
        else:
            share = Adjustment("PR", COPAY, rules.copay if place == bearing else 0)
        contract = Adjustment("CO", CONTRACTUAL, line.charge - allowed[place])
        parts = (contract, Adjustment("PR", DEDUCTIBLE, deductible), share)
        yield AdjudicatedLine(line, line.charge, allowed[place], _told(parts))


def _told(adjustments: tuple[Adjustment, ...]) -> tuple[Adjustment, ...]:
    return tuple(item for item in adjustments if item.amount)
