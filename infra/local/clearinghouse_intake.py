"""What the clearinghouse simulator makes of an 837P that has passed its syntax check: claims."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from chalicelib.claims.professional_claim import OrganizationName, PersonName, PostalAddress
from chalicelib.claims.x12.segments import Segment, Separators
from chalicelib.platform.money import minor_units


@dataclass(frozen=True, slots=True)
class Party:
    """One NM1: its name and NM109, and what followed it."""

    name: PersonName | OrganizationName
    identifier: str
    tax_id: str = ""
    address: PostalAddress | None = None


@dataclass(frozen=True, slots=True)
class SubmittedLine:
    """Loop 2400. `procedure` is SV101's components: qualifier, code, modifiers."""

    procedure: tuple[str, ...]
    charge: int
    units: str
    pointers: tuple[str, ...]
    service_date: date
    control_number: str = ""

    @property
    def modifiers(self) -> tuple[str, ...]:
        """At most four."""
        return self.procedure[2:6]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedClaim:
    """Loop 2300 with the parties it stands under. Amounts are in cents."""

    number: str
    total: int
    place_of_service: str
    frequency: str
    filing_indicator: str
    billing: Party
    payer: Party
    subscriber: Party
    patient: Party
    diagnoses: int
    original_reference: str = ""
    rendering: Party | None = None
    lines: tuple[SubmittedLine, ...] = ()

    @property
    def first_day(self) -> date:
        """The first date of service."""
        return min(line.service_date for line in self.lines)

    @property
    def last_day(self) -> date:
        """The last date of service."""
        return max(line.service_date for line in self.lines)


@dataclass(frozen=True, slots=True)
class SubmittedBatch:
    """One ST. `reference` is BHT03."""

    reference: str
    submitter: Party
    claims: tuple[SubmittedClaim, ...]


def read_batch(segments: Sequence[Segment], separators: Separators) -> SubmittedBatch:
    """The claims between ST and SE. The set has passed `clearinghouse_syntax`."""
    reader = _Reader(separators)
    for segment in segments:
        reader.take(segment)
    return reader.batch()


_NOBODY = Party(OrganizationName(""), "")


@dataclass(slots=True)
class _Reader:
    """Walks the loops in file order and keeps who is in force: `parties` by NM101."""

    separators: Separators
    reference: str = ""
    filing_indicator: str = ""
    claims: list[SubmittedClaim] = field(default_factory=list)
    parties: dict[str, Party] = field(default_factory=dict)
    last: str = ""
    place: str = ""

    def take(self, segment: Segment) -> None:
        """One segment, in order."""
        steps = {
            "BHT": self._heading,
            "HL": self._level,
            "SBR": self._coverage,
            "NM1": self._party,
            "N3": self._street,
            "N4": self._town,
            "REF": self._reference,
            "CLM": self._claim,
            "HI": self._diagnoses,
            "LX": self._next_line,
            "SV1": self._line,
            "DTP": self._date,
        }
        if segment.tag in steps:
            steps[segment.tag](segment)

    def batch(self) -> SubmittedBatch:
        """Everything taken so far."""
        return SubmittedBatch(self.reference, self.parties["41"], tuple(self.claims))

    def _heading(self, segment: Segment) -> None:
        self.reference = segment.element(3)

    def _level(self, segment: Segment) -> None:
        self.place = segment.element(3)
        if self.place == "22":
            self.parties.pop("QC", None)

    def _coverage(self, segment: Segment) -> None:
        if self.place == "22":
            self.filing_indicator = segment.element(9)
        else:
            self.place = "other payer"

    def _party(self, segment: Segment) -> None:
        self.last = segment.element(1)
        if self.place in ("line", "other payer"):
            self.last = ""
        elif self.last == "82" and self.place == "claim":
            self._change(rendering=self._named(segment))
        else:
            self.parties[self.last] = self._named(segment)

    def _named(self, segment: Segment) -> Party:
        last, first, middle, _, suffix = (segment.element(place) for place in range(3, 8))
        if segment.element(2) == "1":
            person = PersonName(last=last, first=first, middle=middle, suffix=suffix)
            return Party(person, segment.element(9))
        return Party(OrganizationName(last), segment.element(9))

    def _street(self, segment: Segment) -> None:
        if self.last in self.parties:
            street = PostalAddress(
                line1=segment.element(1),
                line2=segment.element(2),
                city="",
                state="",
                postal_code="",
            )
            self.parties[self.last] = replace(self.parties[self.last], address=street)

    def _town(self, segment: Segment) -> None:
        party = self.parties.get(self.last, _NOBODY)
        if party.address:
            address = replace(
                party.address,
                city=segment.element(1),
                state=segment.element(2),
                postal_code=segment.element(3),
                country=segment.element(4) or "US",
            )
            self.parties[self.last] = replace(party, address=address)

    def _reference(self, segment: Segment) -> None:
        qualifier, number = segment.element(1), segment.element(2)
        if self.place == "20" and self.last == "85" and qualifier in ("EI", "SY"):
            self.parties["85"] = replace(self.parties["85"], tax_id=number)
        elif self.place == "claim" and qualifier == "F8":
            self._change(original_reference=number)
        elif self.place == "line" and qualifier == "6R":
            self._change_line(control_number=number)

    def _claim(self, segment: Segment) -> None:
        place, _, frequency = segment.components(5, self.separators)[:3]
        subscriber = self.parties["IL"]
        self.claims.append(
            SubmittedClaim(
                number=segment.element(1),
                total=minor_units(segment.element(2)),
                place_of_service=place,
                frequency=frequency,
                filing_indicator=self.filing_indicator,
                billing=self.parties["85"],
                payer=self.parties["PR"],
                subscriber=subscriber,
                patient=self.parties.get("QC", subscriber),
                diagnoses=0,
            )
        )
        self.place, self.last = "claim", ""

    def _diagnoses(self, segment: Segment) -> None:
        if segment.element(1).startswith(("ABK", "BK")):
            self._change(diagnoses=len(segment.elements))

    def _next_line(self, _segment: Segment) -> None:
        self.place = "line"

    def _line(self, segment: Segment) -> None:
        line = SubmittedLine(
            procedure=segment.components(1, self.separators),
            charge=minor_units(segment.element(2)),
            units=segment.element(4),
            pointers=tuple(filter(None, segment.components(7, self.separators))),
            service_date=date.min,
        )
        self._change(lines=(*self.claims[-1].lines, line))

    def _date(self, segment: Segment) -> None:
        if self.place == "line" and segment.element(1) == "472":
            day = datetime.strptime(segment.element(3)[:8], "%Y%m%d").date()  # noqa: DTZ007
            self._change_line(service_date=day)

    def _change(self, **changes: object) -> None:
        self.claims[-1] = replace(self.claims[-1], **changes)  # type: ignore[arg-type]

    def _change_line(self, **changes: object) -> None:
        *before, line = self.claims[-1].lines
        self._change(lines=(*before, replace(line, **changes)))  # type: ignore[arg-type]
