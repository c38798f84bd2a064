"""Our feeds, read back by a calendar library: the same instants in all five zones, over both changes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from chalicelib.platform.icalendar import CalendarEvent, initials, written

ZONES = (
    "America/New_York", "Australia/Sydney", "Australia/Lord_Howe", "America/Phoenix",
    "Australia/Brisbane",
)  # fmt: skip
MADE = datetime(2026, 3, 1, tzinfo=UTC)


def visit(starts_at: datetime, zone: str, **over: object) -> CalendarEvent:
    fields = {
        "uid": "apt_1@careloom", "sequence": 2, "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=30), "zone": ZoneInfo(zone), "summary": "AO Visit",
        "place": "Main, 1st floor; left", "cancelled": False, "made_at": MADE,
    }  # fmt: skip
    return CalendarEvent(**{**fields, **over})  # type: ignore[arg-type]


@pytest.mark.parametrize("zone", ZONES)
def test_every_half_hour_around_both_changes_of_a_year_reads_back_as_it_was(zone: str) -> None:
    starts = [
        datetime(2026, month, day, tzinfo=UTC) + timedelta(minutes=30 * step)
        for month, day in ((3, 7), (3, 8), (4, 4), (10, 3), (10, 31), (11, 1))
        for step in range(48)
    ]
    text = written("Kim Lee", [visit(each, zone, uid=str(at)) for at, each in enumerate(starts)])
    read = Calendar.from_ical(text)
    assert [event.start.astimezone(UTC) for event in read.events] == starts
    assert [str(tz["TZID"]) for tz in read.timezones] == [zone]


@pytest.mark.parametrize("zone", ZONES)
def test_the_vtimezone_says_what_the_zone_does_without_the_reader_knowing_it(zone: str) -> None:
    """A reader that goes by the VTIMEZONE alone, as Outlook does."""
    instants = [datetime(2026, month, 15, 17, tzinfo=UTC) for month in range(1, 13)]
    text = written("x", [visit(each, zone) for each in instants]).replace(zone, "Elsewhere/Clinic")
    read = Calendar.from_ical(text)
    own = read.timezones[0].to_tz(lookup_tzid=False)
    for event, instant in zip(read.events, instants, strict=True):
        local = event["DTSTART"].dt.replace(tzinfo=None)
        assert local.replace(tzinfo=own).astimezone(UTC) == instant


def test_what_an_event_says_is_there_and_cancellations_stay() -> None:
    text = written("Kim Lee", [visit(MADE, ZONES[0], cancelled=True)])
    (event,) = Calendar.from_ical(text).events
    assert (str(event["UID"]), int(event["SEQUENCE"]), str(event["STATUS"])) == (
        "apt_1@careloom", 2, "CANCELLED",
    )  # fmt: skip
    assert str(event["LOCATION"]) == "Main, 1st floor; left"
    assert str(event["CLASS"]) == "PRIVATE"
    assert max(map(len, text.encode().split(b"\r\n"))) <= 75
    assert text == written("Kim Lee", [visit(MADE, ZONES[0], cancelled=True)])


def test_a_calendar_without_events_is_one() -> None:
    read = Calendar.from_ical(written("Kim Lee", []))
    assert (read.events, str(read["X-WR-CALNAME"])) == ([], "Kim Lee")


@pytest.mark.parametrize(
    ("name", "letters"), [("Ada Owner", "AO"), ("Nguyễn Thị Minh Khai", "NTM"), ("élan", "É")]
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters
