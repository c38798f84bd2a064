"""Money: integer minor units and an ISO 4217 currency."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

MINOR_DIGITS = {"USD": 2, "CAD": 2, "AUD": 2, "NZD": 2, "GBP": 2, "EUR": 2, "JPY": 0}


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (cents for USD) of one currency."""

    amount: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise ValueError(f"{other.currency} does not add to {self.currency}")
        return other.amount


def minor_units(text: str, currency: str = "USD") -> int:
    """`"125.5"` → 12550. ValueError if `text` is no plain decimal or has too many digits."""
    try:
        scaled = Decimal(text).scaleb(MINOR_DIGITS[currency])
    except InvalidOperation as error:
        raise ValueError(f"{text!r} is not an amount") from error
    if not scaled.is_finite() or scaled != scaled.to_integral_value():
        raise ValueError(f"{text!r} is not an amount in {currency}")
    return int(scaled)


def decimal_text(amount: int, currency: str = "USD") -> str:
    """12550 → `"125.5"`, 12500 → `"125"`: the X12 R type, no trailing zeros."""
    value = Decimal(amount).scaleb(-MINOR_DIGITS[currency])
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
