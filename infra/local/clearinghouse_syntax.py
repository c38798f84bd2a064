"""The clearinghouse simulator's syntax check of one 837P transaction set (005010X222A1).

It asks for what a claim cannot be read without: the segments that each loop requires, and the
elements' presence, length, numbers, dates and codes. What it lets pass, `clearinghouse_intake` can
read.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from chalicelib.claims.x12.segments import Segment, Separators
from chalicelib.claims.x12.writing import Identifier, UnwritableError, segment as written
from chalicelib.claims.x12.writing_999 import ElementFault, SegmentFault


def syntax_faults(segments: Sequence[Segment], separators: Separators) -> tuple[SegmentFault, ...]:
    """IK3 and IK4 for the segments from ST to SE, in order; empty if the set can be read."""
    faults = [*_element_faults(segments, separators), *_loop_faults(segments)]
    return tuple(sorted(faults, key=lambda fault: fault.position))


@dataclass(frozen=True, slots=True)
class _Rule:
    """One element: its data element number, and what it must look like."""

    place: tuple[int, int]
    reference: str
    form: str = ".+"
    fault: str = "7"
    longest: int = 80
    required: bool = True


_AMOUNT: Final = r"-?([0-9]+(\.[0-9]{0,2})?|\.[0-9]{1,2})"
_NUMBER: Final = r"-?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
_DAY: Final = "[0-9]{8}"
_FILING_INDICATOR: Final = "1[1-7]|AM|BL|CH|CI|DS|FI|HM|LM|MA|MB|MC|OF|TV|VA|WC|ZZ"
_NAME: Final = [_Rule((1, 0), "98", longest=3), _Rule((2, 0), "1065", form="[12]")]
_LAST_NAME: Final = _Rule((3, 0), "1035", longest=60)
_NUMBER_OF_PARTY: Final = _Rule((9, 0), "67")
_RULES: Final = {
    "BHT": [
        _Rule((1, 0), "1005", form="0019"),
        _Rule((3, 0), "127", longest=50),
        _Rule((4, 0), "373", form=_DAY, fault="8"),
    ],
    "HL": [_Rule((1, 0), "628", longest=12), _Rule((3, 0), "735", form="2[023]")],
    "NM1": [*_NAME, _LAST_NAME, _Rule((9, 0), "67", required=False)],
    "NM1*87": _NAME,
    **{f"NM1*{code}": [*_NAME, _LAST_NAME, _NUMBER_OF_PARTY] for code in ("41", "40", "IL", "PR")},
    "N3": [_Rule((1, 0), "166", longest=55)],
    "N4": [_Rule((1, 0), "19", longest=30)],
    "REF": [_Rule((1, 0), "128", longest=3), _Rule((2, 0), "127", longest=50)],
    "SBR": [
        _Rule((1, 0), "1138", form="[A-HPSTU]"),
        _Rule((9, 0), "1032", form=_FILING_INDICATOR),
    ],
    "DMG": [
        _Rule((2, 0), "1251", form=_DAY, fault="8"),
        _Rule((3, 0), "1068", form="[FMU]"),
    ],
    "CLM": [
        _Rule((1, 0), "1028", longest=38),
        _Rule((2, 0), "782", form=_AMOUNT, fault="6", longest=18),
        _Rule((5, 1), "1331", longest=2),
        _Rule((5, 3), "1325", form="[1-9]"),
    ],
    "HI": [_Rule((1, 1), "1270", longest=3), _Rule((1, 2), "1271", longest=30)],
    "LX": [_Rule((1, 0), "554", form="[0-9]{1,6}", fault="6")],
    "SV1": [
        _Rule((1, 1), "235", form="ER|HC|IV|WK"),
        _Rule((1, 2), "234", longest=48),
        _Rule((2, 0), "782", form=_AMOUNT, fault="6", longest=18),
        _Rule((3, 0), "355", form="MJ|UN"),
        _Rule((4, 0), "380", form=_NUMBER, fault="6", longest=15),
    ],
    "DTP": [
        _Rule((1, 0), "374", longest=3),
        _Rule((2, 0), "1250", form="D8|RD8"),
        _Rule((3, 0), "1251", form=f"{_DAY}(-{_DAY})?", fault="8"),
    ],
}
_OTHER_TAGS: Final = (
    *("ST", "SE", "PER", "PRV", "CUR", "PAT", "PWK", "CN1", "AMT", "K3", "NTE", "CR1", "CR2"),
    *("CR3", "CRC", "HCP", "CAS", "OI", "MOA", "SV5", "MEA", "QTY", "PS1", "LIN", "CTP", "SVD"),
    *("LQ", "FRM", "TST"),
)
_KNOWN_TAGS: Final = frozenset((*_RULES, *_OTHER_TAGS))
_HOMES: Final = {"HI": ("2300",), "SV1": ("2400",), "SBR": ("2010BA", "2300")}
_COMPOSITES: Final = {
    "CLM": (5, 11),
    "HI": range(1, 13),
    "SV1": (1, 7),
    "SV5": (1,),
    "SVD": (3,),
}
_DEMOGRAPHICS: Final = ("N3", "N4", "DMG")
_SUBSCRIBER_IS_PATIENT: Final = "SBR**18"
_REQUIRED: Final = {
    "1000": ("BHT", "NM1*41", "PER", "NM1*40"),
    "2010AA": ("NM1*85", "N3", "N4", "REF*EI|REF*SY"),
    "2010BA": ("SBR", "NM1*IL", "NM1*PR"),
    "2010CA": ("PAT", "NM1*QC", *_DEMOGRAPHICS),
    "2300": ("HI",),
    "2400": ("SV1", "DTP*472"),
}
_LEVELS: Final = {"20": "2010AA", "22": "2010BA", "23": "2010CA"}
_PARENTS: Final = {
    "2010AA": ("1000", "2300", "2400"),
    "2010BA": ("2010AA", "2300", "2400"),
    "2010CA": ("2010BA", "2300", "2400"),
    "2300": ("2010BA", "2010CA", "2400"),
    "2400": ("2300", "2400"),
    "SE": ("2400",),
}


def _element_faults(segments: Sequence[Segment], separators: Separators) -> Iterator[SegmentFault]:
    for position, segment in enumerate(segments, start=1):
        if segment.tag not in _KNOWN_TAGS:
            yield SegmentFault(tag=_tag(segment), position=position, code="1")
            continue
        named = f"{segment.tag}*{segment.element(1)}"
        rules = _RULES.get(named) or _RULES.get(segment.tag, [])
        faults = (
            *[fault for rule in rules for fault in _broken(rule, segment, separators)],
            *_strange_characters(segment, separators),
        )
        if faults:
            yield SegmentFault(tag=segment.tag, position=position, code="8", elements=faults)


def _broken(rule: _Rule, segment: Segment, separators: Separators) -> Iterator[ElementFault]:
    place, component = rule.place
    text = segment.element(place)
    if component:
        text = dict(enumerate(segment.components(place, separators), start=1)).get(component, "")
    code = _fault_code(rule, text)
    if code:
        yield ElementFault(
            position=place,
            component=component or None,
            reference=rule.reference,
            code=code,
            copy=text,
        )


def _strange_characters(segment: Segment, separators: Separators) -> Iterator[ElementFault]:
    """Elements that could not be sent back: outside X12's character sets, or our delimiters."""
    composites = _COMPOSITES.get(segment.tag, ())
    for place in range(1, len(segment.elements) + 1):
        whole = (segment.element(place),)
        try:
            for part in segment.components(place, separators) if place in composites else whole:
                written("N3", Identifier(part, len(part)))
        except UnwritableError:
            yield ElementFault(position=place, code="6")


def _fault_code(rule: _Rule, text: str) -> str:
    if not text:
        return "1" if rule.required else ""
    if len(text) > rule.longest:
        return "5"
    if not re.fullmatch(rule.form, text):
        return rule.fault
    return "8" if rule.fault == "8" and not all(map(_is_day, text.split("-"))) else ""


def _is_day(text: str) -> bool:
    try:
        datetime.strptime(text, "%Y%m%d")  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return False
    return True


@dataclass(slots=True)
class _Loop:
    name: str
    seen: set[str] = field(default_factory=set)

    def missing(self) -> list[str]:
        """The required segments that have not come, as tags."""
        wanted = _REQUIRED[self.name]
        if _SUBSCRIBER_IS_PATIENT in self.seen:
            wanted = (*wanted, *_DEMOGRAPHICS)
        return [item[:3].rstrip("*") for item in wanted if not self.seen & set(item.split("|"))]


def _loop_faults(segments: Sequence[Segment]) -> Iterator[SegmentFault]:
    """Loops in a wrong order, and required segments that are missing when a loop ends."""
    loop = _Loop("1000")
    for position, segment in enumerate(segments, start=1):
        name = _loop_begun(segment)
        if name:
            for tag in loop.missing():
                yield SegmentFault(tag=tag, position=position, code="3", loop=loop.name)
            if loop.name not in _PARENTS[name]:
                yield SegmentFault(tag=segment.tag, position=position, code="2", loop=name)
        if name in _REQUIRED:
            loop = _Loop(name)
            continue
        if not name and _is_misplaced(segment, loop):
            yield SegmentFault(tag=_tag(segment), position=position, code="2", loop=loop.name)
        loop.seen |= {segment.tag, f"{segment.tag}*{segment.element(1)}"}
        if segment.tag == "SBR" and loop.name == "2010BA":
            loop.seen.add(f"SBR**{segment.element(2)}")


def _is_misplaced(segment: Segment, loop: _Loop) -> bool:
    """Whether it stands outside its loop; a line begins with its one SV1."""
    if segment.tag == "SV1" and loop.seen:
        return True
    return loop.name not in _HOMES.get(segment.tag, (loop.name,))


def _tag(segment: Segment) -> str:
    """IK301, whatever stood in the tag's place."""
    return segment.tag[:3] if re.fullmatch("[A-Z0-9]{2,}", segment.tag) else "ZZZ"


def _loop_begun(segment: Segment) -> str:
    """The loop that a segment opens; "" if it opens none."""
    if segment.tag == "HL":
        return _LEVELS.get(segment.element(3), "")
    return {"CLM": "2300", "LX": "2400", "SE": "SE"}.get(segment.tag, "")
