"""Do the totals of a 277CA agree with its claims? (005010X214: 2200B, 2200C, 2200D.)

A claim counts as its STC03 says (`WQ` accepted, `U` rejected), else by its category: the totals
QTY*90, AA, QA, QC and AMT*YU, YY are of actions. Only what is fully listed is judged: a provider
whose claims are not listed counts by its own totals, and if it has none, its receiver is not
judged.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from chalicelib.claims.x12.claim_acknowledgement import (
    ClaimAcknowledgement,
    LevelAcknowledgement,
    StatusInformation,
    Verdict,
)
from chalicelib.claims.x12.interchange import Findings
from chalicelib.platform.money import decimal_text


@dataclass(slots=True)
class ProviderClaims:
    """A billing provider and the claims listed under it."""

    level: LevelAcknowledgement | None
    claims: list[ClaimAcknowledgement] = field(default_factory=list)


@dataclass(slots=True)
class ReceiverClaims:
    """An information receiver and its billing providers."""

    level: LevelAcknowledgement
    providers: list[ProviderClaims] = field(default_factory=list)

    def add_provider(self, level: LevelAcknowledgement) -> None:
        """Begin a billing provider."""
        self.providers.append(ProviderClaims(level))

    def add_claims(self, claims: list[ClaimAcknowledgement]) -> None:
        """Add claims to the billing provider begun last, or to one without a name."""
        if not self.providers:
            self.providers.append(ProviderClaims(None))
        self.providers[-1].claims.extend(claims)


def check_totals(receivers: Iterable[ReceiverClaims], findings: Findings) -> None:
    """Refuse each total that the claims below it contradict."""
    for receiver in receivers:
        sums = [_provider_sums(provider) for provider in receiver.providers]
        for provider, total in zip(receiver.providers, sums, strict=True):
            if provider.level:
                _compare(provider.level, total, findings)
        if sums:
            _compare(receiver.level, _added(sums), findings)


@dataclass(frozen=True, slots=True)
class _Sums:
    """Counts and minor units; None where the listing does not tell."""

    accepted_count: int | None
    rejected_count: int | None
    accepted_amount: int | None
    rejected_amount: int | None


def _provider_sums(provider: ProviderClaims) -> _Sums:
    """From its claims; from its own totals where it lists none."""
    if provider.claims:
        acts = [_act(claim.statuses) for claim in provider.claims]
        accepted = [amount for verdict, amount in acts if verdict is Verdict.ACCEPTED]
        rejected = [amount for verdict, amount in acts if verdict is Verdict.REJECTED]
        if len(accepted) + len(rejected) < len(acts):
            return _Sums(None, None, None, None)
        return _Sums(len(accepted), len(rejected), _sum(accepted), _sum(rejected))
    level = provider.level
    if level is None or level.verdict is not Verdict.REJECTED:
        return _Sums(None, None, None, None)
    accepted_amount = level.accepted_amount or 0
    accepted_count = level.accepted_count or 0
    return _Sums(accepted_count, level.rejected_count, accepted_amount, level.rejected_amount)


def _act(statuses: tuple[StatusInformation, ...]) -> tuple[Verdict, int | None]:
    """How the first status with an action counts the claim, and its charge."""
    for status in statuses:
        if status.action_verdict is not Verdict.UNDECIDED:
            return status.action_verdict, status.amount
    return (statuses[0].verdict, statuses[0].amount) if statuses else (Verdict.UNDECIDED, None)


def _added(sums: list[_Sums]) -> _Sums:
    return _Sums(
        _sum([item.accepted_count for item in sums]),
        _sum([item.rejected_count for item in sums]),
        _sum([item.accepted_amount for item in sums]),
        _sum([item.rejected_amount for item in sums]),
    )


def _sum(values: list[int | None]) -> int | None:
    """The sum; None if any is unknown."""
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _compare(level: LevelAcknowledgement, listed: _Sums, findings: Findings) -> None:
    expected = {
        "90": listed.accepted_count,
        "QA": listed.accepted_count,
        "AA": listed.rejected_count,
        "QC": listed.rejected_count,
        "YU": listed.accepted_amount,
        "YY": listed.rejected_amount,
    }
    for total in level.totals:
        found = expected[total.qualifier]
        if found is not None and found != total.value:
            is_money = total.qualifier in ("YU", "YY")
            findings.refuse(total.segment, _text(total.qualifier, total.value, found, is_money))
    charge = _sum([listed.accepted_amount, listed.rejected_amount])
    stated = next((status for status in level.statuses if status.amount), None)
    if stated and stated.amount and charge is not None and stated.amount != charge:
        findings.refuse(stated.segment, _text("STC04", stated.amount, charge, True))


def _text(name: str, stated: int, found: int, is_money: bool) -> str:
    written = decimal_text if is_money else str
    return f"{name} is {written(stated)}; the claims below make {written(found)}"
