"""Join and leave times: on the visit and on its encounter, whatever the queue does."""

import json
import random
from collections.abc import Iterator

import boto3
import pytest

from chalicelib.platform.config import settings
from chalicelib.telehealth import models
from tests import tables
from tests.http.telehealth.video import Video, token_of


def chime_says(at: Video) -> list[str]:
    """What Chime has put on the queue, taken off it."""
    sqs, url = boto3.client("sqs"), settings().queue_urls["scheduling"]
    found: list[str] = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            found.append(message["Body"])
    return found


def attended(at: Video) -> list[tuple[str, str, str | None]]:
    found = at.encounter()["telehealth"]["attended"]
    return [
        (each["who"], each["joined_at"][11:19], each["left_at"] and each["left_at"][11:19])
        for each in found
    ]


def visit_of(at: Video) -> tuple[str, str]:
    """Provider in at 14:00, patient at 14:01; both connected half a minute after their keys."""
    provider = token_of(at.provide())
    at.world.clock.advance(seconds=30)
    at.world.meetings.connect(provider)
    at.world.clock.advance(seconds=30)
    patient = at.admitted()
    at.world.clock.advance(seconds=30)
    at.world.meetings.connect(patient)
    return provider, patient


def test_times_are_chime_s_where_it_tells_them(at: Video) -> None:
    provider, patient = visit_of(at)
    at.world.clock.advance(minutes=8)
    at.world.meetings.disconnect(patient)
    at.world.clock.advance(seconds=10)
    at.world.meetings.disconnect(provider, dropped=True)
    expected = [("provider", "14:00:30", "14:09:40"), ("patient", "14:01:30", "14:09:30")]
    assert attended(at) == expected
    encounter = at.encounter()
    assert (encounter["telehealth"]["located_in"], encounter["telehealth"]["consented_at"]) == (
        "US-NY",
        "2026-03-02T14:01:00Z",
    )
    shown = [(each["who"], each["joined_at"][11:19]) for each in at.room()["attended"]]
    assert shown == [("provider", "14:00:30"), ("patient", "14:01:30")]


def test_without_a_word_of_chime_s_they_are_those_of_our_own(at: Video) -> None:
    at.provide()
    at.world.clock.advance(minutes=1)
    at.admitted()
    at.world.clock.advance(minutes=5)
    assert at.hang_up().status == 204
    at.world.clock.advance(minutes=1)
    assert at.end("leave").status == 200
    assert attended(at) == [
        ("provider", "14:00:00", "14:07:00"),
        ("patient", "14:01:00", "14:06:00"),
    ]


def test_a_dropped_connection_that_comes_back_is_two_stays(at: Video) -> None:
    _, patient = visit_of(at)
    at.world.clock.advance(minutes=1)
    at.world.meetings.disconnect(patient, dropped=True)
    at.world.clock.advance(seconds=20)
    again = token_of(at.knock())
    at.world.meetings.connect(again)
    at.world.clock.advance(minutes=1)
    at.end()
    assert attended(at) == [
        ("provider", "14:00:30", "14:03:50"),
        ("patient", "14:01:30", "14:02:30"),
        ("patient", "14:02:50", "14:03:50"),
    ]


def test_nobody_who_is_still_in_has_a_time_of_leaving(at: Video) -> None:
    visit_of(at)
    assert attended(at) == [("provider", "14:00:30", None), ("patient", "14:01:30", None)]
    (meeting,) = list(at.world.meetings.live)
    at.world.clock.advance(minutes=3)
    at.world.meetings.end(meeting)
    assert attended(at) == [
        ("provider", "14:00:30", "14:04:30"),
        ("patient", "14:01:30", "14:04:30"),
    ]


def test_they_come_onto_an_encounter_that_is_at_work_and_its_version_stays(at: Video) -> None:
    visit_of(at)
    before = at.encounter()
    at.world.clock.advance(minutes=1)
    at.end()
    after = at.encounter()
    assert (after["version"], after["telehealth"] != before["telehealth"]) == (
        before["version"],
        True,
    )


def orders(events: list[str]) -> Iterator[list[str]]:
    """Backwards, doubled, and twenty at random."""
    yield events[::-1]
    yield [*events, *events]
    for seed in range(20):
        mixed = [*events, *events[::2]]
        random.Random(seed).shuffle(mixed)
        yield mixed


def test_reordered_and_repeated_events_say_the_same(at: Video) -> None:
    _, patient = visit_of(at)
    at.world.clock.advance(minutes=2)
    at.world.meetings.disconnect(patient)
    at.end()
    told, kept = chime_says(at), tables.image()
    assert len(told) == 6
    for order in orders(told):
        tables.put_back(kept)
        for event in order:
            assert at.world.deliver("scheduling", [event]) == []
        shown = [
            (each["who"], each["joined_at"], each["left_at"]) for each in at.room()["attended"]
        ]
        assert shown == [
            ("provider", "2026-03-02T14:00:30Z", "2026-03-02T14:03:30Z"),
            ("patient", "2026-03-02T14:01:30Z", "2026-03-02T14:03:30Z"),
        ]
    assert attended(at) == [
        ("provider", "14:00:30", "14:03:30"),
        ("patient", "14:01:30", "14:03:30"),
    ]


def test_what_chime_says_of_others_changes_nothing(at: Video) -> None:
    visit_of(at)
    told = [json.loads(each) for each in chime_says(at)]
    joined = next(each for each in told if each["detail"]["eventType"] == "chime:AttendeeJoined")
    before = at.room()
    for detail in (
        {"externalMeetingId": "somebody-elses"},
        {"externalMeetingId": f"prc_01JDE000000000000000000000.{at.appointment_id}"},
        {"externalMeetingId": f"{at.clinic.practice_id}.apt_01JDE000000000000000000000"},
        {"meetingId": "11111111-2222-3333-4444-555555555555"},
        {"eventType": "chime:AttendeeVideoStarted"},
    ):
        event = {**joined, "detail": {**joined["detail"], **detail}}
        assert at.world.deliver("scheduling", [json.dumps(event)]) == []
    assert at.room() == before
    assert at.world.deliver("scheduling", [json.dumps({"source": "aws.chime", "detail": {}})]) == [
        "0"
    ]


def test_a_time_in_seconds_is_read_as_one_in_milliseconds(at: Video) -> None:
    visit_of(at)
    told = [json.loads(each) for each in chime_says(at)]
    for event in told:
        event["detail"]["timestamp"] //= 1000
        assert at.world.deliver("scheduling", [json.dumps(event)]) == []
    assert attended(at) == [("provider", "14:00:30", None), ("patient", "14:01:30", None)]


def test_who_says_without_end_that_they_leave_fills_nothing(
    at: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "MOST_OF_A_SEAT", 6)
    at.provide()
    at.admitted()
    for _ in range(10):
        at.world.clock.advance(seconds=1)
        assert at.hang_up().status == 204
    (row,) = at.world.of_kind("video_visit")
    assert sum(" p0 " in each for each in row["reports"]["SS"]) == 6
    assert at.knock().status == 200
    assert {each[0] for each in attended(at)} == {"patient", "provider"}
