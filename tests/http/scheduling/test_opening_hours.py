"""The opening hours of a location, and hours that are for some types of appointment alone."""

from typing import Any

import pytest

from tests.builders.scheduling import Clinic, add_practitioner, add_type, clinic, made
from tests.world import Answered, World

TUESDAY, NINE = "2026-03-03", "2026-03-03T09:00:00-05:00"
TEN, ELEVEN = "2026-03-03T10:00:00-05:00", "2026-03-03T11:00:00-05:00"


@pytest.fixture
def at(world: World) -> Clinic:
    return clinic(world, hours=("09:00", "12:00"))


def _open(at: Clinic, *spans: tuple[str, str, str], **over: Any) -> Answered:
    hours = [{"weekday": day, "starts": starts, "ends": ends} for day, starts, ends in spans]
    answer = at.set_location(opening_hours=hours, **over)
    assert answer.status == 200, answer.text
    return answer


def _times(at: Clinic, first: str = TUESDAY, **over: str) -> list[str]:
    return [start[11:16] for start in at.starts(first, **over)]


def _refusal(answer: Answered) -> tuple[int, str, str, str]:
    (bad,) = answer.json["errors"]
    return answer.status, answer.json["code"], bad["field"], bad["code"]


CLOSED = (422, "outside_availability", "starts_at", "location_closed")
OTHERS = (422, "outside_availability", "starts_at", "type_not_offered")


def test_a_location_shows_its_opening_hours(at: Clinic) -> None:
    assert at.call("GET", f"/v1/locations/{at.location_id}").json["opening_hours"] == []
    shown = _open(at, ("sun", "22:00", "02:00")).json["opening_hours"]
    assert shown == [{"weekday": "sun", "starts": "22:00:00", "ends": "02:00:00"}]


def test_nobody_is_booked_while_the_location_is_closed(at: Clinic) -> None:
    assert len(_times(at)) == 11
    _open(at, ("tue", "09:30", "10:15"), ("tue", "10:15", "11:00"), ("wed", "00:00", "00:00"))
    assert _times(at) == ["09:30", "09:45", "10:00", "10:15", "10:30"]
    assert at.starts("2026-03-05") == []
    assert _refusal(at.book(NINE)) == CLOSED
    assert _refusal(at.hold(NINE)) == CLOSED
    booked = at.booking("2026-03-03T10:00:00-05:00")
    assert _refusal(at.act(booked, "reschedule", {"starts_at": ELEVEN})) == CLOSED
    assert at.book(ELEVEN, entry="past").json["errors"][0]["code"] == "in_the_future"


def test_outside_the_practitioners_own_hours_is_told_apart(at: Clinic) -> None:
    _open(at, ("tue", "00:00", "00:00"))
    refused = _refusal(at.book("2026-03-03T13:00:00-05:00"))
    assert refused == (422, "outside_availability", "starts_at", "outside_availability")
    at.set_location(holidays=[TUESDAY])
    assert _refusal(at.book(NINE)) == CLOSED


def test_extra_hours_too_lie_within_the_opening_hours(at: Clinic) -> None:
    _open(at, ("tue", "09:00", "12:00"))
    starts, ends = f"{TUESDAY}T11:00:00", f"{TUESDAY}T14:00:00"
    extra = {"kind": "extra", "starts": starts, "ends": ends, "location_id": at.location_id}
    at.set_hours([], [extra])
    assert _times(at) == ["11:00", "11:15", "11:30"]


def test_who_walks_in_and_what_is_past_are_entered_while_it_is_closed(at: Clinic) -> None:
    at.later(hours=1)  # 10:00 on Monday, in New York
    _open(at, ("sun", "09:00", "12:00"))
    assert at.book("2026-03-02T10:00:00-05:00", entry="walk_in").status == 201
    assert at.book("2026-03-02T08:00:00-05:00", entry="past").status == 201


def test_what_is_booked_shows_as_a_conflict_once_the_location_closes(at: Clinic) -> None:
    hit = at.booking(NINE)
    _open(at, ("tue", "10:00", "12:00"))
    path = f"/v1/practitioners/{at.practitioner_id}/availability/conflicts"
    (found,) = at.call("GET", f"{path}?from={TUESDAY}&until={TUESDAY}").json["items"]
    assert (found["appointment"]["id"], found["offer"]["starts_at"]) == (hit, TEN)


def test_a_block_is_for_its_types_and_every_way_to_book_obeys_it(at: Clinic) -> None:
    intake = add_type(at.world, at.token, name="Intake")
    at.set_hours(
        [at.rule("tue", "09:00", "10:00", type_ids=[intake]), at.rule("tue", "10:00", "11:00")]
    )
    assert _times(at) == ["10:00", "10:15", "10:30"]
    assert _times(at, type_id=intake) == [
        "09:00", "09:15", "09:30", "09:45", "10:00", "10:15", "10:30",
    ]  # fmt: skip
    assert _refusal(at.book(NINE)) == OTHERS
    assert _refusal(at.hold(NINE)) == OTHERS
    moved = at.booking(TEN)
    assert _refusal(at.act(moved, "reschedule", {"starts_at": NINE})) == OTHERS
    assert at.book(NINE, type_id=intake).status == 201


def test_all_who_take_part_offer_the_type(at: Clinic) -> None:
    other = add_practitioner(at.world, at.token)
    intake = add_type(at.world, at.token, name="Intake")
    rule = at.rule("tue", "09:00", "12:00", type_ids=[intake])
    at.set_hours([rule], practitioner_id=other)
    refused = _refusal(at.book(NINE, other_practitioner_ids=[other]))
    assert refused == (422, "outside_availability", "other_practitioner_ids.0", "type_not_offered")
    assert at.book(NINE, other_practitioner_ids=[other], type_id=intake).status == 201


def test_extra_hours_may_be_for_one_type(at: Clinic) -> None:
    intake = add_type(at.world, at.token, name="Intake")
    extra = {
        "kind": "extra",
        "starts": f"{TUESDAY}T09:00:00",
        "ends": f"{TUESDAY}T10:00:00",
        "location_id": at.location_id,
        "type_ids": [intake],
    }
    at.set_hours([], [extra])
    assert (_times(at), len(_times(at, type_id=intake))) == ([], 3)


def test_a_series_says_where_its_type_is_not_offered(at: Clinic) -> None:
    intake = add_type(at.world, at.token, name="Intake")
    at.set_hours(
        [at.rule("tue", "09:00", "09:30"), at.rule("tue", "09:30", "11:00", type_ids=[intake])]
    )
    names = ("patient_id", "practitioner_id", "location_id", "type_id")
    own = {each: getattr(at, each) for each in names}
    series = {**own, "starts": f"{TUESDAY}T09:30:00", "rule": "FREQ=WEEKLY;COUNT=1"}
    ordered = made(at.call("POST", "/v1/appointment-series", series))
    at.world.pump()
    (occurrence,) = at.call("GET", f"/v1/appointment-series/{ordered}").json["occurrences"]
    assert (occurrence["outcome"], occurrence["code"]) == ("refused", "type_not_offered")


def test_types_that_are_not_there_are_named(at: Clinic) -> None:
    there = clinic(at.world)
    refused = at.set_hours(
        [
            at.rule("tue", "09:00", "10:00", type_ids=[at.type_id]),
            at.rule("tue", "10:00", "11:00", type_ids=[at.type_id, there.type_id]),
        ]
    )
    assert (refused.status, refused.json["errors"][0]["field"]) == (422, "rules.1.type_ids.1")
