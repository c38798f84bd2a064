"""The free starts that a page shows: by notice, horizon and what a day still takes; never by whom."""

from datetime import date, datetime
from typing import Any

import pytest

from tests.builders.online import NINE, TEN, Visitor, booked, clinic, put_online
from tests.builders.scheduling import Clinic, add_practitioner, add_room, add_type, made
from tests.faults import before_commit
from tests.world import Answered, World

DAY = "2026-03-04"
MORNING = {"starts": "09:00", "ends": "12:00", "most": 2}


@pytest.fixture
def at(world: World) -> Clinic:
    return clinic(world)


def test_starts_are_what_is_free_and_tell_nothing_more(at: Clinic) -> None:
    at.booking(NINE)
    items = Visitor(at).slots(DAY).json["items"]
    assert NINE not in [each["starts_at"] for each in items]
    assert {frozenset(each) for each in items} == {
        frozenset({"starts_at", "ends_at", "practitioner_id", "location_id"})
    }
    assert at.patient_id not in str(items)


def test_notice_and_horizon_bind_visitors_and_no_staff(world: World) -> None:
    at = clinic(world, notice_hours=48, bookable_days=7)
    rosa = Visitor(at)
    assert rosa.starts("2026-03-03") == []
    assert rosa.starts(DAY)[0] == NINE
    assert rosa.starts("2026-03-09") != []
    assert rosa.starts("2026-03-10") == []
    soon, far = "2026-03-04T08:00:00-05:00", "2026-03-20T09:00:00-04:00"
    first, last = "0001-01-01T00:01:00Z", "9999-12-31T23:59:00-12:00"
    for starts_at, code in (
        (soon, "too_soon"),
        (first, "too_soon"),
        (far, "too_far_ahead"),
        (last, "too_far_ahead"),
    ):
        refused = rosa.hold(starts_at)
        bad = refused.json["errors"][0]
        assert (refused.status, bad["field"], bad["code"]) == (422, "starts_at", code)
    made(at.book("2026-03-03T09:00:00-05:00"))
    made(at.book(far))


def test_the_day_of_the_horizon_is_the_last_one_and_the_instant_of_notice_the_first(
    world: World,
) -> None:
    at = clinic(world, notice_hours=48, bookable_days=2)
    rosa = Visitor(at)
    assert rosa.starts(DAY)[0] == NINE
    world.clock.advance(seconds=1)
    assert rosa.starts(DAY)[0] == "2026-03-04T09:15:00-05:00"
    assert rosa.starts("2026-03-05") == []


def test_a_part_of_a_day_takes_so_many_online_and_staff_book_beyond(world: World) -> None:
    at = clinic(world, page={"segments": [MORNING]})
    rosa = Visitor(at)
    booked(rosa.book(NINE, contact={"email": "a@example.com"}))
    assert rosa.hold(TEN).status == 201
    left = rosa.starts(DAY)
    assert left[0] == "2026-03-04T12:00:00-05:00"
    assert rosa.starts("2026-03-05")[0] == "2026-03-05T09:00:00-05:00"
    refused = rosa.hold("2026-03-04T11:00:00-05:00")
    assert (refused.status, refused.json["code"]) == (409, "slot_taken")
    made(at.book("2026-03-04T11:00:00-05:00"))
    world.clock.advance(minutes=16)
    assert rosa.starts(DAY)[0] == "2026-03-04T09:30:00-05:00"


def test_of_two_who_want_the_last_place_of_a_morning_one_has_it(world: World) -> None:
    at = clinic(world, page={"segments": [{**MORNING, "most": 1}]})
    one, two = Visitor(at), Visitor(at)
    first, second = one.hold_body(NINE), two.hold_body(TEN)
    answers: list[Answered] = []
    with before_commit(2, lambda: answers.append(two.send_hold(second))):
        answers.append(one.send_hold(first))
    assert [each.status for each in answers] == [201, 409]
    assert answers[1].json["code"] == "schedule_changed"
    assert one.send_hold(first).json["code"] == "slot_taken"


def test_a_visit_that_moves_or_ends_counts_where_it_is(world: World) -> None:
    at = clinic(world, page={"segments": [{**MORNING, "most": 1}]})
    rosa = Visitor(at)
    booked(rosa.book(NINE))
    visit = at.call("GET", f"/v1/locations/{at.location_id}/day?day={DAY}").json["items"][0]["id"]
    assert rosa.starts(DAY)[0] >= "2026-03-04T12"
    assert at.act(visit, "reschedule", {"starts_at": "2026-03-05T09:00:00-05:00"}).status == 200
    world.pump()
    assert rosa.starts(DAY)[0] == NINE
    assert rosa.starts("2026-03-05")[0] >= "2026-03-05T12"
    moved = at.act(visit, "reschedule", {"starts_at": "2026-03-05T10:00:00-05:00"})
    assert moved.status == 200
    world.pump()
    assert rosa.starts("2026-03-05")[0] >= "2026-03-05T12"
    assert at.act(visit, "cancel", {"reason": "pat"}).status == 200
    world.pump()
    assert rosa.starts("2026-03-05")[0] == "2026-03-05T09:00:00-05:00"
    assert at.act(visit, "reinstate", {}).status == 200
    world.pump()
    assert rosa.starts("2026-03-05")[0] >= "2026-03-05T12"


def test_a_type_that_needs_a_room_has_any_that_is_free(world: World) -> None:
    at = clinic(world, needs_room=True)
    second = add_room(world, at.token, at.location_id, name="Room 2")
    colleague = add_practitioner(world, at.token, family_name="Roe")
    at.set_hours([at.rule("wed", "09:00", "17:00")], practitioner_id=colleague)
    shown = [{"practitioner_id": each, "name": "Dr"} for each in (at.practitioner_id, colleague)]
    put_online(at, practitioners=shown)
    rosa = Visitor(at)
    for who in (at.practitioner_id, colleague):
        assert rosa.hold(NINE, practitioner_id=who).status == 201
        booked_at = rosa.say(contact={"email": f"{who}@example.com"})
        assert booked_at.status == 200
        booked(rosa.verify())
    day = at.call("GET", f"/v1/locations/{at.location_id}/day?day={DAY}").json["items"]
    assert {each["room_id"] for each in day} == {at.room_id, second}
    third = add_practitioner(world, at.token, family_name="Poe")
    at.set_hours([at.rule("wed", "09:00", "17:00")], practitioner_id=third)
    put_online(at, practitioners=[{"practitioner_id": third, "name": "Dr"}])
    assert rosa.starts(DAY)[0] == "2026-03-04T09:30:00-05:00"


def test_a_group_session_has_as_many_visitors_as_seats(world: World) -> None:
    at = clinic(world, capacity=2)
    visitors = [Visitor(at) for _ in range(3)]
    for number, each in enumerate(visitors[:2]):
        assert NINE in each.starts(DAY)
        assert each.hold(NINE).status == 201
        assert each.say(contact={"email": f"v{number}@example.com"}).status == 200
    assert NINE not in visitors[2].starts(DAY)
    refused = visitors[2].hold(NINE)
    assert (refused.status, refused.json["code"]) == (409, "slot_taken")
    for each in visitors[:2]:
        booked(each.verify())
    assert "seats" not in visitors[2].slots(DAY).text
    day = at.call("GET", f"/v1/locations/{at.location_id}/day?day={DAY}")
    assert day.text.count("Rosa Diaz") == 2


def test_more_practitioners_than_one_search_has_are_all_found(at: Clinic) -> None:
    shown = [{"practitioner_id": at.practitioner_id, "name": "Dr"}]
    for _ in range(6):
        each = add_practitioner(at.world, at.token)
        at.set_hours([at.rule("wed", "09:00", "10:00")], practitioner_id=each)
        shown.append({"practitioner_id": each, "name": "Dr"})
    put_online(at, practitioners=shown)
    items = Visitor(at).slots(DAY).json["items"]
    assert len([each for each in items if each["starts_at"] == NINE]) == 7
    assert [each["starts_at"] for each in items] == sorted(each["starts_at"] for each in items)
    alone = Visitor(at).slots(DAY, practitioner_id=at.practitioner_id).json["items"]
    assert {each["practitioner_id"] for each in alone} == {at.practitioner_id}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"until": "2026-03-03"}, "until"),
        ({"until": "2026-03-18"}, "until"),
        ({"first": "2028-03-04", "until": "2028-03-04"}, "from"),
        ({"practitioner_id": "pra_00000000000000000000000000"}, "practitioner_id"),
        ({"type_id": "typ_00000000000000000000000000"}, "type_id"),
        ({"location_id": "loc_00000000000000000000000000"}, "location_id"),
    ],
)
def test_a_search_that_cannot_be_is_refused_by_the_field(
    at: Clinic, query: dict[str, str], field: str
) -> None:
    over = dict(query)
    refused = Visitor(at).slots(over.pop("first", DAY), over.pop("until", DAY), **over)
    assert (refused.status, refused.json["errors"][0]["field"]) == (422, field)


def test_what_is_not_online_is_as_what_is_not_there(at: Clinic) -> None:
    hidden = add_type(at.world, at.token)
    other = clinic(at.world, page={"slug": "oak-street"})
    answers = [
        Visitor(at).slots(DAY, type_id=each).json["errors"]
        for each in (hidden, other.type_id, "typ_00000000000000000000000000")
    ]
    assert answers[0] == answers[1] == answers[2]
    for name in ("type_id", "practitioner_id", "location_id"):
        theirs = Visitor(at).hold(NINE, **{name: getattr(other, name)})
        nobodys = Visitor(at).hold(NINE, **{name: f"{getattr(at, name)[:4]}{'0' * 26}"})
        assert theirs.status == nobodys.status
        assert theirs.json["errors"] == nobodys.json["errors"]


ZONES: dict[str, tuple[str, str]] = {
    "America/New_York": ("2026-03-08", "2026-11-01"),
    "Australia/Sydney": ("2026-10-04", "2026-04-05"),
    "Australia/Lord_Howe": ("2026-10-04", "2026-04-05"),
    "America/Phoenix": ("2026-03-08", "2026-11-01"),
    "Australia/Brisbane": ("2026-10-04", "2026-04-05"),
}


@pytest.mark.parametrize("zone", ZONES)
def test_days_when_clocks_change_have_each_start_once_and_all_can_be_held(
    world: World, zone: str
) -> None:
    at = clinic(world, time_zone=zone, hours=("00:00", "06:00"))
    rosa = Visitor(at)
    for day in ZONES[zone]:
        items = rosa.slots(day).json["items"]
        instants = [datetime.fromisoformat(each["starts_at"]) for each in items]
        assert len({each.timestamp() for each in instants}) == len(instants)
        assert {each.date() for each in instants} == {date.fromisoformat(day)}
        staff = at.starts(day)
        assert [each["starts_at"] for each in items] == staff
        late = [each for each in staff if "T01:" in each or "T02:" in each][-1]
        assert rosa.hold(late).status == 201, late
        held: list[Any] = rosa.starts(day)
        assert late not in held
