"""The scrubber's rules on the parties of a claim: providers, payer, subscriber, patient."""

import re
from collections.abc import Iterator
from typing import Final

from chalicelib.claims.professional_claim import (
    OrganizationName,
    PersonName,
    PostalAddress,
    ProfessionalClaim,
)
from chalicelib.claims.scrub_findings import ScrubFinding, error, warning
from chalicelib.claims.x12.writing import Identifier, Text, UnwritableError, segment
from chalicelib.platform.identifiers import (
    is_member_id,
    is_npi,
    is_taxonomy,
    is_tin,
    is_us_zip,
    is_zip_plus_4,
)


def party_findings(claim: ProfessionalClaim) -> Iterator[ScrubFinding]:
    """Findings on identifiers, addresses, demographics, and on names as X12 will carry them."""
    yield from _billing_provider(claim)
    yield from _other_providers(claim)
    yield from _coverage(claim)
    yield from _patient(claim)
    for path, text, limit in _written_texts(claim):
        if not text.strip() and path.endswith((".name", ".last")):
            yield error("name_missing", path, "The name is missing")
        yield from writing_findings(path, Text(text, limit))


def writing_findings(path: str, value: Text | Identifier) -> Iterator[ScrubFinding]:
    """What keeps a value out of an X12 element: its length or its characters."""
    try:
        segment("N3", value)
    except UnwritableError as refusal:
        code = "text_too_long" if refusal.too_long else "text_not_writable"
        yield error(code, path, f"The text {refusal.reason}")


_PO_BOX: Final = re.compile(r"\bP\.?\s*O\.?\s*BOX\b|\bPOST\s+OFFICE\s+BOX\b|\bLOCK\s*BOX\b", re.I)
_STATE: Final = re.compile(r"[A-Z]{2}")
_FILING_INDICATOR: Final = re.compile("1[1-7]|AM|BL|CH|CI|DS|FI|HM|LM|MA|MB|MC|OF|TV|VA|WC|ZZ")
_RELATIONSHIP: Final = re.compile("01|19|2[01]|39|40|53|G8")


def _billing_provider(claim: ProfessionalClaim) -> Iterator[ScrubFinding]:
    provider, path = claim.billing_provider, "billing_provider"
    yield from _npi(provider.npi, path)
    yield from _taxonomy(provider.taxonomy, path)
    if not is_tin(provider.tax_id):
        text = "A tax id has nine digits"
        yield error("tin_invalid", f"{path}.tax_id", text)
    yield from _address(provider.address, f"{path}.address", nine_digits=True)
    if provider.pay_to:
        yield from _address(provider.pay_to, f"{path}.pay_to")
    for line in ("line1", "line2"):
        if _PO_BOX.search(getattr(provider.address, line)):
            text = "The billing address is a street; a P.O. box belongs to the pay-to address"
            yield error("po_box", f"{path}.address.{line}", text)


def _other_providers(claim: ProfessionalClaim) -> Iterator[ScrubFinding]:
    rendering, facility = claim.rendering_provider, claim.service_facility
    if rendering:
        yield from _npi(rendering.npi, "rendering_provider")
        yield from _taxonomy(rendering.taxonomy, "rendering_provider")
    elif isinstance(claim.billing_provider.name, OrganizationName):
        text = "An organisation bills: name the provider who saw the patient"
        yield warning("rendering_provider_missing", "rendering_provider", text)
    if facility:
        if facility.npi:
            yield from _npi(facility.npi, "service_facility")
        yield from _address(facility.address, "service_facility.address", nine_digits=True)


def _npi(npi: str, path: str) -> Iterator[ScrubFinding]:
    if not is_npi(npi):
        text = "An NPI has ten digits, the last a check digit over the others"
        yield error("npi_invalid", f"{path}.npi", text)


def _taxonomy(taxonomy: str, path: str) -> Iterator[ScrubFinding]:
    if taxonomy and not is_taxonomy(taxonomy):
        text = "A taxonomy code has ten characters, as in 207Q00000X"
        yield error("taxonomy_invalid", f"{path}.taxonomy", text)


def _address(
    address: PostalAddress, path: str, *, nine_digits: bool = False
) -> Iterator[ScrubFinding]:
    for part in ("line1", "city"):
        if not getattr(address, part).strip():
            yield error("address_incomplete", f"{path}.{part}", "The address is incomplete")
    if address.country != "US":
        return
    if not _STATE.fullmatch(address.state):
        yield error("state_invalid", f"{path}.state", "A state is two capital letters")
    if nine_digits and not is_zip_plus_4(address.postal_code):
        text = "This address needs its ZIP+4 (nine digits)"
        yield error("zip_plus_4_required", f"{path}.postal_code", text)
    elif not is_us_zip(address.postal_code):
        yield error("zip_invalid", f"{path}.postal_code", "A ZIP has five or nine digits")


def _coverage(claim: ProfessionalClaim) -> Iterator[ScrubFinding]:
    member_id = claim.subscriber.member_id.strip()
    if not member_id:
        yield error("member_id_missing", "subscriber.member_id", "The member id is missing")
    elif not is_member_id(member_id):
        text = "A member id is 2 to 80 letters and digits, with spaces or . / _ # - between"
        yield error("member_id_format", "subscriber.member_id", text)
    if not 2 <= len(claim.payer.identifier.strip()) <= 80:
        text = "The payer needs the id that the clearinghouse knows it by"
        yield error("payer_id_missing", "payer.identifier", text)
    if not _FILING_INDICATOR.fullmatch(claim.payer.filing_indicator):
        text = "The claim filing indicator is none of X12's (SBR09)"
        yield error("filing_indicator_unknown", "payer.filing_indicator", text)
    if claim.payer.address:
        yield from _address(claim.payer.address, "payer.address")


def _patient(claim: ProfessionalClaim) -> Iterator[ScrubFinding]:
    """The demographics that go out: the patient's, be that the subscriber or a dependent."""
    path = "dependent" if claim.dependent else "subscriber"
    if claim.dependent and not _RELATIONSHIP.fullmatch(claim.dependent.relationship):
        text = "The relationship to the subscriber is none of X12's (PAT01)"
        yield error("relationship_unknown", "dependent.relationship", text)
    if claim.patient.birth_date is None:
        yield error("birth_date_missing", f"{path}.birth_date", "The birth date is missing")
    if claim.patient.sex is None:
        yield error("sex_missing", f"{path}.sex", "The sex is missing (F, M, or U for unknown)")
    if claim.patient.address:
        yield from _address(claim.patient.address, f"{path}.address")
    else:
        yield error("address_missing", f"{path}.address", "The patient's address is missing")
    if claim.accident and claim.accident.cause == "AA" and not claim.accident.state:
        text = "An automobile accident names its state"
        yield error("accident_state_missing", "accident.state", text)


def _written_texts(claim: ProfessionalClaim) -> Iterator[tuple[str, str, int]]:
    billing, facility = claim.billing_provider, claim.service_facility
    yield from _name_texts(billing.name, "billing_provider.name")
    yield from _name_texts(OrganizationName(claim.payer.name), "payer.name")
    yield from _name_texts(claim.subscriber.name, "subscriber.name")
    patient_path = "dependent" if claim.dependent else "subscriber"
    if claim.dependent:
        yield from _name_texts(claim.dependent.name, "dependent.name")
    if claim.rendering_provider:
        yield from _name_texts(claim.rendering_provider.name, "rendering_provider.name")
    if facility:
        yield from _name_texts(OrganizationName(facility.name), "service_facility.name")
    for path, address in (
        ("billing_provider.address", billing.address),
        ("billing_provider.pay_to", billing.pay_to),
        ("service_facility.address", facility and facility.address),
        ("payer.address", claim.payer.address),
        (f"{patient_path}.address", claim.patient.address),
    ):
        if address:
            yield f"{path}.line1", address.line1, 55
            yield f"{path}.line2", address.line2, 55
            yield f"{path}.city", address.city, 30


def _name_texts(name: PersonName | OrganizationName, path: str) -> Iterator[tuple[str, str, int]]:
    if isinstance(name, OrganizationName):
        yield path, name.name, 60
    else:
        yield f"{path}.last", name.last, 60
        yield f"{path}.first", name.first, 35
        yield f"{path}.middle", name.middle, 25
        yield f"{path}.suffix", name.suffix, 10
