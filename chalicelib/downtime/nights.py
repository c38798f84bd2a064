"""When a night's pack is due: each location's own evening, by the clock on its wall. Pure."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


def night_at(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """The instant of `hour` on this day there; in a gap the one that clocks skipped."""
    return datetime.combine(day, time(hour), tzinfo=zone)


def last_night(now: datetime, hour: int, zone: ZoneInfo) -> date:
    """The day whose evening began last."""
    today = now.astimezone(zone).date()
    return today if night_at(today, hour, zone) <= now else today - DAY


def next_night(now: datetime, hour: int, zone: ZoneInfo) -> datetime:
    """When the next evening begins."""
    return night_at(last_night(now, hour, zone) + DAY, hour, zone)
