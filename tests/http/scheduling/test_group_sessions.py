"""Group sessions: seats that are booked, held, moved and left; opened and cancelled whole."""

from typing import Any

import pytest

from tests.builders.scheduling import (
    Clinic,
    add_patient,
    add_practitioner,
    add_room,
    add_type,
    clinic,
    made,
)
from tests.world import Answered, World, add_member

DAY, NINE, TEN = "2026-03-03", "2026-03-03T09:00:00-05:00", "2026-03-03T10:00:00-05:00"
TAKEN = {DAY: set(range(168, 174))}
ROOM = {"kind": "group_room"}


@pytest.fixture
def at(world: World) -> Clinic:
    """Sessions of three in a group room."""
    built = clinic(world, hours=("09:00", "11:00"))
    built.room_id = add_room(world, built.token, built.location_id, of_kind="group_room")
    built.type_id = add_type(world, built.token, name="Yoga", capacity=3, needs=[ROOM])
    return built


@pytest.fixture
def patients(at: Clinic) -> list[str]:
    names = [{"family": "Shaw", "given": each} for each in ("Bo", "Cy", "Di", "Ed")]
    return [at.patient_id, *(add_patient(at.world, at.token, name=each) for each in names)]


def _seats(at: Clinic, patients: list[str], starts_at: str = NINE, **over: Any) -> list[str]:
    return [at.booking(starts_at, patient_id=each, **over) for each in patients]


def _open(at: Clinic, starts_at: str = NINE, **over: Any) -> Answered:
    names = ("practitioner_id", "location_id", "type_id")
    own = {each: getattr(at, each) for each in names}
    return at.call("POST", "/v1/group-sessions", {**own, "starts_at": starts_at, **over})


def _session(at: Clinic, group_session_id: str) -> Any:
    return at.call("GET", f"/v1/group-sessions/{group_session_id}").json


def _shown(at: Clinic, day: str = DAY) -> list[tuple[str, int]]:
    """The sessions of the day: when, and how many seats are left."""
    shown = at.call("GET", f"/v1/locations/{at.location_id}/day?day={day}").json
    return [(each["starts_at"][11:16], each["seats_left"]) for each in shown["sessions"]]


def _refusal(answer: Answered) -> tuple[int, str]:
    return answer.status, answer.json["code"]


def _field(answer: Answered) -> tuple[int, str, str]:
    (bad,) = answer.json["errors"]
    return answer.status, bad["field"], bad["code"]


def test_the_first_booking_opens_a_session_and_the_next_join_it(
    at: Clinic, patients: list[str]
) -> None:
    first = at.book(NINE)
    assert first.json["group_session_id"].startswith("gss_")
    assert first.json["resource_ids"] == [at.room_id]
    for each in (at.practitioner_id, at.room_id, at.patient_id):
        assert at.taken(each) == TAKEN
    second = at.book(NINE, patient_id=patients[1])
    assert second.json["group_session_id"] == first.json["group_session_id"]
    assert (second.json["resource_ids"], _shown(at)) == ([at.room_id], [("09:00", 1)])
    assert at.taken(patients[1]) == TAKEN
    shown = _session(at, first.json["group_session_id"])
    assert [each["patient_id"] for each in shown["seats"]] == patients[:2]
    assert (shown["capacity"], shown["seats_taken"], shown["kept"]) == (3, 2, False)


def test_a_full_session_is_told_as_full_and_who_may_sits_beyond(
    at: Clinic, patients: list[str]
) -> None:
    _seats(at, patients[:3])
    assert _refusal(at.book(NINE, patient_id=patients[3])) == (409, "session_full")
    desk, _ = add_member(at.world, at.owner, "front_desk")
    beyond = at.book(NINE, patient_id=patients[3], overbook="urgent")
    assert (beyond.status, beyond.json["overbooked"]) == (201, "urgent")
    assert _shown(at) == [("09:00", -1)]
    at.token = desk
    assert at.book(NINE, patient_id=patients[4], overbook="urgent").status == 403
    at.act(beyond.json["id"], "cancel", {"reason": "pat"})
    assert _refusal(at.book(NINE, patient_id=patients[4])) == (409, "session_full")


def test_nobody_sits_twice_and_no_other_visit_meets_the_session(
    at: Clinic, patients: list[str]
) -> None:
    _seats(at, patients[:1])
    twice = at.book(NINE)
    assert [bad["code"] for bad in twice.json["errors"]] == ["patient_taken"]
    other = add_type(at.world, at.token, name="Follow-up")
    for starts, type_id in ((NINE, other), ("2026-03-03T09:15:00-05:00", at.type_id)):
        refused = at.book(starts, type_id=type_id, patient_id=patients[1])
        assert _refusal(refused) == (409, "slot_taken")
        assert "provider_taken" in str(refused.json["errors"]) or "none_free" in str(
            refused.json["errors"]
        )
    beside = at.book(NINE, type_id=other, patient_id=patients[1], overbook="urgent")
    assert (beside.status, beside.json["overbooked"]) == (201, "urgent")


@pytest.mark.parametrize("verb", ["cancel", "no-show"])
def test_who_leaves_frees_the_seat_and_the_last_ends_the_session(
    at: Clinic, patients: list[str], verb: str
) -> None:
    soon = "2026-03-02T09:30:00-05:00"
    first, second = _seats(at, patients[:2], soon)
    if verb == "no-show":
        at.later(minutes=31)
    body = {"reason": "pat"} if verb == "cancel" else None
    assert at.act(first, verb, body).status == 200
    assert (_shown(at, "2026-03-02"), at.taken(patients[0])) == ([("09:30", 2)], {})
    freed = 1 if verb == "cancel" else 0  # what has begun is not told
    assert len(at.events("slot.freed")) == freed
    at.act(second, verb, body)
    assert _shown(at, "2026-03-02") == []
    for each in (at.practitioner_id, at.room_id, patients[1]):
        assert at.taken(each) == {}
    assert at.call("GET", f"/v1/group-sessions/{at.read(first)['group_session_id']}").status == 404


def test_a_seat_moves_to_the_session_that_stands_then_or_opens_one(
    at: Clinic, patients: list[str]
) -> None:
    first, second, there = (
        *_seats(at, patients[:2]),
        *_seats(at, patients[2:3], TEN),
    )
    moved = at.act(first, "reschedule", {"starts_at": TEN})
    assert (moved.status, moved.json["group_session_id"]) == (
        200,
        at.read(there)["group_session_id"],
    )
    assert _shown(at) == [("09:00", 2), ("10:00", 1)]
    alone = at.act(second, "reschedule", {"starts_at": "2026-03-03T09:15:00-05:00"})
    assert alone.status == 200, alone.text  # its own session ends as another opens over its time
    assert _shown(at) == [("09:15", 2), ("10:00", 1)]
    assert at.taken(at.room_id) == {DAY: set(range(171, 177)) | set(range(180, 186))}
    full = at.booking(TEN, patient_id=patients[3])
    assert _refusal(at.act(second, "reschedule", {"starts_at": TEN})) == (409, "session_full")
    assert at.act(full, "reschedule", {"starts_at": TEN}).status == 200  # where it is already
    assert _shown(at) == [("09:15", 2), ("10:00", 0)]


def test_a_seat_goes_to_another_practitioners_session(at: Clinic, patients: list[str]) -> None:
    second = add_practitioner(at.world, at.token)
    at.set_hours([at.rule("tue", "09:00", "11:00")], practitioner_id=second)
    other_room = add_room(at.world, at.token, at.location_id, of_kind="group_room")
    here = at.booking(NINE)
    there = at.book(NINE, practitioner_id=second, patient_id=patients[1])
    assert there.json["resource_ids"] == [other_room]
    moved = at.act(here, "reschedule", {"starts_at": NINE, "practitioner_id": second})
    assert (moved.status, moved.json["resource_ids"]) == (200, [other_room])
    assert at.taken(at.practitioner_id) == at.taken(at.room_id) == {}


def test_a_hold_keeps_a_seat_until_it_is_booked_given_up_or_lapsed(
    at: Clinic, patients: list[str]
) -> None:
    _seats(at, patients[:1])
    kept, given_up = made(at.hold(NINE, patient_id=patients[1])), at.hold(NINE)
    assert _shown(at) == [("09:00", 0)]
    assert _refusal(at.book(NINE, patient_id=patients[2])) == (409, "session_full")
    path = f"/v1/slot-holds/{given_up.json['id']}"
    assert at.call("DELETE", path, If_Match='"1"').status == 204
    assert at.book(NINE, patient_id=patients[1], slot_hold_id=kept).status == 201
    assert _shown(at) == [("09:00", 1)]
    made(at.hold(NINE, minutes=1))
    at.world.clock.advance(minutes=1)
    assert at.slots(DAY).json["items"][0]["seats_left"] == 1  # what has lapsed is free
    assert at.book(NINE, patient_id=patients[2]).status == 201
    assert _shown(at) == [("09:00", 0)]
    assert at.run_due() is None
    assert _shown(at) == [("09:00", 0)]


def test_a_hold_may_open_a_session_and_ends_it_if_nobody_comes(at: Clinic) -> None:
    made(at.hold(NINE, minutes=1))
    assert at.taken(at.practitioner_id) == at.taken(at.room_id) == TAKEN
    at.world.clock.advance(minutes=1)
    at.run_due()
    assert (at.taken(at.practitioner_id), at.taken(at.room_id), _shown(at)) == ({}, {}, [])


def test_finding_shows_seats_and_times_at_which_a_session_may_open(
    at: Clinic, patients: list[str]
) -> None:
    group_session_id = at.read(_seats(at, patients[:2])[0])["group_session_id"]
    found = at.slots(DAY).json["items"]
    shown = [
        (each["starts_at"][11:16], each["seats_left"], each["group_session_id"]) for each in found
    ]
    assert shown[:3] == [("09:00", 1, group_session_id), ("09:30", 3, None), ("09:45", 3, None)]
    assert found[0]["resource_ids"] == [at.room_id]
    plain = add_type(at.world, at.token, name="Follow-up")
    assert at.starts(DAY, type_id=plain)[0][11:16] == "09:30"
    _seats(at, patients[2:3])
    assert at.starts(DAY)[0][11:16] == "09:30"
    assert next(each[11:16] for each in at.starts(DAY, patient_id=patients[3])) == "09:30"


def test_the_patient_is_not_shown_a_session_while_they_are_elsewhere(
    at: Clinic, patients: list[str]
) -> None:
    _seats(at, patients[:1])
    assert next(each[11:16] for each in at.starts(DAY, patient_id=patients[1])) == "09:00"
    assert next(each[11:16] for each in at.starts(DAY, patient_id=patients[0])) == "09:30"
    assert at.starts(DAY, room_id=add_room(at.world, at.token, at.location_id))[0][11:16] == "09:30"


def test_who_joins_names_nothing_that_is_not_the_sessions(at: Clinic, patients: list[str]) -> None:
    _seats(at, patients[:1])
    room = add_room(at.world, at.token, at.location_id)
    other = add_practitioner(at.world, at.token)
    at.set_hours([at.rule("tue", "09:00", "11:00")], practitioner_id=other)
    for over, field in (
        ({"room_id": room}, "room_id"),
        ({"resource_ids": [room]}, "resource_ids.0"),
        ({"other_practitioner_ids": [other]}, "other_practitioner_ids.0"),
    ):
        refused = at.book(NINE, patient_id=patients[1], **over)
        assert _field(refused) == (422, field, "not_of_the_session")
    assert at.book(NINE, patient_id=patients[1], resource_ids=[at.room_id]).status == 201


def test_a_practice_opens_a_session_that_stands_empty(at: Clinic, patients: list[str]) -> None:
    opened = _open(at)
    assert (opened.status, opened.json["seats"], opened.json["kept"]) == (201, [], True)
    assert at.taken(at.practitioner_id) == at.taken(at.room_id) == TAKEN
    seat = at.booking(NINE)
    assert at.read(seat)["group_session_id"] == opened.json["id"]
    at.act(seat, "cancel", {"reason": "pat"})
    assert (_shown(at), at.taken(at.room_id)) == ([("09:00", 3)], TAKEN)
    assert _refusal(_open(at)) == (409, "slot_taken")
    plain = add_type(at.world, at.token, name="Follow-up")
    assert _field(_open(at, TEN, type_id=plain)) == (422, "type_id", "no_seats")
    assert _field(_open(at, "2026-03-03T12:00:00-05:00"))[2] == "outside_availability"
    at.booking(TEN, type_id=plain, patient_id=patients[1])
    assert _refusal(_open(at, TEN)) == (409, "slot_taken")
    assert _open(at, TEN, overbook="urgent").status == 201


def test_a_session_is_cancelled_whole_with_a_report_of_each_seat(
    at: Clinic, patients: list[str]
) -> None:
    soon = "2026-03-02T09:30:00-05:00"
    first, second = _seats(at, patients[:2], soon)
    made(at.hold(soon, patient_id=patients[2]))
    group_session_id = at.read(first)["group_session_id"]
    at.act(second, "check-in")
    at.act(second, "progress", {"progress": "roomed"})
    at.act(second, "progress", {"progress": "with_provider"})
    path = f"/v1/group-sessions/{group_session_id}/cancel"
    cancelled = at.call("POST", path, {"reason": "prov"})
    assert (cancelled.status, cancelled.json["status"]) == (200, "cancelled")
    assert {each["fate"] for each in cancelled.json["report"]} == {"planned"}
    assert at.book(soon, patient_id=patients[3]).json["code"] == "slot_taken"
    at.world.pump()
    report = {each["appointment_id"]: each for each in _session(at, group_session_id)["report"]}
    assert report[first] == {"appointment_id": first, "fate": "cancelled", "code": None}
    assert (report[second]["fate"], report[second]["code"]) == ("left", "visit_under_way")
    assert at.read(first)["status"] == "cancelled"
    assert at.read(first)["steps"][-1]["reason"] == "prov"
    assert at.taken(patients[0]) == at.taken(patients[2]) == {}
    assert at.taken(at.practitioner_id) != {}  # one is with the provider
    assert _refusal(at.call("POST", path, {"reason": "prov"})) == (409, "session_cancelled")


@pytest.mark.parametrize("reason", ["pat", "pat-crs", "left-unseen"])
def test_a_session_is_not_cancelled_for_one_patients_reason(at: Clinic, reason: str) -> None:
    path = f"/v1/group-sessions/{_open(at).json['id']}"
    refused = at.call("POST", f"{path}/cancel", {"reason": reason})
    assert _field(refused) == (422, "reason", "one_patients")
    assert at.call("GET", path).json["status"] == "open"


def test_a_cancelled_session_frees_its_time_and_another_opens_there(
    at: Clinic, patients: list[str]
) -> None:
    for seats in ([], patients[:2]):
        group_session_id = _open(at).json["id"]
        _seats(at, seats)
        at.call("POST", f"/v1/group-sessions/{group_session_id}/cancel", {"reason": "oth-weath"})
        at.world.pump()
        assert at.taken(at.practitioner_id) == at.taken(at.room_id) == {}
        assert [each["fate"] for each in _session(at, group_session_id)["report"]] == [
            "cancelled" for _ in seats
        ]
        assert _shown(at) == []
        assert at.starts(DAY)[0] == NINE
    again = at.booking(NINE)
    assert at.read(again)["group_session_id"] != group_session_id
    assert at.call("GET", f"/v1/group-sessions/{group_session_id}").status == 404


def test_another_practices_session_is_not_there(at: Clinic) -> None:
    there = clinic(at.world)
    there.type_id = add_type(at.world, there.token, capacity=2)
    group_session_id = there.read(there.booking(NINE))["group_session_id"]
    for path in (f"/v1/group-sessions/{group_session_id}", "/v1/group-sessions/gss_" + "0" * 26):
        assert at.call("GET", path).status == 404
        assert at.call("POST", f"{path}/cancel", {"reason": "prov"}).status == 404


def test_all_who_sit_in_a_session_are_in_its_room(at: Clinic, patients: list[str]) -> None:
    at.type_id = add_type(at.world, at.token, capacity=3, needs_room=True)
    soon = "2026-03-02T09:30:00-05:00"
    for each in _seats(at, patients[:2], soon, room_id=at.room_id):
        assert at.act(each, "check-in").status == 200
        assert at.act(each, "progress", {"progress": "roomed"}).status == 200
        assert at.act(each, "progress", {"progress": "checked_out"}).status == 200
    board = at.call("GET", f"/v1/locations/{at.location_id}/flow?day=2026-03-02").json["items"]
    assert [each["progress"] for each in board] == ["checked_out"] * 2


def test_a_series_sits_in_sessions_and_its_moves_and_cancellations_leave_them(
    at: Clinic, patients: list[str]
) -> None:
    standing = at.booking(NINE, patient_id=patients[1])
    names = ("patient_id", "practitioner_id", "location_id", "type_id")
    body = {each: getattr(at, each) for each in names}
    rule = {"starts": "2026-03-03T09:00:00", "rule": "FREQ=WEEKLY;COUNT=2"}
    path = "/v1/appointment-series"
    series_id = made(at.call("POST", path, body | rule))
    at.world.pump()
    assert (_shown(at), _shown(at, "2026-03-10")) == ([("09:00", 1)], [("09:00", 2)])
    at.call("POST", f"{path}/{series_id}/reschedule", {"minutes": 60})
    at.world.pump()
    assert (_shown(at), _shown(at, "2026-03-10")) == ([("09:00", 2), ("10:00", 2)], [("10:00", 2)])
    at.call("POST", f"{path}/{series_id}/cancel", {"reason": "pat"})
    at.world.pump()
    assert (_shown(at), _shown(at, "2026-03-10")) == ([("09:00", 2)], [])
    assert at.read(standing)["status"] == "booked"


def test_a_family_sits_in_one_session(at: Clinic, patients: list[str]) -> None:
    plain = add_type(at.world, at.token, name="Follow-up")
    kinds = [at.type_id, at.type_id, plain]
    body = {
        "members": [
            {"patient_id": each, "type_id": kind}
            for each, kind in zip(patients[:3], kinds, strict=True)
        ],
        "practitioner_id": at.practitioner_id,
        "location_id": at.location_id,
        "starts_at": NINE,
    }
    answer = at.call("POST", "/v1/family-appointments", body)
    assert answer.status == 201, answer.text
    starts = [(each["starts_at"][11:16], each["group_session_id"]) for each in answer.json["items"]]
    assert starts[0] == starts[1] == ("09:00", answer.json["items"][0]["group_session_id"])
    assert starts[2] == ("09:30", None)
    assert _shown(at) == [("09:00", 1)]
    two = {**body, "members": [{"patient_id": e, "type_id": at.type_id} for e in patients[3:5]]}
    assert _refusal(at.call("POST", "/v1/family-appointments", two)) == (409, "session_full")


def test_leave_shows_each_seat_it_hits_and_offers_seats_of_one_session(
    at: Clinic, patients: list[str]
) -> None:
    seats = _seats(at, patients[:3])
    leave = {"kind": "leave", "starts": "2026-03-03T00:00:00", "ends": "2026-03-04T00:00:00"}
    at.set_hours([at.rule(day, "09:00", "11:00") for day in ("tue", "wed")], [leave])
    path = f"/v1/practitioners/{at.practitioner_id}/availability/conflicts"
    found = at.call("GET", f"{path}?from=2026-03-03&until=2026-03-03").json["items"]
    assert {each["appointment"]["id"] for each in found} == set(seats)
    assert {each["offer"]["starts_at"] for each in found} == {"2026-03-04T09:00:00-05:00"}
    for each in found:
        moved = at.act(
            each["appointment"]["id"], "reschedule", {"starts_at": each["offer"]["starts_at"]}
        )
        assert moved.status == 200, moved.text
    assert (_shown(at), _shown(at, "2026-03-04")) == ([], [("09:00", 0)])


def test_who_walks_in_joins_and_is_checked_in(at: Clinic, patients: list[str]) -> None:
    at.later(minutes=30)
    now = "2026-03-02T09:30:00-05:00"
    _seats(at, patients[:1], now)
    walked_in = at.book(now, patient_id=patients[1], entry="walk_in")
    assert (walked_in.status, walked_in.json["progress"]) == (201, "checked_in")
    assert _shown(at, "2026-03-02") == [("09:30", 1)]


@pytest.mark.parametrize("others", [0, 1, 3])
def test_a_seat_left_in_error_is_taken_again(at: Clinic, patients: list[str], others: int) -> None:
    mine = at.booking(NINE)
    at.act(mine, "cancel", {"reason": "pat"})
    _seats(at, patients[1 : 1 + others])
    again = at.act(mine, "reinstate", {})
    if others == 3:
        assert _refusal(again) == (409, "session_full")
        return
    assert (again.status, _shown(at)) == (200, [("09:00", 2 - others)])
    assert at.taken(at.room_id) == at.taken(at.patient_id) == TAKEN
