"""Rooms, equipment, appointment types, and a practitioner's hours."""

from collections.abc import Callable
from typing import Any, TypeVar

from ...forms.models import Form
from ...platform.context import Context
from ...platform.errors import FieldError, Forbidden, Invalid, NotFound, Stale, invalid_field
from ...platform.http import WEEKDAYS
from ...platform.store import Key, Record, find_many, get, query_all
from ...practices.models import Location, Practice, Practitioner
from ...practices.service import read_location
from ..availability import WeeklyRule
from ..errors import SetUpFull
from ..needs import Need
from ..placing import Named, refuse_elsewhere, refuse_missing
from .models import LEAVE, NOBODY, AppointmentType, Availability, Equipment, HoursException, Room
from .schemas import (
    AppointmentTypeBody,
    AvailabilityBody,
    EquipmentBody,
    EquipmentChange,
    ExceptionValue,
    RoomBody,
    RoomChange,
    RuleValue,
)

T = TypeVar("T")
V = TypeVar("V")
Thing = TypeVar("Thing", Room, Equipment)
EXCEPTION_YEARS = range(2000, 2101)
MOST_THINGS, MOST_TYPES = 500, 200
"""As many rooms, and as many devices, retired ones too, and types a practice has."""


def add_room(context: Context, body: RoomBody) -> Room:
    """Invalid if there is no such location, or the caller does not work there; SetUpFull (409)."""
    _refuse_no_location(context, body.location_id)
    _refuse_full(context, "room#", MOST_THINGS)
    room = Room(*Room.key(context.practice_id, context.new_id("rom")), **_thing(body))
    context.work.create(room)
    return room


def add_equipment(context: Context, body: EquipmentBody) -> Equipment:
    """As `add_room`."""
    _refuse_no_location(context, body.location_id)
    _refuse_full(context, "equipment#", MOST_THINGS)
    key = Equipment.key(context.practice_id, context.new_id("eqp"))
    equipment = Equipment(*key, **_thing(body))
    context.work.create(equipment)
    return equipment


def change_room(context: Context, room_id: str, body: RoomChange) -> Room:
    """What is booked stays. NotFound; Invalid for another location than its own."""
    return _changed(context, Room, Room.key(context.practice_id, room_id), body)


def change_equipment(context: Context, equipment_id: str, body: EquipmentChange) -> Equipment:
    """As `change_room`."""
    return _changed(context, Equipment, Equipment.key(context.practice_id, equipment_id), body)


def _changed(
    context: Context, kind: type[Thing], key: Key, body: RoomChange | EquipmentChange
) -> Thing:
    thing = get(kind, key)
    if not context.allows_at(thing.location_id):
        raise NotFound
    context.matching(thing)
    if body.location_id != thing.location_id:
        raise invalid_field("location_id", "fixed", "It stays where it is: add another one there")
    for name, value in {**_thing(body), "retired": body.retired or None}.items():
        setattr(thing, name, value)
    context.work.save(thing)
    return thing


def list_equipment(context: Context) -> list[Equipment]:
    """What there is where the caller works."""
    found = query_all(Practice.key(context.practice_id).pk, begins="equipment#")
    return [each for each in found if context.allows_at(each.location_id)]


def list_rooms(context: Context) -> list[Room]:
    """Those where the caller works."""
    rooms = query_all(Practice.key(context.practice_id).pk, begins="room#")
    return [room for room in rooms if context.allows_at(room.location_id)]


def add_type(context: Context, body: AppointmentTypeBody) -> AppointmentType:
    """Invalid if it takes more than 8 hours with its buffers, or names a form that is not there.

    SetUpFull (409).
    """
    _refuse_no_forms(context, body)
    made = AppointmentType(*AppointmentType.key(context.practice_id, context.new_id("typ")))
    _refuse_full(context, "appointment-type#", MOST_TYPES)
    _fill_type(made, body)
    context.work.create(made)
    return made


def change_type(context: Context, type_id: str, body: AppointmentTypeBody) -> AppointmentType:
    """What is booked already keeps its length, and stays when it is retired."""
    key = AppointmentType.key(context.practice_id, type_id)
    changed = context.matching(get(AppointmentType, key))
    _refuse_no_forms(context, body)
    _fill_type(changed, body)
    context.work.save(changed)
    return changed


def list_types(context: Context) -> list[AppointmentType]:
    return list(query_all(Practice.key(context.practice_id).pk, begins="appointment-type#"))


def read_availability(context: Context, practitioner_id: str) -> Availability:
    """Their hours where the caller works; version 0 where none were set yet. NotFound."""
    hours = _availability(context, practitioner_id, location_ids=set())[0]
    hours.rules = tuple(rule for rule in hours.rules if context.allows_at(rule.location_id))
    hours.exceptions = tuple(
        each
        for each in hours.exceptions
        if each.location_id is None or context.allows_at(each.location_id)
    )
    return hours


def set_availability(
    context: Context, practitioner_id: str, body: AvailabilityBody
) -> Availability:
    """Replace all hours; what is booked stays. Invalid names the rule or exception that cannot be.

    Forbidden where the practitioner has hours at a location at which the caller does not work.
    """
    named = _locations_by_field(body)
    availability, known = _availability(context, practitioner_id, location_ids=set(named.values()))
    context.matching(availability)
    if not all(context.allows_at(each) for each in availability.location_ids):
        raise Forbidden("There are hours at other locations than yours")
    known = {each for each in known if context.allows_at(each)}
    _refuse_unknown(named, known)
    _refuse_unknown_types(context, body)
    availability.rules = tuple(
        _stated(rule, _rule, field=f"rules.{at}") for at, rule in enumerate(body.rules)
    )
    availability.exceptions = tuple(
        _stated(each, _exception, field=f"exceptions.{at}")
        for at, each in enumerate(body.exceptions)
    )
    if availability.version == 0:
        context.work.create(availability, refusal=Stale())
    else:
        context.work.save(availability)
    return availability


def _refuse_no_forms(context: Context, body: AppointmentTypeBody) -> None:
    keys = [Form.key(context.practice_id, each) for each in body.form_ids]
    found = find_many(keys, consistent=True) if keys else {}
    refuse_missing(found, *((f"form_ids.{at}", Form, key) for at, key in enumerate(keys)))


def _refuse_full(context: Context, begins: str, most: int) -> None:
    """They are listed whole, and read whole where one is chosen by kind."""
    known = query_all(Practice.key(context.practice_id).pk, begins=begins)
    if sum(1 for _ in known) >= most:
        raise SetUpFull


def _refuse_no_location(context: Context, location_id: str) -> None:
    refuse_elsewhere(context, location_id)
    try:
        read_location(context, location_id)
    except NotFound:
        raise invalid_field("location_id", "not_found", "No such location") from None


def _thing(body: RoomBody) -> dict[str, Any]:
    return {
        "name": body.name,
        "location_id": body.location_id,
        "of_kind": body.of_kind,
        "features": set(body.features) or None,
    }


def _fill_type(kind: AppointmentType, body: AppointmentTypeBody) -> None:
    kind.name = body.name
    kind.minutes = body.minutes
    kind.minutes_before = body.minutes_before
    kind.minutes_after = body.minutes_after
    kind.modality = body.modality
    kind.needs_room = body.needs_room
    kind.bill_to = body.bill_to
    kind.price_code = body.price_code
    kind.needs = tuple(Need(each.kind, tuple(each.features)) for each in body.needs) or None
    kind.colour = body.colour
    kind.capacity = body.capacity
    kind.form_ids = tuple(body.form_ids) or None
    kind.online = NOBODY if body.retired else body.online
    kind.retired = body.retired or None
    kind.notice_hours = body.notice_hours
    kind.bookable_days = body.bookable_days
    kind.cancel_hours = body.cancel_hours
    kind.deposit = body.deposit
    try:
        kind.demand()
    except ValueError as error:
        raise invalid_field("minutes", "too_long", str(error)) from None


def _availability(
    context: Context, practitioner_id: str, *, location_ids: set[str]
) -> tuple[Availability, set[str]]:
    """In one BatchGet: the hours, and those of `location_ids` that there are."""
    practitioner = Practitioner.key(context.practice_id, practitioner_id)
    key = Availability.key(context.practice_id, practitioner_id)
    places = {each: Location.key(context.practice_id, each) for each in location_ids}
    found = find_many([practitioner, key, *places.values()], consistent=True)
    if not isinstance(found.get(practitioner), Practitioner):
        raise NotFound
    known = {each for each, place in places.items() if isinstance(found.get(place), Location)}
    return _or_none_yet(found, key), known


def _or_none_yet(found: dict[Key, Record], key: Key) -> Availability:
    stored = found.get(key)
    if isinstance(stored, Availability):
        return stored
    return Availability(*key, rules=(), exceptions=())


def _locations_by_field(body: AvailabilityBody) -> dict[str, str]:
    rules = {f"rules.{at}": rule.location_id for at, rule in enumerate(body.rules)}
    exceptions = {
        f"exceptions.{at}": each.location_id
        for at, each in enumerate(body.exceptions)
        if each.location_id
    }
    return rules | exceptions


def _refuse_unknown(named: dict[str, str], known: set[str]) -> None:
    wrong = tuple(
        FieldError(f"{field}.location_id", "not_found", "No such location")
        for field, location_id in named.items()
        if location_id not in known
    )
    if wrong:
        raise Invalid("A location is not there", errors=wrong)


def _refuse_unknown_types(context: Context, body: AvailabilityBody) -> None:
    """What a block is for has to be there."""
    by_block = {f"rules.{at}": each.type_ids for at, each in enumerate(body.rules)}
    by_block |= {f"exceptions.{at}": each.type_ids for at, each in enumerate(body.exceptions)}
    named: list[Named] = [
        (f"{block}.type_ids.{at}", AppointmentType, AppointmentType.key(context.practice_id, each))
        for block, type_ids in by_block.items()
        for at, each in enumerate(type_ids)
    ]
    if named:
        refuse_missing(find_many({key for _, _, key in named}), *named)


def _stated(value: V, made: Callable[[V], T], *, field: str) -> T:
    try:
        return made(value)
    except ValueError as error:
        raise invalid_field(field, "bad_hours", str(error)) from None


def _rule(value: RuleValue) -> WeeklyRule:
    stated = {**value.model_dump(), "weekday": WEEKDAYS.index(value.weekday)}
    return WeeklyRule(**{**stated, "type_ids": tuple(value.type_ids)})


def _exception(value: ExceptionValue) -> HoursException:
    if {value.starts.year, value.ends.year} - set(EXCEPTION_YEARS):
        raise ValueError("an exception lies between the years 2000 and 2100")
    if value.kind == LEAVE and value.location_id is not None:
        raise ValueError("leave holds everywhere and names no location")
    if value.type_ids and value.kind != "extra":
        raise ValueError("only extra hours are for some types alone")
    stated = HoursException(**{**value.model_dump(), "type_ids": tuple(value.type_ids)})
    stated.rule()
    return stated
