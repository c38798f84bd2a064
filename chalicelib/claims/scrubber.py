"""The scrubber: what a clearinghouse or payer would refuse, found before the claim is sent.

Pure. It checks what X12 005010X222A1 asks, and what no X12 validator catches: the NPI's check
digit, the diagnosis code's validity on its day, pointers, the claim's total.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from chalicelib.claims.professional_claim import (
    OrganizationName,
    PersonName,
    PostalAddress,
    ProfessionalClaim,
    ServiceLine,
)
from chalicelib.claims.x12_837p import MAX_DIAGNOSES, MAX_LINES, MAX_MODIFIERS, MAX_POINTERS
from chalicelib.claims.x12_writer import Text, UnwritableError, segment
from chalicelib.platform.identifiers import is_npi, is_taxonomy, is_tin, is_us_zip, is_zip_plus_4

Severity = Literal["error", "warning"]
CodeVerdict = Literal["valid", "invalid", "not_checked"]
DiagnosisCheck = Callable[[str, date], CodeVerdict]


@dataclass(frozen=True, slots=True)
class ScrubFinding:
    """One thing to put right. `field` is a path into the claim: `lines[0].diagnosis_pointers`.

    An error keeps the claim from being sent; a warning does not. `text` repeats no patient data.
    """

    code: str
    field: str
    severity: Severity
    text: str


def not_checked(_code: str, _day: date) -> CodeVerdict:
    """The verdict where no code set is at hand."""
    return "not_checked"


def scrub(
    claim: ProfessionalClaim,
    *,
    on: date,
    check_diagnosis: DiagnosisCheck = not_checked,
    timely_filing_days: int | None = None,
) -> tuple[ScrubFinding, ...]:
    """Every finding, in the order of the claim's parts; empty for a clean claim.

    `on` is today in the practice's zone; `check_diagnosis` judges an ICD-10-CM code (dot optional)
    on a date of service; `timely_filing_days` is the payer's limit after the first service.
    """
    return (
        *_claim_number(claim),
        *_billing_provider(claim),
        *_other_providers(claim),
        *_coverage(claim),
        *_patient(claim),
        *_texts(claim),
        *_diagnoses(claim, check_diagnosis),
        *_lines(claim, on=on),
        *_total(claim),
        *_timeliness(claim, on=on, limit=timely_filing_days),
    )


_CLAIM_NUMBER: Final = re.compile(r"[A-Z0-9!\"&'()+,\-./;?= ]{1,20}")
_PO_BOX: Final = re.compile(r"\bP\.?\s*O\.?\s*BOX\b|\bPOST\s+OFFICE\s+BOX\b|\bLOCK\s*BOX\b", re.I)
_ICD10CM: Final = re.compile(r"[A-Z][0-9][0-9A-Z](\.?[0-9A-Z]{1,4})?")
_MODIFIER: Final = re.compile(r"[A-Z0-9]{2}")
_PROCEDURE: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{0,47}")
_PLACE_OF_SERVICE: Final = re.compile(r"[0-9]{2}")
_STATE: Final = re.compile(r"[A-Z]{2}")
_FILING_INDICATORS: Final = frozenset(
    "11 12 13 14 15 16 17 AM BL CH CI DS FI HM LM MA MB MC OF TV VA WC ZZ".split()
)
_RELATIONSHIPS: Final = frozenset("01 19 20 21 39 40 53 G8".split())


def _error(code: str, field: str, text: str) -> ScrubFinding:
    return ScrubFinding(code, field, "error", text)


def _warning(code: str, field: str, text: str) -> ScrubFinding:
    return ScrubFinding(code, field, "warning", text)


def _claim_number(claim: ProfessionalClaim) -> Iterator[ScrubFinding]:
    if not 1 <= len(claim.number) <= 20:
        yield _error("claim_number_length", "number", "The claim number has 1 to 20 characters")
    elif not _CLAIM_NUMBER.fullmatch(claim.number):
        text = "The claim number is made of X12's basic characters: capitals, digits, no * : ^ ~"
        yield _error("claim_number_characters", "number", text)
    if claim.frequency in ("7", "8") and not claim.original_reference.strip():
        text = "A replacement or void names the payer's control number of the original claim"
        yield _error("original_reference_missing", "original_reference", text)
    if not _PLACE_OF_SERVICE.fullmatch(claim.place_of_service):
        text = "The place of service is a two-digit code"
        yield _error("place_of_service_format", "place_of_service", text)


def _billing_provider(claim: ProfessionalClaim) -> Iterator[ScrubFinding]:
    provider, path = claim.billing_provider, "billing_provider"
    yield from _npi(provider.npi, path)
    yield from _taxonomy(provider.taxonomy, path)
    if not is_tin(provider.tax_id):
        text = "A tax id has nine digits"
        yield _error("tin_invalid", f"{path}.tax_id", text)
    yield from _address(provider.address, f"{path}.address", nine_digits=True)
    if provider.pay_to:
        yield from _address(provider.pay_to, f"{path}.pay_to")
    for line in ("line1", "line2"):
        if _PO_BOX.search(getattr(provider.address, line)):
            text = "The billing address is a street; a P.O. box belongs to the pay-to address"
            yield _error("po_box", f"{path}.address.{line}", text)


def _other_providers(claim: ProfessionalClaim) -> Iterator[ScrubFinding]:
    rendering, facility = claim.rendering_provider, claim.service_facility
    if rendering:
        yield from _npi(rendering.npi, "rendering_provider")
        yield from _taxonomy(rendering.taxonomy, "rendering_provider")
    elif isinstance(claim.billing_provider.name, OrganizationName):
        text = "An organisation bills: name the provider who saw the patient"
        yield _warning("rendering_provider_missing", "rendering_provider", text)
    if facility:
        if facility.npi:
            yield from _npi(facility.npi, "service_facility")
        yield from _address(facility.address, "service_facility.address", nine_digits=True)


def _npi(npi: str, path: str) -> Iterator[ScrubFinding]:
    if not is_npi(npi):
        text = "An NPI has ten digits, the last a check digit over the others"
        yield _error("npi_invalid", f"{path}.npi", text)


def _taxonomy(taxonomy: str, path: str) -> Iterator[ScrubFinding]:
    if taxonomy and not is_taxonomy(taxonomy):
        text = "A taxonomy code has ten characters, as in 207Q00000X"
        yield _error("taxonomy_invalid", f"{path}.taxonomy", text)


def _address(
    address: PostalAddress, path: str, *, nine_digits: bool = False
) -> Iterator[ScrubFinding]:
    for part in ("line1", "city"):
        if not getattr(address, part).strip():
            yield _error("address_incomplete", f"{path}.{part}", "The address is incomplete")
    if address.country != "US":
        return
    if not _STATE.fullmatch(address.state):
        yield _error("state_invalid", f"{path}.state", "A state is two capital letters")
    if nine_digits and not is_zip_plus_4(address.postal_code):
        text = "This address needs its ZIP+4 (nine digits)"
        yield _error("zip_plus_4_required", f"{path}.postal_code", text)
    elif not is_us_zip(address.postal_code):
        yield _error("zip_invalid", f"{path}.postal_code", "A ZIP has five or nine digits")


def _coverage(claim: ProfessionalClaim) -> Iterator[ScrubFinding]:
    member_id = claim.subscriber.member_id.strip()
    if not member_id:
        yield _error("member_id_missing", "subscriber.member_id", "The member id is missing")
    elif len(member_id) < 2 or not _fits(Text(member_id, 80)):
        text = "The member id has 2 to 80 characters and none of * : ^ ~"
        yield _error("member_id_format", "subscriber.member_id", text)
    if not 2 <= len(claim.payer.identifier.strip()) <= 80:
        text = "The payer needs the id that the clearinghouse knows it by"
        yield _error("payer_id_missing", "payer.identifier", text)
    if claim.payer.filing_indicator not in _FILING_INDICATORS:
        text = "The claim filing indicator is none of X12's (SBR09)"
        yield _error("filing_indicator_unknown", "payer.filing_indicator", text)
    if claim.payer.address:
        yield from _address(claim.payer.address, "payer.address")


def _patient(claim: ProfessionalClaim) -> Iterator[ScrubFinding]:
    """The demographics that go out: the patient's, be that the subscriber or a dependent."""
    path = "dependent" if claim.dependent else "subscriber"
    if claim.dependent and claim.dependent.relationship not in _RELATIONSHIPS:
        text = "The relationship to the subscriber is none of X12's (PAT01)"
        yield _error("relationship_unknown", "dependent.relationship", text)
    if claim.patient.birth_date is None:
        yield _error("birth_date_missing", f"{path}.birth_date", "The birth date is missing")
    if claim.patient.sex is None:
        yield _error("sex_missing", f"{path}.sex", "The sex is missing (F, M, or U for unknown)")
    if claim.patient.address:
        yield from _address(claim.patient.address, f"{path}.address")
    else:
        yield _error("address_missing", f"{path}.address", "The patient's address is missing")
    if claim.accident and claim.accident.cause == "AA" and not claim.accident.state:
        text = "An automobile accident names its state"
        yield _error("accident_state_missing", "accident.state", text)


def _texts(claim: ProfessionalClaim) -> Iterator[ScrubFinding]:
    """Names and streets within X12's lengths and characters, as the writer will fold them."""
    for path, text, limit in _written_texts(claim):
        try:
            segment("N", Text(text, limit))
        except UnwritableError as error:
            code = "text_too_long" if error.too_long else "text_not_writable"
            yield _error(code, path, f"The text {error.reason}")


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


def _name_texts(
    name: PersonName | OrganizationName, path: str
) -> Iterator[tuple[str, str, int]]:
    if isinstance(name, OrganizationName):
        yield path, name.name, 60
    else:
        yield f"{path}.last", name.last, 60
        yield f"{path}.first", name.first, 35
        yield f"{path}.middle", name.middle, 25
        yield f"{path}.suffix", name.suffix, 10


def _diagnoses(claim: ProfessionalClaim, check: DiagnosisCheck) -> Iterator[ScrubFinding]:
    if not claim.diagnoses:
        yield _error("diagnosis_required", "diagnoses", "A claim has at least one diagnosis")
    if len(claim.diagnoses) > MAX_DIAGNOSES:
        text = f"A claim has at most {MAX_DIAGNOSES} diagnoses"
        yield _error("too_many_diagnoses", "diagnoses", text)
    bare = [code.replace(".", "").upper() for code in claim.diagnoses]
    days = sorted({line.service_date for line in claim.lines})
    for place, code in enumerate(claim.diagnoses):
        path = f"diagnoses[{place}]"
        if bare[place] in bare[:place]:
            yield _error("diagnosis_duplicate", path, f"{code} is listed before")
        elif not _ICD10CM.fullmatch(code.upper()):
            yield _error("diagnosis_format", path, "This is no ICD-10-CM code")
        else:
            yield from _validity(code, path, {check(code, day): day for day in reversed(days)})


def _validity(
    code: str, path: str, verdicts: dict[CodeVerdict, date]
) -> Iterator[ScrubFinding]:
    if "invalid" in verdicts:
        text = f"{code} is not a billable ICD-10-CM code on {verdicts['invalid']}"
        yield _error("diagnosis_invalid", path, text)
    elif "not_checked" in verdicts:
        text = f"{code} was not checked for {verdicts['not_checked']}: no code set for this date"
        yield _warning("diagnosis_not_checked", path, text)


def _lines(claim: ProfessionalClaim, *, on: date) -> Iterator[ScrubFinding]:
    if not claim.lines:
        yield _error("line_required", "lines", "A claim has at least one line")
    if len(claim.lines) > MAX_LINES:
        yield _error("too_many_lines", "lines", f"A claim has at most {MAX_LINES} lines")
    for place, line in enumerate(claim.lines):
        path = f"lines[{place}]"
        yield from _procedure(line, path)
        yield from _pointers(line.diagnosis_pointers, path, len(claim.diagnoses))
        yield from _service_date(line, path, claim, on=on)
    numbers = Counter(line.control_number for line in claim.lines if line.control_number)
    for place, line in enumerate(claim.lines):
        if numbers[line.control_number] > 1:
            text = "The line's control number is used for another line of the claim"
            yield _error("line_control_number_repeated", f"lines[{place}].control_number", text)


def _procedure(line: ServiceLine, path: str) -> Iterator[ScrubFinding]:
    if not _PROCEDURE.fullmatch(line.procedure):
        text = "A procedure code is made of capitals and digits"
        yield _error("procedure_format", f"{path}.procedure", text)
    if len(line.modifiers) > MAX_MODIFIERS:
        text = f"A line has at most {MAX_MODIFIERS} modifiers"
        yield _error("too_many_modifiers", f"{path}.modifiers", text)
    if not all(map(_MODIFIER.fullmatch, line.modifiers)) or _repeats(line.modifiers):
        text = "Modifiers are two capitals or digits each, each once"
        yield _error("modifier_format", f"{path}.modifiers", text)
    if line.charge <= 0:
        yield _error("charge_not_positive", f"{path}.charge", "The charge is above zero")
    if line.units <= 0:
        yield _error("units_not_positive", f"{path}.units", "The units are above zero")


def _pointers(pointers: tuple[int, ...], path: str, diagnoses: int) -> Iterator[ScrubFinding]:
    path = f"{path}.diagnosis_pointers"
    if not pointers:
        yield _error("pointer_missing", path, "A line points to at least one diagnosis")
    if len(pointers) > MAX_POINTERS or _repeats(pointers):
        text = f"A line points to at most {MAX_POINTERS} diagnoses, each once"
        yield _error("pointer_count", path, text)
    if any(not 1 <= pointer <= diagnoses for pointer in pointers):
        yield _error("pointer_unknown", path, "A pointer leads to no diagnosis of the claim")


def _service_date(
    line: ServiceLine, path: str, claim: ProfessionalClaim, *, on: date
) -> Iterator[ScrubFinding]:
    born = claim.patient.birth_date
    if line.service_date > on:
        text = "The service lies in the future"
        yield _error("service_date_future", f"{path}.service_date", text)
    if born and line.service_date < born:
        text = "The service lies before the patient's birth"
        yield _error("service_date_before_birth", f"{path}.service_date", text)


def _total(claim: ProfessionalClaim) -> Iterator[ScrubFinding]:
    if claim.total_charge != sum(line.charge for line in claim.lines):
        text = "The claim's total is not the sum of its lines"
        yield _error("total_mismatch", "total_charge", text)


def _timeliness(
    claim: ProfessionalClaim, *, on: date, limit: int | None
) -> Iterator[ScrubFinding]:
    first = min((line.service_date for line in claim.lines), default=on)
    if limit is not None and on > first + timedelta(days=limit):
        text = f"The payer takes claims up to {limit} days after the first service"
        yield _warning("timely_filing", "lines", text)


def _repeats(items: Iterable[object]) -> bool:
    return any(times > 1 for times in Counter(items).values())


def _fits(text: Text) -> bool:
    try:
        segment("N", text)
    except UnwritableError:
        return False
    return True
