"""Taking and freeing buckets of providers, rooms and patients, in the transaction of the cause.

DynamoDB cannot add to and delete from one attribute in one update ("two document paths overlap").
Where a change has to do both to one day-item, the item is read first and the new set written
under the version read; what came between is ScheduleChanged, and never SlotTaken.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..platform.context import Context
from ..platform.store import Key, Record
from .errors import ScheduleChanged, SlotTaken
from .held_time import HeldTime
from .models import Appointment, ResourceDay

Held = Mapping[Key, frozenset[int]]
"""Buckets by day-item."""
Days = Mapping[Key, Record]
"""Day-items as they were read, consistently."""

_RESOURCE_PART = 2  # prc_1 # day # pra_2 #


@dataclass(frozen=True, slots=True)
class Occupant:
    """A visit or a hold, and the buckets it takes; a hold says until when."""

    id: str
    buckets: Held
    until: datetime | None = None

    def notes(self, key: Key) -> frozenset[str]:
        """What the day-item says of a hold; of a visit it tells the buckets alone."""
        buckets = self.buckets.get(key)
        if self.until is None or not buckets:
            return frozenset()
        return frozenset({HeldTime(self.id, min(buckets), max(buckets) + 1, self.until).text})


def exchange(
    context: Context, *, come: Sequence[Occupant] = (), gone: Sequence[Occupant] = (), days: Days
) -> None:
    """Stage the taking of what `come` wants and the freeing of what `gone` had, as one.

    What goes does not hinder what comes. `days` holds the day-items that something comes to as
    something else goes. SlotTaken, here or at the commit, names what is taken.
    """
    changes = list(_changes(come, gone))
    read = {change.key: _day(change, days) for change in changes if change.is_mixed}
    taken = [
        _resource_of(change.key)
        for change in changes
        if change.is_mixed and not change.come.isdisjoint(read[change.key].taken or ())
    ]
    if taken:
        raise SlotTaken.by(*dict.fromkeys(taken))
    for change in changes:
        if change.is_mixed:
            _rewrite(context, change, read[change.key])
        else:
            _update(context, change)


def occupant_of(appointment: Appointment) -> Occupant:
    """As it stands now."""
    return Occupant(appointment.id, appointment.holds())


@dataclass(frozen=True, slots=True)
class _Change:
    """What comes to one day-item and what goes: buckets, and notes of holds."""

    key: Key
    come: frozenset[int]
    gone: frozenset[int]
    noted: frozenset[str]
    struck: frozenset[str]

    @property
    def is_mixed(self) -> bool:
        return bool((self.come and self.gone) or (self.noted and self.struck))


def _changes(come: Sequence[Occupant], gone: Sequence[Occupant]) -> Iterator[_Change]:
    """Of every day-item that either touches, what comes first."""
    for key in dict.fromkeys(key for each in (*come, *gone) for key in each.buckets):
        wanted, had = _buckets(come, key), _buckets(gone, key)
        noted = frozenset().union(*(each.notes(key) for each in come))
        struck = frozenset().union(*(each.notes(key) for each in gone))
        change = _Change(key, wanted - had, had - wanted, noted, struck)
        if change.come or change.gone or change.noted or change.struck:
            yield change


def _buckets(occupants: Iterable[Occupant], key: Key) -> frozenset[int]:
    none: frozenset[int] = frozenset()
    return none.union(*(each.buckets.get(key, none) for each in occupants))


def _day(change: _Change, days: Days) -> ResourceDay:
    day = days.get(change.key)
    if not isinstance(day, ResourceDay):
        raise ScheduleChanged
    return day


def _rewrite(context: Context, change: _Change, day: ResourceDay) -> None:
    day.taken = ((day.taken or set()) - change.gone) | change.come
    day.holds = ((day.holds or set()) - change.struck) | change.noted or None
    context.work.save(day, refusal=ScheduleChanged())


def _update(context: Context, change: _Change) -> None:
    context.work.update(
        ResourceDay,
        change.key,
        actions=ResourceDay.changing(
            come=change.come, gone=change.gone, noted=change.noted, struck=change.struck
        ),
        condition=ResourceDay.is_free(change.come) if change.come else ResourceDay.pk.exists(),
        refusal=SlotTaken.by(_resource_of(change.key)) if change.come else ScheduleChanged(),
    )


def _resource_of(key: Key) -> str:
    return key.pk.split("#")[_RESOURCE_PART]
