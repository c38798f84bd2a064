"""Attributes that PynamoDB lacks: strict integers, UTC instants, dates, values, gzipped text."""

import gzip
from datetime import date, datetime
from functools import cached_property
from typing import Any

from pydantic import TypeAdapter
from pynamodb.attributes import Attribute
from pynamodb.constants import BINARY, NUMBER, NUMBER_SET, STRING

from ..clock import from_iso, iso


class IntegerAttribute(Attribute[int]):
    """An integer; PynamoDB's own number attribute gives floats."""

    attr_type = NUMBER

    def serialize(self, value: int) -> str:
        if type(value) is not int:
            raise TypeError(f"{self.attr_name} holds integers")
        return str(value)

    def deserialize(self, value: str) -> int:
        return int(value)


class IntegerSetAttribute(Attribute[set[int]]):
    """A set of integers; an empty set is stored as no attribute."""

    attr_type = NUMBER_SET

    def serialize(self, value: set[int]) -> list[str] | None:
        return [str(number) for number in sorted(value)] or None

    def deserialize(self, value: list[str]) -> set[int]:
        return {int(number) for number in value}


class InstantAttribute(Attribute[datetime]):
    """An aware datetime, as sortable UTC text. ValueError for a naive one."""

    attr_type = STRING

    def serialize(self, value: datetime) -> str:
        return iso(value)

    def deserialize(self, value: str) -> datetime:
        return from_iso(value)


class DateAttribute(Attribute[date]):
    """A calendar date, `2026-11-23`."""

    attr_type = STRING

    def serialize(self, value: date) -> str:
        return value.isoformat()

    def deserialize(self, value: str) -> date:
        return date.fromisoformat(value)


class GzipTextAttribute(Attribute[str]):
    """Long text, gzipped; the same text gives the same bytes."""

    attr_type = BINARY

    def serialize(self, value: str) -> bytes:
        return gzip.compress(value.encode(), mtime=0)

    def deserialize(self, value: bytes) -> str:
        return gzip.decompress(value).decode()


class ValueAttribute(Attribute[Any]):
    """A frozen dataclass, or tuples of them, as compact JSON: `ValueAttribute(tuple[Address, ...])`.

    Fields a past or future release does not know are ignored on read. A field at its default is not
    stored: a default, once released, never changes.
    """

    attr_type = STRING

    def __init__(self, shape: Any, **options: Any) -> None:
        super().__init__(**options)
        self._shape = shape

    @cached_property
    def _adapter(self) -> TypeAdapter[Any]:
        return TypeAdapter(self._shape)

    def serialize(self, value: Any) -> str:
        return self._adapter.dump_json(value, exclude_none=True, exclude_defaults=True).decode()

    def deserialize(self, value: str) -> Any:
        return self._adapter.validate_json(value)


class GzipValueAttribute(ValueAttribute):
    """As `ValueAttribute`, gzipped: for values of several KB."""

    attr_type = BINARY

    def serialize(self, value: Any) -> Any:
        return gzip.compress(super().serialize(value).encode(), mtime=0)

    def deserialize(self, value: Any) -> Any:
        return super().deserialize(gzip.decompress(value).decode())
