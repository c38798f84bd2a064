"""Postal addresses."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """As the mail wants it; `state` two or three letters, `country` ISO 3166-1 alpha-2."""

    line1: str
    city: str
    state: str
    postal_code: str
    line2: str | None = None
    country: str = "US"
