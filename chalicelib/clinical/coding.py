"""The codes of an encounter: diagnoses in ICD-10-CM, procedures in HCPCS level II or the practice's own.

Limits are those of a professional claim: 12 diagnoses in HI, 50 service lines, four modifiers and
four diagnosis pointers a line (X12 837P 005010X222A1, loops 2300 and 2400, SV1).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ..platform.errors import FieldError
from ..terminology.icd10cm import CodeVerdict, description, dotted
from ..terminology.usable_codes import USABLE, usable_code

MOST_DIAGNOSES = 12
MOST_PROCEDURES = 50


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`check` is `valid`, or `not_checked` where no release for the date of service is loaded."""

    code: str
    check: str
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Procedure:
    """One service line. `pointers` count the encounter's diagnoses from 1, the main one first."""

    code: str
    units: int = 1
    modifiers: tuple[str, ...] = ()
    pointers: tuple[int, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class CodedReason:
    """Why the patient came, as the visit was booked: ICD-10-CM, or of the practice's own list."""

    system: str
    code: str
    display: str | None = None


def diagnosis_of(
    code: str, on: date, *, field: str, usable: frozenset[CodeVerdict] = USABLE
) -> Diagnosis | FieldError:
    """The diagnosis `code` is on that date, or what is wrong with it."""
    check = usable_code(code, on, field=field, usable=usable)
    if isinstance(check, FieldError):
        return check
    return Diagnosis(check.code, check.verdict.value, check.description or description(code))


def diagnoses_of(codes: Sequence[str], on: date) -> tuple[list[Diagnosis], list[FieldError]]:
    """The diagnoses in the order given, and what is wrong with the codes, by field."""
    judged = [diagnosis_of(code, on, field=f"diagnoses.{at}.code") for at, code in enumerate(codes)]
    plain = [dotted(code) for code in codes]
    repeated = [
        FieldError(f"diagnoses.{at}.code", "repeated", f"{code} is there already")
        for at, code in enumerate(plain)
        if code in plain[:at]
    ]
    wrong = [each for each in judged if isinstance(each, FieldError)]
    return [each for each in judged if isinstance(each, Diagnosis)], wrong + repeated


def wrong_pointers(procedures: Iterable[Procedure], diagnoses: int) -> list[FieldError]:
    """Pointers to a diagnosis that is not there, or to one twice."""
    wrong: list[FieldError] = []
    for line, procedure in enumerate(procedures):
        field = f"procedures.{line}.pointers"
        if any(not 1 <= pointer <= diagnoses for pointer in procedure.pointers):
            wrong.append(FieldError(field, "no_such_diagnosis", f"From 1 to {diagnoses}"))
        elif len(set(procedure.pointers)) < len(procedure.pointers):
            wrong.append(FieldError(field, "repeated", "Each diagnosis once"))
    return wrong


def missing_codes(
    diagnoses: Sequence[Diagnosis], procedures: Sequence[Procedure]
) -> list[FieldError]:
    """What signing still needs: a diagnosis for what was done, and each procedure's reason."""
    if procedures and not diagnoses:
        return [FieldError("diagnoses", "required", "A procedure needs a diagnosis")]
    return [
        FieldError(f"procedures.{line}.pointers", "required", "Say which diagnosis it is for")
        for line, procedure in enumerate(procedures)
        if not procedure.pointers
    ]
