"""From a practice's page to a visit: hold, who comes, code, booked; for somebody new, and for a patient."""

import re
from typing import Any

import pytest

from chalicelib.custody.keeping import belongs_to
from chalicelib.platform.outbox import OutboxItem
from tests.builders.online import NINE, ROSA, TEN, Visitor, booked, clinic, put_online
from tests.builders.patients import register_patient
from tests.builders.scheduling import Clinic
from tests.world import World, clear, sign_in

DAY = "2026-03-04"


@pytest.fixture
def at(world: World) -> Clinic:
    return clinic(world)


@pytest.fixture
def rosa(at: Clinic) -> Visitor:
    return Visitor(at)


def day_of(at: Clinic, day: str = DAY) -> list[dict[str, Any]]:
    answer = at.call("GET", f"/v1/locations/{at.location_id}/day?day={day}")
    items: list[dict[str, Any]] = answer.json["items"]
    return items


def tasks(at: Clinic) -> dict[str, dict[str, Any]]:
    """The front desk's open tasks, by kind."""
    at.world.pump()
    found = at.call("GET", "/v1/tasks?queue=front_desk").json["items"]
    return {each["kind"]: each for each in found}


def known(at: Clinic, **over: Any) -> str:
    """Rosa is a patient already."""
    said = {"birth_date": ROSA["birth_date"], "email": "rosa@example.com", **over}
    patient_id: str = register_patient(at.world, at.token, **said)["id"]
    return patient_id


def test_a_visitor_books_by_a_code_from_the_mail(at: Clinic, rosa: Visitor) -> None:
    assert NINE in rosa.starts(DAY)
    assert rosa.hold(NINE).status == 201
    assert NINE not in rosa.starts(DAY)
    said = rosa.say()
    assert (said.status, said.json["channel"], said.json["codes_left"]) == (200, "email", 2)
    at.world.pump()
    code = re.findall(r"code is (\d{6})", at.world.mails()[-1])[-1]
    answer = rosa.verify(code)
    booked(answer)
    shown = {name: answer.json[name] for name in ("starts_at", "cancel_by", "deposit", "practice")}
    assert shown == {
        "starts_at": NINE,
        "cancel_by": "2026-03-03T14:00:00Z",
        "deposit": None,
        "practice": "Elm Street Clinic",
    }
    (visit,) = day_of(at)
    assert (visit["patient_name"], visit["starts_at"]) == ("Rosa Diaz", NINE)


def test_somebody_new_is_registered_with_what_they_said_and_looked_at(
    at: Clinic, rosa: Visitor
) -> None:
    booked(rosa.book(NINE, sex="female", language="es"))
    (visit,) = day_of(at)
    patient = at.call("GET", f"/v1/patients/{visit['patient_id']}").json
    assert (patient["email"], patient["sex"], patient["language"]) == (
        "rosa@example.com",
        "female",
        "es",
    )
    assert patient["birth_date"] == ROSA["birth_date"]
    (consent,) = patient["consents"]
    assert (consent["channel"], consent["allowed"]) == ("email", True)
    assert consent["recorded_by"].startswith("online:obs_")
    task = tasks(at)["online_new_patient"]
    assert task["patient_id"] == visit["patient_id"]
    assert at.call("POST", "/v1/patients/search", {"name": "diaz ro"}).json["items"]


def test_the_desk_is_asked_once_however_often_the_queue_brings_it(
    at: Clinic, rosa: Visitor
) -> None:
    booked(rosa.book(NINE))
    (item,) = [
        each for each in at.world.of_kind("outbox") if each["type"]["S"] == "online_booking.booked"
    ]
    body = OutboxItem.from_raw_data(item).event().to_json()
    assert at.world.deliver("scheduling", [body, body]) == []
    assert at.world.deliver("scheduling", [body]) == []
    assert at.world.deliver("messaging", [body, body]) == []
    at.world.pump()
    found = at.call("GET", "/v1/tasks?queue=front_desk").json["items"]
    assert [each["kind"] for each in found] == ["online_new_patient"]
    assert len([mail for mail in at.world.mails() if "/visit/" in mail]) == 1


def test_visits_ahead_are_counted_and_past_ones_forgotten(at: Clinic, rosa: Visitor) -> None:
    put_online(at, most_upcoming=2)
    booked(rosa.book(NINE))
    booked(rosa.book(TEN))
    later = "2026-03-10T09:00:00-04:00"
    assert rosa.book("2026-03-05T09:00:00-05:00").json["status"] == "declined"
    at.world.clock.advance(days=3)
    booked(rosa.book(later))
    (person,) = at.world.of_kind("online_person")
    assert len(person["visits"]["SS"]) == 1


def test_who_may_be_known_already_is_a_task_to_compare(at: Clinic, rosa: Visitor) -> None:
    known(at, email="other@example.com", phones=[])
    booked(rosa.book(NINE))
    found = tasks(at)
    assert "possible_duplicate" in found
    assert "online_new_patient" not in found


@pytest.mark.parametrize(
    "as_said",
    [
        {},
        {"family_name": "DÍAZ", "given_name": "rosa maria"},
        {"contact": {"email": "ROSA@example.com"}},
        {"given_name": "Rosie"},
    ],
)
def test_a_patient_is_known_by_contact_name_and_birth_date(
    at: Clinic, rosa: Visitor, as_said: dict[str, Any]
) -> None:
    patient_id = known(at, name={"family": "Diaz", "given": "Rosa", "preferred": "Rosie"})
    booked(rosa.book(NINE, **as_said))
    (visit,) = day_of(at)
    assert visit["patient_id"] == patient_id
    assert set(tasks(at)) == set()


@pytest.mark.parametrize(
    "as_said",
    [
        {"family_name": "Diez"},
        {"given_name": "Ros"},
        {"birth_date": "1984-07-03"},
        {"contact": {"email": "rosa@example.org"}},
    ],
)
def test_and_by_nothing_less(at: Clinic, rosa: Visitor, as_said: dict[str, Any]) -> None:
    patient_id = known(at)
    booked(rosa.book(NINE, **as_said))
    (visit,) = day_of(at)
    assert visit["patient_id"] != patient_id


def test_a_patient_who_died_is_nobody_to_book_for(at: Clinic, rosa: Visitor) -> None:
    patient_id = known(at, deceased=True)
    booked(rosa.book(NINE))
    assert day_of(at)[0]["patient_id"] != patient_id


def test_two_patients_who_both_fit_are_for_the_desk_to_tell_apart(
    at: Clinic, rosa: Visitor
) -> None:
    known(at)
    known(at)
    assert rosa.book(NINE).json["status"] == "declined"
    assert tasks(at)["online_booking_declined"]["patient_id"] is None


def test_consent_that_is_given_online_is_kept_and_none_is_made_up(
    at: Clinic, rosa: Visitor
) -> None:
    patient_id = known(at, consents={})
    booked(rosa.book(NINE, agrees_to_messages=False))
    assert at.call("GET", f"/v1/patients/{patient_id}").json["consents"] == []
    at.world.pump()
    assert not [mail for mail in at.world.mails() if "your appointment is on" in mail]
    booked(rosa.book(TEN))
    (consent,) = at.call("GET", f"/v1/patients/{patient_id}").json["consents"]
    assert (consent["channel"], consent["allowed"]) == ("email", True)


def test_by_text_where_the_practice_sends_texts(at: Clinic, rosa: Visitor) -> None:
    assert rosa.offer().json["channels"] == ["email"]
    rosa.hold(NINE)
    mobile = {"contact": {"mobile": "(212) 555-0147"}}
    refused = rosa.say(**mobile)
    assert (refused.status, refused.json["errors"][0]["field"]) == (422, "contact.mobile")
    clear(at.world, at.owner, "sms")
    assert rosa.offer().json["channels"] == ["email", "sms"]
    assert rosa.say(**mobile).json["channel"] == "sms"
    at.world.pump()
    number, text = at.world.texts()[-1]
    assert number == "+12125550147"
    assert rosa.code() in text
    booked(rosa.verify())
    patient = at.call("GET", f"/v1/patients/{day_of(at)[0]['patient_id']}").json
    assert [phone["number"] for phone in patient["phones"]] == ["+12125550147"]
    at.world.pump()
    assert "/visit/" in at.world.texts()[-1][1]


def test_who_agreed_to_messages_is_told_with_a_link_and_nothing_of_health(
    at: Clinic, rosa: Visitor
) -> None:
    reasons = {"reasons": [{"code": "back_pain", "display": "Back pain"}]}
    at.call("PUT", "/v1/visit-reasons", reasons, If_Match='"0"')
    assert rosa.offer().json["reasons"] == reasons["reasons"]
    link = booked(rosa.book(NINE, reason="back_pain"))
    at.world.pump()
    told = at.world.mails()[-1]
    assert f"/visit/{link}" in told
    assert "Wed 4 Mar 2026, 09:00 EST" in told
    for hidden in ("Back pain", "back_pain", "Follow-up", "Diaz", "Lee"):
        assert not [mail for mail in at.world.mails() if hidden in mail]
    visit = day_of(at)[0]["id"]
    reason = at.call("GET", f"/v1/appointments/{visit}/reason").json["reason"]
    assert (reason["code"], reason["display"]) == ("back_pain", "Back pain")
    shown = at.world.call("GET", f"/v1/visit-links/{link}").json
    assert (shown["starts_at"], shown["open"]) == (NINE, True)


def test_the_code_given_again_opens_the_visit_as_it_stands(at: Clinic, rosa: Visitor) -> None:
    first = booked(rosa.book(NINE))
    at.world.pump()
    assert booked(rosa.verify()) == first
    said = at.world.call("POST", f"/v1/visit-links/{first}", {"answer": "confirmed"})
    assert said.status == 200
    at.world.pump()
    assert at.read(day_of(at)[0]["id"])["version"] == 2
    assert booked(rosa.verify()) == first


def test_the_visit_is_cancelled_by_its_link_and_late_is_late(at: Clinic, rosa: Visitor) -> None:
    link = booked(rosa.book(NINE))
    at.world.pump()
    at.world.clock.advance(hours=30)
    assert at.world.call("POST", f"/v1/visit-links/{link}", {"answer": "cancelled"}).status == 200
    at.world.pump()
    at.token = sign_in(at.world, at.email)
    (visit,) = day_of(at)
    seen = at.read(visit["id"])
    assert (seen["status"], seen["late"]) == ("cancelled", True)
    assert NINE in rosa.starts(DAY)


def test_a_deposit_is_asked_for_and_the_desk_has_it_to_do(world: World) -> None:
    at = clinic(world, deposit=5_000)
    rosa = Visitor(at)
    five = {"amount": 5_000, "currency": "USD"}
    assert rosa.offer().json["types"][0]["deposit"] == five
    answer = rosa.book(NINE)
    booked(answer)
    assert answer.json["deposit"] == five
    task = tasks(at)["deposit_due"]
    assert task["subject"] == day_of(at)[0]["id"]
    (kept,) = world.of_kind("online_visit")
    assert kept["deposit"]["N"] == "5000"


@pytest.mark.parametrize(
    ("page", "of_type", "patient"),
    [
        ({}, {"online": "known_patients"}, False),
        ({"new_patients": False}, {}, False),
        ({"most_upcoming": 1}, {}, True),
    ],
)
def test_who_is_declined_is_told_to_call_and_the_desk_has_a_task(
    world: World, page: dict[str, Any], of_type: dict[str, Any], patient: bool
) -> None:
    at = clinic(world, page=page, **of_type)
    patient_id = known(at) if patient else None
    if patient:
        at.booking(TEN, patient_id=patient_id)
    rosa = Visitor(at)
    answer = rosa.book(NINE)
    assert (answer.status, answer.json["status"], answer.json["visit_link"]) == (
        200,
        "declined",
        None,
    )
    assert NINE in rosa.starts(DAY)
    assert world.of_kind("slot_hold") == []
    task = tasks(at)["online_booking_declined"]
    assert task["patient_id"] == patient_id
    asked = at.call("GET", f"/v1/practice/online-booking/{task['subject']}").json
    assert (asked["family_name"], asked["address"]) == ("Diaz", "rosa@example.com")
    assert asked["why"] == ("too_many_visits" if patient else "new_patient")
    assert rosa.verify().json["status"] == "declined"


def test_a_blocked_patient_is_declined_like_anybody(at: Clinic, rosa: Visitor) -> None:
    patient_id = known(at)
    put_online(at, blocked_patient_ids=[patient_id])
    blocked = rosa.book(NINE).json
    put_online(at, new_patients=False)
    stranger = rosa.book(NINE, contact={"email": "x@example.com"}).json
    for each in (blocked, stranger):
        del each["until"]
    assert blocked == stranger


def test_what_a_visitor_said_is_forgotten_once_it_is_booked(at: Clinic, rosa: Visitor) -> None:
    booked(rosa.book(NINE))
    (session,) = at.world.of_kind("booking_session")
    assert "visitor" not in session
    assert int(session["expires_at"]["N"]) < at.world.clock.now().timestamp() + 3 * 86_400


def test_what_is_kept_of_a_patient_here_is_erased_with_them(at: Clinic, rosa: Visitor) -> None:
    patient_id = known(at)
    booked(rosa.book(NINE))
    put_online(at, most_upcoming=1)
    assert rosa.book(TEN).json["status"] == "declined"
    kinds = ("online_visit", "online_person", "booking_session", "online_day")
    rows = at.world.of_kind(*kinds)
    theirs = {row["kind"]["S"] for row in rows if belongs_to(row, patient_id)}
    assert theirs == set(kinds) - {"online_day"}
    left = [row for row in rows if not belongs_to(row, patient_id)]
    for said in (patient_id, "Diaz", "Rosa", "rosa@example.com", str(ROSA["birth_date"])):
        assert said not in str(left)


def test_the_audit_has_the_visit_under_the_booking(at: Clinic, rosa: Visitor) -> None:
    booked(rosa.book(NINE))
    entries = [
        each for each in at.world.of_kind("audit") if each["action"]["S"] == "verify_online_booking"
    ]
    (entry,) = entries
    assert "#audit#online:obs_" in entry["pk"]["S"]
    assert entry["pk"]["S"].startswith(at.practice_id)
    assert day_of(at)[0]["patient_id"] in str(entry)
