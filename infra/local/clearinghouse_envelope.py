"""The clearinghouse simulator's first look at a file: envelopes, counts, control numbers.

Unlike the system's own reader, which refuses a bad envelope whole, a clearinghouse answers it: a
TA1 for the interchange, a 999 for each functional group.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from chalicelib.claims.x12.segments import Findings, Segment, Separators, Stretch, cut_segments
from chalicelib.claims.x12.writing_837p import PROFESSIONAL_CLAIM
from chalicelib.claims.x12.writing_999 import GroupResponse, SegmentFault, SetResponse
from infra.local.clearinghouse_syntax import syntax_faults


@dataclass(frozen=True, slots=True)
class ReceivedGroup:
    """One GS: the group as the 999 answers it, and the bodies of the sets that go on."""

    header: Segment
    response: GroupResponse
    sets: tuple[tuple[Segment, ...], ...]


@dataclass(frozen=True, slots=True)
class ReceivedInterchange:
    """One ISA. `fault` is a TA1 note code (TA105), "" if the interchange holds together."""

    header: Segment
    separators: Separators
    fault: str
    groups: tuple[ReceivedGroup, ...]


def receive_interchanges(text: str) -> Iterator[ReceivedInterchange]:
    """Every interchange of a file. One whose ISA cannot be read has no sender and is left out."""
    for stretch in cut_segments(text, Findings()):
        isa = stretch.segments[0]
        if not all(form.fullmatch(isa.element(place)) for place, form in _ISA_FORMS.items()):
            continue
        fault = _interchange_fault(stretch.segments)
        groups = () if fault else tuple(_groups(stretch))
        yield ReceivedInterchange(isa, stretch.separators, fault, groups)


_ANSWERED: Final = {
    "GS": ("[A-Z]{2} [0-9]{1,9} [A-Z0-9]{1,12}", (1, 6, 8)),
    "ST": ("[0-9]{3} [A-Z0-9]{4,9} [A-Z0-9]{0,12}", (1, 2, 3)),
}
_QUALIFIER: Final = re.compile("[A-Z0-9]{2}")
_PARTY: Final = re.compile(r"[A-Za-z0-9 ./_-]{2,15}")
_ISA_FORMS: Final = {
    **{5: _QUALIFIER, 6: _PARTY, 7: _QUALIFIER, 8: _PARTY},
    **{9: re.compile("[0-9]{6}"), 10: re.compile("[0-9]{4}")},
}


def _interchange_fault(segments: Sequence[Segment]) -> str:
    """TA105: 023 IEA missing, 001 numbers differ, 021 wrong count of groups, 024 bad content."""
    first, last = segments[0], segments[-1]
    groups = sum(segment.tag == "GS" for segment in segments)
    if last.tag != "IEA":
        return "023"
    if last.element(2) != first.element(13):
        return "001"
    if not groups or not _is(last.element(1), groups):
        return "021"
    return "" if all(map(_can_be_answered, segments)) else "024"


def _can_be_answered(segment: Segment) -> bool:
    """Whether what a 999 repeats of this GS or ST can be written."""
    if segment.tag not in _ANSWERED:
        return True
    pattern, places = _ANSWERED[segment.tag]
    return bool(re.fullmatch(pattern, " ".join(segment.element(place) for place in places)))


def _groups(stretch: Stretch) -> Iterator[ReceivedGroup]:
    for part in _parts(stretch.segments[1:-1], "GS"):
        header, sets = part[0], list(_parts(part, "ST"))
        judged = [_set_response(item, header, stretch.separators) for item in sets]
        errors = tuple(_group_errors(part, len(sets)))
        trailer = part[-1].element(1) if part[-1].tag == "GE" else ""
        response = GroupResponse(
            functional_id=header.element(1),
            control_number=header.element(6),
            version=header.element(8),
            sets_included=int(trailer) if re.fullmatch("[0-9]{1,6}", trailer) else len(sets),
            responses=tuple(judged),
            accepted=not errors,
            errors=errors,
        )
        going_on = zip(sets, judged, strict=True) if not errors else ()
        bodies = tuple(tuple(item) for item, answer in going_on if answer.accepted)
        yield ReceivedGroup(header, response, bodies)


def _parts(segments: Sequence[Segment], tag: str) -> Iterator[Sequence[Segment]]:
    """The stretches that begin with `tag`; a set's ends with its SE, if it has one."""
    starts = [place for place, segment in enumerate(segments) if segment.tag == tag]
    for start, end in pairwise([*starts, len(segments)]):
        part = segments[start:end]
        ends = [place for place, segment in enumerate(part, start=1) if segment.tag == "SE"]
        yield part[: ends[0]] if tag == "ST" and ends else part


def _group_errors(part: Sequence[Segment], sets: int) -> Iterator[str]:
    """AK905: 1 no such group, 2 no such version, 3 GE missing, 4 numbers differ, 5 wrong count."""
    header, trailer = part[0], part[-1]
    if header.element(1) != PROFESSIONAL_CLAIM.functional_id:
        yield "1"
    if header.element(8) != PROFESSIONAL_CLAIM.version:
        yield "2"
    if trailer.tag != "GE":
        yield "3"
        return
    if trailer.element(2) != header.element(6):
        yield "4"
    if not sets or not _is(trailer.element(1), sets):
        yield "5"


def _set_response(
    segments: Sequence[Segment], group: Segment, separators: Separators
) -> SetResponse:
    opened = segments[0]
    faults: tuple[SegmentFault, ...] = ()
    errors = list(_set_errors(segments))
    if "1" not in errors:
        faults = syntax_faults(segments, separators)
    if faults:
        errors.append("5")
    return SetResponse(
        set_code=opened.element(1),
        control_number=opened.element(2),
        version=opened.element(3) or group.element(8),
        accepted=not errors,
        faults=faults,
        errors=tuple(errors),
    )


def _set_errors(segments: Sequence[Segment]) -> Iterator[str]:
    """IK502: 1 no such set, 2 SE missing, 3 control numbers differ, 4 wrong count of segments."""
    opened, closed = segments[0], segments[-1]
    if opened.element(1) != PROFESSIONAL_CLAIM.set_code:
        yield "1"
    if closed.tag != "SE":
        yield "2"
        return
    if closed.element(2) != opened.element(2):
        yield "3"
    if not _is(closed.element(1), len(segments)):
        yield "4"


def _is(text: str, count: int) -> bool:
    return text.isascii() and text.isdigit() and int(text) == count
