"""A patient moves their visit by its link: to what the page would offer, in time, once."""

from typing import Any

import pytest

from chalicelib.messaging.visit_tokens import VisitToken
from tests import tables
from tests.builders.online import NINE, TEN, Visitor, booked, clinic, put_online
from tests.builders.scheduling import Clinic, add_practitioner, add_room, add_type
from tests.faults import Died, before_commit, calls, dying
from tests.world import Answered, World, sign_in

OTHER = {
    "name": {"family": "Other", "given": "Olive"},
    "birth_date": "1970-01-01",
    "sex": "female",
}
DAY, NEXT = "2026-03-04", "2026-03-05T09:00:00-05:00"


@pytest.fixture
def at(world: World) -> Clinic:
    return clinic(world)


@pytest.fixture
def link(at: Clinic) -> str:
    """Of a visit that was booked online."""
    secret = booked(Visitor(at).book(NINE))
    at.world.pump()
    return secret


def look(at: Clinic, link: str, day: str = DAY, **over: str) -> Answered:
    query = {"from": day, "until": day, **over}
    pairs = "&".join(f"{name}={value}" for name, value in query.items())
    return at.world.call("GET", f"/v1/visit-links/{link}/slots?{pairs}")


def move(at: Clinic, link: str, starts_at: str = NEXT, **over: Any) -> Answered:
    body = {"starts_at": starts_at, **over}
    return at.world.call("POST", f"/v1/visit-links/{link}/slots", body)


def refusal(answer: Answered) -> tuple[int, str]:
    return answer.status, answer.json["code"]


def link_to(at: Clinic, visit: str, version: int = 1) -> str:
    """The link that a reminder would have."""
    at.world.pump()
    return VisitToken(at.practice_id, visit, version, "2d").secret()


def test_a_visit_moves_to_a_start_that_was_offered_and_its_link_is_spent(
    at: Clinic, link: str
) -> None:
    shown = look(at, link).json
    assert (shown["movable"], shown["late"], shown["cancel_by"]) == (
        True,
        False,
        "2026-03-03T14:00:00Z",
    )
    starts = [each["starts_at"] for each in shown["items"]]
    assert TEN in starts
    assert NINE not in starts
    answer = move(at, link, TEN)
    assert answer.status == 200, answer.text
    assert (answer.json["starts_at"], answer.json["practitioner_id"]) == (TEN, at.practitioner_id)
    at.world.pump()
    assert at.starts(DAY)[0] == NINE
    day = at.call("GET", f"/v1/locations/{at.location_id}/day?day={DAY}").json["items"]
    assert [each["starts_at"] for each in day] == [TEN]
    assert refusal(move(at, link, NEXT)) == (409, "visit_link_spent")
    assert look(at, link).json["movable"] is False
    again = answer.json["visit_link"]
    assert at.world.call("GET", f"/v1/visit-links/{again}").json["open"] is True
    assert move(at, again, NEXT).status == 200


def test_looking_changes_nothing(at: Clinic, link: str) -> None:
    with calls() as made:
        assert look(at, link).status == 200
    assert set(made) <= {"GetItem", "BatchGetItem", "Query", "PutItem"}
    assert made.count("PutItem") == 1, "the audit's entry"


def test_the_same_again_is_answered_the_same(at: Clinic, link: str) -> None:
    first, again = move(at, link), move(at, link)
    assert (first.status, first.json) == (again.status, again.json)
    at.world.pump()
    assert move(at, link).json == first.json
    visit = at.world.of_kind("appointment")[0]
    assert visit["version"]["N"] == "2"
    at.world.clock.advance(minutes=11)
    assert refusal(move(at, link)) == (409, "visit_link_spent")


def test_a_link_outlives_what_leaves_time_and_place(at: Clinic, link: str) -> None:
    (visit,) = at.world.of_kind("appointment")
    appointment_id = visit["pk"]["S"].split("#")[1]
    same = {"starts_at": NINE, "room_id": at.room_id}
    assert at.act(appointment_id, "reschedule", same).status == 200
    at.world.pump()
    assert at.world.call("POST", f"/v1/visit-links/{link}", {"answer": "confirmed"}).status == 200


def test_of_two_moves_at_once_one_is_made(at: Clinic, link: str) -> None:
    answers: list[Answered] = []
    with before_commit(1, lambda: answers.append(move(at, link, TEN))):
        answers.append(move(at, link, NEXT))
    assert [each.status for each in answers] == [200, 409]
    assert len(at.taken(at.practitioner_id)) == 1


def test_a_death_at_each_call_moves_it_or_does_not(at: Clinic, link: str) -> None:
    kept, deaths = tables.image(), 0
    for after in (False, True):
        at_call = 0
        while True:
            try:
                with dying(at_call, after=after):
                    answer = move(at, link)
            except Died:
                deaths += 1
            else:
                assert answer.status == 200
                tables.put_back(kept)
                break
            assert move(at, link).status == 200, (at_call, after)
            assert list(at.taken(at.practitioner_id)) == ["2026-03-05"]
            tables.put_back(kept)
            at_call += 1
    assert deaths > 10


def test_what_is_not_offered_is_taken(at: Clinic, link: str) -> None:
    at.booking(TEN)
    for starts_at in (
        TEN,
        "2026-03-05T20:00:00-05:00",
        "2026-03-05T09:05:00-05:00",
        "0001-01-01T00:01:00Z",
        "9999-12-31T23:59:00-12:00",
    ):
        assert refusal(move(at, link, starts_at)) == (409, "slot_taken")
    assert move(at, link).status == 200


def test_notice_and_horizon_bind_a_move_as_they_bind_a_booking(world: World) -> None:
    at = clinic(world, notice_hours=30, bookable_days=10, cancel_hours=2)
    link = booked(Visitor(at).book(NINE))
    world.pump()
    assert look(at, link, "2026-03-03").json["items"][0]["starts_at"] >= "2026-03-03T15:00"
    assert look(at, link, "2026-03-12").json["items"]
    assert look(at, link, "2026-03-13").json["items"] == []
    assert refusal(move(at, link, "2026-03-03T09:00:00-05:00")) == (409, "slot_taken")


def test_a_moved_visit_counts_among_its_new_day_s_at_once(world: World) -> None:
    morning = {"starts": "09:00", "ends": "12:00", "most": 1}
    at = clinic(world, page={"segments": [morning]})
    link = booked(Visitor(at).book(NINE))
    world.pump()
    assert TEN in [each["starts_at"] for each in look(at, link).json["items"]]
    assert move(at, link, NEXT).status == 200
    assert Visitor(at).starts(DAY)[0] == NINE
    assert Visitor(at).starts("2026-03-05")[0] == "2026-03-05T12:00:00-05:00"
    world.pump()
    assert Visitor(at).starts("2026-03-05")[0] == "2026-03-05T12:00:00-05:00"


def test_late_it_is_the_practice_that_moves_it(at: Clinic, link: str) -> None:
    at.world.clock.advance(hours=25)
    shown = look(at, link).json
    assert (shown["movable"], shown["late"], shown["items"]) == (False, True, [])
    assert refusal(move(at, link)) == (409, "not_movable")
    asked = at.world.call("POST", f"/v1/visit-links/{link}", {"answer": "move"})
    assert asked.status == 200
    at.world.pump()
    at.token = sign_in(at.world, at.email)
    found = at.call("GET", "/v1/tasks?queue=front_desk").json["items"]
    assert "visit_move_wanted" in {each["kind"] for each in found}


def test_what_is_not_booked_online_is_not_moved_online(at: Clinic) -> None:
    staff_only = add_type(at.world, at.token, name="Staff only")
    link = link_to(at, at.booking(NINE, type_id=staff_only))
    assert look(at, link).json["movable"] is False
    assert refusal(move(at, link)) == (409, "not_movable")


def test_a_page_that_is_off_moves_nothing(at: Clinic, link: str) -> None:
    put_online(at, enabled=False)
    assert look(at, link).json["movable"] is False
    assert refusal(move(at, link)) == (409, "not_movable")


def test_a_visit_that_staff_booked_is_moved_by_its_reminder_s_link(at: Clinic) -> None:
    link = link_to(at, at.booking(NINE))
    assert move(at, link).status == 200


def test_where_its_practitioner_has_no_time_others_are_offered(at: Clinic, link: str) -> None:
    colleague = add_practitioner(at.world, at.token, family_name="Roe")
    at.set_hours(
        [at.rule(day, "09:00", "17:00") for day in ("wed", "fri")], practitioner_id=colleague
    )
    at.set_hours([at.rule(day, "09:00", "17:00") for day in ("wed", "thu")])
    shown = [{"practitioner_id": each, "name": "Dr"} for each in (at.practitioner_id, colleague)]
    put_online(at, practitioners=shown)
    own = look(at, link, "2026-03-05").json["items"]
    assert {each["practitioner_id"] for each in own} == {at.practitioner_id}
    others = look(at, link, "2026-03-06").json["items"]
    assert {each["practitioner_id"] for each in others} == {colleague}
    friday = "2026-03-06T09:00:00-05:00"
    at_once = move(at, link, NINE, practitioner_id=colleague)
    assert refusal(at_once) == (409, "slot_taken"), "they are there already then"
    moved = move(at, link, friday, practitioner_id=colleague)
    assert (moved.status, moved.json["practitioner_id"]) == (200, colleague)


def test_who_else_takes_part_is_not_lost_by_a_move(at: Clinic) -> None:
    colleague = add_practitioner(at.world, at.token, family_name="Roe")
    at.set_hours([at.rule("wed", "09:00", "17:00")], practitioner_id=colleague)
    link = link_to(at, at.booking(NINE, other_practitioner_ids=[colleague]))
    assert look(at, link).json["movable"] is False
    assert refusal(move(at, link)) == (409, "not_movable")


def test_a_seat_moves_into_another_session_while_it_has_one(world: World) -> None:
    at = clinic(world, capacity=2)
    first, second = Visitor(at), Visitor(at)
    link = booked(first.book(NINE))
    booked(second.book(TEN, contact={"email": "b@example.com"}))
    world.pump()
    assert TEN in [each["starts_at"] for each in look(at, link).json["items"]]
    moved = move(at, link, TEN)
    assert (moved.status, moved.json["starts_at"]) == (200, TEN)
    assert TEN not in first.starts(DAY)
    assert NINE in first.starts(DAY)


def test_a_room_that_staff_gave_it_goes_along_while_it_is_free(at: Clinic) -> None:
    link = link_to(at, at.booking(NINE, room_id=at.room_id))
    second = add_room(at.world, at.token, at.location_id, name="Room 2")
    colleague = add_practitioner(at.world, at.token, family_name="Roe")
    at.set_hours([at.rule("wed", "09:00", "17:00")], practitioner_id=colleague)
    at.booking(
        TEN,
        practitioner_id=colleague,
        room_id=at.room_id,
        patient_id=at.call("POST", "/v1/patients", OTHER).json["id"],
    )
    starts = [each["starts_at"] for each in look(at, link).json["items"]]
    assert TEN not in starts
    eleven = "2026-03-04T11:00:00-05:00"
    assert move(at, link, eleven).status == 200
    assert at.taken(second) == {}


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"until": "2026-03-03"}, "until"),
        ({"until": "2026-03-18"}, "until"),
        ({"from": "2029-03-03", "until": "2029-03-03"}, "from"),
    ],
)
def test_days_that_cannot_be_are_refused_by_the_field(
    at: Clinic, link: str, over: dict[str, str], field: str
) -> None:
    refused = look(at, link, **over)
    assert (refused.status, refused.json["errors"][0]["field"]) == (422, field)


def test_a_link_that_we_did_not_make_is_not_found(at: Clinic, link: str) -> None:
    for wrong in (link[:-1], "x", link.swapcase()):
        assert refusal(look(at, wrong)) == (404, "not_found")
        assert refusal(move(at, wrong)) == (404, "not_found")


def test_a_move_is_under_the_link_s_name_in_audit_and_history(at: Clinic, link: str) -> None:
    move(at, link)
    (visit,) = at.world.of_kind("appointment")
    appointment_id = visit["pk"]["S"].split("#")[1]
    steps = at.read(appointment_id)["steps"]
    assert (steps[-1]["to"], steps[-1]["by"]) == ("rescheduled", f"link:{appointment_id}")
    entries = [each for each in at.world.of_kind("audit") if each["action"]["S"] == "move_visit"]
    (entry,) = entries
    assert f"#audit#link:{appointment_id}#" in entry["pk"]["S"]
    assert visit["patient_id"]["S"] in str(entry)
