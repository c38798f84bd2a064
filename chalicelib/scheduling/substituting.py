"""A visit that moves and names nothing to use has what is free then, of the kinds that its type needs."""

from collections.abc import Mapping
from datetime import datetime

from ..platform.context import Context
from ..platform.store import Key, Record, find_many
from .meeting_needs import with_what_it_needs
from .models import Appointment, ResourceDay
from .needs import meets
from .occupants import Held
from .schemas import RescheduleRequest
from .set_up.models import AppointmentType, Equipment, Room


def with_free_things(
    context: Context,
    appointment: Appointment,
    body: RescheduleRequest,
    starts: datetime,
    *,
    own: Held,
) -> RescheduleRequest:
    """The move, with others for those of its things that are taken then, elsewhere or retired.

    As it is asked for where it names things or a hold, or its type needs none. What it has of its
    `own` does not hinder it. SlotTaken (409) if nothing of the kind is free. A round trip for a
    visit that uses things, two more to find others.
    """
    if body.resource_ids is not None or body.slot_hold_id or not appointment.resource_ids:
        return body
    kind_key = AppointmentType.key(context.practice_id, appointment.type_id)
    room_id, things = body.room_id or appointment.room_id, appointment.resource_ids
    keys = [_thing_key(context, each) for each in filter(None, (*things, room_id))]
    days = _days_of(context, appointment, starts)
    span = [key for buckets in days.values() for key in buckets]
    found = find_many([kind_key, *keys, *span], consistent=True)
    kind = found.get(kind_key)
    if not isinstance(kind, AppointmentType):
        return body
    known = [each for key in keys if isinstance(each := found.get(key), Room | Equipment)]
    place = body.location_id or appointment.location_id
    gone = {
        each.id
        for each in known
        if each.id in things
        and any(meets(each, need) for need in kind.needs or ())
        and (
            each.retired
            or each.location_id != place
            or _is_taken(context, own, found, days[each.id])
        )
    }
    if not gone:
        return body
    kept = [each for each in known if each.id not in gone]
    demand = appointment.demand
    met = with_what_it_needs(context, kind, kept, location_id=place, starts=starts, demand=demand)
    named = dict.fromkeys([*(each for each in things if each not in gone), *met.ids])
    return body.model_copy(update={"resource_ids": [each for each in named if each != room_id]})


def _thing_key(context: Context, thing_id: str) -> Key:
    kind = Room if thing_id.startswith("rom_") else Equipment
    return kind.key(context.practice_id, thing_id)


def _days_of(context: Context, appointment: Appointment, starts: datetime) -> Mapping[str, Held]:
    """What it would take of each thing."""
    claim = appointment.demand.claim(starts)
    return {
        each: ResourceDay.spread(context.practice_id, [each], *claim)
        for each in appointment.resource_ids
    }


def _is_taken(context: Context, own: Held, found: Mapping[Key, Record], wanted: Held) -> bool:
    """By others: its own time does not hinder it."""
    return any(
        isinstance(day := found.get(key), ResourceDay)
        and not buckets.isdisjoint(day.taken_at(context.now()) - own.get(key, frozenset()))
        for key, buckets in wanted.items()
    )
