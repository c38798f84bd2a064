"""The stored shape of a day: small enough that a year is one cheap Query."""

from datetime import UTC, date, datetime
from typing import Any

from chalicelib.platform.store import Record
from chalicelib.reporting.figures import COUNTERS
from chalicelib.reporting.models import CountedEvent, DayRollup, ReceivablesMonth
from tests.benchmarks.pricing import Consistency, item_size, read_units

PRACTICE = "prc_01JDE00000000000000000000A"
DAY = date(2026, 3, 2)
MONEY = (
    "charged", "insurance_paid", "adjusted", "patient_responsibility", "patient_paid", "fees",
)  # fmt: skip
LARGEST_SIZE, YEAR_UNITS = 336, 15


def full() -> dict[str, Any]:
    """A day with 99,999 of everything, and money of twelve digits that was taken back."""
    values = {name: -999_999_999_999 if name in MONEY else 99_999 for name in COUNTERS}
    rollup = DayRollup(*DayRollup.key(PRACTICE, DAY), **values)
    rollup.version = 999_999
    return rollup.serialize()


def test_a_full_day_fits_its_size():
    assert item_size(full()) <= LARGEST_SIZE


def test_a_year_of_full_days_is_within_the_budget():
    assert read_units(366 * item_size(full()), Consistency.EVENTUAL) <= YEAR_UNITS


def test_every_counter_is_stored_under_a_short_name_of_its_own():
    own = DayRollup.get_attributes().keys() - Record.get_attributes().keys()
    stored = [attribute.attr_name for attribute in DayRollup.get_attributes().values()]
    assert own == set(COUNTERS)
    assert len(set(stored)) == len(stored)
    assert all(len(DayRollup.get_attributes()[name].attr_name) == 2 for name in own)


def test_a_day_reads_back_as_it_was_stored():
    read = DayRollup.from_raw_data(full())
    assert read.day == DAY
    assert (read.counts.no_show, read.counts.charged) == (99_999, -999_999_999_999)


def test_a_day_that_lacks_counters_has_them_at_zero():
    key = DayRollup.key(PRACTICE, DAY)
    stored = {
        "pk": {"S": key.pk},
        "sk": {"S": key.sk},
        "kind": {"S": "rollup"},
        "schema": {"N": "1"},
        "version": {"N": "1"},
        "bk": {"N": "4"},
    }
    counts = DayRollup.from_raw_data(stored).counts
    assert (counts.booked, counts.completed, counts.patient_paid) == (4, 0, 0)


def test_the_keys_are_as_documented():
    assert DayRollup.key("prc_1", DAY) == ("prc_1#rollup#", "2026-03-02#")
    assert ReceivablesMonth.key("prc_1", DAY) == ("prc_1#receivables#", "2026-03#")
    assert CountedEvent.key("prc_1", "evt_2") == ("prc_1#counted#evt_2#", "seen#")


def test_the_months_before_a_day_are_those_before_its_month():
    low, high = ReceivablesMonth.before(DAY)
    taken = [
        month
        for month in ("0999-12#", "2025-12#", "2026-02#", "2026-03#", "2026-04#")
        if low <= month <= high
    ]
    assert taken == ["0999-12#", "2025-12#", "2026-02#"]


def test_a_mark_outlives_what_the_queues_keep():
    now = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
    kept = CountedEvent.of("prc_1", "evt_2", now).expires_at - now.timestamp()
    assert kept == 30 * 24 * 3600
