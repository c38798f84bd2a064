"""Whether a visit lies within the hours of its practitioner and of its location."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from ..platform.errors import FieldError
from ..practices.models import Location
from .availability import (
    AvailabilityException,
    ExceptionKind,
    WeeklyRule,
    WorkingHours,
    windows_of,
)
from .buckets import BUCKET
from .errors import OutsideAvailability
from .free_slots import SlotDemand, free_slots
from .local_time import local_day, zone_named
from .set_up.models import Availability

_ONE_DAY = timedelta(days=1)
_SOME_MONDAY = date(1, 1, 1)


def hours_at(
    availability: Availability, location: Location, type_id: str | None = None
) -> WorkingHours:
    """Their hours at one location, for one type or for any; only while the location is open."""
    return replace(
        _open_hours(location),
        rules=availability.rules_at(location.id, type_id),
        exceptions=(
            *availability.exceptions_at(location.id, type_id),
            *_holidays(location),
        ),
    )


def refuse_outside_hours(
    availability: Availability | None,
    location: Location,
    *,
    demand: SlotDemand,
    starts: datetime,
    type_id: str,
    field: str = "starts_at",
) -> None:
    """OutsideAvailability unless the visit with its buffers lies within the provider's hours.

    Its error says `location_closed`, `type_not_offered` where the hours are others', or
    `outside_availability`. The hours are not locked: leave entered at the same moment meets what
    is booked already.
    """
    hours = None if availability is None else hours_at(availability, location, type_id)
    if hours is not None and _fits(hours, demand, starts):
        return
    if not _fits(_open_hours(location), demand, starts):
        raise OutsideAvailability(
            errors=(FieldError("starts_at", "location_closed", "The location is closed then"),)
        )
    if availability is not None and _fits(hours_at(availability, location), demand, starts):
        raise OutsideAvailability(
            errors=(FieldError(field, "type_not_offered", "These hours are for other types"),)
        )
    raise OutsideAvailability(
        errors=(FieldError(field, "outside_availability", OutsideAvailability.title),)
    )


def _open_hours(location: Location) -> WorkingHours:
    """When somebody who always works could be booked there."""
    opening = location.opening_hours
    always = tuple(
        WeeklyRule(weekday, time(0), time(0), location.id, _SOME_MONDAY) for weekday in range(7)
    )
    return WorkingHours(
        zone_named(location.time_zone),
        always,
        tuple(_holidays(location)),
        opening
        and tuple(
            WeeklyRule(each.weekday, each.starts, each.ends, location.id, _SOME_MONDAY)
            for each in opening
        ),
    )


def _holidays(location: Location) -> Iterator[AvailabilityException]:
    for day in location.holidays or ():
        starts = datetime.combine(day, time.min)
        yield AvailabilityException(ExceptionKind.CLOSED, starts, starts + _ONE_DAY, location.id)


def _fits(hours: WorkingHours, demand: SlotDemand, starts: datetime) -> bool:
    day = local_day(starts, hours.zone)
    return bool(
        free_slots(
            windows_of(hours, day - _ONE_DAY, day + _ONE_DAY),
            {},
            demand=SlotDemand(demand.length, 5, before=demand.before, after=demand.after),
            earliest=starts,
            latest=starts + BUCKET,
        )
    )
