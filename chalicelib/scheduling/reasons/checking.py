"""Whether a reason can be given: its code is on the practice's list, or ICD-10-CM's of that day."""

from collections.abc import Mapping
from datetime import date

from ...platform.context import Context
from ...platform.errors import FieldError, Invalid, invalid_field
from ...platform.store import Key, Record
from ...terminology.usable_codes import usable_code
from .models import ICD10CM, Reason, VisitReasons
from .schemas import ReasonBody

FIELD = "reason.code"


def keys_of(context: Context, asked: ReasonBody | None) -> list[Key]:
    """What has to be read to check it."""
    listed = asked is not None and asked.system != ICD10CM
    return [VisitReasons.key(context.practice_id)] if listed else []


def reason_of(
    context: Context, asked: ReasonBody | None, found: Mapping[Key, Record], day: date
) -> Reason | None:
    """As it is stored. Invalid (422): not on the list; not a code, or none to be used on that day."""
    if asked is None:
        return None
    if asked.system == ICD10CM:
        return _coded(asked, day)
    listed = found.get(VisitReasons.key(context.practice_id))
    reasons = listed.reasons if isinstance(listed, VisitReasons) else ()
    named = next((each for each in reasons if each.code == asked.code), None)
    if named is None:
        raise invalid_field(FIELD, "not_found", "Not on the practice's list of reasons")
    return Reason(asked.system, named.code, named.display, asked.text)


def _coded(asked: ReasonBody, day: date) -> Reason:
    check = usable_code(asked.code, day, field=FIELD)
    if isinstance(check, FieldError):
        raise Invalid(check.message, errors=(check,))
    return Reason(asked.system, check.code, check.description, asked.text)
