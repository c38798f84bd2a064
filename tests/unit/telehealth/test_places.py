"""Where a patient says that they are."""

import pytest

from chalicelib.telehealth.places import is_place


@pytest.mark.parametrize("place", ["US-NY", "US-DC", "US-PR", "CA", "CA-ON", "AU-NSW", "MX"])
def test_a_state_of_the_us_or_any_country_is_a_place(place: str) -> None:
    assert is_place(place)


@pytest.mark.parametrize(
    "place", ["US", "US-XX", "US-ny", "us-NY", "NYC", "US-", "US-NY ", "", "USA", "C4"]
)
def test_the_us_alone_is_none_and_states_are_checked(place: str) -> None:
    assert not is_place(place)
