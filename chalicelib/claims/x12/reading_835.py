"""Reading an 835 (005010X221A1) into a `Remittance`: the header and the provider adjustments.

Refused: a missing payment or trace number, amounts that are none, money outside a claim.
Warned of: every other departure from the guide. Balancing is `remittance_balance`'s.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from chalicelib.claims.x12.claims_835 import MONEY_TAGS, ClaimReader, check_tags, tagged
from chalicelib.claims.x12.interchange import Findings, Segment, TransactionSet
from chalicelib.claims.x12.remittance import Payee, Payer, ProviderAdjustment, Remittance
from chalicelib.claims.x12.values import component, read_composite, read_date, require_amount
from chalicelib.platform.identifiers import is_npi

VERSION = "005010X221A1"


def read_remittance(transaction: TransactionSet) -> Remittance:
    """Read one 835 transaction set.

    Raises X12Error with every refusal found. What only departs from the guide is in `warnings`.
    """
    findings = Findings()
    remittance = _Reader(transaction, findings).remittance()
    findings.settle()
    return remittance


_HEADER_TAGS = {"BPR", "NTE", "TRN", "CUR", "REF", "DTM", "N1", "N2", "N3", "N4", "PER", "RDM"}


@dataclass(slots=True)
class _Parts:
    """The body of a set, cut into its loops."""

    header: list[Segment] = field(default_factory=list)
    claims: list[list[Segment]] = field(default_factory=list)
    provider_adjustments: list[Segment] = field(default_factory=list)
    between: list[Segment] = field(default_factory=list)


def _cut(body: Iterable[Segment]) -> _Parts:
    parts = _Parts()
    zone = parts.header
    for segment in body:
        if segment.tag == "CLP":
            zone = [segment]
            parts.claims.append(zone)
        elif segment.tag == "LX":
            zone = parts.between
        elif segment.tag == "PLB":
            parts.provider_adjustments.append(segment)
            zone = parts.between
        else:
            zone.append(segment)
    return parts


class _Reader:
    def __init__(self, transaction: TransactionSet, findings: Findings) -> None:
        self._set = transaction
        self._findings = findings
        self._parts = _cut(transaction.body)

    def remittance(self) -> Remittance:
        """The value of the set; meaningless if `findings` holds a refusal."""
        self._check_shape()
        payment, trace = self._payment(), self._trace()
        produced = tagged(self._parts.header, "DTM", "405")
        reader = ClaimReader(self._set.separators, self._findings)
        claims = tuple(reader.claim(segments) for segments in self._parts.claims)
        adjustments = tuple(
            pair for plb in self._parts.provider_adjustments for pair in self._pairs(plb)
        )
        return Remittance(
            segment=self._set.segments[0].number,
            control_number=self._set.control_number,
            version=self._set.version,
            handling=payment.element(1),
            payment_segment=payment.number,
            payment=require_amount(payment, 2, findings=self._findings),
            credit_or_debit=payment.element(3),
            payment_method=payment.element(4),
            payment_date=self._date(payment, 16),
            trace_segment=trace.number,
            trace_number=trace.element(2),
            trace_payer_id=trace.element(3),
            production_date=self._date(produced, 2) if produced else None,
            payer=self._payer(trace),
            payee=self._payee(),
            claims=claims,
            provider_adjustments=adjustments,
            warnings=self._findings.warnings,
        )

    def _refuse(self, segment: Segment, text: str) -> None:
        self._findings.refuse(segment.number, text)

    def _warn(self, segment: Segment, text: str) -> None:
        self._findings.warn(segment.number, text)

    def _date(self, segment: Segment, position: int) -> date | None:
        return read_date(segment, position, findings=self._findings)

    def _check_shape(self) -> None:
        start = self._set.segments[0]
        if self._set.version != VERSION:
            self._warn(start, f"the version is {self._set.version!r}, {VERSION} expected")
        if self._set.group_code != "HP":
            self._warn(start, f"GS01 is {self._set.group_code!r}, HP expected")
        for segment in self._parts.between:
            if segment.tag in MONEY_TAGS:
                self._refuse(segment, f"{segment.tag} stands outside a claim")
            elif segment.tag not in ("TS3", "TS2"):
                self._warn(segment, f"{segment.tag} stands outside a claim")
        check_tags(self._parts.header, _HEADER_TAGS, findings=self._findings)

    def _payment(self) -> Segment:
        bpr = self._only("BPR", "payment (BPR)")
        if bpr.element(3) not in ("C", "D"):
            self._warn(bpr, f"BPR03 is {bpr.element(3)!r}, C or D expected")
        if not bpr.element(4):
            self._warn(bpr, "BPR04 names no payment method")
        return bpr

    def _trace(self) -> Segment:
        trn = self._only("TRN", "trace number (TRN)")
        if trn.tag == "TRN" and not trn.element(2):
            self._refuse(trn, "TRN02 holds no trace number")
        return trn

    def _only(self, tag: str, what: str) -> Segment:
        """The one segment of this tag in the header; else a refusal, and ST in its stead."""
        found = [segment for segment in self._parts.header if segment.tag == tag]
        if not found:
            self._refuse(self._set.segments[0], f"the transaction set has no {what}")
            return Segment(self._set.segments[0].number, "ST", ("", "0"))
        for extra in found[1:]:
            self._refuse(extra, f"the transaction set has a second {what}")
        return found[0]

    def _payer(self, trace: Segment) -> Payer:
        loop = self._entity("PR", "payer (N1*PR)")
        if not tagged(loop, "PER", "BL"):
            self._warn(loop[0], "the payer names no technical contact (PER*BL)")
        other = tagged(loop, "REF", "2U")
        identifier = loop[0].element(4) or (other.element(2) if other else "")
        return Payer(loop[0].number, loop[0].element(2), identifier or trace.element(3))

    def _payee(self) -> Payee:
        loop = self._entity("PE", "payee (N1*PE)")
        qualifier, identifier = loop[0].element(3), loop[0].element(4)
        other = tagged(loop, "REF", "TJ")
        npi = identifier if qualifier == "XX" else ""
        tin = identifier if qualifier == "FI" else (other.element(2) if other else "")
        if not npi and not tin:
            self._warn(loop[0], "the payee has neither NPI nor TIN")
        if npi and not is_npi(npi):
            self._warn(loop[0], f"the payee's NPI {npi!r} fails its check digit")
        return Payee(loop[0].number, loop[0].element(2), npi, tin.replace("-", ""))

    def _entity(self, role: str, what: str) -> list[Segment]:
        """The N1 loop in this role, its N1 first; a warning and an empty N1 if there is none."""
        loop: list[Segment] = []
        for segment in (*self._parts.header, *self._parts.between):
            if segment.tag == "N1" and (loop or segment.element(1) == role):
                if loop:
                    break
                loop = [segment]
            elif loop:
                loop.append(segment)
        if not loop:
            self._warn(self._set.segments[0], f"the transaction set names no {what}")
        return loop or [Segment(self._set.segments[0].number, "N1", ())]

    def _pairs(self, plb: Segment) -> list[ProviderAdjustment]:
        """The up to six reason-amount pairs of a PLB."""
        pairs = []
        fiscal_period = self._date(plb, 2)
        for place in range(3, len(plb.elements) + 1, 2):
            if not plb.element(place) and not plb.element(place + 1):
                continue
            reason = read_composite(plb, place, self._set.separators, findings=self._findings)
            if not component(reason, 1):
                self._warn(plb, f"PLB{place:02} names no reason")
            pairs.append(
                ProviderAdjustment(
                    segment=plb.number,
                    provider_id=plb.element(1),
                    fiscal_period=fiscal_period,
                    reason=component(reason, 1),
                    reference=component(reason, 2),
                    amount=require_amount(plb, place + 1, findings=self._findings),
                )
            )
        return pairs
