"""The simulator's claim acknowledgments: 277CA of the clearinghouse's hop and of each payer's.

X12 005010X214: information source, receiver, provider, patient; totals agree with the claims.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Final

from chalicelib.claims.x12.parties import name_segment
from chalicelib.claims.x12.writing import Guide, Identifier, d8, segment
from chalicelib.platform.money import decimal_text
from infra.local.clearinghouse_intake import Party, SubmittedClaim

CLAIM_ACKNOWLEDGMENT: Final = Guide("HN", "277", "005010X214")


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """One claim and its verdict: STC01 composites, such as `A2:20:PR`; several if rejected so."""

    claim: SubmittedClaim
    accepted: bool
    statuses: tuple[str, ...]
    control_number: str = ""


@dataclass(frozen=True, slots=True)
class Hop:
    """Who answers: NM101 (AY clearinghouse, PR payer), NM108 and the party."""

    entity: str
    qualifier: str
    source: Party


def acknowledgment_body(
    hop: Hop, submitter: Party, claims: Sequence[Acknowledged], *, batch: str, trace: str, on: date
) -> list[str]:
    """The 277CA between ST and SE. `batch` is the BHT03 that was submitted."""
    return list(_body(hop, submitter, claims, batch=batch, trace=trace, on=on))


def _body(
    hop: Hop, submitter: Party, claims: Sequence[Acknowledged], *, batch: str, trace: str, on: date
) -> Iterator[str]:
    numbers = count(1)
    yield segment("BHT", "0085", "08", trace, d8(on), "1200", "TH")
    yield segment("HL", str(next(numbers)), "", "20", "1")
    yield name_segment(hop.entity, hop.source.name, hop.qualifier, hop.source.identifier)
    yield segment("TRN", "1", trace)
    yield segment("DTP", "050", "D8", d8(on))
    yield segment("DTP", "009", "D8", d8(on))
    yield segment("HL", str(next(numbers)), "1", "21", "1")
    yield name_segment("41", submitter.name, "46", submitter.identifier)
    yield segment("TRN", "2", Identifier(batch, 50))
    yield segment("STC", ("A1", "19", hop.entity), d8(on), "WQ", _charges(claims))
    yield from _totals(claims, "90", "AA")
    for provider in dict.fromkeys(item.claim.billing for item in claims):
        own = [item for item in claims if item.claim.billing == provider]
        yield from _provider(hop, provider, own, numbers, on=on)


def _provider(
    hop: Hop, provider: Party, claims: Sequence[Acknowledged], numbers: Iterator[int], *, on: date
) -> Iterator[str]:
    own = str(next(numbers))
    yield segment("HL", own, "2", "19", "1")
    if provider.identifier:
        yield name_segment("85", provider.name, "XX", provider.identifier)
    else:
        yield name_segment("85", provider.name, "FI", provider.tax_id)
    yield segment("TRN", "1", "0")
    yield segment("STC", ("A1", "19", hop.entity), "", "WQ", _charges(claims))
    yield from _totals(claims, "QA", "QC")
    for item in claims:
        yield segment("HL", str(next(numbers)), own, "PT")
        yield from _claim(item, on=on)


def _claim(item: Acknowledged, *, on: date) -> Iterator[str]:
    claim = item.claim
    yield name_segment("QC", claim.patient.name, "MI", claim.subscriber.identifier)
    yield segment("TRN", "2", Identifier(claim.number, 50))
    action = "WQ" if item.accepted else "U"
    for status in item.statuses:
        parts = tuple(status.split(":"))
        yield segment("STC", parts, d8(on), action, decimal_text(claim.total))
    if item.control_number:
        yield segment("REF", "1K", item.control_number)
    first, last = claim.first_day, claim.last_day
    if first == last:
        yield segment("DTP", "472", "D8", d8(first))
    else:
        yield segment("DTP", "472", "RD8", f"{d8(first)}-{d8(last)}")


def _totals(claims: Sequence[Acknowledged], accepted: str, rejected: str) -> Iterator[str]:
    """QTY and AMT of the accepted and the rejected, each only where there are any."""
    sides = [
        (accepted, "YU", [item for item in claims if item.accepted]),
        (rejected, "YY", [item for item in claims if not item.accepted]),
    ]
    for quantity, _, side in sides:
        if side:
            yield segment("QTY", quantity, str(len(side)))
    for _, amount, side in sides:
        if side:
            yield segment("AMT", amount, _charges(side))


def _charges(claims: Iterable[Acknowledged]) -> str:
    return decimal_text(sum(item.claim.total for item in claims))
