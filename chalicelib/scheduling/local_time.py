"""A clinic's wall-clock time ↔ UTC instants, over every change of its zone.

Local times here are naive datetimes of the zone; instants are aware and in UTC.
Source of the two-sided rule at gaps and folds: PEP 495; of the zones: IANA tz database.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_ONE_DAY = timedelta(days=1)
_ONE_SECOND = timedelta(seconds=1)


class GapTime(ValueError):
    """The clinic's clock skips this local time (clocks go forward)."""

    code = "local_time_in_gap"


class FoldTime(ValueError):
    """The clinic's clock shows this local time twice: only an offset tells which is meant."""

    code = "local_time_ambiguous"


class WrongOffset(ValueError):
    """The zone does not have the given offset at this local time."""

    code = "local_time_wrong_offset"


def zone_named(name: str) -> ZoneInfo:
    """`"America/New_York"` → its zone. ValueError if the IANA database has no such name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no IANA time zone") from error


def utc_instant(local: datetime, zone: ZoneInfo, *, offset: timedelta | None = None) -> datetime:
    """The one instant at which the clock of `zone` shows the naive `local`.

    GapTime: it never does. FoldTime: it does twice and no `offset` from UTC is given.
    WrongOffset: `offset` is given, and none of the instants has it.
    """
    _require_naive(local)
    instants = {_read_with(local, zone, fold=fold) for fold in (0, 1)}
    shown = sorted(instant for instant in instants if wall_clock(instant, zone) == local)
    if not shown:
        raise GapTime(f"{local.isoformat()} does not exist in {zone.key}")
    if offset is not None:
        shown = [instant for instant in shown if local - offset == instant.replace(tzinfo=None)]
    if not shown:
        raise WrongOffset(f"{local.isoformat()} has another UTC offset in {zone.key}")
    if len(shown) > 1:
        raise FoldTime(f"{local.isoformat()} happens twice in {zone.key}: give its UTC offset")
    return shown[0]


def first_instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The earliest instant at which the clock of `zone` shows the naive `local` or later.

    For opening hours and day bounds, which must not fail at a change: a time in a gap moves to
    the gap's end, a time in a fold is the first of the two.
    """
    _require_naive(local)
    latest = _read_with(local, zone, fold=0)
    if wall_clock(latest, zone) == local:
        return latest
    too_early = _read_with(local, zone, fold=1)
    while latest - too_early > _ONE_SECOND:
        between = too_early + (latest - too_early) // (2 * _ONE_SECOND) * _ONE_SECOND
        if wall_clock(between, zone) < local:
            too_early = between
        else:
            latest = between
    return latest


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """First instant of the local `day` and of the next one: 23, 24 or 25 hours apart as a rule."""
    midnight = datetime.combine(day, time.min)
    return first_instant(midnight, zone), first_instant(midnight + _ONE_DAY, zone)


def wall_clock(instant: datetime, zone: ZoneInfo) -> datetime:
    """The naive local time that the clock of `zone` shows at `instant`."""
    if instant.tzinfo is None:
        raise ValueError("an instant is an aware datetime")
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """The clinic's calendar day at `instant`."""
    return wall_clock(instant, zone).date()


def _read_with(local: datetime, zone: ZoneInfo, *, fold: int) -> datetime:
    return local.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def _require_naive(local: datetime) -> None:
    if local.tzinfo is not None:
        raise ValueError("a local time is a naive datetime")
