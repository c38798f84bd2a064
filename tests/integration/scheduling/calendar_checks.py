"""What the table holds, against the oracle's calendar: every bucket and every seat."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.scheduling.models import ResourceDay
from chalicelib.scheduling.sessions.models import GroupSession
from tests import tables
from tests.integration.scheduling.calendar_oracle import SEATS, Calendar

ZONE = ZoneInfo("America/New_York")
MIDNIGHT = datetime(2026, 3, 3)  # noqa: DTZ001  # on a Tuesday; the clocks change on the 8th


def local_time(minute: int) -> datetime:
    """By the clinic's clock."""
    return MIDNIGHT + timedelta(minutes=minute)


def instant(minute: int) -> str:
    return local_time(minute).replace(tzinfo=ZONE).isoformat()


def takes_what_stands(
    calendar: Calendar, resource_ids: Sequence[str], *, now: datetime | None
) -> None:
    """Every bucket of a visit, a hold or a session, and no other; every seat, and no other.

    What lapsed holds have is free `now`; without, nothing has lapsed.
    """
    days = [ResourceDay.from_raw_data(item) for item in tables.of_kind("day")]
    for resource_id in resource_ids:
        stays = [each for each in calendar.standing().values() if resource_id in each.resources]
        expected = {_bucket(minute) for each in stays for minute in each.taken}
        own = [day for day in days if f"#{resource_id}#" in day.pk]
        if not resource_id.startswith("pra_"):
            assert len(expected) == sum(len(each.taken) for each in stays)
            assert not any(day.overbooked for day in own)
        taken = {
            (day.day.isoformat(), bucket)
            for day in own
            for bucket in (day.taken_at(now) if now else day.taken or ())
        }
        assert taken == expected
        if now is None:
            held = {each.hold_id for day in own for each in day.held}
            assert held <= set(calendar.holds)
    _seats_who_sits(calendar)


def _seats_who_sits(calendar: Calendar) -> None:
    found = [GroupSession.from_raw_data(item) for item in tables.of_kind("group_session")]
    sessions = {each.id: each for each in found if each.takes_time}
    assert set(sessions) == {each.id for each in calendar.sessions.values()}
    for known in calendar.sessions.values():
        session = sessions[known.id]
        held = {each.hold_id for each in session.held_seats}
        assert {*(session.seated or ()), *held} == known.seats
        assert session.seats_left == SEATS - len(known.seats)


def _bucket(minute: int) -> tuple[str, int]:
    at = local_time(minute).replace(tzinfo=ZONE).astimezone(UTC)
    return at.date().isoformat(), (at.hour * 60 + at.minute) // 5
