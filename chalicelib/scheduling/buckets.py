"""The 5-minute buckets of a UTC day, in which a resource's day-item says what is taken.

Bucket n of a day covers 5n to 5n+5 minutes since 00:00Z. UTC days know no DST, so a changed zone
touches no stored bucket (DESIGN §3). Serial numbers count buckets since 1970-01-01T00:00Z.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta

BUCKET = timedelta(minutes=5)
BUCKETS_A_DAY = 288
MOST_BUCKETS = 96
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = _EPOCH.date()


def buckets_of(start: datetime, end: datetime) -> dict[date, frozenset[int]]:
    """The buckets of `[start, end)` by UTC day: two days where it crosses 00:00Z.

    ValueError: naive, off the 5-minute grid, empty, or over 96 buckets (8 hours), which is what
    one condition expression of the store can hold.
    """
    first, last = _serial_of(start), _serial_of(end)
    if last <= first:
        raise ValueError("an appointment ends after it starts")
    if last - first > MOST_BUCKETS:
        raise ValueError(f"an appointment takes at most {MOST_BUCKETS} buckets of 5 minutes")
    numbers: dict[date, set[int]] = {}
    for serial in range(first, last):
        day, bucket = divmod(serial, BUCKETS_A_DAY)
        numbers.setdefault(_EPOCH_DAY + timedelta(days=day), set()).add(bucket)
    return {day: frozenset(buckets) for day, buckets in numbers.items()}


def intervals_of(taken: Mapping[date, Collection[int]]) -> tuple[tuple[datetime, datetime], ...]:
    """The maximal intervals `[start, end)` that the buckets cover, in order; undoes `buckets_of`.

    Runs join across 00:00Z. ValueError if a number is not within 0–287.
    """
    runs: list[tuple[int, int]] = []
    for serial in sorted(serial_numbers(taken)):
        if runs and runs[-1][1] == serial:
            runs[-1] = (runs[-1][0], serial + 1)
        else:
            runs.append((serial, serial + 1))
    return tuple((instant_of(first), instant_of(last)) for first, last in runs)


def serial_from(instant: datetime) -> int:
    """The first bucket that begins at `instant` or later."""
    return -((_EPOCH - instant) // BUCKET)


def serial_until(instant: datetime) -> int:
    """One past the last bucket that ends at `instant` or earlier."""
    return (instant - _EPOCH) // BUCKET


def instant_of(serial: int) -> datetime:
    """When the bucket begins."""
    return _EPOCH + serial * BUCKET


def serial_numbers(taken: Mapping[date, Collection[int]]) -> frozenset[int]:
    """All taken buckets as serial numbers. ValueError if a number is not within 0–287."""
    if any(not 0 <= bucket < BUCKETS_A_DAY for day in taken.values() for bucket in day):
        raise ValueError(f"a bucket is a number from 0 to {BUCKETS_A_DAY - 1}")
    return frozenset(
        (day - _EPOCH_DAY).days * BUCKETS_A_DAY + bucket
        for day, buckets in taken.items()
        for bucket in buckets
    )


def _serial_of(instant: datetime) -> int:
    if instant.tzinfo is None:
        raise ValueError("an instant is an aware datetime")
    if instant_of(serial_from(instant)) != instant:
        raise ValueError(f"{instant.isoformat()} is not on the 5-minute grid")
    return serial_from(instant)
