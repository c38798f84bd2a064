from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings, strategies as st

from chalicelib.scheduling.buckets import (
    buckets_of,
    instant_of,
    intervals_of,
    serial_from,
    serial_until,
)

MIDNIGHT = datetime(2026, 7, 1, tzinfo=UTC)
FIVE = timedelta(minutes=5)


def test_a_visit_takes_the_buckets_from_its_start_to_before_its_end() -> None:
    start = MIDNIGHT + timedelta(hours=9)
    taken = buckets_of(start, start + timedelta(minutes=20))
    assert taken == {date(2026, 7, 1): frozenset({108, 109, 110, 111})}


def test_a_visit_over_midnight_utc_takes_two_days() -> None:
    taken = buckets_of(MIDNIGHT - 2 * FIVE, MIDNIGHT + FIVE)
    assert taken == {date(2026, 6, 30): frozenset({286, 287}), date(2026, 7, 1): frozenset({0})}


def test_a_visit_that_ends_at_midnight_utc_takes_one_day() -> None:
    assert buckets_of(MIDNIGHT - FIVE, MIDNIGHT) == {date(2026, 6, 30): frozenset({287})}


def test_the_offset_of_an_instant_does_not_matter() -> None:
    zone = timezone(timedelta(hours=10, minutes=30))
    start = datetime(2026, 7, 1, 9, 30, tzinfo=zone)
    assert buckets_of(start, start + FIVE) == {date(2026, 6, 30): frozenset({23 * 12})}


def test_eight_hours_fit_and_five_minutes_more_do_not() -> None:
    eight = timedelta(hours=8)
    assert sum(map(len, buckets_of(MIDNIGHT, MIDNIGHT + eight).values())) == 96
    with pytest.raises(ValueError, match="at most 96"):
        buckets_of(MIDNIGHT, MIDNIGHT + eight + FIVE)


@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [
        (MIDNIGHT, MIDNIGHT, "ends after"),
        (MIDNIGHT + FIVE, MIDNIGHT, "ends after"),
        (MIDNIGHT + timedelta(minutes=1), MIDNIGHT + FIVE, "grid"),
        (MIDNIGHT, MIDNIGHT + timedelta(seconds=1), "grid"),
        (MIDNIGHT, MIDNIGHT + FIVE + timedelta(microseconds=1), "grid"),
        (MIDNIGHT.replace(tzinfo=None), MIDNIGHT + FIVE, "aware"),
    ],
)
def test_what_no_buckets_can_stand_for_is_refused(
    start: datetime, end: datetime, reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        buckets_of(start, end)


def test_intervals_join_across_midnight_and_part_at_a_gap() -> None:
    taken = {date(2026, 7, 1): {0, 1, 3}, date(2026, 6, 30): {287}}
    assert intervals_of(taken) == (
        (MIDNIGHT - FIVE, MIDNIGHT + 2 * FIVE),
        (MIDNIGHT + 3 * FIVE, MIDNIGHT + 4 * FIVE),
    )


@pytest.mark.parametrize("bucket", [-1, 288])
def test_a_bucket_outside_the_day_is_refused(bucket: int) -> None:
    with pytest.raises(ValueError, match="0 to 287"):
        intervals_of({date(2026, 7, 1): {bucket}})


@given(st.integers(-400, 400), st.integers(1, 96))
@settings(derandomize=True, max_examples=200, deadline=None)
def test_an_interval_comes_back_from_its_buckets(steps: int, length: int) -> None:
    start = MIDNIGHT + steps * FIVE
    end = start + length * FIVE
    assert intervals_of(buckets_of(start, end)) == ((start, end),)


@given(
    st.tuples(st.integers(0, 600), st.integers(1, 96)),
    st.tuples(st.integers(0, 600), st.integers(1, 96)),
)
@settings(derandomize=True, max_examples=200, deadline=None)
def test_two_visits_share_a_bucket_just_when_they_overlap(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    spans = [(MIDNIGHT + s * FIVE, MIDNIGHT + (s + n) * FIVE) for s, n in (one, other)]
    first, second = (buckets_of(*span) for span in spans)
    shared = any(first[day] & second.get(day, frozenset()) for day in first)
    assert shared == (spans[0][0] < spans[1][1] and spans[1][0] < spans[0][1])


@given(st.integers(-(10**7), 10**7))
@settings(derandomize=True, max_examples=200, deadline=None)
def test_whole_buckets_lie_inside_any_interval(seconds: int) -> None:
    instant = MIDNIGHT + timedelta(seconds=seconds)
    after, before = instant_of(serial_from(instant)), instant_of(serial_until(instant))
    assert before <= instant <= after
    assert after - before in (timedelta(0), FIVE)
