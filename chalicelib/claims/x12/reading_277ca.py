"""Reading a 277CA (005010X214) into a `ClaimAcknowledgementSet`.

Refused: a claim without control number or status, amounts and counts that are none, totals that
its claims contradict. Warned of: every other departure from the guide.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from chalicelib.claims.x12.claim_acknowledgement import (
    ACCEPTING_CATEGORIES,
    REJECTING_CATEGORIES,
    ClaimAcknowledgement,
    ClaimAcknowledgementSet,
    LevelAcknowledgement,
    LineAcknowledgement,
    Status,
    StatusInformation,
    Total,
    Verdict,
)
from chalicelib.claims.x12.claims_835 import read_party, read_references, tagged
from chalicelib.claims.x12.interchange import Findings, Segment, TransactionSet
from chalicelib.claims.x12.remittance import Party, Procedure
from chalicelib.claims.x12.segments import is_count
from chalicelib.claims.x12.totals_277ca import ReceiverClaims, check_totals
from chalicelib.claims.x12.values import (
    component,
    read_amount,
    read_composite,
    read_date,
    read_period,
)

VERSION = "005010X214"


def read_claim_acknowledgements(transaction: TransactionSet) -> ClaimAcknowledgementSet:
    """Read one 277CA transaction set.

    Raises X12Error with every refusal found. What only departs from the guide is in `warnings`.
    """
    findings = Findings()
    acknowledgements = _Reader(transaction, findings).acknowledgements()
    findings.settle()
    return acknowledgements


_LEVELS = ("20", "21", "19")
_PATIENT_LEVELS = ("PT", "22", "23")
_STATUS_PLACES = (1, 10, 11)
_COUNTS = ("90", "AA", "QA", "QC")
_AMOUNTS = ("YU", "YY")


@dataclass(slots=True)
class _Found:
    levels: list[LevelAcknowledgement] = field(default_factory=list)
    claims: list[ClaimAcknowledgement] = field(default_factory=list)
    receivers: list[ReceiverClaims] = field(default_factory=list)


class _Reader:
    def __init__(self, transaction: TransactionSet, findings: Findings) -> None:
        self._set = transaction
        self._findings = findings

    def acknowledgements(self) -> ClaimAcknowledgementSet:
        """The value of the set; meaningless if `findings` holds a refusal."""
        start, body = self._set.segments[0], self._set.body
        if self._set.version != VERSION:
            self._warn(start, f"the version is {self._set.version!r}, {VERSION} expected")
        header = next((segment for segment in body if segment.tag == "BHT"), None)
        if header is None:
            self._warn(start, "the transaction set has no BHT")
        found = self._levels_and_claims()
        if not found.levels and not found.claims:
            self._findings.refuse(start.number, "the transaction set acknowledges nothing")
        check_totals(found.receivers, self._findings)
        received, processed = tagged(body, "DTP", "050"), tagged(body, "DTP", "009")
        return ClaimAcknowledgementSet(
            segment=start.number,
            control_number=self._set.control_number,
            version=self._set.version,
            reference=header.element(3) if header else "",
            created=read_date(header, 4, findings=self._findings) if header else None,
            received=read_date(received, 3, findings=self._findings) if received else None,
            processed=read_date(processed, 3, findings=self._findings) if processed else None,
            levels=tuple(found.levels),
            claims=tuple(found.claims),
            warnings=self._findings.warnings,
        )

    def _warn(self, segment: Segment, text: str) -> None:
        self._findings.warn(segment.number, text)

    def _levels_and_claims(self) -> _Found:
        """Walk the HL loops in file order; a claim belongs to the provider before it."""
        found = _Found()
        provider_id = ""
        for loop in self._loops():
            code = loop[0].element(3)
            if code in _LEVELS:
                level = self._level(loop)
                found.levels.append(level)
                provider_id = level.party.id if level.party and code == "19" else ""
                if code == "21":
                    found.receivers.append(ReceiverClaims(level))
                elif code == "19" and found.receivers:
                    found.receivers[-1].add_provider(level)
            elif code in _PATIENT_LEVELS:
                claims = self._claims(loop, provider_id)
                found.claims.extend(claims)
                if found.receivers:
                    found.receivers[-1].add_claims(claims)
            else:
                self._warn(loop[0], f"HL03 {code!r} is no level of a 277CA")
        return found

    def _loops(self) -> list[list[Segment]]:
        """The segments of each HL."""
        body = list(self._set.body)
        starts = [place for place, segment in enumerate(body) if segment.tag == "HL"]
        for segment in body[: starts[0] if starts else len(body)]:
            if segment.tag != "BHT":
                self._warn(segment, f"{segment.tag} stands before the first HL")
        return [body[start:end] for start, end in pairwise([*starts, len(body)])]

    def _level(self, loop: list[Segment]) -> LevelAcknowledgement:
        trace = next((segment for segment in loop if segment.tag == "TRN"), None)
        return LevelAcknowledgement(
            segment=loop[0].number,
            level=loop[0].element(3),
            party=_first_party(loop),
            trace_number=trace.element(2) if trace else "",
            statuses=self._statuses(loop),
            references=read_references(loop),
            totals=tuple(self._totals(loop)),
        )

    def _totals(self, loop: list[Segment]) -> Iterator[Total]:
        for segment in loop:
            qualifier = segment.element(1)
            if segment.tag == "QTY" and qualifier in _COUNTS:
                value = self._count(segment)
            elif segment.tag == "AMT" and qualifier in _AMOUNTS:
                value = read_amount(segment, 2, findings=self._findings)
            else:
                continue
            if value is not None:
                yield Total(segment.number, qualifier, value)

    def _count(self, qty: Segment) -> int | None:
        if is_count(qty.element(2)):
            return int(qty.element(2))
        self._findings.refuse(qty.number, f"QTY02 {qty.element(2)!r} is not a count")
        return None

    def _claims(self, loop: list[Segment], provider_id: str) -> list[ClaimAcknowledgement]:
        """The claims of a patient: each TRN begins one (loop 2200D repeats)."""
        hl = loop[0]
        if hl.element(3) != "PT":
            self._warn(hl, f"HL03 is {hl.element(3)!r}, PT expected")
        starts = [place for place, segment in enumerate(loop) if segment.tag == "TRN"]
        before = loop[: starts[0] if starts else len(loop)]
        for segment in before:
            if segment.tag in ("STC", "SVC"):
                text = f"{segment.tag} stands before a claim control number (TRN)"
                self._findings.refuse(segment.number, text)
        if not starts and hl.element(3) == "PT":
            self._findings.refuse(hl.number, "the patient level has no claim (TRN)")
        patient = _first_party(before)
        bounds = pairwise([*starts, len(loop)])
        return [self._claim(loop[start:end], patient, provider_id) for start, end in bounds]

    def _claim(
        self, segments: list[Segment], patient: Party | None, provider_id: str
    ) -> ClaimAcknowledgement:
        starts = [place for place, segment in enumerate(segments) if segment.tag == "SVC"]
        own = segments[: starts[0]] if starts else segments
        trn, statuses = own[0], self._statuses(own)
        if not trn.element(2):
            self._findings.refuse(trn.number, "TRN02 holds no claim control number")
        if not statuses:
            self._findings.refuse(trn.number, "the claim has no status (STC)")
        payer_number, trace = tagged(own, "REF", "1K"), tagged(own, "REF", "D9")
        service = tagged(own, "DTP", "472")
        first, last = read_period(service, 3, findings=self._findings) if service else (None, None)
        return ClaimAcknowledgement(
            segment=trn.number,
            control_number=trn.element(2),
            patient=patient,
            provider_id=provider_id,
            statuses=statuses,
            payer_claim_control_number=payer_number.element(2) if payer_number else "",
            clearinghouse_trace_number=trace.element(2) if trace else "",
            service_from=first,
            service_to=last,
            references=read_references(own),
            lines=tuple(
                self._line(segments[start:end]) for start, end in pairwise([*starts, len(segments)])
            ),
        )

    def _line(self, segments: list[Segment]) -> LineAcknowledgement:
        svc = segments[0]
        parts = read_composite(svc, 1, self._set.separators, findings=self._findings)
        control = tagged(segments, "REF", "FJ")
        return LineAcknowledgement(
            segment=svc.number,
            procedure=Procedure(
                component(parts, 1), component(parts, 2), tuple(filter(None, parts[2:6]))
            ),
            charge=read_amount(svc, 2, findings=self._findings),
            control_number=control.element(2) if control else "",
            statuses=self._statuses(segments),
        )

    def _statuses(self, segments: list[Segment]) -> tuple[StatusInformation, ...]:
        return tuple(self._status(segment) for segment in segments if segment.tag == "STC")

    def _status(self, stc: Segment) -> StatusInformation:
        composites = [
            read_composite(stc, place, self._set.separators, findings=self._findings)
            for place in _STATUS_PLACES
            if stc.element(place)
        ]
        statuses = tuple(
            Status(component(parts, 1), component(parts, 2), component(parts, 3))
            for parts in composites
        )
        information = StatusInformation(
            segment=stc.number,
            statuses=statuses,
            effective=read_date(stc, 2, findings=self._findings),
            action=stc.element(3),
            amount=read_amount(stc, 4, findings=self._findings),
            message=stc.element(12),
        )
        self._check_status(stc, information)
        return information

    def _check_status(self, stc: Segment, information: StatusInformation) -> None:
        known = ACCEPTING_CATEGORIES | REJECTING_CATEGORIES
        for status in information.statuses:
            if status.category not in known:
                self._warn(stc, f"{status.category!r} is no category of a 277CA")
        by_action = information.action_verdict
        if by_action is Verdict.UNDECIDED:
            self._warn(stc, f"STC03 is {information.action!r}, WQ or U expected")
        elif by_action is not information.verdict:
            text = f"STC01 says {information.verdict}, STC03 {information.action} {by_action}"
            self._warn(stc, text)


def _first_party(loop: list[Segment]) -> Party | None:
    return next((read_party(segment) for segment in loop if segment.tag == "NM1"), None)
