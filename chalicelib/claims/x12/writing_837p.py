"""Writes 837P files: professional claims to the primary payer (X12 005010X222A1).

Loops are named as in the guide. A claim goes through `scrubber` first; this module refuses only
what cannot be written at all.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import count
from typing import Final, TypeVar

from chalicelib.claims.professional_claim import (
    Accident,
    BillingProvider,
    Dependent,
    OrganizationName,
    Payer,
    ProfessionalClaim,
    Receiver,
    ServiceLine,
    Submitter,
    Subscriber,
)
from chalicelib.claims.x12.parties import (
    address_segments,
    contact_segment,
    entity_type,
    name_segment,
)
from chalicelib.claims.x12.writing import (
    Guide,
    Identifier,
    InterchangeHeader,
    Text,
    UnwritableError,
    d8,
    segment,
    write_interchange,
)
from chalicelib.platform.money import decimal_text

PROFESSIONAL_CLAIM: Final = Guide("HC", "837", "005010X222A1")
CLAIMS_PER_SET: Final = 5000
CLAIMS_PER_PATIENT_LOOP: Final = 100
MAX_DIAGNOSES: Final = 12
MAX_LINES: Final = 50
MAX_POINTERS: Final = 4
MAX_MODIFIERS: Final = 4


def write_837p(
    interchange: InterchangeHeader,
    claims: Sequence[ProfessionalClaim],
    *,
    submitter: Submitter,
    receiver: Receiver,
    reference: str = "",
) -> str:
    """One interchange that holds `claims`, grouped by billing provider, subscriber and patient.

    `reference` is BHT03 (at most 30 characters, the ISA13 by default): the batch number that a
    277CA returns. Raises UnwritableError naming the element, ValueError for no claims.
    """
    if not claims:
        raise ValueError("an 837P holds at least one claim")
    batch = reference or f"{interchange.control_number:09d}"
    bodies = []
    for number, part in enumerate(_chunks(claims, CLAIMS_PER_SET), start=1):
        own = batch if number == 1 else f"{batch}-{number}"
        heading = _heading(interchange, submitter, receiver, own)
        bodies.append([*heading, *_hierarchy(part, submitter)])
    return write_interchange(interchange, PROFESSIONAL_CLAIM, bodies)


def _heading(
    interchange: InterchangeHeader, submitter: Submitter, receiver: Receiver, batch: str
) -> Iterator[str]:
    """BHT and loops 1000A, 1000B."""
    created = interchange.created
    yield segment("BHT", "0019", "00", Identifier(batch, 30), d8(created), f"{created:%H%M}", "CH")
    yield name_segment("41", submitter.name, "46", submitter.identifier)
    yield contact_segment(submitter.contact)
    yield name_segment("40", OrganizationName(receiver.name), "46", receiver.identifier)


def _hierarchy(claims: Iterable[ProfessionalClaim], submitter: Submitter) -> Iterator[str]:
    """Loops 2000A, 2000B, 2000C. A subscriber who is also a parent of patients gets two 2000B."""
    numbers = count(1)
    for provider, provided in _groups(claims, lambda claim: claim.billing_provider):
        top = str(next(numbers))
        yield from _billing_provider(provider, top, submitter)
        for cover, covered in _groups(provided, _cover):
            subscriber, payer, is_patient = cover
            for part in _chunks(covered, CLAIMS_PER_PATIENT_LOOP) if is_patient else [covered]:
                own = str(next(numbers))
                yield segment("HL", own, top, "22", "0" if is_patient else "1")
                yield from _subscriber(subscriber, payer, is_patient=is_patient)
                if is_patient:
                    yield from _claims(part)
                else:
                    yield from _dependents(part, own, numbers)


def _dependents(
    claims: Iterable[ProfessionalClaim], parent: str, numbers: Iterator[int]
) -> Iterator[str]:
    """Loops 2000C of one subscriber."""
    pairs = [(claim.dependent, claim) for claim in claims if claim.dependent]
    for dependent, owned in _groups(pairs, lambda pair: pair[0]):
        for part in _chunks([claim for _, claim in owned], CLAIMS_PER_PATIENT_LOOP):
            yield segment("HL", str(next(numbers)), parent, "23", "0")
            yield segment("PAT", dependent.relationship)
            yield name_segment("QC", dependent.name)
            yield from _person_details(dependent)
            yield from _claims(part)


def _billing_provider(
    provider: BillingProvider, number: str, submitter: Submitter
) -> Iterator[str]:
    """Loops 2000A, 2010AA, 2010AB. PER goes out only where it differs from the submitter's."""
    yield segment("HL", number, "", "20", "1")
    if provider.taxonomy:
        yield segment("PRV", "BI", "PXC", provider.taxonomy)
    yield name_segment("85", provider.name, "XX", provider.npi)
    yield from address_segments(provider.address)
    yield segment("REF", provider.tax_id_qualifier, provider.tax_id.replace("-", ""))
    if provider.contact and provider.contact != submitter.contact:
        yield contact_segment(provider.contact)
    if provider.pay_to and provider.pay_to != provider.address:
        yield segment("NM1", "87", entity_type(provider.name))
        yield from address_segments(provider.pay_to)


def _subscriber(subscriber: Subscriber, payer: Payer, *, is_patient: bool) -> Iterator[str]:
    """SBR and loops 2010BA, 2010BB."""
    yield segment(
        "SBR",
        "P",
        "18" if is_patient else "",
        Identifier(subscriber.group_number, 50),
        "" if subscriber.group_number else Text(subscriber.group_name, 60),
        *[""] * 4,
        payer.filing_indicator,
    )
    yield name_segment("IL", subscriber.name, "MI", subscriber.member_id)
    if is_patient:
        yield from _person_details(subscriber)
    yield name_segment("PR", OrganizationName(payer.name), "PI", payer.identifier)
    if payer.address:
        yield from address_segments(payer.address)


def _person_details(patient: Subscriber | Dependent) -> Iterator[str]:
    """N3, N4, DMG of the patient."""
    if patient.address:
        yield from address_segments(patient.address)
    if patient.birth_date:
        yield segment("DMG", "D8", d8(patient.birth_date), patient.sex or "U")


def _claims(claims: Iterable[ProfessionalClaim]) -> Iterator[str]:
    for claim in claims:
        _hold_to_limits(claim)
        yield from _claim(claim)
        yield from _providers(claim)
        for number, line in enumerate(claim.lines, start=1):
            yield from _line(line, number, claim)


def _hold_to_limits(claim: ProfessionalClaim) -> None:
    """Refuse what has no place in the guide's segments, rather than drop it."""
    counts = [
        ("HI", len(claim.diagnoses), MAX_DIAGNOSES),
        ("LX", len(claim.lines), MAX_LINES),
        *[("SV107", len(line.diagnosis_pointers), MAX_POINTERS) for line in claim.lines],
        *[("SV101", len(line.modifiers) + 1, MAX_MODIFIERS + 1) for line in claim.lines],
    ]
    for field, given, most in counts:
        if not 1 <= given <= most:
            raise UnwritableError(field, f"has {given} entries, where 1 to {most} can stand")


def _claim(claim: ProfessionalClaim) -> Iterator[str]:
    """Loop 2300 down to HI."""
    yield segment(
        "CLM",
        Identifier(claim.number, 20),
        decimal_text(claim.total_charge),
        "",
        "",
        (claim.place_of_service, "B", claim.frequency),
        "Y" if claim.provider_signature_on_file else "N",
        claim.assignment,
        claim.benefits_assignment,
        claim.release_of_information,
        "P" if claim.signed_by_provider_for_patient else "",
        _related_cause(claim.accident),
    )
    if claim.accident:
        yield segment("DTP", "439", "D8", d8(claim.accident.occurred))
    if claim.patient_paid is not None:
        yield segment("AMT", "F5", decimal_text(claim.patient_paid))
    for qualifier, number in (
        ("9F", claim.referral_number),
        ("G1", claim.prior_authorization),
        ("F8", claim.original_reference),
    ):
        if number:
            yield segment("REF", qualifier, Identifier(number, 50))
    if claim.note:
        yield segment("NTE", "ADD", Text(claim.note, 80))
    codes = [code.replace(".", "").upper() for code in claim.diagnoses]
    yield segment("HI", ("ABK", codes[0]), *[("ABF", code) for code in codes[1:]])


def _providers(claim: ProfessionalClaim) -> Iterator[str]:
    """Loops 2310B and 2310C, each only where it tells more than the billing provider does."""
    rendering, facility = claim.rendering_provider, claim.service_facility
    if rendering and rendering.npi != claim.billing_provider.npi:
        yield name_segment("82", rendering.name, "XX", rendering.npi)
        if rendering.taxonomy:
            yield segment("PRV", "PE", "PXC", rendering.taxonomy)
    if facility and facility.address != claim.billing_provider.address:
        yield name_segment("77", OrganizationName(facility.name), "XX", facility.npi)
        yield from address_segments(facility.address)


def _line(line: ServiceLine, number: int, claim: ProfessionalClaim) -> Iterator[str]:
    """Loop 2400."""
    modifiers = (*line.modifiers, *[""] * 4)[:4]
    elsewhere = line.place_of_service not in ("", claim.place_of_service)
    yield segment("LX", str(number))
    yield segment(
        "SV1",
        (line.qualifier, Identifier(line.procedure, 48), *modifiers, Text(line.description, 80)),
        decimal_text(line.charge),
        line.unit_basis,
        f"{Decimal(line.units).normalize():f}",
        line.place_of_service if elsewhere else "",
        "",
        tuple(str(pointer) for pointer in line.diagnosis_pointers),
        "",
        "Y" if line.emergency else "",
    )
    yield segment("DTP", "472", "D8", d8(line.service_date))
    if line.control_number:
        yield segment("REF", "6R", Identifier(line.control_number, 30))


def _related_cause(accident: Accident | None) -> str | tuple[str, ...]:
    return (accident.cause, "", "", accident.state) if accident else ""


def _cover(claim: ProfessionalClaim) -> tuple[Subscriber, Payer, bool]:
    return claim.subscriber, claim.payer, claim.dependent is None


_Item = TypeVar("_Item")
_Key = TypeVar("_Key", bound=Hashable)


def _groups(
    items: Iterable[_Item], key: Callable[[_Item], _Key]
) -> Iterable[tuple[_Key, list[_Item]]]:
    """Items of equal key together, keys and items in order of first appearance."""
    groups: dict[_Key, list[_Item]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups.items()


def _chunks(items: Sequence[_Item], size: int) -> Iterator[Sequence[_Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
