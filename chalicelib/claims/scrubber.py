"""The scrubber: what a clearinghouse or payer would refuse, found before the claim is sent.

Pure. It checks what X12 005010X222A1 asks, and what no X12 validator catches: the NPI's check
digit, the diagnosis code's validity on its day, pointers, the claim's total.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Final, Literal

from chalicelib.claims.professional_claim import ProfessionalClaim, ServiceLine
from chalicelib.claims.scrub_findings import ScrubFinding, error, warning
from chalicelib.claims.scrub_parties import party_findings, writing_findings
from chalicelib.claims.x12.writing import Identifier, Text
from chalicelib.claims.x12.writing_837p import MAX_DIAGNOSES, MAX_LINES, MAX_MODIFIERS, MAX_POINTERS

__all__ = ["CodeVerdict", "DiagnosisCheck", "ScrubFinding", "not_checked", "scrub"]

CodeVerdict = Literal["valid", "invalid", "not_checked"]
DiagnosisCheck = Callable[[str, date], CodeVerdict]


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
        *_references(claim),
        *party_findings(claim),
        *_diagnoses(claim, check_diagnosis),
        *_lines(claim, on=on),
        *_total(claim),
        *_timeliness(claim, on=on, limit=timely_filing_days),
    )


_CLAIM_NUMBER: Final = re.compile(r"[A-Z0-9!\"&'()+,\-./;?= ]{1,20}")
_ICD10CM: Final = re.compile(r"[A-Z][0-9][0-9A-Z](\.?[0-9A-Z]{1,4})?")
_MODIFIER: Final = re.compile(r"[A-Z0-9]{2}")
_PROCEDURE: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{0,47}")
_PLACE_OF_SERVICE: Final = re.compile(r"[0-9]{2}")


def _claim_number(claim: ProfessionalClaim) -> Iterator[ScrubFinding]:
    if not 1 <= len(claim.number) <= 20:
        yield error("claim_number_length", "number", "The claim number has 1 to 20 characters")
    elif not _CLAIM_NUMBER.fullmatch(claim.number):
        text = "The claim number is made of X12's basic characters: capitals, digits, no * : ^ ~"
        yield error("claim_number_characters", "number", text)
    if claim.frequency in ("7", "8") and not claim.original_reference.strip():
        text = "A replacement or void names the payer's control number of the original claim"
        yield error("original_reference_missing", "original_reference", text)
    if not _PLACE_OF_SERVICE.fullmatch(claim.place_of_service):
        text = "The place of service is a two-digit code"
        yield error("place_of_service_format", "place_of_service", text)


def _references(claim: ProfessionalClaim) -> Iterator[ScrubFinding]:
    for field in ("original_reference", "prior_authorization", "referral_number"):
        yield from writing_findings(field, Identifier(getattr(claim, field), 50))
    subscriber = claim.subscriber
    yield from writing_findings("subscriber.group_number", Identifier(subscriber.group_number, 50))
    yield from writing_findings("subscriber.group_name", Text(subscriber.group_name, 60))
    for place, line in enumerate(claim.lines):
        path = f"lines[{place}]"
        yield from writing_findings(f"{path}.control_number", Identifier(line.control_number, 30))
        yield from writing_findings(f"{path}.description", Text(line.description, 80))


def _diagnoses(claim: ProfessionalClaim, check: DiagnosisCheck) -> Iterator[ScrubFinding]:
    if not claim.diagnoses:
        yield error("diagnosis_required", "diagnoses", "A claim has at least one diagnosis")
    if len(claim.diagnoses) > MAX_DIAGNOSES:
        text = f"A claim has at most {MAX_DIAGNOSES} diagnoses"
        yield error("too_many_diagnoses", "diagnoses", text)
    bare = [code.replace(".", "").upper() for code in claim.diagnoses]
    days = {line.service_date for line in claim.lines}
    for place, code in enumerate(claim.diagnoses):
        path = f"diagnoses[{place}]"
        if bare[place] in bare[:place]:
            yield error("diagnosis_duplicate", path, "This diagnosis is listed before")
        elif not _ICD10CM.fullmatch(code.upper()):
            yield error("diagnosis_format", path, "This is no ICD-10-CM code")
        else:
            yield from _validity(path, {check(code, day) for day in days})


def _validity(path: str, verdicts: set[CodeVerdict]) -> Iterator[ScrubFinding]:
    if "invalid" in verdicts:
        text = "This is no billable ICD-10-CM code on the date of service"
        yield error("diagnosis_invalid", path, text)
    elif "not_checked" in verdicts:
        text = "Not checked for this date: no ICD-10-CM set at hand covers it"
        yield warning("diagnosis_not_checked", path, text)


def _lines(claim: ProfessionalClaim, *, on: date) -> Iterator[ScrubFinding]:
    if not claim.lines:
        yield error("line_required", "lines", "A claim has at least one line")
    if len(claim.lines) > MAX_LINES:
        yield error("too_many_lines", "lines", f"A claim has at most {MAX_LINES} lines")
    for place, line in enumerate(claim.lines):
        path = f"lines[{place}]"
        yield from _procedure(line, path)
        yield from _pointers(line.diagnosis_pointers, path, len(claim.diagnoses))
        yield from _service_date(line, path, claim, on=on)
    numbers = Counter(line.control_number for line in claim.lines if line.control_number)
    for place, line in enumerate(claim.lines):
        if numbers[line.control_number] > 1:
            text = "The line's control number is used for another line of the claim"
            yield error("line_control_number_repeated", f"lines[{place}].control_number", text)


def _procedure(line: ServiceLine, path: str) -> Iterator[ScrubFinding]:
    if not _PROCEDURE.fullmatch(line.procedure):
        text = "A procedure code is made of capitals and digits"
        yield error("procedure_format", f"{path}.procedure", text)
    if len(line.modifiers) > MAX_MODIFIERS:
        text = f"A line has at most {MAX_MODIFIERS} modifiers"
        yield error("too_many_modifiers", f"{path}.modifiers", text)
    if not all(map(_MODIFIER.fullmatch, line.modifiers)) or _repeats(line.modifiers):
        text = "Modifiers are two capitals or digits each, each once"
        yield error("modifier_format", f"{path}.modifiers", text)
    if line.charge <= 0:
        yield error("charge_not_positive", f"{path}.charge", "The charge is above zero")
    if line.units <= 0:
        yield error("units_not_positive", f"{path}.units", "The units are above zero")


def _pointers(pointers: tuple[int, ...], path: str, diagnoses: int) -> Iterator[ScrubFinding]:
    path = f"{path}.diagnosis_pointers"
    if not pointers:
        yield error("pointer_missing", path, "A line points to at least one diagnosis")
    if len(pointers) > MAX_POINTERS or _repeats(pointers):
        text = f"A line points to at most {MAX_POINTERS} diagnoses, each once"
        yield error("pointer_count", path, text)
    if any(not 1 <= pointer <= diagnoses for pointer in pointers):
        yield error("pointer_unknown", path, "A pointer leads to no diagnosis of the claim")


def _service_date(
    line: ServiceLine, path: str, claim: ProfessionalClaim, *, on: date
) -> Iterator[ScrubFinding]:
    born = claim.patient.birth_date
    if line.service_date > on:
        text = "The service lies in the future"
        yield error("service_date_future", f"{path}.service_date", text)
    if born and line.service_date < born:
        text = "The service lies before the patient's birth"
        yield error("service_date_before_birth", f"{path}.service_date", text)


def _total(claim: ProfessionalClaim) -> Iterator[ScrubFinding]:
    if claim.total_charge != sum(line.charge for line in claim.lines):
        text = "The claim's total is not the sum of its lines"
        yield error("total_mismatch", "total_charge", text)


def _timeliness(claim: ProfessionalClaim, *, on: date, limit: int | None) -> Iterator[ScrubFinding]:
    first = min((line.service_date for line in claim.lines), default=on)
    if limit is not None and on > first + timedelta(days=limit):
        text = f"The payer takes claims up to {limit} days after the first service"
        yield warning("timely_filing", "lines", text)


def _repeats(items: Iterable[object]) -> bool:
    return any(times > 1 for times in Counter(items).values())
