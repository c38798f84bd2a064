"""Where a visit fits: windows and taken buckets → start instants that can be booked."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import product

from chalicelib.scheduling.availability import Window
from chalicelib.scheduling.buckets import (
    BUCKET,
    MOST_BUCKETS,
    instant_of,
    serial_from,
    serial_numbers,
    serial_until,
)

Taken = Mapping[date, Collection[int]]
"""The taken 5-minute buckets (0–287) of one resource, by UTC day."""

_BUCKET_MINUTES = BUCKET // timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SlotDemand:
    """What is asked for, in minutes, multiples of 5; the buffers are taken with the visit.

    ValueError: off the grid, no length, or over 8 hours with its buffers.
    """

    length: int
    step: int = 15
    before: int = 0
    after: int = 0

    def __post_init__(self) -> None:
        minutes = (self.length, self.step, self.before, self.after)
        if any(value % _BUCKET_MINUTES for value in minutes):
            raise ValueError("lengths, steps and buffers are multiples of 5 minutes")
        if self.length <= 0 or self.step <= 0 or min(minutes) < 0:
            raise ValueError("lengths and steps are positive, buffers not negative")
        if self.before + self.length + self.after > MOST_BUCKETS * _BUCKET_MINUTES:
            raise ValueError("a visit with its buffers takes at most 8 hours")

    def claim(self, start: datetime) -> tuple[datetime, datetime]:
        """The interval that a visit at `start` takes, buffers included: what booking writes."""
        end = start + timedelta(minutes=self.length + self.after)
        return start - timedelta(minutes=self.before), end


@dataclass(frozen=True, slots=True)
class Resource:
    """A room, a device, the patient: where it stands (None: anywhere) and when it is taken."""

    resource_id: str
    taken: Taken
    location_id: str | None = None


@dataclass(frozen=True, slots=True)
class Provider:
    """Somebody who takes part: when they work, and when they are taken."""

    windows: Sequence[Window]
    taken: Taken


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A start that can be booked, with the first free member of each resource set, in order.

    `room_id` is a free one of the rooms, where some were given.
    """

    starts: datetime
    location_id: str
    resource_ids: tuple[str, ...] = ()
    room_id: str = ""


def free_slots(
    windows: Sequence[Window],
    taken: Taken,
    *,
    demand: SlotDemand,
    earliest: datetime,
    latest: datetime,
    resource_sets: Sequence[Sequence[Resource]] = (),
    rooms: Sequence[Resource] | None = None,
    others: Sequence[Provider] = (),
) -> list[Slot]:
    """The starts in `[earliest, latest)` at which the visit fits, sorted, each once a location.

    A start is offered where the visit with its buffers lies inside the provider's windows of one
    location, meets none of the provider's `taken` buckets, and each resource set has a member
    that is free at that location, none of them in two sets. So must one of `rooms` be, which may
    be a member of a set as well; and all `others` work there and are free. Starts step from each
    of the provider's windows' `grid_from`. For days D to E of a clinic open over midnight, give
    the windows of D−1 to E+1.
    """
    busy = serial_numbers(taken).union(*(serial_numbers(each.taken) for each in others))
    sets = [_numbered(members) for members in resource_sets]
    numbered_rooms = None if rooms is None else _numbered(rooms)
    found: list[Slot] = []
    for location_id in {window.location_id for window in windows}:
        here = [window for window in windows if window.location_id == location_id]
        covered = _covered(here).intersection(
            *(_covered(w for w in each.windows if w.location_id == location_id) for each in others)
        )
        for serial in _grid(here, demand, earliest=earliest, latest=latest):
            claim = _claim(serial, demand)
            if not covered.issuperset(claim) or not busy.isdisjoint(claim):
                continue
            chosen = _first_free(sets, claim, location_id=location_id)
            room_id = _room(numbered_rooms, claim, location_id=location_id, chosen=chosen or ())
            if chosen is not None and room_id is not None:
                found.append(Slot(instant_of(serial), location_id, chosen, room_id))
    return sorted(found)


Numbered = Sequence[tuple[Resource, frozenset[int]]]


def _numbered(members: Sequence[Resource]) -> Numbered:
    return [(each, serial_numbers(each.taken)) for each in members]


def _covered(windows: Iterable[Window]) -> set[int]:
    return {
        serial
        for window in windows
        for serial in range(serial_from(window.starts), serial_until(window.ends))
    }


def _grid(
    windows: Sequence[Window], demand: SlotDemand, *, earliest: datetime, latest: datetime
) -> set[int]:
    step = demand.step // _BUCKET_MINUTES
    first, end = serial_from(earliest), serial_from(latest)
    return {
        serial
        for window in windows
        for serial in range(serial_from(window.grid_from), serial_until(window.ends), step)
        if first <= serial < end
    }


def _claim(serial: int, demand: SlotDemand) -> range:
    before = demand.before // _BUCKET_MINUTES
    return range(serial - before, serial + (demand.length + demand.after) // _BUCKET_MINUTES)


def _free(members: Numbered, claim: range, *, location_id: str) -> list[str]:
    return [
        resource.resource_id
        for resource, taken in members
        if resource.location_id in (None, location_id) and taken.isdisjoint(claim)
    ]


def _room(
    rooms: Numbered | None, claim: range, *, location_id: str, chosen: tuple[str, ...]
) -> str | None:
    """One that is free, at best one of those chosen already; none is wanted without `rooms`."""
    if rooms is None:
        return ""
    free = _free(rooms, claim, location_id=location_id)
    return next((each for each in free if each in chosen), free[0] if free else None)


def _first_free(
    sets: Sequence[Numbered], claim: range, *, location_id: str
) -> tuple[str, ...] | None:
    free = [_free(members, claim, location_id=location_id) for members in sets]
    return next((chosen for chosen in product(*free) if len(set(chosen)) == len(sets)), None)
