"""The session that a patient joins: one that stands then, or one that opens with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ...platform.context import Context
from ...platform.errors import invalid_field
from ...platform.store import Key, Record, find_many
from ...practices.models import Location
from ..errors import SlotTaken
from ..free_slots import SlotDemand
from .models import GroupSession


class Wanted(Protocol):
    """With whom, where, and with what."""

    @property
    def practitioner_id(self) -> str: ...
    @property
    def location_id(self) -> str: ...
    @property
    def room_id(self) -> str | None: ...
    @property
    def type_id(self) -> str: ...
    @property
    def other_practitioner_ids(self) -> Sequence[str]: ...
    @property
    def resource_ids(self) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class SeatWanted:
    """A seat with somebody, somewhere, for something; in whatever room unless one is named."""

    practitioner_id: str
    location_id: str
    room_id: str | None
    type_id: str
    other_practitioner_ids: Sequence[str] = ()
    resource_ids: Sequence[str] = ()


def standing_session(found: Record | None, wanted: Wanted) -> GroupSession | None:
    """What lies at its time, if one joins it; None if one has to be opened.

    SlotTaken where it is another: of another type or place, or one that is being cancelled. Invalid
    for a room, a practitioner or a thing that is not the session's.
    """
    if not isinstance(found, GroupSession) or not found.takes_time:
        return None
    if not found.is_for(type_id=wanted.type_id, location_id=wanted.location_id):
        raise SlotTaken.by(wanted.practitioner_id)
    if wanted.room_id not in (None, found.room_id):
        raise invalid_field("room_id", "not_of_the_session", "The session has another room")
    for name in ("other_practitioner_ids", "resource_ids"):
        for at, each in enumerate(getattr(wanted, name)):
            if each not in (*(found.with_ids or ()), found.room_id):
                raise invalid_field(f"{name}.{at}", "not_of_the_session", "The session is without")
    return found


def to_be_exchanged(session: GroupSession) -> dict[Key, Record]:
    """What `exchange` has to know of it: one that opens ends the lapsed holds under it."""
    days = find_many(session.holds(), consistent=True) if session.version == 0 else {}
    return {**days, session.item_key: session}


def new_session(
    context: Context,
    wanted: Wanted,
    *,
    title: str,
    capacity: int,
    demand: SlotDemand,
    location: Location,
    starts: datetime,
    with_ids: tuple[str, ...],
) -> GroupSession:
    """One with nobody in it, which is not staged yet."""
    session = GroupSession(
        *GroupSession.key(context.practice_id, wanted.practitioner_id, starts),
        room_id=wanted.room_id,
        with_ids=with_ids or None,
        time_zone=location.time_zone,
        type_id=wanted.type_id,
        title=title,
        capacity=capacity,
        seats_left=capacity,
    )
    session.stand(context.new_id("gss"), starts, demand, location_id=location.id)
    return session
