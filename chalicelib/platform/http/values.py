"""The shapes all requests and answers share: strict in, frozen, built when first used."""

from datetime import time
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    NaiveDatetime,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from ..money import Money
from ..postal import Address

_FROZEN = ConfigDict(frozen=True, defer_build=True, from_attributes=True)

Instant = Annotated[
    AwareDatetime,
    PlainSerializer(lambda at: at.isoformat(timespec="seconds").replace("+00:00", "Z")),
]


def _without_offset(at: time) -> time:
    if at.tzinfo is not None:
        raise ValueError("A local time has no offset")
    return at


_CLOCK = r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?"
_LEAP_YEAR = r"([1-9]\d(0[48]|[2468][048]|[13579][26])|([2468][048]|[13579][26])00)"
_DAY = (
    r"([1-9]\d{3}-((0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|"
    r"(0[469]|11)-(0[1-9]|[12]\d|30)|02-(0[1-9]|1\d|2[0-8]))|"
    rf"{_LEAP_YEAR}-02-29)"
)
LocalTime = Annotated[
    time,
    AfterValidator(_without_offset),
    WithJsonSchema({"type": "string", "pattern": rf"^{_CLOCK}$", "examples": ["09:00"]}),
]
"""A time of day at a place. JSON Schema's `time` has an offset, and says something else."""
LocalDateTime = Annotated[
    NaiveDatetime,
    WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^{_DAY}T{_CLOCK}$",
            "examples": ["2026-12-24T12:00:00"],
        }
    ),
]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""As numbers they are places in it: 0 is Monday."""
INK = r"[^\x00-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
"""Anything but what is taken off the ends: a text of blanks alone is none, and the document says so."""
Line = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        min_length=1,
        max_length=200,
        pattern=rf"^[^\x00-\x1f]*{INK}[^\x00-\x1f]*$",
    ),
]
Short = Annotated[Line, StringConstraints(max_length=60)]
"""A name as X12 carries it. A limit set by `Field` on a `Line` is lost: pydantic keeps Line's 200."""
Text = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=20_000, pattern=r"^[^\x00]*$")
]
Words = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        min_length=1,
        max_length=20_000,
        pattern=rf"^[^\x00]*{INK}[^\x00]*$",
    ),
]
"""A `Text` that says something."""


Flag = Annotated[bool, BeforeValidator(bool)]
"""In an answer: what is stored only where it is true."""


class Body(BaseModel):
    """A request body: a field it does not know is refused (400)."""

    model_config = ConfigDict(**_FROZEN, extra="forbid")


class Query(BaseModel):
    """Query parameters, one value each; unknown ones are refused (400)."""

    model_config = ConfigDict(**_FROZEN, extra="forbid")


class Answer(BaseModel):
    """An answer. `version`, where there is one, becomes the ETag; `id` the Location of a 201."""

    model_config = _FROZEN


class MoneyValue(Body):
    """`{"amount": 12550, "currency": "USD"}`: minor units."""

    amount: int = Field(ge=-(10**12), le=10**12, examples=[12550])
    currency: str = Field(pattern=r"^[A-Z]{3}$", examples=["USD"])

    @classmethod
    def of(cls, amount: int, currency: str) -> "MoneyValue":
        return cls(amount=amount, currency=currency)

    def money(self) -> Money:
        return Money(self.amount, self.currency)


def fields_of(model: BaseModel) -> dict[str, Any]:
    """A body's fields by name, nested models kept as they are."""
    return {name: getattr(model, name) for name in type(model).model_fields}


class AddressValue(Body):
    """A postal address. US practices give the state as two letters and ZIP or ZIP+4."""

    line1: Line
    line2: Line | None = None
    city: Line
    state: str = Field(pattern=r"^[A-Z]{2,3}$", examples=["NY"])
    postal_code: str = Field(pattern=r"^[A-Z0-9 -]{3,10}$", examples=["10001-1234"])
    country: str = Field(default="US", pattern=r"^[A-Z]{2}$")

    def address(self) -> Address:
        return Address(**self.model_dump())
