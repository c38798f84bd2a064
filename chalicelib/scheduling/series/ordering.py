"""Series are ordered here, and carried out off the queue, occurrence by occurrence."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from ...patients.models import Patient
from ...platform import outbox
from ...platform.context import Context
from ...platform.errors import NotFound, invalid_field
from ...platform.store import find_many, get
from ...practices.service import zone_of
from ..errors import SeriesUnderWay
from ..local_time import FoldTime, GapTime, WrongOffset, first_instant, utc_instant
from ..placing import Named, Place, bookable_start, refuse_elsewhere, refuse_missing
from ..reasons.checking import keys_of, reason_of
from ..set_up.models import AppointmentType
from .models import Occurrence, Order, Series
from .recurrence import BadRule, occurrences
from .schemas import SeriesCancellation, SeriesMove, SeriesRequest

BOOK, CANCEL, MOVE = "book", "cancel", "move"


def order_series(context: Context, body: SeriesRequest) -> Series:
    """Plan the occurrences; each is booked in a moment, or says why not.

    Invalid (422): a rule that is none, endless, or over 104; a start at which nothing can be booked;
    what is not there.
    """
    context.concerns(body.patient_id)
    refuse_elsewhere(context, body.location_id)
    place = Place(context.practice_id, body.practitioner_id, body.location_id, body.room_id)
    named: list[Named] = [
        ("type_id", AppointmentType, AppointmentType.key(context.practice_id, body.type_id)),
        ("patient_id", Patient, Patient.key(context.practice_id, body.patient_id)),
    ]
    keys = [*place.keys(), *(key for _, _, key in named), *keys_of(context, body.reason)]
    found = find_many(keys, consistent=True)
    refuse_missing(found, *named)
    location = place.location(found)
    series = Series(
        *Series.key(context.practice_id, context.new_id("srs")),
        patient_id=body.patient_id,
        practitioner_id=body.practitioner_id,
        location_id=body.location_id,
        room_id=body.room_id,
        type_id=body.type_id,
        bill_to=body.bill_to,
        reason=reason_of(context, body.reason, found, body.starts.date()),
        time_zone=location.time_zone,
        rule=body.rule,
        occurrences=_planned(context, body, zone_of(location.time_zone)),
        order=Order(BOOK),
    )
    context.work.create(series)
    _tell(context, series)
    return series


def read_series(context: Context, series_id: str) -> Series:
    """NotFound without one, and for one where the caller does not work."""
    series = get(Series, Series.key(context.practice_id, series_id))
    if not context.allows_at(series.location_id):
        raise NotFound
    context.concerns(series.patient_id)
    return series


def cancel_series(context: Context, series_id: str, body: SeriesCancellation) -> Series:
    """Cancel from `first` on. SeriesUnderWay (409) while an order is carried out."""
    return _order(context, series_id, Order(CANCEL, body.first, reason=body.reason))


def move_series(context: Context, series_id: str, body: SeriesMove) -> Series:
    """Move from `first` on. SeriesUnderWay (409) while an order is carried out."""
    order = Order(MOVE, body.first, minutes=body.minutes, practitioner_id=body.practitioner_id)
    return _order(context, series_id, order)


def at(zone: ZoneInfo, occurrence: Occurrence, local: datetime) -> Occurrence:
    """The occurrence at a local time: the first of two, and no instant where the clock skips it."""
    try:
        utc_instant(local, zone)
    except GapTime:
        return replace(occurrence, local=local, starts_at=None)
    except ValueError:
        pass  # twice: RFC 5545 means the first
    return replace(occurrence, local=local, starts_at=first_instant(local, zone))


def _planned(context: Context, body: SeriesRequest, zone: ZoneInfo) -> tuple[Occurrence, ...]:
    first = _first(context, body, zone)
    try:
        times = occurrences(body.rule, body.starts)
    except BadRule as error:
        raise invalid_field("rule", error.code, str(error)) from None
    planned = [at(zone, Occurrence(n, local), local) for n, local in enumerate(times, start=1)]
    return tuple(
        replace(each, starts_at=first) if each.local == body.starts else each for each in planned
    )


def _first(context: Context, body: SeriesRequest, zone: ZoneInfo) -> datetime:
    """The instant that is asked for. Invalid: the clock never shows it, or twice and no offset is
    given; past, over five years ahead, or off the grid, as of one visit.
    """
    asked = body.starts_offset
    offset = datetime.strptime(asked, "%z").utcoffset() if asked else None
    try:
        instant = utc_instant(body.starts, zone, offset=offset)
    except (GapTime, FoldTime) as refused:
        raise invalid_field("starts", refused.code, str(refused)) from None
    except WrongOffset as refused:
        raise invalid_field("starts_offset", refused.code, str(refused)) from None
    except OverflowError:
        raise invalid_field("starts", "out_of_range", "No calendar has this time") from None
    return bookable_start(context, instant, field="starts")


def _order(context: Context, series_id: str, order: Order) -> Series:
    series = read_series(context, series_id)
    if series.order is not None:
        raise SeriesUnderWay
    if order.first > len(series.occurrences):
        raise invalid_field("first", "not_found", "The series has no such occurrence")
    series.order = order
    series.orders += 1
    context.work.save(series)
    _tell(context, series)
    return series


def _tell(context: Context, series: Series) -> None:
    outbox.publish(context, "series.ordered", series.id, series.version)
