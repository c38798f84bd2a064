"""Taking and freeing buckets of providers, rooms and patients, in the transaction of the cause.

DynamoDB cannot add to and delete from one attribute in one update ("two document paths overlap").
Where a change has to do both to one day-item, or visits lie beside others on it, the item is read
first and written under the version read; what came between is ScheduleChanged, never SlotTaken.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..platform.context import Context
from ..platform.store import Key, Record, find_many
from .errors import ScheduleChanged, SlotTaken
from .models import ResourceDay
from .occupants import Days, Occupant
from .overbooked import Exchanged, exchanged
from .sessions.seating import change_seats

_RESOURCE_PART = 2  # prc_1 # day # pra_2 #
PROVIDER = "pra_"


def exchange(
    context: Context,
    *,
    come: Sequence[Occupant] = (),
    gone: Sequence[Occupant] = (),
    days: Days | None = None,
) -> frozenset[str]:
    """Stage the taking of what `come` wants and the freeing of what `gone` had, as one.

    What goes does not hinder what comes. `days` are day-items and group sessions read already;
    what else has to be read is read. SlotTaken, here or at the commit, names what is taken;
    SessionFull. Gives the ids of those that now lie beside others, or sit beyond the seats.
    """
    seats = change_seats(context, come=come, gone=gone, days=days or {})
    changes = _changes([*come, *seats.opened], [*gone, *seats.ended])
    read = _read(changes, days or {})
    planned = {change.key: change.plan(read.get(change.key)) for change in changes}
    taken = [_resource_of(each.key) for each in changes if each.is_refused(planned[each.key])]
    if taken:
        raise SlotTaken.by(*dict.fromkeys(taken))
    beside = seats.beyond
    for change in changes:
        plan = planned[change.key]
        if plan is None:
            change.update(context)
        else:
            change.rewrite(context, read[change.key], plan)
            beside |= plan.met
    return beside | seats.who_sit_in(beside)


@dataclass(frozen=True, slots=True)
class _Change:
    """Who comes to one day-item and who goes."""

    key: Key
    come: tuple[Occupant, ...]
    gone: tuple[Occupant, ...]

    @property
    def wanted(self) -> frozenset[int]:
        return _buckets(self.come, self.key)

    @property
    def had(self) -> frozenset[int]:
        return _buckets(self.gone, self.key)

    @property
    def noted(self) -> frozenset[str]:
        return frozenset().union(*(each.notes(self.key) for each in self.come))

    @property
    def struck(self) -> frozenset[str]:
        return frozenset().union(*(each.notes(self.key) for each in self.gone))

    @property
    def is_mixed(self) -> bool:
        """One update cannot do it."""
        both = self.wanted - self.had and self.had - self.wanted
        return bool(both or (self.noted and self.struck))

    @property
    def may_be_beside(self) -> bool:
        """Visits may lie beside others on the days of providers."""
        return _resource_of(self.key).startswith(PROVIDER)

    @property
    def is_read(self) -> bool:
        overbooks = any(each.overbooked for each in self.come)
        return self.is_mixed or (self.may_be_beside and bool(self.gone or overbooks))

    def plan(self, day: Record | None) -> Exchanged | None:
        """What the day becomes; None if an update can say it unread."""
        if not isinstance(day, ResourceDay):
            if self.is_mixed:
                raise ScheduleChanged
            return None
        plan = exchanged(
            day.taken or (),
            day.beside,
            gone={each.id: each.buckets[self.key] for each in self.gone},
            come={each.id: each.buckets[self.key] for each in self.come},
            follows={each.id: each.follows or each.id for each in self.come},
        )
        over = self.may_be_beside and (plan.met or (self.gone and day.beside))
        return plan if self.is_mixed or (self.is_read and over) else None

    def is_refused(self, plan: Exchanged | None) -> bool:
        """Whether who comes meets others, by what was read or among themselves."""
        if plan is None:
            return sum(len(each.buckets[self.key]) for each in self.come) > len(self.wanted)
        allowed = {each.id for each in self.come if each.overbooked and self.may_be_beside}
        return not plan.met <= allowed

    def rewrite(self, context: Context, day: Record, plan: Exchanged) -> None:
        if isinstance(day, ResourceDay):
            day.taken = set(plan.taken)
            day.overbooked = {each.text for each in plan.entries} or None
            day.holds = ((day.holds or set()) - self.struck) | self.noted or None
            context.work.save(day, refusal=ScheduleChanged())

    def update(self, context: Context) -> None:
        come, gone = self.wanted - self.had, self.had - self.wanted
        if not (come or gone or self.noted or self.struck):
            return
        free = ResourceDay.is_free(come) if come else ResourceDay.pk.exists()
        alone = ResourceDay.overbooked.does_not_exist()
        context.work.update(
            ResourceDay,
            self.key,
            actions=ResourceDay.changing(
                come=come, gone=gone, noted=self.noted, struck=self.struck
            ),
            condition=free & alone if gone else free,
            refusal=SlotTaken.by(_resource_of(self.key)) if come else ScheduleChanged(),
        )


def _changes(come: Sequence[Occupant], gone: Sequence[Occupant]) -> list[_Change]:
    """Of every day-item that either touches, what comes first."""
    return [
        _Change(
            key,
            tuple(each for each in come if key in each.buckets),
            tuple(each for each in gone if key in each.buckets),
        )
        for key in dict.fromkeys(key for each in (*come, *gone) for key in each.buckets)
    ]


def _read(changes: Iterable[_Change], days: Days) -> Days:
    """`days`, and those that have to be read and are not among them."""
    missing = [each.key for each in changes if each.is_read and each.key not in days]
    return {**days, **find_many(missing, consistent=True)} if missing else days


def _buckets(occupants: Iterable[Occupant], key: Key) -> frozenset[int]:
    return frozenset().union(*(each.buckets[key] for each in occupants))


def _resource_of(key: Key) -> str:
    return key.pk.split("#")[_RESOURCE_PART]
