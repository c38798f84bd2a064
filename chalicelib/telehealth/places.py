"""Where a patient is during a visit, as licensure asks: ISO 3166-2, `US-NY`; elsewhere `CA`. Pure."""

import re

_STATES = frozenset(
    {
        "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "DC", "FL", "GA", "HI", "ID", "IL", "IN", "IA",
        "KS", "KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM",
        "NY", "NC", "ND", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA",
        "WV", "WI", "WY", "AS", "GU", "MP", "PR", "VI",
    }
)  # fmt: skip
_PLACE = re.compile(r"([A-Z]{2})(?:-([A-Z0-9]{1,3}))?")


def is_place(text: str) -> bool:
    """A country, and within the US one of its states, its district or its territories."""
    found = _PLACE.fullmatch(text)
    if found is None:
        return False
    return found[1] != "US" or found[2] in _STATES
