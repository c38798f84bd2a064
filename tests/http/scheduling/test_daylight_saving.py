"""Slots and bookings in the weeks in which clocks change, in five zones."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.builders.scheduling import Clinic, clinic
from tests.world import World

NEW_YORK, SYDNEY, LORD_HOWE = "America/New_York", "Australia/Sydney", "Australia/Lord_Howe"
PHOENIX, BRISBANE = "America/Phoenix", "Australia/Brisbane"

CHANGES = [
    (NEW_YORK, "2026-03-08", 5.0),
    (NEW_YORK, "2026-11-01", 7.0),
    (SYDNEY, "2026-04-05", 7.0),
    (SYDNEY, "2026-10-04", 5.0),
    (LORD_HOWE, "2026-04-05", 6.5),
    (LORD_HOWE, "2026-10-04", 5.5),
    (PHOENIX, "2026-03-08", 6.0),
    (BRISBANE, "2026-10-04", 6.0),
]
"""Zone, the day of a change there or in a neighbouring zone, elapsed hours from 00:00 to 06:00."""


@pytest.fixture(params=CHANGES, ids=lambda change: f"{change[0]}-{change[1]}")
def at(aws: None, request: pytest.FixtureRequest) -> tuple[Clinic, date, float]:
    """A clinic that is open from midnight to six, three days before the change."""
    time_zone, day, hours = request.param
    changes_on = date.fromisoformat(day)
    start = datetime.combine(changes_on - timedelta(days=3), datetime.min.time(), UTC)
    country = "AU" if time_zone.startswith("Australia") else "US"
    world = World(start + timedelta(hours=2))
    made = clinic(world, time_zone=time_zone, country=country, hours=("00:00", "06:00"))
    return made, changes_on, hours


def test_the_week_of_a_change(at: tuple[Clinic, date, float]) -> None:
    clinic_, day, hours = at
    _slots_count_elapsed_time(clinic_, day, hours)
    _every_slot_is_a_time_that_the_clinics_clock_shows(clinic_, day)
    _every_slot_of_the_day_can_be_booked_back_to_back(clinic_, day, hours)


def _slots_count_elapsed_time(at: Clinic, day: date, hours: float) -> None:
    """A visit of 30 minutes at every quarter of an hour that leaves it time."""
    for each, elapsed in ((-1, 6.0), (0, hours), (1, 6.0)):
        local = (day + timedelta(days=each)).isoformat()
        assert len(at.starts(local)) == elapsed * 4 - 1


def _every_slot_is_a_time_that_the_clinics_clock_shows(at: Clinic, day: date) -> None:
    zone = _zone(at)
    starts = [datetime.fromisoformat(start) for start in at.starts(day.isoformat())]
    assert starts == sorted(set(starts))  # by instant: fromisoformat gives fixed offsets
    for start in starts:
        shown = start.astimezone(UTC).astimezone(zone)
        assert (shown.replace(tzinfo=None), shown.utcoffset()) == (
            start.replace(tzinfo=None),
            start.utcoffset(),
        )
        assert shown.date() == day
        assert shown.hour < 6


def _every_slot_of_the_day_can_be_booked_back_to_back(at: Clinic, day: date, hours: float) -> None:
    starts = at.starts(day.isoformat())[::2]
    assert len(starts) == hours * 2
    for start in starts:
        assert at.book(start).json["starts_at"] == start
    assert at.starts(day.isoformat()) == []
    assert sum(map(len, at.taken(at.practitioner_id).values())) == hours * 12
    shown = at.call("GET", f"/v1/locations/{at.location_id}/day?day={day}").json
    assert [entry["starts_at"] for entry in shown["items"]] == starts


def test_the_hour_that_comes_twice_is_two_hours(aws: None) -> None:
    at = clinic(World(datetime(2026, 10, 29, 12, tzinfo=UTC)), hours=("00:00", "06:00"))
    assert at.book("2026-11-01T01:30:00-04:00").status == 201
    assert at.book("2026-11-01T01:30:00-05:00").status == 201
    assert at.book("2026-11-01T01:30:00-05:00").status == 409


def test_a_day_clinic_opens_at_nine_on_either_side(aws: None) -> None:
    at = clinic(World(datetime(2026, 3, 5, 12, tzinfo=UTC)), hours=("09:00", "09:30"))
    assert at.starts("2026-03-06", "2026-03-09") == [
        "2026-03-06T09:00:00-05:00",
        "2026-03-07T09:00:00-05:00",
        "2026-03-08T09:00:00-04:00",
        "2026-03-09T09:00:00-04:00",
    ]


def test_a_local_day_far_from_utc_is_its_own(aws: None) -> None:
    """Sydney's morning is the day before in UTC."""
    world = World(datetime(2026, 3, 1, 12, tzinfo=UTC))
    at = clinic(world, time_zone=SYDNEY, country="AU", hours=("08:00", "09:00"))
    assert at.book("2026-03-03T08:30:00+11:00").status == 201
    assert at.taken(at.practitioner_id) == {"2026-03-02": set(range(258, 264))}
    days = {
        day: len(at.call("GET", f"/v1/locations/{at.location_id}/day?day={day}").json["items"])
        for day in ("2026-03-02", "2026-03-03")
    }
    assert days == {"2026-03-02": 0, "2026-03-03": 1}


def _zone(at: Clinic) -> ZoneInfo:
    shown = at.call("GET", f"/v1/locations/{at.location_id}").json
    return ZoneInfo(shown["time_zone"])


FIRSTS = [
    (NEW_YORK, "2026-03-08T02:30:00", None),
    (NEW_YORK, "2026-11-01T01:30:00", ("-04:00", "-05:00")),
    (SYDNEY, "2026-10-04T02:30:00", None),
    (SYDNEY, "2026-04-05T02:30:00", ("+11:00", "+10:00")),
    (LORD_HOWE, "2026-10-04T02:15:00", None),
    (LORD_HOWE, "2026-04-05T01:45:00", ("+11:00", "+10:30")),
]
"""Zone, a local time that its clock never shows, or twice with these offsets."""


@pytest.mark.parametrize(("time_zone", "local", "offsets"), FIRSTS)
def test_a_series_that_begins_in_a_gap_is_refused_and_in_a_fold_needs_its_offset(
    aws: None, time_zone: str, local: str, offsets: tuple[str, str] | None
) -> None:
    country = "AU" if time_zone.startswith("Australia") else "US"
    world = World(datetime.fromisoformat(local).replace(tzinfo=UTC) - timedelta(days=3))
    at = clinic(world, time_zone=time_zone, country=country, hours=("00:00", "06:00"))

    def order(offset: str | None) -> tuple[int, str, str]:
        """Status, the instant of the first visit or the field that is wrong, and its code."""
        names = ("practitioner_id", "location_id", "type_id", "patient_id")
        body = {each: getattr(at, each) for each in names} | {"rule": "FREQ=DAILY;COUNT=2"}
        body |= {"starts": local, "starts_offset": offset}
        answer = at.call("POST", "/v1/appointment-series", body)
        if answer.status == 201:
            return 201, answer.json["occurrences"][0]["starts_at"], ""
        (wrong,) = answer.json["errors"]
        return answer.status, wrong["field"], wrong["code"]

    if offsets is None:
        assert order(None) == order("+10:00") == (422, "starts", "local_time_in_gap")
        return
    assert order(None) == (422, "starts", "local_time_ambiguous")
    assert order("+03:00") == (422, "starts_offset", "local_time_wrong_offset")
    for offset in offsets:
        instant = datetime.fromisoformat(f"{local}{offset}").astimezone(UTC)
        assert order(offset) == (201, f"{instant:%Y-%m-%dT%H:%M:%SZ}", "")
