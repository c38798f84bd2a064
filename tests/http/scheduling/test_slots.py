"""Finding free slots over HTTP."""

import pytest

from tests.builders.scheduling import Clinic, add_practitioner, add_room, add_type, clinic
from tests.faults import calls
from tests.world import World

DAY = "2026-03-03"


@pytest.fixture
def at(world: World) -> Clinic:
    return clinic(world, hours=("09:00", "11:00"))


def _times(starts: list[str]) -> list[str]:
    return [start[11:16] for start in starts]


def test_slots_step_through_the_hours_with_the_locations_offset(at: Clinic) -> None:
    answer = at.slots(DAY)
    assert answer.json["more"] is False
    assert answer.json["items"][0] == {
        "starts_at": "2026-03-03T09:00:00-05:00",
        "ends_at": "2026-03-03T09:30:00-05:00",
        "practitioner_id": at.practitioner_id,
        "location_id": at.location_id,
        "room_id": None,
        "other_practitioner_ids": [],
        "resource_ids": [],
        "group_session_id": None,
        "seats_left": 1,
    }
    assert _times(at.starts(DAY)) == [
        "09:00", "09:15", "09:30", "09:45", "10:00", "10:15", "10:30",
    ]  # fmt: skip


def test_what_is_booked_is_free_no_longer_and_again_when_cancelled(at: Clinic) -> None:
    appointment_id = at.booking("2026-03-03T09:30:00-05:00")
    assert _times(at.starts(DAY)) == ["09:00", "10:00", "10:15", "10:30"]
    at.act(appointment_id, "cancel", {"reason": "pat"})
    assert len(at.starts(DAY)) == 7


def test_buffers_keep_their_distance(at: Clinic) -> None:
    at.booking("2026-03-03T09:45:00-05:00")
    at.type_id = add_type(at.world, at.token, minutes=15, minutes_before=5, minutes_after=10)
    assert _times(at.starts(DAY)) == ["09:15", "10:30"]


def test_nothing_is_offered_in_the_past(at: Clinic) -> None:
    at.later(minutes=50)  # 09:50 in New York
    assert _times(at.starts("2026-03-01", "2026-03-02")) == ["10:00", "10:15", "10:30"]


def test_a_closed_morning_leave_and_extra_hours(at: Clinic) -> None:
    rule = at.rule("tue", "09:00", "11:00", every_weeks=2, effective_from="2026-03-03")
    closed = {"kind": "closed", "starts": "2026-03-17T09:00:00", "ends": "2026-03-17T10:30:00"}
    extra = {
        "kind": "extra",
        "starts": "2026-03-21T12:00:00",
        "ends": "2026-03-21T12:30:00",
        "location_id": at.location_id,
    }
    leave = {"kind": "leave", "starts": "2026-03-03T00:00:00", "ends": "2026-03-04T00:00:00"}
    at.set_hours([rule], [closed, extra, leave])
    assert at.starts("2026-03-02", "2026-03-29") == [
        "2026-03-17T10:30:00-04:00",
        "2026-03-21T12:00:00-04:00",
    ]


def test_several_practitioners_come_sorted_by_time(at: Clinic) -> None:
    second = add_practitioner(at.world, at.token)
    at.set_hours([at.rule("tue", "10:15", "11:00")], practitioner_id=second)
    both = f"{at.practitioner_id},{second}"
    items = at.slots(DAY, practitioner_id=both).json["items"]
    assert [(slot["starts_at"][11:16], slot["practitioner_id"]) for slot in items[-4:]] == [
        ("10:15", at.practitioner_id),
        ("10:15", second),
        ("10:30", at.practitioner_id),
        ("10:30", second),
    ]


def test_a_room_that_is_taken_takes_its_slots_away(at: Clinic) -> None:
    second = add_practitioner(at.world, at.token)
    at.set_hours([at.rule("tue", "09:00", "11:00")], practitioner_id=second)
    at.booking("2026-03-03T09:00:00-05:00", practitioner_id=second, room_id=at.room_id)
    assert _times(at.starts(DAY, room_id=at.room_id))[0] == "09:30"
    assert _times(at.starts(DAY))[0] == "09:00"


def test_without_a_location_the_slots_of_all_are_found_each_in_its_zone(at: Clinic) -> None:
    shown = at.call("GET", f"/v1/locations/{at.location_id}").json
    body = {"name": "West", "address": shown["address"], "time_zone": "America/Los_Angeles"}
    west = at.call("POST", "/v1/locations", body).json["id"]
    rules = [
        at.rule("tue", "09:00", "09:30"),
        at.rule("tue", "09:00", "09:30", location_id=west),
    ]
    at.set_hours(rules)
    assert at.starts(DAY, location_id="") == [
        "2026-03-03T09:00:00-05:00",
        "2026-03-03T09:00:00-08:00",
    ]
    assert at.starts(DAY, location_id=west) == ["2026-03-03T09:00:00-08:00"]


def test_a_range_that_cannot_be_is_refused(at: Clinic) -> None:
    for first, last, field, code in (
        ("2026-03-03", "2026-03-02", "until", "before_from"),
        ("2026-03-03", "2026-03-31", "until", "too_long"),
        ("0001-01-01", "0001-01-02", "from", "too_far"),
        ("9999-12-31", "9999-12-31", "from", "too_far"),
    ):
        answer = at.slots(first, last)
        assert answer.status == 422, answer.text
        assert [(bad["field"], bad["code"]) for bad in answer.json["errors"]] == [(field, code)]
    assert at.slots("2026-03-03", "2026-03-30").status == 200


def test_a_query_out_of_shape_is_refused(at: Clinic) -> None:
    for field, value in (
        ("from", "soon"),
        ("practitioner_id", "pra_1"),
        ("practitioner_id", ",".join([at.practitioner_id] * 21)),
        ("colour", "red"),
    ):
        answer = at.slots(DAY, **{field: value})
        assert (answer.status, answer.json["errors"][0]["field"]) == (400, field)


def test_another_practices_records_are_not_there(at: Clinic) -> None:
    other = clinic(at.world)
    for field in ("type_id", "location_id", "room_id"):
        answer = at.slots(DAY, **{field: getattr(other, field)})
        assert (answer.status, answer.json["errors"][0]["field"]) == (422, field)
    assert at.starts(DAY, practitioner_id=other.practitioner_id) == []


def test_four_weeks_of_two_practitioners_are_one_batch_get_beside_two_queries(at: Clinic) -> None:
    second = add_practitioner(at.world, at.token)
    with calls() as sent:
        at.slots(DAY, "2026-03-30", practitioner_id=f"{at.practitioner_id},{second}")
    authentication, *reads, audit = sent
    assert (authentication, audit) == ("BatchGetItem", "PutItem")
    assert sorted(reads) == ["BatchGetItem", "Query", "Query"]


def test_more_slots_than_an_answer_holds_are_cut_off(at: Clinic) -> None:
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    others = [add_practitioner(at.world, at.token), add_practitioner(at.world, at.token)]
    for practitioner_id in others:
        rules = [at.rule(day, "00:00", "00:00") for day in days]
        at.set_hours(rules, practitioner_id=practitioner_id)
    answer = at.slots("2026-04-01", "2026-04-28", practitioner_id=",".join(others))
    assert (len(answer.json["items"]), answer.json["more"]) == (3000, True)
    assert len(answer.text) < 1_000_000


def test_rooms_of_another_location_offer_nothing(at: Clinic) -> None:
    shown = at.call("GET", f"/v1/locations/{at.location_id}").json
    body = {name: shown[name] for name in ("name", "time_zone", "address")}
    there = at.call("POST", "/v1/locations", body).json["id"]
    assert at.starts(DAY, room_id=add_room(at.world, at.token, there)) == []
