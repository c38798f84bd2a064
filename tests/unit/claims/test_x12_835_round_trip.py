"""A remittance drawn at random, written by a plain builder, reads back as it was drawn."""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings, strategies as st

from chalicelib.claims.x12.interchange import X12Error, read_interchanges
from chalicelib.claims.x12.reading_835 import read_remittance
from chalicelib.claims.x12.remittance import Adjustment, Remittance
from chalicelib.claims.x12.remittance_balance import check_balance
from tests.unit.claims.edi_builders import header, interchange

Drawn = tuple[str, str, int]


@dataclass(frozen=True)
class Line:
    code: str
    charge: int
    adjustments: list[Drawn]

    @property
    def paid(self) -> int:
        return self.charge - sum(amount for _, _, amount in self.adjustments)


@dataclass(frozen=True)
class Claim:
    number: str
    reversed: bool
    own_charge: int
    adjustments: list[Drawn]
    lines: list[Line]

    @property
    def charge(self) -> int:
        return sum(line.charge for line in self.lines) if self.lines else self.own_charge

    @property
    def paid(self) -> int:
        drawn = [*self.adjustments, *(each for line in self.lines for each in line.adjustments)]
        return self.charge - sum(amount for _, _, amount in drawn)


cents = st.integers(min_value=-99_999, max_value=999_999)
adjustments = st.lists(
    st.tuples(st.sampled_from(["CO", "PR", "OA", "PI"]), st.sampled_from(["1", "45", "A2"]), cents),
    max_size=9,
)
lines = st.builds(
    Line, st.sampled_from(["HC:X1001", "HC:G0101:25:59", "NU:0250"]), cents, adjustments
)
claims = st.builds(
    Claim,
    st.text("ABC0189", min_size=1, max_size=20),
    st.booleans(),
    cents,
    adjustments,
    st.lists(lines, max_size=3),
)


def written(amount: int, style: int) -> str:
    """`amount` cents in one of the ways that payers write them."""
    sign, whole, cent = "-" if amount < 0 else "", abs(amount) // 100, abs(amount) % 100
    if style == 0 or cent % 10:
        return f"{sign}{whole}.{cent:02}"
    return f"{sign}{whole}.{cent // 10}" if cent else f"{sign}{whole}"


def cas_segments(drawn: list[Drawn], style: int) -> list[str]:
    """The adjustments in order, as few CAS as hold them: six of one group in each."""
    segments: list[str] = []
    for group, reason, amount in drawn:
        triplet = f"*{reason}*{written(amount, style)}*"
        last = segments[-1] if segments else ""
        if last.startswith(f"CAS*{group}*") and (last.count("*") - 1) // 3 < 6:
            segments[-1] += triplet
        else:
            segments.append(f"CAS*{group}{triplet}")
    return [segment.rstrip("*") for segment in segments]


def body_of(drawn: list[Claim], withheld: list[int], style: int) -> list[str]:
    payment = sum(claim.paid for claim in drawn) - sum(withheld)
    segments = header(written(payment, style))
    for claim in drawn:
        status = "22" if claim.reversed else "1"
        charge, paid = written(claim.charge, style), written(claim.paid, style)
        segments.append(f"CLP*{claim.number}*{status}*{charge}*{paid}**12*PCN*11*1")
        segments += cas_segments(claim.adjustments, style)
        segments.append("NM1*QC*1*DOE*JANE****MI*M1")
        for line in claim.lines:
            charge, paid = written(line.charge, style), written(line.paid, style)
            segments.append(f"SVC*{line.code}*{charge}*{paid}**1")
            segments.append("DTM*472*20260105")
            segments += cas_segments(line.adjustments, style)
    for start in range(0, len(withheld), 6):
        pairs = withheld[start : start + 6]
        plb = "".join(f"*WO:R*{written(amount, style)}" for amount in pairs)
        segments.append(f"PLB*1234567893*20261231{plb}")
    return segments


def read(body: list[str]) -> Remittance:
    return read_remittance(read_interchanges(interchange("835", body))[0].sets[0])


def plain(found: tuple[Adjustment, ...]) -> list[Drawn]:
    return [(item.group, item.reason, item.amount) for item in found]


@settings(max_examples=150, derandomize=True, deadline=None)
@given(
    drawn=st.lists(claims, max_size=4),
    withheld=st.lists(cents, max_size=8),
    style=st.sampled_from([0, 1]),
)
def test_a_generated_remittance_reads_back_and_balances(drawn, withheld, style):
    # Given a remittance whose payment is brought to at least 0 by a forwarded balance
    payment = sum(claim.paid for claim in drawn) - sum(withheld)
    withheld = [*withheld, min(payment, 0)]
    # When it is written and read
    found = read(body_of(drawn, withheld, style))
    # Then every figure is the one drawn
    assert found.payment == max(payment, 0)
    assert [pair.amount for pair in found.provider_adjustments] == withheld
    assert [(claim.control_number, claim.charge, claim.paid) for claim in found.claims] == [
        (claim.number, claim.charge, claim.paid) for claim in drawn
    ]
    for was, claim in zip(drawn, found.claims, strict=True):
        assert plain(claim.adjustments) == was.adjustments
        assert claim.is_reversal is was.reversed
        assert [(line.charge, line.paid, plain(line.adjustments)) for line in claim.lines] == [
            (line.charge, line.paid, line.adjustments) for line in was.lines
        ]
    # And it balances
    check_balance(found)


@settings(max_examples=100, derandomize=True, deadline=None)
@given(
    drawn=st.lists(claims, min_size=1, max_size=3),
    place=st.integers(min_value=0),
    error=st.integers(min_value=1, max_value=10_000),
)
def test_a_generated_remittance_with_one_wrong_amount_is_refused(drawn, place, error):
    # Given a balanced remittance of which one claim's payment is then misstated
    payment = sum(claim.paid for claim in drawn)
    body = body_of(drawn, [min(payment, 0)], 0)
    claim = drawn[place % len(drawn)]
    right = f"*{written(claim.charge, 0)}*{written(claim.paid, 0)}**12"
    wrong = f"*{written(claim.charge, 0)}*{written(claim.paid + error, 0)}**12"
    spoilt = [
        segment.replace(right, wrong) if segment.startswith(f"CLP*{claim.number}*") else segment
        for segment in body
    ]
    assert spoilt != body
    # Then it does not balance
    with pytest.raises(X12Error, match="CLP04 is"):
        check_balance(read(spoilt))
