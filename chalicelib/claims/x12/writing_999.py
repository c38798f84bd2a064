"""Writes 999 files: the answer to a functional group that we received (X12 005010X231A1)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from chalicelib.claims.x12.writing import (
    Component,
    Guide,
    Identifier,
    InterchangeHeader,
    UnwritableError,
    segment,
    write_interchange,
)

IMPLEMENTATION_ACKNOWLEDGMENT: Final = Guide("FA", "999", "005010X231A1")
Verdict = Literal["A", "E", "P", "R"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementFault:
    """IK4: one element of the segment. `position` and `component` are 1-based.

    `code` is IK403 (1 required element missing, 4 too short, 5 too long, 6 invalid character,
    7 invalid code value, 8 invalid date, …); `reference` the data element's number. `copy` goes out
    only if X12 can carry it.
    """

    position: int
    code: str
    component: int | None = None
    reference: str = ""
    copy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentFault:
    """IK3: one segment. `position` counts from the ST, which is 1.

    `code` is IK304 (1 unrecognised, 3 required segment missing, 8 has element errors, …). IK303
    holds four characters (data element 447): loop `2010AA` goes out as `2010`.
    """

    tag: str
    position: int
    code: str
    loop: str = ""
    elements: tuple[ElementFault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetResponse:
    """AK2 to IK5: one transaction set. `errors` are IK502 codes (4 wrong segment count, …)."""

    set_code: str
    control_number: str
    version: str = ""
    accepted: bool = True
    faults: tuple[SegmentFault, ...] = ()
    errors: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """IK501: accepted, accepted with errors noted, or rejected."""
        if not self.accepted:
            return "R"
        return "E" if self.faults or self.errors else "A"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupResponse:
    """AK1 to AK9: the group named by its GS01, GS06 and GS08.

    `sets_included` is what its GE01 said; `errors` are AK905 codes (4 control numbers differ,
    5 wrong count of sets, …). `accepted` False rejects the group as a whole.
    """

    functional_id: str
    control_number: str
    version: str
    sets_included: int
    responses: tuple[SetResponse, ...]
    accepted: bool = True
    errors: tuple[str, ...] = ()

    @property
    def sets_accepted(self) -> int:
        """AK904."""
        return sum(response.accepted for response in self.responses) if self.accepted else 0

    @property
    def verdict(self) -> Verdict:
        """AK901: A all, E all but with errors noted, P some sets, R none."""
        if self.sets_accepted == 0:
            return "R"
        if self.sets_accepted < len(self.responses):
            return "P"
        noted = self.errors or any(response.verdict == "E" for response in self.responses)
        return "E" if noted else "A"


def write_999(interchange: InterchangeHeader, group: GroupResponse) -> str:
    """One interchange with one 999 for `group`.

    Each guide allows five codes in IK502 to IK506 and AK905 to AK909: further ones are left out.
    Raises UnwritableError naming the element.
    """
    return write_interchange(interchange, IMPLEMENTATION_ACKNOWLEDGMENT, [list(_body(group))])


_MOST_CODES: Final = 5


def _body(group: GroupResponse) -> Iterator[str]:
    number = Identifier(group.control_number, 9)
    yield segment("AK1", group.functional_id, number, Identifier(group.version, 12))
    for response in group.responses:
        yield from _set(response)
    yield segment(
        "AK9",
        group.verdict,
        str(group.sets_included),
        str(len(group.responses)),
        str(group.sets_accepted),
        *group.errors[:_MOST_CODES],
    )


def _set(response: SetResponse) -> Iterator[str]:
    number = Identifier(response.control_number, 9)
    yield segment("AK2", response.set_code, number, Identifier(response.version, 35))
    for fault in response.faults:
        yield segment("IK3", fault.tag, str(fault.position), fault.loop[:4], fault.code)
        for element in fault.elements:
            yield _element(element)
    yield segment("IK5", response.verdict, *response.errors[:_MOST_CODES])


def _element(fault: ElementFault) -> str:
    place: tuple[Component, ...] = (str(fault.position), str(fault.component or ""))
    head = (place, fault.reference, fault.code)
    try:
        return segment("IK4", *head, Identifier(fault.copy, 99))
    except UnwritableError:
        return segment("IK4", *head)
