"""What a type needs by kind, met by rooms and equipment of the location that are free then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ..platform.context import Context
from ..platform.overlap import beside
from ..platform.store import Key, Record, find_many, query_all
from ..practices.models import Practice
from .errors import NONE_FREE, SlotTaken
from .free_slots import SlotDemand
from .models import ResourceDay
from .needs import assigned, meets
from .set_up.models import AppointmentType, Equipment, Room

Things = Sequence[Room | Equipment]


@dataclass(frozen=True, slots=True)
class Met:
    """What is used, and the day-items by which it was found free."""

    ids: tuple[str, ...]
    days: dict[Key, Record]


def with_what_it_needs(
    context: Context,
    kind: AppointmentType,
    named: Things,
    *,
    location_id: str,
    starts: datetime,
    demand: SlotDemand,
) -> Met:
    """What meets its needs: of those that are named, and where those do not do, of all others.

    SlotTaken if there is nothing. Only then are all read: name them, and it costs no round trip.
    """
    needs = kind.needs or ()
    met = assigned(needs, named=named)
    if met is not None:
        return Met(met, {})
    known = {each.id for each in named}
    others = [
        each
        for each in things_of(context)
        if each.id not in known
        and each.location_id == location_id
        and any(meets(each, need) for need in needs)
    ]
    span = ResourceDay.spread(
        context.practice_id, (each.id for each in others), *demand.claim(starts)
    )
    days = find_many(span, consistent=True)
    taken = {key.pk for key, buckets in span.items() if _is_taken(context, days.get(key), buckets)}
    met = assigned(
        needs,
        named=named,
        others=others,
        is_free=lambda each: ResourceDay.partition(context.practice_id, each) not in taken,
    )
    if met is None:
        raise SlotTaken(errors=(NONE_FREE,))
    return Met(met, days)


def things_of(context: Context) -> Things:
    """All rooms and equipment that the practice uses: two Queries side by side."""
    partition = Practice.key(context.practice_id).pk
    rooms = beside(lambda: list(query_all(partition, begins="room#")))
    known = [*query_all(partition, begins="equipment#"), *rooms.result()]
    return [each for each in known if not each.retired]


def _is_taken(context: Context, day: Record | None, buckets: frozenset[int]) -> bool:
    return isinstance(day, ResourceDay) and not buckets.isdisjoint(day.taken_at(context.now()))
