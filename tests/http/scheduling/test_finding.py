"""Finding over several practitioners, places and weeks: first available, together, as before, mornings."""

from typing import Any

import pytest

from tests.builders.scheduling import (
    Clinic,
    add_patient,
    add_practitioner,
    add_room,
    add_type,
    clinic,
)
from tests.faults import calls
from tests.world import World

TUESDAY = "2026-03-03"
EXAM = {"kind": "exam_room"}


@pytest.fixture
def at(world: World) -> Clinic:
    return clinic(world, hours=("09:00", "11:00"))


def _second(at: Clinic, *rules: dict[str, Any]) -> str:
    """Another practitioner, who works on Tuesdays from ten to twelve unless `rules` say when."""
    practitioner_id = add_practitioner(at.world, at.token)
    answer = at.set_hours(
        rules or [at.rule("tue", "10:00", "12:00")], practitioner_id=practitioner_id
    )
    assert answer.status == 200, answer.text
    return practitioner_id


def _west(at: Clinic) -> str:
    shown = at.call("GET", f"/v1/locations/{at.location_id}").json
    body = {"name": "West", "address": shown["address"], "time_zone": "America/Los_Angeles"}
    return str(at.call("POST", "/v1/locations", body).json["id"])


def _refusal(answer: Any) -> tuple[int, str, str]:
    (bad,) = answer.json["errors"]
    return answer.status, bad["field"], bad["code"]


def test_the_first_starts_of_everybody_everywhere(at: Clinic) -> None:
    west = _west(at)
    second = _second(at, at.rule("mon", "06:00", "07:00", location_id=west))
    answer = at.slots("2026-03-08", "2026-09-05", practitioner_id="", location_id="", limit="9")
    found = [(each["starts_at"][:16], each["practitioner_id"]) for each in answer.json["items"]]
    assert (len(found), answer.json["more"]) == (9, True)
    sunday = ["09:00", "09:15", "09:30", "09:45", "10:00", "10:15", "10:30"]
    assert found[:7] == [(f"2026-03-08T{each}", at.practitioner_id) for each in sunday]
    monday = [("2026-03-09T09:00", at.practitioner_id), ("2026-03-09T06:00", second)]
    assert found[7:] == monday  # the same instant, by who it is


def test_weeks_are_read_only_until_there_are_enough(at: Clinic) -> None:
    at.set_hours([at.rule("tue", "09:00", "10:00", effective_from="2026-05-01")])
    with calls() as sent:
        answer = at.slots("2026-03-02", "2026-08-30", limit="4")
    assert [each["starts_at"][:16] for each in answer.json["items"]] == [
        "2026-05-05T09:00", "2026-05-05T09:15", "2026-05-05T09:30", "2026-05-12T09:00",
    ]  # fmt: skip
    assert sent.count("Query") == 2  # the four weeks asked for first, and those with hours
    assert at.slots("2026-03-02", "2026-08-31", limit="4").status == 422


def test_an_hour_that_two_zones_show_is_in_order_over_the_weeks_parts(at: Clinic) -> None:
    west = _west(at)
    nights = [at.rule("sun", "23:30", "00:00", location_id=west), at.rule("mon", "00:00", "00:30")]
    at.set_hours(nights)
    asked = {"location_id": f"{at.location_id},{west}", "limit": "7"}
    answer = at.slots("2026-03-02", "2026-04-26", **asked)
    # the first four weeks end with Sunday 29 March, whose last start in the west comes after
    # Monday's first one in the east
    assert [each["starts_at"] for each in answer.json["items"]] == [
        "2026-03-09T00:00:00-04:00",
        "2026-03-08T23:30:00-07:00",
        "2026-03-16T00:00:00-04:00",
        "2026-03-15T23:30:00-07:00",
        "2026-03-23T00:00:00-04:00",
        "2026-03-22T23:30:00-07:00",
        "2026-03-30T00:00:00-04:00",
    ]


def test_several_together_are_free_at_one_start_and_booked_so(at: Clinic) -> None:
    second = _second(at)
    at.booking("2026-03-03T10:30:00-05:00", practitioner_id=second)
    both = f"{at.practitioner_id},{second}"
    (slot,) = at.slots(TUESDAY, practitioner_id=both, together="true").json["items"]
    assert slot["starts_at"] == "2026-03-03T10:00:00-05:00"
    assert slot["other_practitioner_ids"] == [second]
    other = add_patient(at.world, at.token, name={"family": "Other"})
    booked = at.book(slot["starts_at"], other_practitioner_ids=[second], patient_id=other)
    assert booked.status == 201
    assert at.slots(TUESDAY, practitioner_id=both, together="true").json["items"] == []


def test_together_starts_step_as_the_first_ones_hours_do(at: Clinic) -> None:
    second = _second(at, at.rule("tue", "09:10", "10:10"))
    for first, other, expected in (
        (at.practitioner_id, second, ["09:15", "09:30"]),
        (second, at.practitioner_id, ["09:10", "09:25", "09:40"]),
    ):
        found = at.starts(TUESDAY, practitioner_id=f"{first},{other}", together="true")
        assert [each[11:16] for each in found] == expected


def test_as_before_and_as_usual(at: Clinic) -> None:
    second = _second(at)
    before = at.booking("2026-03-03T10:00:00-05:00", practitioner_id=second)
    week = ("2026-03-10", "2026-03-10")
    for more in ({"same_as": before}, {"patient_id": at.patient_id, "usual": "true"}):
        items = at.slots(*week, practitioner_id="", **more).json["items"]
        assert {each["practitioner_id"] for each in items} == {second}
        assert len(items) == 7
    for start in ("09:00", "09:30"):
        at.booking(f"2026-03-03T{start}:00-05:00")
    usual = at.slots(*week, practitioner_id="", patient_id=at.patient_id, usual="true").json[
        "items"
    ]
    assert {each["practitioner_id"] for each in usual} == {at.practitioner_id}


def test_the_patients_other_visits_leave_no_slot_at_their_time(at: Clinic) -> None:
    second = _second(at)
    at.booking("2026-03-03T10:15:00-05:00", practitioner_id=second)
    found = at.starts(TUESDAY, patient_id=at.patient_id)
    assert [each[11:16] for each in found] == ["09:00", "09:15", "09:30", "09:45"]


def test_mornings_of_some_weekdays(at: Clinic) -> None:
    found = at.starts(
        "2026-03-02", "2026-03-29", weekdays="wed,tue", starts_from="09:45", starts_before="10:15"
    )
    assert [each[:16] for each in found[:4]] == [
        "2026-03-03T09:45", "2026-03-03T10:00", "2026-03-04T09:45", "2026-03-04T10:00",
    ]  # fmt: skip
    assert len(found) == 16


def test_a_type_that_needs_a_room_shows_one_that_is_free(at: Clinic) -> None:
    second = _second(at)
    at.type_id = add_type(at.world, at.token, needs_room=True, needs=[EXAM])
    assert at.starts(TUESDAY) == []
    exam = add_room(at.world, at.token, at.location_id, of_kind="exam_room")
    slot = at.slots(TUESDAY).json["items"][0]
    assert (slot["room_id"], slot["resource_ids"]) == (exam, [])  # one room is both
    assert at.slots(TUESDAY, room_id=exam).json["items"][0] == slot
    plain = at.slots(TUESDAY, room_id=at.room_id).json["items"][0]
    assert (plain["room_id"], plain["resource_ids"]) == (at.room_id, [exam])
    for each in (slot, {**plain, "starts_at": "2026-03-03T09:30:00-05:00"}):
        named = {name: each[name] for name in ("room_id", "resource_ids")}
        assert at.book(each["starts_at"], **named).status == 201
    found = at.slots(TUESDAY, practitioner_id=f"{at.practitioner_id},{second}").json["items"]
    assert {each["starts_at"][11:16] for each in found} >= {"10:00", "11:30"}
    assert not {each["starts_at"][11:16] for each in found} & {"09:00", "09:30", "09:45"}


def test_who_cannot_be_told_is_refused_by_the_field(at: Clinic) -> None:
    there, second = clinic(at.world), _second(at)
    foreign = there.booking("2026-03-03T10:00:00-05:00")
    nobody = add_patient(at.world, at.token, name={"family": "New"})
    visit = at.booking("2026-03-03T10:00:00-05:00")
    for query, field, code in (
        ({"practitioner_id": "", "same_as": foreign}, "same_as", "not_found"),
        ({"same_as": visit}, "same_as", "several_ways"),
        ({"usual": "true", "patient_id": at.patient_id}, "usual", "several_ways"),
        ({"practitioner_id": "", "usual": "true"}, "usual", "no_patient"),
        ({"practitioner_id": "", "usual": "true", "patient_id": nobody}, "usual", "nobody_yet"),
        ({"patient_id": there.patient_id}, "patient_id", "not_found"),
        ({"location_id": f"{at.location_id},{there.location_id}"}, "location_id", "not_found"),
        ({"together": "true"}, "together", "fewer_than_two"),
        ({"practitioner_id": f"{second},{second}", "together": "1"}, "together", "fewer_than_two"),
        ({"starts_from": "10:00", "starts_before": "10:00"}, "starts_before", "before_from"),
    ):
        assert _refusal(at.slots(TUESDAY, **query)) == (422, field, code), query
    for query, field in (
        ({"weekdays": "someday"}, "weekdays"),
        ({"starts_from": "9"}, "starts_from"),
        ({"limit": "0"}, "limit"),
        ({"together": "perhaps"}, "together"),
    ):
        answer = at.slots(TUESDAY, **query)
        assert (answer.status, answer.json["errors"][0]["field"]) == (400, field)


def test_nothing_is_found_for_the_deceased(at: Clinic) -> None:
    dead = add_patient(at.world, at.token, deceased=True)
    assert _refusal(at.slots(TUESDAY, patient_id=dead)) == (422, "patient_id", "deceased")
