"""Where a visit fits: windows and taken buckets → start instants that can be booked."""

from collections.abc import Collection, Mapping, Sequence
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


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A start that can be booked, with the first free member of each resource set, in order."""

    starts: datetime
    location_id: str
    resource_ids: tuple[str, ...] = ()


def free_slots(
    windows: Sequence[Window],
    taken: Taken,
    *,
    demand: SlotDemand,
    earliest: datetime,
    latest: datetime,
    resource_sets: Sequence[Sequence[Resource]] = (),
) -> list[Slot]:
    """The starts in `[earliest, latest)` at which the visit fits, sorted, each once a location.

    A start is offered where the visit with its buffers lies inside the provider's windows of one
    location, meets none of the provider's `taken` buckets, and each resource set has a member
    that is free at that location, none of them in two sets. Starts step from each window's
    `grid_from`. For days D to E of a clinic open over midnight, give the windows of D−1 to E+1.
    """
    provider = serial_numbers(taken)
    sets = [[(r, serial_numbers(r.taken)) for r in members] for members in resource_sets]
    found: list[Slot] = []
    for location_id in {window.location_id for window in windows}:
        here = [window for window in windows if window.location_id == location_id]
        covered = _covered(here)
        for serial in _grid(here, demand, earliest=earliest, latest=latest):
            claim = _claim(serial, demand)
            if not covered.issuperset(claim) or not provider.isdisjoint(claim):
                continue
            chosen = _first_free(sets, claim, location_id=location_id)
            if chosen is not None:
                found.append(Slot(instant_of(serial), location_id, chosen))
    return sorted(found)


def _covered(windows: Sequence[Window]) -> set[int]:
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


def _first_free(
    sets: Sequence[Sequence[tuple[Resource, frozenset[int]]]], claim: range, *, location_id: str
) -> tuple[str, ...] | None:
    free = [
        [
            resource.resource_id
            for resource, taken in members
            if resource.location_id in (None, location_id) and taken.isdisjoint(claim)
        ]
        for members in sets
    ]
    return next((chosen for chosen in product(*free) if len(set(chosen)) == len(sets)), None)
