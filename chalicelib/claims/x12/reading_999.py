"""Reading a 999 (005010X231A1) into an `ImplementationAcknowledgement`.

Refused: missing AK1, AK9 or control numbers, answers that are none, counts that its AK2 loops
make impossible. Warned of: every other departure from the guide.
"""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

from chalicelib.claims.x12.implementation_acknowledgement import (
    ACCEPTING_CODES,
    REJECTING_CODES,
    ElementError,
    ImplementationAcknowledgement,
    SegmentError,
    SetAcknowledgement,
)
from chalicelib.claims.x12.interchange import Findings, Segment, TransactionSet
from chalicelib.claims.x12.segments import is_count

VERSIONS = ("005010X231A1", "005010X231")


def read_implementation_acknowledgement(
    transaction: TransactionSet,
) -> ImplementationAcknowledgement:
    """Read one 999 transaction set.

    Raises X12Error with every refusal found. What only departs from the guide is in `warnings`.
    """
    findings = Findings()
    acknowledgement = _Reader(transaction, findings).acknowledgement()
    findings.settle()
    return acknowledgement


_KNOWN_TAGS = frozenset({"AK1", "AK2", "IK3", "CTX", "IK4", "IK5", "AK9"})
_OF_A_997 = {"AK3": "IK3", "AK4": "IK4", "AK5": "IK5"}
_COUNTS_DIFFER = "5"


class _Reader:
    def __init__(self, transaction: TransactionSet, findings: Findings) -> None:
        self._set = transaction
        self._findings = findings
        self._body = [self._renamed(segment) for segment in transaction.body]

    def _renamed(self, segment: Segment) -> Segment:
        """AK3, AK4, AK5 of a 997 read as IK3, IK4, IK5 (a warning)."""
        if segment.tag not in _KNOWN_TAGS:
            self._findings.warn(segment.number, f"{segment.tag} is not expected here")
        return replace(segment, tag=_OF_A_997.get(segment.tag, segment.tag))

    def acknowledgement(self) -> ImplementationAcknowledgement:
        """The value of the set; meaningless if `findings` holds a refusal."""
        start = self._set.segments[0]
        if self._set.version not in VERSIONS:
            text = f"the version is {self._set.version!r}, {VERSIONS[0]} expected"
            self._findings.warn(start.number, text)
        ak1, ak9 = self._only("AK1"), self._only("AK9")
        if not ak1.element(2):
            self._findings.refuse(ak1.number, "AK102 holds no group control number")
        acknowledgement = ImplementationAcknowledgement(
            segment=start.number,
            control_number=self._set.control_number,
            version=self._set.version,
            group_code=ak1.element(1),
            group_control_number=ak1.element(2),
            group_version=ak1.element(3),
            sets=self._sets(),
            code=ak9.element(1),
            included=self._count(ak9, 2),
            received=self._count(ak9, 3),
            accepted=self._count(ak9, 4),
            error_codes=_codes(ak9, range(5, 10)),
            warnings=(),
        )
        _check_counts(acknowledgement, ak9.number, self._findings)
        return replace(acknowledgement, warnings=self._findings.warnings)

    def _only(self, tag: str) -> Segment:
        found = [segment for segment in self._body if segment.tag == tag]
        if len(found) != 1:
            start = self._set.segments[0].number
            self._findings.refuse(start, f"the transaction set has {len(found)} {tag}, not one")
        return found[0] if found else Segment(self._set.segments[0].number, tag, ())

    def _count(self, ak9: Segment, position: int) -> int:
        text = ak9.element(position)
        if is_count(text):
            return int(text)
        self._findings.refuse(ak9.number, f"AK9{position:02} {text!r} is not a count")
        return 0

    def _sets(self) -> tuple[SetAcknowledgement, ...]:
        body = [segment for segment in self._body if segment.tag != "AK9"]
        starts = [place for place, segment in enumerate(body) if segment.tag == "AK2"]
        bounds = pairwise([*starts, len(body)])
        for segment in body[: starts[0] if starts else len(body)]:
            if segment.tag != "AK1":
                self._findings.refuse(segment.number, f"{segment.tag} stands before an AK2")
        return tuple(self._one_set(body[start:end]) for start, end in bounds)

    def _one_set(self, segments: list[Segment]) -> SetAcknowledgement:
        ak2 = segments[0]
        answers = [segment for segment in segments if segment.tag == "IK5"]
        if not ak2.element(2):
            self._findings.refuse(ak2.number, "AK202 holds no set control number")
        if len(answers) != 1:
            self._findings.refuse(ak2.number, f"the AK2 loop has {len(answers)} IK5, not one")
        ik5 = answers[0] if answers else Segment(ak2.number, "IK5", ())
        if answers and ik5.element(1) not in ACCEPTING_CODES | REJECTING_CODES:
            self._findings.refuse(ik5.number, f"IK501 {ik5.element(1)!r} is no answer")
        return SetAcknowledgement(
            segment=ak2.number,
            set_code=ak2.element(1),
            control_number=ak2.element(2),
            version=ak2.element(3),
            code=ik5.element(1),
            error_codes=_codes(ik5, range(2, 7)),
            errors=self._errors(segments),
        )

    def _errors(self, segments: list[Segment]) -> tuple[SegmentError, ...]:
        starts = [place for place, segment in enumerate(segments) if segment.tag == "IK3"]
        for segment in segments[: starts[0] if starts else len(segments)]:
            if segment.tag in ("IK4", "CTX"):
                self._findings.warn(segment.number, f"{segment.tag} stands before an IK3")
        bounds = pairwise([*starts, len(segments)])
        return tuple(self._error(segments[start:end]) for start, end in bounds)

    def _error(self, segments: list[Segment]) -> SegmentError:
        ik3 = segments[0]
        position = ik3.element(2)
        if not is_count(position):
            self._findings.warn(ik3.number, f"IK302 {position!r} is not a position")
        return SegmentError(
            segment=ik3.number,
            tag=ik3.element(1),
            position=int(position) if is_count(position) else None,
            loop=ik3.element(3),
            code=ik3.element(4),
            contexts=tuple(
                self._set.separators.element.join(segment.elements)
                for segment in segments
                if segment.tag == "CTX"
            ),
            elements=tuple(
                ElementError(
                    segment=ik4.number,
                    position=ik4.components(1, self._set.separators),
                    reference=ik4.element(2),
                    code=ik4.element(3),
                    bad_value=ik4.element(4),
                )
                for ik4 in segments
                if ik4.tag == "IK4"
            ),
        )


def _codes(segment: Segment, positions: range) -> tuple[str, ...]:
    return tuple(filter(None, (segment.element(position) for position in positions)))


def _check_counts(
    acknowledgement: ImplementationAcknowledgement, segment: int, findings: Findings
) -> None:
    """AK9 against the AK2 loops; a 999 need not list every set, so some counts are bounds."""
    listed = acknowledgement.sets
    received, accepted = acknowledgement.received, acknowledgement.accepted
    taken = sum(item.is_accepted for item in listed)
    for number, times in Counter(item.control_number for item in listed).items():
        if times > 1:
            findings.refuse(segment, f"the set {number} is answered {times} times")
    rules = (
        (accepted > received, f"AK904 says {accepted} accepted, AK903 {received} received"),
        (len(listed) > received, f"AK903 says {received} received, {len(listed)} are listed"),
        (taken > accepted, f"AK904 says {accepted} accepted, {taken} are listed as accepted"),
        (
            len(listed) - taken > received - accepted,
            f"AK9 leaves {received - accepted} rejected, {len(listed) - taken} are listed so",
        ),
        (not _fits(acknowledgement), f"AK901 {acknowledgement.code!r} contradicts its counts"),
        (
            acknowledgement.included != received
            and _COUNTS_DIFFER not in acknowledgement.error_codes,
            f"AK902 says {acknowledgement.included} included, AK903 {received} received",
        ),
    )
    for broken, text in rules:
        if broken:
            findings.refuse(segment, text)


def _fits(acknowledgement: ImplementationAcknowledgement) -> bool:
    """AK901: A and E accept all, P some, the others none."""
    received, accepted = acknowledgement.received, acknowledgement.accepted
    if acknowledgement.code in ACCEPTING_CODES:
        return accepted == received
    if acknowledgement.code == "P":
        return 0 < accepted < received
    return acknowledgement.code in REJECTING_CODES and accepted == 0
