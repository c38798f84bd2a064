"""What visits, holds and group sessions have alike: a time with buffers, and what they take."""

from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from .free_slots import SlotDemand
from .local_time import local_day


class _Stored(Protocol):
    """`with_ids`: the other practitioners, rooms and equipment that it takes."""

    @property
    def with_ids(self) -> tuple[str, ...] | None: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def minutes_before(self) -> int | None: ...
    @property
    def minutes_after(self) -> int | None: ...


class _StoredLocally(_Stored, Protocol):
    @property
    def time_zone(self) -> str: ...


class Stay:
    """Its length and buffers, and who and what takes part."""

    @property
    def other_practitioner_ids(self: _Stored) -> list[str]:
        return [each for each in self.with_ids or () if each.startswith("pra_")]

    @property
    def resource_ids(self: _Stored) -> list[str]:
        """Rooms and equipment beside its room."""
        return [each for each in self.with_ids or () if not each.startswith("pra_")]

    @property
    def demand(self: _Stored) -> SlotDemand:
        """As booked."""
        length = (self.ends_at - self.starts_at) // timedelta(minutes=1)
        return SlotDemand(length, before=self.minutes_before or 0, after=self.minutes_after or 0)


class LocalStay(Stay):
    """Its times as the clock at the location shows them."""

    @property
    def zone(self: _StoredLocally) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def day(self: _StoredLocally) -> date:
        return local_day(self.starts_at, ZoneInfo(self.time_zone))

    @property
    def local_start(self: _StoredLocally) -> datetime:
        return self.starts_at.astimezone(ZoneInfo(self.time_zone))

    @property
    def local_end(self: _StoredLocally) -> datetime:
        return self.ends_at.astimezone(ZoneInfo(self.time_zone))
