"""The calendar file that goes with a mail about a visit, as a calendar program reads it."""

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from tests.builders.patients import register_patient
from tests.builders.scheduling import clinic
from tests.http.messaging.noticing import attached, days, pass_time
from tests.http.messaging.reminding import Reminding, apt, reminding
from tests.world import World, sign_in

ZONES = (
    "America/New_York", "Australia/Sydney", "Australia/Lord_Howe", "America/Phoenix",
    "Australia/Brisbane",
)  # fmt: skip
BY_MAIL = {"preferred_channel": "email", "consents": {"email": True}}


@pytest.fixture
def at(world: World) -> Reminding:
    return reminding(world, **BY_MAIL)


def told(at: Reminding, what: str, version: int, starts_at: datetime, **over: str) -> None:
    ends_at = (starts_at + timedelta(minutes=30)).astimezone(UTC)
    more = {"ends_at": f"{ends_at.replace(tzinfo=None).isoformat()}Z", **over}
    at.tell(at.told(what=what, version=version, starts_at=starts_at, **more))


def test_a_booking_a_move_and_a_cancellation_are_one_event_that_grows(at: Reminding) -> None:
    with attached() as files:
        for version, (what, ahead) in enumerate(
            [("booked", 3), ("rescheduled", 4), ("cancelled", 4)], start=1
        ):
            told(at, what, version, days(at, ahead))
            pass_time(at.world, minutes=2)
    kinds = [kind.rpartition("=")[2] for kind, _ in files]
    assert kinds == ["PUBLISH", "PUBLISH", "CANCEL"]
    read = [Calendar.from_ical(text) for _, text in files]
    assert [str(each["METHOD"]) for each in read] == kinds
    events = [each.events[0] for each in read]
    assert {str(each["UID"]) for each in events} == {f"{apt('apt_1')}@careloom"}
    assert [int(each["SEQUENCE"]) for each in events] == [0, 1, 2]
    assert [str(each["STATUS"]) for each in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert [each.start for each in events] == [days(at, 3), days(at, 4), days(at, 4)]
    assert all(str(each["ORGANIZER"]).startswith("mailto:") for each in events)


def test_it_says_the_practice_the_place_and_the_time_and_nothing_else(at: Reminding) -> None:
    with attached() as files:
        told(at, "booked", 1, days(at, 3))
        pass_time(at.world, minutes=2)
    ((kind, text),) = files
    assert kind == "text/calendar; charset=utf-8; method=PUBLISH"
    (event,) = Calendar.from_ical(text).events
    assert (str(event["SUMMARY"]), str(event["LOCATION"])) == ("Elm Street Clinic", "Main")
    assert str(event["CLASS"]) == "PRIVATE"
    assert not {"DESCRIPTION", "ATTENDEE", "COMMENT", "CATEGORIES"} & set(event)
    assert not any(word in text for word in ("Rosa", "Diaz", "Follow", at.patient_id))


def test_a_reminder_carries_it_too_and_a_text_message_does_not(world: World) -> None:
    at = reminding(world, **BY_MAIL)
    told(at, "booked", 1, world.clock.now() + timedelta(hours=2, minutes=1))
    world.clock.advance(minutes=1)
    with attached() as files:
        assert world.deliver("messaging", [at.due()]) == []
    (event,) = Calendar.from_ical(files[0][1]).events
    assert (int(event["SEQUENCE"]), at.sent()) == (0, (1, 0))


def test_what_was_told_without_its_end_has_no_file(at: Reminding) -> None:
    with attached() as files:
        at.tell(at.told(starts_at=days(at, 3)))
        pass_time(at.world, minutes=2)
    assert (files, at.sent()) == ([], (1, 0))


@pytest.mark.parametrize("zone", ZONES)
def test_around_both_changes_a_reader_by_the_vtimezone_alone_has_the_instant(
    world: World, zone: str
) -> None:
    """Six visits around the changes of 2026, each by the mail that a patient gets of it."""
    at = reminding(world, **BY_MAIL, time_zone=zone)
    starts = [
        datetime(2026, month, day, hour, tzinfo=UTC)
        for month, day, hour in (
            (3, 8, 6),
            (3, 8, 8),
            (4, 4, 15),
            (4, 4, 17),
            (10, 3, 17),
            (11, 1, 6),
        )
    ]
    plan = {"starts": "02:00", "ends": "02:01"}  # no night, wherever they are
    body = {"steps": [], "quiet_hours": plan}
    token = sign_in(world, "ada@clinic.example")
    assert (
        world.call("PUT", "/v1/practice/reminders", body, token=token, If_Match='"0"').status == 200
    )
    with attached() as files:
        for number, starts_at in enumerate(starts):
            ends = (starts_at + timedelta(minutes=30)).replace(tzinfo=None).isoformat()
            visit = at.told(
                f"apt_{number}", starts_at=starts_at, time_zone=zone, ends_at=f"{ends}Z"
            )
            at.tell(visit)
        pass_time(world, minutes=2)
    assert len(files) == len(starts)
    seen = []
    for _, text in files:
        calendar = Calendar.from_ical(text.replace(zone, "Elsewhere/Clinic"))
        start = calendar.events[0]["DTSTART"]
        own = calendar.timezones[0].to_tz(lookup_tzid=False) if "TZID" in start.params else UTC
        start = start.dt.replace(tzinfo=own)
        seen.append(start.astimezone(UTC))
    assert sorted(seen) == starts


def test_the_files_uid_and_sequence_are_the_feed_s(world: World) -> None:
    made = clinic(world)
    patient = register_patient(world, made.token, language="en", **BY_MAIL)["id"]
    visit = made.booking("2026-03-10T10:00:00-04:00", patient_id=patient)
    made.act(visit, "reschedule", {"starts_at": "2026-03-11T10:00:00-04:00"})
    path = f"/v1/patients/{patient}/calendar-feeds"
    url = made.call("POST", path, {}).json["url"]
    world.pump()
    with attached() as files:
        pass_time(world, minutes=2)
    (mailed,) = Calendar.from_ical(files[0][1]).events
    feed = world.call("GET", f"/v1/calendars/{url.rpartition('/')[2]}")
    (shown,) = Calendar.from_ical(feed.text).events
    for name in ("UID", "SEQUENCE", "LOCATION"):
        assert str(mailed[name]) == str(shown[name])
    assert (mailed.start, mailed.end) == (shown.start, shown.end)
