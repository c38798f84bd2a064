"""X12 interchanges and the envelope law (X12.5, X12.6; TR3 appendix B.1, C).

Every X12 file that Careloom reads passes here first. What this module returns has sound
envelopes: control numbers agree, counts are right, nothing lies outside.
"""

from dataclasses import dataclass

from chalicelib.claims.x12.segments import (
    MAX_BYTES,
    Finding,
    Findings,
    Segment,
    Separators,
    Stretch,
    X12Error,
    cut_segments,
    is_count,
)

__all__ = [
    "MAX_BYTES",
    "Finding",
    "Findings",
    "FunctionalGroup",
    "Interchange",
    "Segment",
    "Separators",
    "TransactionSet",
    "X12Error",
    "read_interchanges",
]


@dataclass(frozen=True, slots=True)
class TransactionSet:
    """ST to SE, both included in `segments`."""

    segments: tuple[Segment, ...]
    separators: Separators
    group_code: str
    group_version: str

    @property
    def code(self) -> str:
        """ST01, such as `835`."""
        return self.segments[0].element(1)

    @property
    def control_number(self) -> str:
        """ST02."""
        return self.segments[0].element(2)

    @property
    def version(self) -> str:
        """The guide: ST03 where given, else GS08."""
        return self.segments[0].element(3) or self.group_version

    @property
    def body(self) -> tuple[Segment, ...]:
        """The segments between ST and SE."""
        return self.segments[1:-1]


@dataclass(frozen=True, slots=True)
class FunctionalGroup:
    """GS to GE."""

    header: Segment
    sets: tuple[TransactionSet, ...]
    trailer: Segment

    @property
    def code(self) -> str:
        """GS01, such as `HP`."""
        return self.header.element(1)

    @property
    def control_number(self) -> str:
        """GS06."""
        return self.header.element(6)

    @property
    def version(self) -> str:
        """GS08, such as `005010X221A1`."""
        return self.header.element(8)


@dataclass(frozen=True, slots=True)
class Interchange:
    """ISA to IEA. `acknowledgements` are its TA1 segments."""

    separators: Separators
    header: Segment
    acknowledgements: tuple[Segment, ...]
    groups: tuple[FunctionalGroup, ...]
    trailer: Segment
    warnings: tuple[Finding, ...]

    @property
    def sender_id(self) -> str:
        """ISA06."""
        return self.header.element(6)

    @property
    def receiver_id(self) -> str:
        """ISA08."""
        return self.header.element(8)

    @property
    def control_number(self) -> str:
        """ISA13."""
        return self.header.element(13)

    @property
    def usage(self) -> str:
        """ISA15: `P` production, `T` test."""
        return self.header.element(15)

    @property
    def sets(self) -> tuple[TransactionSet, ...]:
        """Every transaction set, in file order."""
        return tuple(item for group in self.groups for item in group.sets)


def read_interchanges(data: bytes | str) -> tuple[Interchange, ...]:
    """Read a file of one or more interchanges and hold it to the envelope law.

    Bytes are UTF-8, else Latin-1 (a warning). Line ends after terminators, line wrapping, a byte
    order mark and trailing blanks are let pass.

    Raises X12Error with every fault found; no other exception.
    """
    findings = Findings()
    stretches = cut_segments(data, findings)
    for stretch in stretches:
        _Envelope(stretch, findings).check()
    _warn_of_repeats(stretches, findings)
    findings.settle()
    return tuple(_interchange(stretch, findings.warnings) for stretch in stretches)


class _Envelope:
    """Walks one stretch and records each breach of the envelope law."""

    def __init__(self, stretch: Stretch, findings: Findings) -> None:
        self._segments = stretch.segments
        self._findings = findings
        self._isa = stretch.segments[0]
        self._iea: Segment | None = None
        self._gs: Segment | None = None
        self._st: Segment | None = None
        self._groups: list[str] = []
        self._sets: list[str] = []
        self._acknowledgements = 0

    def check(self) -> None:
        """Every segment, then the end."""
        steps = {"GS": self._open_group, "ST": self._open_set, "SE": self._close_set}
        steps |= {"GE": self._close_group, "IEA": self._close, "TA1": self._acknowledge}
        for segment in self._segments[1:]:
            if self._iea:
                self._refuse(segment, f"{segment.tag} stands after the IEA")
            elif segment.tag in steps:
                steps[segment.tag](segment)
            elif not self._st:
                self._refuse(segment, f"{segment.tag} stands outside a transaction set")
        if not self._iea:
            self._end_group()
            self._refuse(self._segments[-1], f"the interchange {self._isa.element(13)} has no IEA")

    def _refuse(self, segment: Segment, text: str) -> None:
        self._findings.refuse(segment.number, text)

    def _acknowledge(self, segment: Segment) -> None:
        self._acknowledgements += 1
        if self._gs:
            self._refuse(segment, "TA1 stands inside a functional group")

    def _open_group(self, segment: Segment) -> None:
        self._end_group()
        if segment.element(6) in self._groups:
            self._findings.warn(segment.number, f"GS06 {segment.element(6)} is used twice")
        self._groups.append(segment.element(6))
        self._gs, self._sets = segment, []

    def _open_set(self, segment: Segment) -> None:
        self._end_set()
        if not self._gs:
            self._refuse(segment, "ST stands outside a functional group")
        number = segment.element(2)
        if not number:
            self._refuse(segment, "ST02 is empty")
        elif number in self._sets:
            self._refuse(segment, f"ST02 {number} is used twice in its group")
        self._sets.append(number)
        self._st = segment

    def _close_set(self, segment: Segment) -> None:
        if not self._st:
            self._refuse(segment, "SE without ST")
            return
        self._same_number(segment, "SE02", "ST02", self._st.element(2))
        self._same_count(segment, "SE01", segment.number - self._st.number + 1, "segments")
        self._st = None

    def _close_group(self, segment: Segment) -> None:
        self._end_set()
        if not self._gs:
            self._refuse(segment, "GE without GS")
            return
        self._same_number(segment, "GE02", "GS06", self._gs.element(6))
        self._same_count(segment, "GE01", len(self._sets), "transaction sets")
        if not self._sets:
            self._refuse(segment, "the functional group holds no transaction set")
        self._gs = None

    def _close(self, segment: Segment) -> None:
        self._end_group()
        self._same_number(segment, "IEA02", "ISA13", self._isa.element(13))
        self._same_count(segment, "IEA01", len(self._groups), "functional groups")
        if not self._groups and not self._acknowledgements:
            self._refuse(segment, "the interchange holds nothing")
        self._iea = segment

    def _end_set(self) -> None:
        if self._st:
            self._refuse(self._st, f"the transaction set {self._st.element(2)} has no SE")
        self._st = None

    def _end_group(self) -> None:
        self._end_set()
        if self._gs:
            self._refuse(self._gs, f"the functional group {self._gs.element(6)} has no GE")
        self._gs = None

    def _same_number(self, segment: Segment, name: str, other: str, expected: str) -> None:
        found = segment.element(2)
        if found != expected or not found:
            self._refuse(segment, f"{name} is {found!r}, {other} is {expected!r}")

    def _same_count(self, segment: Segment, name: str, expected: int, what: str) -> None:
        found = segment.element(1)
        if not is_count(found):
            self._refuse(segment, f"{name} {found!r} is not a count")
        elif int(found) != expected:
            self._refuse(segment, f"{name} says {found} {what}, there are {expected}")


def _warn_of_repeats(stretches: list[Stretch], findings: Findings) -> None:
    """One sender's ISA13 twice in a file: perhaps the same interchange twice."""
    seen: set[tuple[str, str]] = set()
    for stretch in stretches:
        isa = stretch.segments[0]
        key = (isa.element(6), isa.element(13))
        if key in seen:
            findings.warn(isa.number, f"ISA13 {isa.element(13)} is used twice by one sender")
        seen.add(key)


def _interchange(stretch: Stretch, warnings: tuple[Finding, ...]) -> Interchange:
    """The value of a stretch that has passed `_Envelope.check`."""
    header, *inner, trailer = stretch.segments
    groups: list[FunctionalGroup] = []
    sets: list[TransactionSet] = []
    opened = header
    for place, segment in enumerate(stretch.segments):
        if segment.tag == "GS":
            opened, sets = segment, []
        elif segment.tag == "ST":
            start = place
        elif segment.tag == "SE":
            body = stretch.segments[start : place + 1]
            code, version = opened.element(1), opened.element(8)
            sets.append(TransactionSet(body, stretch.separators, code, version))
        elif segment.tag == "GE":
            groups.append(FunctionalGroup(opened, tuple(sets), segment))
    return Interchange(
        separators=stretch.separators,
        header=header,
        acknowledgements=tuple(segment for segment in inner if segment.tag == "TA1"),
        groups=tuple(groups),
        trailer=trailer,
        warnings=tuple(w for w in warnings if header.number <= w.segment <= trailer.number),
    )
