"""Reading one claim payment of an 835: loops 2100 and 2110 of 005010X221A1."""

from collections.abc import Iterable
from datetime import date
from itertools import pairwise

from chalicelib.claims.x12.interchange import Findings, Segment, Separators
from chalicelib.claims.x12.remittance import (
    Adjustment,
    Party,
    Procedure,
    Reference,
    RemittanceClaim,
    RemittanceLine,
    SupplementalAmount,
)
from chalicelib.claims.x12.values import (
    component,
    read_amount,
    read_composite,
    read_date,
    read_quantity,
    require_amount,
)

MONEY_TAGS = frozenset({"BPR", "TRN", "CAS", "SVC"})


class ClaimReader:
    """Reads claims of one transaction set; what it refuses and warns of goes to `findings`."""

    def __init__(self, separators: Separators, findings: Findings) -> None:
        self._separators = separators
        self._findings = findings

    def claim(self, segments: list[Segment]) -> RemittanceClaim:
        """The claim of a CLP and all that follows it up to the next CLP, LX or PLB."""
        starts = [place for place, segment in enumerate(segments) if segment.tag == "SVC"]
        own = segments[: starts[0]] if starts else segments
        check_tags(own, _CLAIM_TAGS, findings=self._findings)
        clp = own[0]
        self._check_claim(clp, own)
        first, last = self._service_period(own)
        received = tagged(own, "DTM", "050")
        return RemittanceClaim(
            segment=clp.number,
            control_number=clp.element(1),
            status_code=clp.element(2),
            charge=require_amount(clp, 3, findings=self._findings),
            paid=require_amount(clp, 4, findings=self._findings),
            patient_responsibility=read_amount(clp, 5, findings=self._findings),
            filing_indicator=clp.element(6),
            payer_claim_control_number=clp.element(7),
            facility_code=clp.element(8),
            frequency=clp.element(9),
            parties=tuple(read_party(segment) for segment in own if segment.tag == "NM1"),
            service_from=first,
            service_to=last,
            received=self._date(received),
            adjustments=self._adjustments(own),
            remark_codes=_claim_remarks(own),
            amounts=self._amounts(own),
            references=read_references(own),
            lines=tuple(
                self._line(segments[start:end]) for start, end in pairwise([*starts, len(segments)])
            ),
        )

    def _check_claim(self, clp: Segment, own: list[Segment]) -> None:
        if not clp.element(1):
            self._findings.refuse(clp.number, "CLP01 holds no claim control number")
        if clp.element(2) not in _STATUSES:
            self._findings.warn(clp.number, f"CLP02 {clp.element(2)!r} is no claim status")
        if not clp.element(7):
            self._findings.warn(clp.number, "CLP07 holds no payer claim control number")
        if not tagged(own, "NM1", "QC"):
            self._findings.warn(clp.number, "the claim names no patient (NM1*QC)")

    def _line(self, segments: list[Segment]) -> RemittanceLine:
        svc = segments[0]
        check_tags(segments, _LINE_TAGS, findings=self._findings)
        first, last = self._service_period(segments)
        control = tagged(segments, "REF", "6R")
        procedure = self._procedure(svc, 1)
        if procedure is None or not procedure.code:
            self._findings.warn(svc.number, "SVC01 names no procedure")
        return RemittanceLine(
            segment=svc.number,
            procedure=procedure or Procedure("", "", ()),
            charge=require_amount(svc, 2, findings=self._findings),
            paid=require_amount(svc, 3, findings=self._findings),
            revenue_code=svc.element(4),
            units=read_quantity(svc, 5, findings=self._findings),
            submitted_procedure=self._procedure(svc, 6),
            control_number=control.element(2) if control else "",
            service_from=first,
            service_to=last,
            adjustments=self._adjustments(segments),
            remark_codes=tuple(
                segment.element(2)
                for segment in segments
                if segment.tag == "LQ" and segment.element(1) == "HE"
            ),
            amounts=self._amounts(segments),
            references=read_references(segments),
        )

    def _procedure(self, svc: Segment, position: int) -> Procedure | None:
        if not svc.element(position):
            return None
        parts = read_composite(svc, position, self._separators, findings=self._findings)
        modifiers = tuple(part for part in parts[2:6] if part)
        return Procedure(component(parts, 1), component(parts, 2), modifiers)

    def _adjustments(self, segments: list[Segment]) -> tuple[Adjustment, ...]:
        return tuple(item for cas in segments if cas.tag == "CAS" for item in self._triplets(cas))

    def _triplets(self, cas: Segment) -> list[Adjustment]:
        """The up to six reason-amount-quantity triplets of a CAS."""
        group = cas.element(1)
        if group not in _GROUPS:
            self._findings.warn(cas.number, f"CAS01 {group!r} is no adjustment group")
        triplets = []
        for place in range(2, len(cas.elements) + 1, 3):
            reason, amount, quantity = (cas.element(place + step) for step in range(3))
            if not (reason or amount or quantity):
                continue
            if not reason:
                self._findings.warn(cas.number, f"CAS{place:02} names no reason")
            triplets.append(
                Adjustment(
                    segment=cas.number,
                    group=group,
                    reason=reason,
                    amount=require_amount(cas, place + 1, findings=self._findings),
                    quantity=read_quantity(cas, place + 2, findings=self._findings),
                )
            )
        return triplets

    def _amounts(self, segments: list[Segment]) -> tuple[SupplementalAmount, ...]:
        return tuple(
            SupplementalAmount(
                amt.number, amt.element(1), read_amount(amt, 2, findings=self._findings)
            )
            for amt in segments
            if amt.tag == "AMT"
        )

    def _date(self, segment: Segment | None) -> date | None:
        return read_date(segment, 2, findings=self._findings) if segment else None

    def _service_period(self, segments: list[Segment]) -> tuple[date | None, date | None]:
        """First and last day of service; one date alone is both (X221A1, loop 2100 DTM)."""
        first = _first_tagged(segments, _SERVICE_FROM)
        last = _first_tagged(segments, _SERVICE_TO)
        start = self._date(first)
        return start, start if last is None or last is first else self._date(last)


def check_tags(segments: list[Segment], known: set[str], *, findings: Findings) -> None:
    """Warn of segments that have no place in their loop; refuse those that hold money."""
    for segment in segments:
        if segment.tag in MONEY_TAGS - known:
            findings.refuse(segment.number, f"{segment.tag} stands out of its place")
        elif segment.tag not in known:
            findings.warn(segment.number, f"{segment.tag} is not expected here")


def tagged(segments: Iterable[Segment], tag: str, qualifier: str) -> Segment | None:
    """The first segment of this tag whose element 01 is `qualifier`."""
    found = (item for item in segments if item.tag == tag and item.element(1) == qualifier)
    return next(found, None)


def read_party(nm1: Segment) -> Party:
    """An NM1."""
    return Party(
        segment=nm1.number,
        role=nm1.element(1),
        last_name=nm1.element(3),
        first_name=nm1.element(4),
        id_qualifier=nm1.element(8),
        id=nm1.element(9),
    )


def read_references(segments: list[Segment]) -> tuple[Reference, ...]:
    """Every REF among the segments."""
    return tuple(
        Reference(segment.number, segment.element(1), segment.element(2))
        for segment in segments
        if segment.tag == "REF"
    )


_STATUSES = {"1", "2", "3", "4", "19", "20", "21", "22", "23", "25"}
_GROUPS = {"CO", "PR", "OA", "PI", "CR"}
_CLAIM_TAGS = {"CLP", "CAS", "NM1", "MIA", "MOA", "REF", "DTM", "PER", "AMT", "QTY"}
_LINE_TAGS = {"SVC", "CAS", "REF", "DTM", "AMT", "QTY", "LQ"}
_SERVICE_FROM = ("472", "150", "232")
_SERVICE_TO = ("472", "151", "233")


def _first_tagged(segments: list[Segment], qualifiers: Iterable[str]) -> Segment | None:
    found = (tagged(segments, "DTM", qualifier) for qualifier in qualifiers)
    return next(filter(None, found), None)


def _claim_remarks(own: list[Segment]) -> tuple[str, ...]:
    """The remark codes of MIA (05, 20 to 23) and MOA (03 to 07)."""
    places = {"MIA": (5, 20, 21, 22, 23), "MOA": (3, 4, 5, 6, 7)}
    codes = (item.element(place) for item in own for place in places.get(item.tag, ()))
    return tuple(code for code in codes if code)
