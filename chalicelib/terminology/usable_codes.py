"""Whether an ICD-10-CM code may be used on a day, or what is wrong with it, by field. Pure."""

from datetime import date

from ..platform.errors import FieldError
from .icd10cm import CodeCheck, CodeVerdict, check_code, undotted

USABLE = frozenset({CodeVerdict.VALID, CodeVerdict.NOT_CHECKED})


def usable_code(
    code: str, on: date, *, field: str, usable: frozenset[CodeVerdict] = USABLE
) -> CodeCheck | FieldError:
    """What the release in force says of `code`, or what is wrong with it."""
    if not has_form(code):
        return FieldError(field, "bad_form", "Not of the form of an ICD-10-CM code, such as M54.50")
    check = check_code(code, on)
    if check.verdict not in usable:
        return FieldError(field, check.verdict.value, check.message)
    return check


def has_form(code: str) -> bool:
    """Whether `code`, with or without its dot, could be of ICD-10-CM."""
    try:
        undotted(code)
    except ValueError:
        return False
    return True
