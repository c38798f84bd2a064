"""From the bytes of an X12 file to its segments (X12.5, X12.6; TR3 appendix B.1).

Knows separators and segments; the envelopes around them are judged in `x12`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_BYTES = 16 * 1024 * 1024
MAX_SEGMENTS = 500_000
MAX_FINDINGS = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault or a warning at one segment; `segment` is its 1-based place in the file."""

    segment: int
    text: str


class X12Error(ValueError):
    """The file is refused whole. `findings` holds every reason found, in file order."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("; ".join(f"segment {item.segment}: {item.text}" for item in findings))
        self.findings = findings


class Findings:
    """Collects what is wrong (`refuse`) and what is merely odd (`warn`), 200 of each at most."""

    def __init__(self) -> None:
        self._faults: list[Finding] = []
        self._warnings: list[Finding] = []

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The warnings in file order."""
        return tuple(sorted(self._warnings, key=lambda item: item.segment))

    def refuse(self, segment: int, text: str) -> None:
        """Record a reason to refuse the file."""
        self._add(self._faults, Finding(segment, text))

    def warn(self, segment: int, text: str) -> None:
        """Record a departure that does no harm."""
        self._add(self._warnings, Finding(segment, text))

    def settle(self) -> None:
        """Raise X12Error if anything was refused."""
        if self._faults:
            raise X12Error(tuple(sorted(self._faults, key=lambda item: item.segment)))

    @staticmethod
    def _add(findings: list[Finding], finding: Finding) -> None:
        if len(findings) < MAX_FINDINGS:
            findings.append(finding)
        elif len(findings) == MAX_FINDINGS:
            findings.append(Finding(finding.segment, "further findings are left out"))


@dataclass(frozen=True, slots=True)
class Separators:
    """The delimiters that an ISA declares; `repetition` is "" where ISA11 names none (4010)."""

    element: str
    component: str
    repetition: str
    segment: str


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment. `number` is its 1-based place in the file; `elements[0]` is element 01."""

    number: int
    tag: str
    elements: tuple[str, ...]

    def element(self, position: int) -> str:
        """Element `position` (1 = XX01) without outer blanks; "" if absent."""
        return self.elements[position - 1].strip() if position <= len(self.elements) else ""

    def components(self, position: int, separators: Separators) -> tuple[str, ...]:
        """The components of a composite element; ("",) if absent."""
        return tuple(part.strip() for part in self.element(position).split(separators.component))


@dataclass(frozen=True, slots=True)
class Stretch:
    """The segments from one ISA up to the next ISA or the end of the file."""

    separators: Separators
    segments: tuple[Segment, ...]


def cut_segments(data: bytes | str, findings: Findings) -> list[Stretch]:
    """Cut a file at its terminators, one stretch for each ISA.

    Bytes are UTF-8, else Latin-1 (a warning). Line ends after terminators, line wrapping, a byte
    order mark and trailing blanks are let pass. What cannot be read is refused in `findings`.
    """
    if len(data) > MAX_BYTES:
        findings.refuse(1, f"the file is larger than {MAX_BYTES} bytes")
        return []
    text = _unwrapped(_decoded(data, findings), findings)
    if not text:
        findings.refuse(1, "the file is empty")
    return list(_Cutter(text, findings).stretches())


_BLANK = " \t\r\n\x00\x1a\ufeff"
_ISA_LENGTH = 106
_ISA_SEPARATOR_PLACES = (3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_LINE_END = re.compile(r"[\r\n]")


class _Cutter:
    """Walks the text once; `number` is the place of the segment that comes next."""

    def __init__(self, text: str, findings: Findings) -> None:
        self._text = text
        self._findings = findings
        self._place = 0
        self._number = 1
        self._cuts = 0

    def stretches(self) -> Iterator[Stretch]:
        """Each ISA's stretch; stops at an ISA that cannot be read, or past the size limit."""
        while self._place < len(self._text) and self._cuts <= MAX_SEGMENTS:
            isa = self._text[self._place : self._place + _ISA_LENGTH]
            fault = isa_fault(isa)
            if fault:
                self._findings.refuse(self._number, fault)
                return
            yield self._stretch(_separators(isa))
        if self._cuts > MAX_SEGMENTS:
            self._findings.refuse(self._number, f"more than {MAX_SEGMENTS} segments")

    def _stretch(self, separators: Separators) -> Stretch:
        segments: list[Segment] = []
        while self._place < len(self._text) and self._cuts <= MAX_SEGMENTS:
            end = self._text.find(separators.segment, self._place)
            raw = self._text[self._place : end if end >= 0 else None]
            if segments and _begins_interchange(raw):
                self._place += raw.index("ISA")
                break
            self._place = end + 1 if end >= 0 else len(self._text)
            self._cuts += 1
            stripped = raw.strip(_BLANK) if segments else raw
            if stripped:
                segments.append(self._segment(stripped, separators, ended=end >= 0))
            elif end >= 0 and separators.segment not in "\r\n":
                self._findings.warn(self._number, "an empty segment stands before this one")
        return Stretch(separators, tuple(segments))

    def _segment(self, text: str, separators: Separators, *, ended: bool) -> Segment:
        number = self._number
        self._number += 1
        if not ended and separators.segment not in "\r\n":
            self._findings.warn(number, "the last segment has no terminator")
        if _LINE_END.search(text):
            text = _LINE_END.sub("", text)
            self._findings.warn(number, "a line end inside the segment was removed")
        if _CONTROL.search(text) and _stray_control(text, separators):
            self._findings.warn(number, "a control character stands inside the segment")
        tag, *elements = text.split(separators.element)
        return Segment(number, tag.strip(), tuple(elements))


def isa_fault(isa: str) -> str:
    """Why these 106 characters are no ISA (TR3 appendix B.1.1.2.5, C.1); "" if they are one."""
    if not isa.startswith("ISA"):
        return "no X12 interchange begins here: ISA expected"
    if len(isa) < _ISA_LENGTH:
        return f"the ISA is truncated: {len(isa)} of {_ISA_LENGTH} characters"
    if [place for place, mark in enumerate(isa) if mark == isa[3]] != list(_ISA_SEPARATOR_PLACES):
        return "the ISA is broken: its elements are not of fixed width"
    if isa[105] in isa[:105] or any(isa[place].isalnum() for place in (3, 104, 105)):
        return "the ISA is broken: its separators are not distinct special characters"
    if not is_count(isa[90:99]):
        return f"the ISA is broken: ISA13 {isa[90:99]!r} is not nine digits"
    return ""


def is_count(text: str) -> bool:
    """True for one to nine ASCII digits (X12 type N0)."""
    return text.isascii() and text.isdigit() and len(text) <= 9


def _separators(isa: str) -> Separators:
    repetition = "" if isa[82].isalnum() or isa[82] == " " else isa[82]
    return Separators(isa[3], isa[104], repetition, isa[105])


def _begins_interchange(raw: str) -> bool:
    stripped = raw.lstrip(_BLANK)
    return stripped.startswith("ISA") and not stripped[3:4].isalnum()


def _stray_control(text: str, separators: Separators) -> bool:
    known = {separators.element, separators.component, separators.repetition}
    return bool(set(_CONTROL.findall(text)) - known)


def _decoded(data: bytes | str, findings: Findings) -> str:
    if isinstance(data, str):
        return data
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        findings.warn(1, "the file is not UTF-8; it was read as Latin-1")
        return data.decode("latin-1")


def _unwrapped(text: str, findings: Findings) -> str:
    """The text without outer blanks; without line ends, if they cut the ISA."""
    text = text.lstrip(_BLANK)
    if _LINE_END.search(text, 0, _ISA_LENGTH - 1) and text.startswith("ISA"):
        text = _LINE_END.sub("", text)
        findings.warn(1, "the file is wrapped in lines; line ends were removed")
    return text
