"""Staff offer a time to whom they choose, and answer for who told them by telephone."""

from typing import Any

from tests.builders.waitlist import NINE, TEN, Waiting
from tests.world import Answered

NOBODY = "00000000000000000000000000"


def _offer(at: Waiting, wish: str, **over: Any) -> Answered:
    body = {
        "practitioner_id": at.clinic.practitioner_id,
        "location_id": at.clinic.location_id,
        "starts_at": TEN,
        **over,
    }
    return at.clinic.call("POST", f"/v1/waitlist/{wish}/offers", body)


def _answer(at: Waiting, wish: str, offer: str, answer: str) -> Answered:
    return at.clinic.call("POST", f"/v1/waitlist/{wish}/offers/{offer}", {"answer": answer})


def test_a_time_offered_by_hand_is_held_and_told(at: Waiting) -> None:
    at.wish("Bo", urgency="urgent")
    wish = at.wish("Amy")
    offer = _offer(at, wish)
    assert (offer.status, offer.json["status"], offer.json["starts_at"]) == (201, "open", TEN)
    assert at.clinic.book(TEN).json["code"] == "slot_taken"
    at.carry()
    assert (at.mailed("Amy"), at.mailed("Bo")) == (1, 0)
    assert at.say("Amy", "accepted").status == 200


def test_who_is_called_has_no_message_and_staff_answer_for_them(at: Waiting) -> None:
    wish = at.wish("Amy")
    offer = _offer(at, wish, by_phone=True).json["id"]
    at.carry()
    assert at.mailed("Amy") == 0
    answered = _answer(at, wish, offer, "accepted")
    assert (answered.status, answered.json["status"]) == (200, "accepted")
    assert answered.json["answered_by"].startswith("usr_")
    assert at.visits("Amy") == [("booked", TEN)]
    again = _answer(at, wish, offer, "declined")
    assert (again.status, again.json["code"]) == (409, "offer_spent")


def test_an_offer_that_was_made_by_itself_is_answered_by_telephone_too(at: Waiting) -> None:
    first, second = at.wish("Amy"), at.wish("Bo")
    at.freed()
    at.carry()
    assert _answer(at, first, at.read(first)["offer_id"], "declined").status == 200
    at.carry()
    assert at.offers(second) == [("open", TEN)]


def test_an_offer_of_another_wish_is_not_found(at: Waiting) -> None:
    first, second = at.wish("Amy"), at.wish("Bo")
    offer = _offer(at, first, by_phone=True).json["id"]
    assert _answer(at, second, offer, "accepted").status == 404
    assert _answer(at, f"wsh_{NOBODY}", offer, "accepted").status == 404


def test_what_cannot_be_offered_is_refused_by_its_own_code(at: Waiting) -> None:
    wish, other = at.wish("Amy"), at.wish("Bo")
    at.clinic.booking(NINE)
    assert _code(_offer(at, wish, starts_at=NINE)) == (409, "slot_taken")
    assert _code(_offer(at, wish, starts_at="2026-03-02T09:05:00-05:00")) == (422, "too_soon")
    assert _code(_offer(at, wish, starts_at="2026-03-01T10:00:00-05:00")) == (422, "in_the_past")
    assert _code(_offer(at, wish, starts_at="2026-03-04T10:02:00-05:00")) == (422, "off_grid")
    outside = _offer(at, wish, starts_at="2026-03-04T20:00:00-05:00")
    assert _code(outside) == (422, "outside_availability")
    assert _code(_offer(at, wish, location_id=f"loc_{NOBODY}")) == (422, "not_found")
    assert _code(_offer(at, wish, room_id=f"rom_{NOBODY}")) == (422, "not_found")
    assert _code(_offer(at, f"wsh_{NOBODY}")) == (404, "not_found")
    assert _offer(at, wish).status == 201
    assert _code(_offer(at, wish, starts_at="2026-03-04T11:00:00-05:00")) == (409, "offer_open")
    assert _code(_offer(at, other)) == (409, "slot_taken")


def test_nobody_is_offered_the_same_time_twice_by_hand_either(at: Waiting) -> None:
    wish = at.wish("Amy")
    offer = _offer(at, wish, by_phone=True).json["id"]
    _answer(at, wish, offer, "declined")
    assert _code(_offer(at, wish)) == (409, "offered_before")
    version = at.read(wish)["version"]
    at.clinic.call("DELETE", f"/v1/waitlist/{wish}", If_Match=f'"{version}"')
    assert _code(_offer(at, wish, starts_at=NINE)) == (409, "wish_over")


def test_a_visit_is_not_moved_to_later_by_hand_either(at: Waiting) -> None:
    visit = at.clinic.booking(NINE, patient_id=at.patient("Amy"))
    wish = at.wish("Amy", appointment_id=visit)
    assert _code(_offer(at, wish)) == (422, "not_earlier")


def _code(answer: Answered) -> tuple[int, str]:
    errors = answer.json.get("errors") or [{"code": answer.json["code"]}]
    shown = errors[0]["code"] if answer.status == 422 else answer.json["code"]
    return answer.status, shown
