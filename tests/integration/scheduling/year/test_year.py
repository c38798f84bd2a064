"""A year of a ten-provider practice: counts stay, reminders go once, buckets and figures are right."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from random import Random

import pytest

from tests.world import World

from . import standing
from .acts import Acts
from .driver import Driver
from .plan import Quarter
from .practice import practice, read_once
from .providers import noting

QUARTERS = {
    1: (date(2026, 1, 5), date(2026, 3, 31)),
    2: (date(2026, 4, 1), date(2026, 6, 30)),
    3: (date(2026, 7, 1), date(2026, 9, 30)),
    4: (date(2026, 10, 1), date(2026, 12, 31)),
}
"""The clock of New York changes in the first (8 March) and in the last (1 November)."""
A_TENTH, ALL = 1_000, 10_000
"""Appointments of a quarter."""


@pytest.mark.check
@pytest.mark.parametrize("quarter", QUARTERS)
def test_a_tenth_of_a_year_goes_as_the_oracle_says(aws: None, quarter: int) -> None:
    _play(quarter, A_TENTH, seed=2026 + quarter, wide=False)


@pytest.mark.campaign
@pytest.mark.parametrize("quarter", QUARTERS)
def test_a_year_goes_as_the_oracle_says(aws: None, quarter: int) -> None:
    _play(quarter, ALL, seed=2036 + quarter, wide=False)


@pytest.mark.campaign
@pytest.mark.parametrize("quarter", QUARTERS)
def test_nothing_else_that_listens_disturbs_it(aws: None, quarter: int) -> None:
    _play(quarter, A_TENTH, seed=2046 + quarter, wide=True)


def _play(quarter: int, many: int, *, seed: int, wide: bool) -> None:
    first, last = QUARTERS[quarter]
    chance = Random(seed)
    with _told(seed), noting() as sent:
        world = World(datetime.combine(first, time(5), UTC))
        built = practice(world, many // 10, chance)
        driver = Driver(built, chance, sent, wide)
        acts = Acts(driver)
        with read_once(built.at):
            Quarter(acts, first, last, many).play()
        standing.every_reminder_went_once(driver)
        standing.the_dashboard_is_the_oracle_s(driver, first, last)
        acts.counts.are_constant()
        _is_as_usual(driver, many)


def _is_as_usual(driver: Driver, many: int) -> None:
    """The quarter was one: so many came, moved, cancelled and did not come."""
    made, reminded = driver.oracle.made, list(driver.oracle.reminded.values())
    assert made["booked"] > 0.93 * many
    for what, share in (("no_show", 0.08), ("rescheduled", 0.12), ("cancelled", 0.08)):
        assert 0.6 * share < made[what] / made["booked"] < 1.6 * share, (what, made)
    assert reminded.count("sent") > 0.6 * many
    assert reminded.count("skipped") > 0.1 * many


@contextmanager
def _told(seed: int) -> Iterator[None]:
    """A failure prints the seed."""
    try:
        yield
    except BaseException as error:
        error.add_note(f"seed {seed}")
        raise
