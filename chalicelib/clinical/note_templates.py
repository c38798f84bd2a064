"""Note templates as data: sections of fields, the check of a draft, what signing still needs.

A note's content is `{section: {field: value}}`: text a string, choice one of the template's words,
boolean true or false, number `{"value": 37.2, "unit": "Cel"}` in a unit of UCUM (case-sensitive
codes, ucum.org). A field that is absent or null is blank; a draft may leave any field blank.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import TypeGuard

MOST_TEXT = 20_000
"""Characters in one field, unless its template says less."""


class FieldKind(StrEnum):
    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class UnitRange:
    """A UCUM unit, and the inclusive bounds outside which a value in it is a slip of the pen."""

    unit: str
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Field:
    """One blank to fill; `required` means: before signing."""

    key: str
    label: str
    kind: FieldKind
    required: bool = False
    choices: tuple[str, ...] = ()
    units: tuple[UnitRange, ...] = ()
    max_length: int = MOST_TEXT


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    label: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class NoteTemplate:
    """A change of fields is a new `version`: a draft is checked by the one it was begun with."""

    key: str
    version: int
    label: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class ContentError:
    """`path` is `section`, `section.field` or, for numbers, `section.field.unit`."""

    path: str
    code: str
    message: str


def validate_draft(template: NoteTemplate, content: Mapping[str, object]) -> list[ContentError]:
    """All that is wrong with the filled fields, in the template's order, strangers last."""
    errors: list[ContentError] = []
    for section in template.sections:
        filled = content.get(section.key)
        if filled is None:
            continue
        if not isinstance(filled, Mapping):
            errors.append(ContentError(section.key, "wrong_type", "a section is an object"))
            continue
        for field in section.fields:
            path = f"{section.key}.{field.key}"
            if filled.get(field.key) is not None:
                errors.extend(_CHECKS[field.kind](field, filled[field.key], path))
        known = {field.key for field in section.fields}
        errors.extend(_strangers(filled, known, prefix=f"{section.key}."))
    errors.extend(_strangers(content, {section.key for section in template.sections}, prefix=""))
    return errors


def missing_for_signing(template: NoteTemplate, content: Mapping[str, object]) -> list[str]:
    """The paths of required fields that are blank; text of spaces only is blank."""
    return [
        f"{section.key}.{field.key}"
        for section in template.sections
        for field in section.fields
        if field.required and _is_blank(content.get(section.key), field.key)
    ]


def _is_blank(section: object, key: str) -> bool:
    value = section.get(key) if isinstance(section, Mapping) else None
    return value is None or (isinstance(value, str) and not value.strip())


def _strangers(filled: Mapping[str, object], known: set[str], *, prefix: str) -> list[ContentError]:
    return [
        ContentError(f"{prefix}{key}", "unknown_field", "the template has no such field")
        for key in filled
        if key not in known
    ]


def _check_text(field: Field, value: object, path: str) -> Iterator[ContentError]:
    if not isinstance(value, str):
        yield ContentError(path, "wrong_type", "a text is a string")
    elif len(value) > field.max_length:
        yield ContentError(path, "too_long", f"at most {field.max_length} characters")
    elif not all(character.isprintable() or character in "\n\t" for character in value):
        yield ContentError(path, "wrong_characters", "a text has no control characters")


def _check_choice(field: Field, value: object, path: str) -> Iterator[ContentError]:
    if value not in field.choices:
        yield ContentError(path, "not_a_choice", f"one of: {', '.join(field.choices)}")


def _check_boolean(_: Field, value: object, path: str) -> Iterator[ContentError]:
    if not isinstance(value, bool):
        yield ContentError(path, "wrong_type", "true or false")


def _check_number(field: Field, value: object, path: str) -> Iterator[ContentError]:
    if not isinstance(value, Mapping) or set(value) != {"value", "unit"}:
        yield ContentError(path, "wrong_type", 'a number is an object of "value" and "unit"')
        return
    number = value["value"]
    unit = next((u for u in field.units if u.unit == value["unit"]), None)
    if unit is None:
        allowed = ", ".join(u.unit for u in field.units)
        yield ContentError(f"{path}.unit", "wrong_unit", f"one of: {allowed}")
    if not _is_finite_number(number):
        yield ContentError(f"{path}.value", "wrong_type", "a finite number")
    elif unit is not None and not unit.least <= number <= unit.most:
        bounds = f"{unit.least:g} to {unit.most:g} {unit.unit}"
        yield ContentError(f"{path}.value", "out_of_range", bounds)


def _is_finite_number(value: object) -> TypeGuard[int | float]:
    if isinstance(value, float):
        return isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


_CHECKS: Mapping[FieldKind, Callable[[Field, object, str], Iterator[ContentError]]] = {
    FieldKind.TEXT: _check_text,
    FieldKind.CHOICE: _check_choice,
    FieldKind.NUMBER: _check_number,
    FieldKind.BOOLEAN: _check_boolean,
}
