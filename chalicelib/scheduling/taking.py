"""Taking and freeing buckets of providers, rooms and patients, in the transaction of the cause.

DynamoDB cannot add to and delete from one attribute in one update ("two document paths overlap").
Where a reschedule has to do both to one day-item, the item is read first and the new set written
under the version read; a booking that came between is ScheduleChanged, and never SlotTaken.
"""

from collections.abc import Iterable, Mapping

from ..platform.context import Context
from ..platform.store import Key, Record
from .errors import ScheduleChanged, SlotTaken
from .models import ResourceDay

Held = Mapping[Key, frozenset[int]]
"""Buckets by day-item."""

_RESOURCE_PART = 2  # prc_1 # day # pra_2 #


def take(context: Context, wanted: Held) -> None:
    """Stage the taking of `wanted`, unread. SlotTaken at the commit names the first that is not free."""
    conditions = {buckets: ResourceDay.is_free(buckets) for buckets in set(wanted.values())}
    for key, buckets in wanted.items():
        context.work.update(
            ResourceDay,
            key,
            actions=ResourceDay.taking(buckets),
            condition=conditions[buckets],
            refusal=SlotTaken.by(_resource_of(key)),
        )


def free(context: Context, held: Held) -> None:
    """Stage the freeing of `held`."""
    for key, buckets in held.items():
        context.work.update(
            ResourceDay,
            key,
            actions=ResourceDay.freeing(buckets),
            condition=ResourceDay.pk.exists(),
            refusal=ScheduleChanged(),
        )


def days_to_read(held: Held, wanted: Held) -> list[Key]:
    """The day-items that `move` has to be given: buckets come and others go."""
    both = held.keys() & wanted.keys()
    return sorted(key for key in both if held[key] - wanted[key] and wanted[key] - held[key])


def move(context: Context, held: Held, wanted: Held, *, days: Mapping[Key, Record]) -> None:
    """Stage the freeing of `held` and the taking of `wanted`; its own buckets do not hinder it.

    `days` holds the records of `days_to_read`, read consistently. SlotTaken names what is taken.
    """
    mixed = days_to_read(held, wanted)
    _refuse_taken(held, wanted, days=days, keys=mixed)
    for key in mixed:
        day = days[key]
        if isinstance(day, ResourceDay):
            day.taken = ((day.taken or set()) - held[key]) | wanted[key]
            context.work.save(day, refusal=ScheduleChanged())
    none: frozenset[int] = frozenset()
    gone = {key: buckets - wanted.get(key, none) for key, buckets in held.items()}
    come = {key: buckets - held.get(key, none) for key, buckets in wanted.items()}
    take(context, {key: buckets for key, buckets in come.items() if buckets and key not in mixed})
    free(context, {key: buckets for key, buckets in gone.items() if buckets and key not in mixed})


def _refuse_taken(
    held: Held, wanted: Held, *, days: Mapping[Key, Record], keys: Iterable[Key]
) -> None:
    taken: list[str] = []
    for key in keys:
        day = days.get(key)
        if not isinstance(day, ResourceDay):
            raise ScheduleChanged
        if (day.taken or set()) & (wanted[key] - held[key]):
            taken.append(_resource_of(key))
    if taken:
        raise SlotTaken.by(*dict.fromkeys(taken))


def _resource_of(key: Key) -> str:
    return key.pk.split("#")[_RESOURCE_PART]
