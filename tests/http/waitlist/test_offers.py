"""A freed time is offered at once to who waits for it, held for them, and theirs when they take it."""

import json
from dataclasses import replace
from typing import Any

import boto3
import pytest

from chalicelib.platform.config import settings
from chalicelib.practices.plans import PLANS
from tests.builders.scheduling import add_room, made
from tests.builders.waitlist import LATER, NINE, TEN, Waiting
from tests.http.messaging.reminding import provider

HALF_PAST = "2026-03-04T10:30:00-05:00"


def test_a_cancelled_visit_s_time_is_offered_taken_and_booked(at: Waiting) -> None:
    wish = at.wish("Amy")
    at.freed()
    at.carry()
    assert at.offers(wish) == [("open", TEN)]
    assert at.mailed("Amy") == 1
    assert at.clinic.book(TEN, patient_id=at.patient("Bo")).json["code"] == "slot_taken"
    said = at.say("Amy", "accepted")
    assert (said.status, said.json) == (200, {"answer": "accepted"})
    assert at.visits("Amy") == [("booked", TEN)]
    found = at.read(wish)
    assert (found["status"], found["offer_id"]) == ("booked", None)
    assert at.offers(wish) == [("accepted", TEN)]
    at.carry()
    again = at.say("Amy", "accepted")
    assert (again.status, again.json["code"]) == (409, "offer_spent")
    assert at.visits("Amy") == [("booked", TEN)]


def test_from_cancelling_to_the_message_there_are_only_deliveries_of_events(at: Waiting) -> None:
    """No schedule runs and no minute passes: the stream and the queues alone carry it."""
    at.wish("Amy")
    at.freed()
    before, rounds = at.world.clock.now(), 0
    while not at.mailed("Amy"):
        assert at.world._stream() + at.world._queues() > 0
        rounds += 1
    assert at.world.clock.now() == before
    assert rounds <= 4, "cancel → stream → scheduling's queue → stream → messaging's queue"


def test_the_more_urgent_and_then_the_older_wish_is_offered_it(at: Waiting) -> None:
    first, second = at.wish("Amy"), at.wish("Bo")
    urgent = at.wish("Cy", urgency="urgent")
    for name, wish in (("Cy", urgent), ("Amy", first), ("Bo", second)):
        if wish == urgent:
            at.freed()
        at.carry()
        assert at.offers(wish) == [("open", TEN)], name
        assert at.say(name, "declined").status == 200
    at.carry()
    assert [at.offers(each) for each in (first, second, urgent)] == [[("declined", TEN)]] * 3
    at.clinic.booking(TEN)


def test_who_does_not_answer_is_passed_over_within_the_minute_s_schedule(at: Waiting) -> None:
    first, second = at.wish("Amy"), at.wish("Bo")
    at.freed()
    at.carry()
    at.later(minutes=29)
    assert (at.offers(first), at.offers(second)) == ([("open", TEN)], [])
    at.later(minutes=1)
    assert (at.offers(first), at.offers(second)) == ([("expired", TEN)], [("open", TEN)])
    late = at.say("Amy", "accepted")
    assert (late.status, late.json["code"]) == (409, "offer_spent")
    at.later(minutes=30)
    assert at.offers(second) == [("expired", TEN)]
    assert at.read(first)["status"] == "waiting"
    assert (at.mailed("Amy"), at.mailed("Bo")) == (1, 1), "nobody is offered the same time twice"
    at.clinic.booking(TEN)


def test_nobody_has_two_open_offers(at: Waiting) -> None:
    wish, other = at.wish("Amy"), at.wish("Amy", urgency="urgent")
    at.freed(TEN)
    at.freed(NINE)
    at.carry()
    assert sorted(at.offers(wish) + at.offers(other)) in ([("open", NINE)], [("open", TEN)])
    assert at.mailed("Amy") == 1


def test_a_long_time_that_is_freed_is_offered_in_pieces(at: Waiting) -> None:
    long = made(at.clinic.call("POST", "/v1/appointment-types", {"name": "Long", "minutes": 60}))
    wishes = [at.wish(name) for name in ("Amy", "Bo", "Cy")]
    _only(at, "10:00", "11:00")
    at.freed(TEN, type_id=long)
    at.carry()
    assert [at.offers(each) for each in wishes] == [[("open", TEN)], [("open", HALF_PAST)], []]


def test_a_short_time_fits_a_longer_visit_only_with_what_is_free_beside_it(at: Waiting) -> None:
    body = {"name": "Long", "minutes": 45, "minutes_after": 15}
    long = made(at.clinic.call("POST", "/v1/appointment-types", body))
    _only(at, "10:00", "11:00")
    beside = at.clinic.booking(HALF_PAST, patient_id=at.patient("Holder"))
    wish = at.wish("Amy", type_id=long)
    at.freed(TEN)
    at.carry()
    assert at.offers(wish) == [], "half an hour is too short for it"
    at.clinic.act(beside, "cancel", {"reason": "pat"})
    at.carry()
    assert at.offers(wish) == [("open", TEN)], "with its buffer it takes both halves"


def test_what_needs_a_room_is_offered_with_a_free_one(at: Waiting) -> None:
    body = {"name": "Exam", "minutes": 30, "needs_room": True, "needs": [{"kind": "exam"}]}
    exam = made(at.clinic.call("POST", "/v1/appointment-types", body))
    place = at.clinic.location_id
    rooms = [add_room(at.world, at.clinic.token, place, name=name, of_kind="exam") for name in "AB"]
    wish = at.wish("Amy", type_id=exam)
    at.freed(TEN)
    at.carry()
    at.say("Amy", "accepted")
    booked = at.clinic.read(at.read(wish)["booked_id"])
    assert booked["room_id"] in rooms
    assert booked["resource_ids"] == []


def test_a_seat_that_is_given_up_in_a_full_group_is_offered(at: Waiting) -> None:
    body = {"name": "Group", "minutes": 60, "capacity": 2}
    group = made(at.clinic.call("POST", "/v1/appointment-types", body))
    at.clinic.booking(TEN, patient_id=at.people["Bo"], type_id=group)
    wish, other = at.wish("Amy", type_id=group), at.wish("Cy", type_id=group)
    at.freed(TEN, type_id=group)
    at.carry()
    assert (at.offers(wish), at.offers(other)) == ([("open", TEN)], [])
    assert at.clinic.book(TEN, patient_id=at.people["Cy"], type_id=group).status == 409
    assert at.say("Amy", "accepted").status == 200
    assert at.visits("Amy") == [("booked", TEN)]


def _only(at: Waiting, starts: str, ends: str) -> None:
    """The practitioner works on the day of the offers alone, in these hours."""
    assert at.clinic.set_hours([at.clinic.rule("wed", starts, ends)]).status == 200


def test_a_patient_who_is_elsewhere_then_is_passed_over(at: Waiting) -> None:
    first, second = at.wish("Amy"), at.wish("Bo")
    at.clinic.booking(
        TEN, patient_id=at.people["Amy"], practitioner_id=_colleague(at), type_id=_other_type(at)
    )
    _only(at, "10:00", "10:30")
    at.freed(TEN)
    at.carry()
    assert (at.offers(first), at.offers(second)) == ([], [("open", TEN)])


def test_accepting_moves_the_later_visit_and_its_time_is_offered_in_turn(at: Waiting) -> None:
    visit = at.clinic.booking(LATER, patient_id=at.patient("Amy"))
    wish = at.wish("Amy", appointment_id=visit)
    waits = at.wish("Bo", first_day="2026-03-20")
    at.freed()
    at.carry()
    shown = at.world.call("GET", f"/v1/offer-links/{at.secret('Amy')}").json
    assert (shown["moves"], shown["open"]) == (True, True)
    assert at.say("Amy", "accepted").status == 200
    assert at.visits("Amy") == [("booked", TEN)]
    assert at.read(wish)["booked_id"] == visit
    assert [step["to"] for step in at.clinic.read(visit)["steps"]] == ["booked", "rescheduled"]
    at.carry()
    assert at.offers(waits) == [("open", LATER)]


def test_a_later_visit_may_be_moved_to_a_time_that_it_overlaps(at: Waiting) -> None:
    visit = at.clinic.booking("2026-03-04T10:30:00-05:00", patient_id=at.patient("Amy"))
    wish = at.wish("Amy", appointment_id=visit, practitioner_ids=[_colleague(at)])
    before = at.clinic.booking(
        "2026-03-04T10:15:00-05:00", patient_id=at.patient("Holder"), practitioner_id=_colleague(at)
    )
    at.carry()
    at.clinic.act(before, "cancel", {"reason": "pat"})
    at.carry()
    assert at.offers(wish) == [("open", "2026-03-04T10:15:00-05:00")]
    assert at.say("Amy", "accepted").status == 200
    assert at.visits("Amy") == [("booked", "2026-03-04T10:15:00-05:00")]
    assert at.clinic.taken(at.people["Amy"]) == {"2026-03-04": {183, 184, 185, 186, 187, 188}}


def _colleague(at: Waiting) -> str:
    """Another practitioner, who works on Wednesdays; the same one each time."""
    if "a colleague" not in at.people:
        body = {"family_name": "Roe", "given_name": "Jo"}
        made_now = made(at.clinic.call("POST", "/v1/practitioners", body))
        at.people["a colleague"] = made_now
        at.clinic.set_hours([at.clinic.rule("wed", "09:00", "17:00")], practitioner_id=made_now)
    return at.people["a colleague"]


def test_who_gave_a_time_up_is_not_offered_it(at: Waiting) -> None:
    wish = at.wish("Holder", urgency="urgent")
    other = at.wish("Bo")
    visit = at.clinic.booking(TEN, patient_id=at.people["Holder"], type_id=_other_type(at))
    at.carry()
    at.clinic.act(visit, "cancel", {"reason": "pat"})
    at.carry()
    assert (at.offers(wish), at.offers(other)) == ([], [("open", TEN)])


def _other_type(at: Waiting) -> str:
    return made(at.clinic.call("POST", "/v1/appointment-types", {"name": "Else", "minutes": 30}))


def test_a_visit_is_not_moved_to_later(at: Waiting) -> None:
    visit = at.clinic.booking(NINE, patient_id=at.patient("Amy"))
    wish = at.wish("Amy", appointment_id=visit)
    at.freed(TEN)
    at.carry()
    assert at.offers(wish) == []


def test_a_visit_that_was_cancelled_meanwhile_is_booked_anew(at: Waiting) -> None:
    visit = at.clinic.booking(LATER, patient_id=at.patient("Amy"))
    wish = at.wish("Amy", appointment_id=visit)
    at.clinic.act(visit, "cancel", {"reason": "prov"})
    at.carry()
    assert at.read(wish)["appointment_id"] is None
    at.freed()
    at.carry()
    assert at.say("Amy", "accepted").status == 200
    assert at.visits("Amy") == [("cancelled", LATER), ("booked", TEN)]


def test_whom_no_channel_reaches_is_passed_over_and_a_task_says_so(at: Waiting) -> None:
    first = at.wish("Mute") if at.patient("Mute", email=None, consents={}) else ""
    second = at.wish("Bo")
    at.freed()
    at.carry()
    assert (at.offers(first), at.offers(second)) == ([("unreachable", TEN)], [("open", TEN)])
    assert at.tasks() == ["message_not_sent"]
    assert at.read(first)["status"] == "waiting"


def test_where_the_plan_holds_no_more_messages_the_front_desk_calls(at: Waiting) -> None:
    wish, other = at.wish("Amy"), at.wish("Bo")
    at.freed()
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(PLANS, "trial", replace(PLANS["trial"], messages=0))
        at.carry()
    assert (at.offers(wish), at.offers(other)) == ([("open", TEN)], [])
    assert (at.tasks(), at.mailed("Amy")) == (["message_not_sent"], 0)


def test_what_the_provider_does_not_take_now_is_sent_when_the_queue_brings_it_again(
    at: Waiting,
) -> None:
    wish = at.wish("Amy")
    at.freed()
    with provider("sesv2", ("TooManyRequestsException", 429)):
        for _ in range(3):
            at.world._stream()
            at.world._queues()
    assert (at.mailed("Amy"), at.offers(wish)) == (0, [("open", TEN)])
    assert at.world.deliver("messaging", [_made_event(at, wish)]) == []
    assert at.mailed("Amy") == 1


def test_what_was_never_sent_is_a_task_once_the_offer_is_over(at: Waiting) -> None:
    at.wish("Amy")
    at.freed()
    with provider("sesv2", ("TooManyRequestsException", 429)):
        for _ in range(3):
            at.world._stream()
            at.world._queues()
        _drop_messages()
        at.later(minutes=30)
    assert (at.mailed("Amy"), at.tasks()) == (0, ["message_not_sent"])


def _drop_messages() -> None:
    sqs = boto3.client("sqs")
    for url in settings().queue_urls.values():
        sqs.purge_queue(QueueUrl=url)


def _made_event(at: Waiting, wish: str) -> str:
    offer: Any = at.read(wish)["history"][-1]
    return json.dumps(
        {
            "id": "evt_1",
            "type": "waitlist_offer.made",
            "practice_id": at.clinic.practice_id,
            "subject": offer["id"],
            "subject_version": 1,
            "occurred_at": "2026-03-02T14:00:00.000000Z",
            "data": {"wish_id": wish, "patient_id": offer["patient_id"]},
            "schema": 1,
        }
    )


def test_a_text_of_an_offer_says_when_and_until_when_and_how_to_end_texts(at: Waiting) -> None:
    at.patient("Tex", email=None, consents={"sms": True}, phones=_mobile("(212) 555-0147"))
    at.wish("Tex")
    at.freed()
    at.carry()
    ((number, text),) = at.world.texts()
    assert number == "+12125550147"
    assert text.startswith(
        "Elm Street Clinic: a time is free on Wed 4 Mar 2026, 10:00 EST. "
        "Held for you until 09:30 EST: "
    )
    assert text.endswith(" Reply STOP to end texts.")
    assert "Tex" not in text
    assert "Follow-up" not in text


def _mobile(number: str) -> list[dict[str, str]]:
    return [{"number": number, "use": "mobile"}]


def test_an_offer_of_what_is_near_leaves_the_time_to_come(at: Waiting) -> None:
    wish = at.wish("Amy", notice_minutes=45)
    at.freed("2026-03-02T10:00:00-05:00")
    at.carry()
    assert at.read(wish)["history"][0]["until"] == "2026-03-02T09:15:00-05:00"


def test_what_is_too_near_to_answer_is_not_offered(at: Waiting) -> None:
    wish = at.wish("Amy", notice_minutes=51)
    at.clinic.set_hours([at.clinic.rule("mon", "09:30", "10:30")])
    at.freed("2026-03-02T10:00:00-05:00")
    at.carry()
    assert at.offers(wish) == []


def test_a_practice_says_how_long_an_offer_stands(at: Waiting) -> None:
    path = "/v1/practice/waitlist"
    assert at.clinic.call("GET", path).json == {"version": 0, "offer_minutes": 30}
    set_to = at.clinic.call("PUT", path, {"offer_minutes": 45}, If_Match='"0"')
    assert (set_to.status, set_to.json["offer_minutes"]) == (200, 45)
    stale = at.clinic.call("PUT", path, {"offer_minutes": 50}, If_Match='"0"')
    assert stale.status == 412
    assert at.clinic.call("PUT", path, {"offer_minutes": 5}, If_Match='"1"').status == 400
    wish = at.wish("Amy")
    at.freed()
    at.carry()
    assert at.read(wish)["history"][0]["until"] == "2026-03-02T09:45:00-05:00"
