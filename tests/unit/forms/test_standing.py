"""Whether a patient's copy of a form holds on a day."""

from datetime import UTC, date, datetime

import pytest

from chalicelib.forms.standing import Entry, Outcome, Standing, months_later, standing_on

SIGNED = date(2026, 1, 31)


def _entry(outcome: Outcome = Outcome.RECEIVED, on: date = SIGNED) -> Entry:
    return Entry(outcome, on, "patient", 1, datetime(2026, 2, 1, tzinfo=UTC), "usr_1")


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 3, 2), 24, date(2028, 3, 2)),
    ],
)
def test_a_later_month_has_the_same_day_or_its_last(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


@pytest.mark.parametrize(
    ("history", "months", "day", "standing"),
    [
        ([], None, SIGNED, Standing.NONE),
        ([_entry()], None, date(2056, 1, 1), Standing.VALID),
        ([_entry()], 12, date(2027, 1, 30), Standing.VALID),
        ([_entry()], 12, date(2027, 1, 31), Standing.EXPIRED),
        ([_entry(), _entry(Outcome.WITHDRAWN)], None, SIGNED, Standing.WITHDRAWN),
        ([_entry(Outcome.REFUSED)], None, SIGNED, Standing.REFUSED),
        ([_entry(Outcome.REFUSED), _entry()], None, SIGNED, Standing.VALID),
        ([_entry(), _entry(on=date(2026, 6, 1))], 12, date(2027, 5, 31), Standing.VALID),
    ],
)
def test_what_came_last_counts(
    history: list[Entry], months: int | None, day: date, standing: Standing
) -> None:
    assert standing_on(history, months, day) is standing
