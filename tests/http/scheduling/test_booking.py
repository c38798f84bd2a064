"""Booking over HTTP."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.builders.scheduling import (
    Clinic,
    add_patient,
    add_practitioner,
    add_room,
    add_type,
    clinic,
)
from tests.faults import answering, calls
from tests.world import World, add_member

NINE = "2026-03-03T09:00:00-05:00"  # 14:00Z: buckets 168 to 173
CONFLICT = {"error": "TransactionCanceledException", "reasons": ["TransactionConflict"]}


@pytest.fixture
def at(world: World) -> Clinic:
    return clinic(world)


def test_a_booked_appointment_is_there_with_the_locations_times(at: Clinic) -> None:
    answer = at.book("2026-03-03T14:00:00Z", room_id=at.room_id)
    assert answer.status == 201, answer.text
    shown = at.call("GET", answer.headers["Location"])
    assert answer.json == {**shown.json, "authorization": None}
    assert shown.json["starts_at"] == "2026-03-03T09:00:00-05:00"
    assert shown.json["ends_at"] == "2026-03-03T09:30:00-05:00"
    assert (shown.json["status"], shown.json["progress"]) == ("booked", "none")
    assert (shown.json["patient_name"], shown.json["title"]) == ("Amy Shaw", "Follow-up")
    assert [step["to"] for step in shown.json["steps"]] == ["booked"]
    assert (shown.headers["ETag"], shown.json["bill_to"]) == ('"1"', "insurance")


def test_provider_room_and_patient_are_taken_with_the_buffers(at: Clinic) -> None:
    at.type_id = add_type(at.world, at.token, minutes_before=5, minutes_after=10)
    at.booking("2026-03-03T09:30:00-05:00", room_id=at.room_id)
    expected = {"2026-03-03": set(range(173, 182))}
    for resource_id in (at.practitioner_id, at.room_id, at.patient_id):
        assert at.taken(resource_id) == expected


def test_a_visit_over_midnight_utc_takes_both_days(world: World) -> None:
    at = clinic(world, hours=("09:00", "22:00"))
    at.booking("2026-03-03T18:45:00-05:00")
    assert at.taken(at.practitioner_id) == {
        "2026-03-03": {285, 286, 287},
        "2026-03-04": {0, 1, 2},
    }


def test_booking_tells_what_billing_and_messaging_need(at: Clinic) -> None:
    appointment_id = at.booking(NINE, bill_to="self_pay")
    assert at.events() == [
        {
            "type": "appointment.booked",
            "subject": appointment_id,
            "patient_id": at.patient_id,
            "practitioner_id": at.practitioner_id,
            "location_id": at.location_id,
            "type_id": at.type_id,
            "starts_at": "2026-03-03T14:00:00.000000Z",
            "ends_at": "2026-03-03T14:30:00.000000Z",
            "time_zone": "America/New_York",
            "day": "2026-03-03",
            "bill_to": "self_pay",
        }
    ]


def _others(at: Clinic) -> dict[str, str]:
    """Another of each resource."""
    return {
        "practitioner_id": add_practitioner(at.world, at.token),
        "room_id": add_room(at.world, at.token, at.location_id),
        "patient_id": add_patient(at.world, at.token, name={"family": "Other"}),
    }


@pytest.mark.parametrize("shared", ["practitioner_id", "room_id", "patient_id"])
def test_the_resource_that_is_taken_is_named(at: Clinic, shared: str) -> None:
    others = _others(at)
    rule = at.rule("tue", "09:00", "17:00")
    at.set_hours([rule], practitioner_id=others["practitioner_id"])
    at.booking(NINE, room_id=at.room_id)
    before = at.world.items()
    del others[shared]
    answer = at.book("2026-03-03T09:15:00-05:00", **{"room_id": at.room_id, **others})
    code = {
        "practitioner_id": "provider_taken",
        "room_id": "room_taken",
        "patient_id": "patient_taken",
    }[shared]
    assert (answer.status, answer.json["code"]) == (409, "slot_taken")
    assert [(bad["field"], bad["code"]) for bad in answer.json["errors"]] == [(shared, code)]
    kinds = {"day", "appointment", "outbox"}
    assert [i for i in at.world.items() if i["kind"]["S"] in kinds] == [
        i for i in before if i["kind"]["S"] in kinds
    ]


def test_visits_that_touch_do_not_overlap(at: Clinic) -> None:
    assert at.book(NINE).status == 201
    assert at.book("2026-03-03T09:30:00-05:00").status == 201
    assert at.book("2026-03-03T09:25:00-05:00").status == 409


CANNOT_BE_BOOKED = {
    "2026-03-02T08:55:00-05:00": "in_the_past",
    "2025-12-01T09:00:00-05:00": "in_the_past",
    "0001-01-01T00:00:00+14:00": "in_the_past",
    "9999-12-31T23:55:00-14:00": "too_far_ahead",
    "2026-03-03T09:02:00-05:00": "off_grid",
    "2026-03-03T09:00:30-05:00": "off_grid",
    "2026-03-03T08:45:00-05:00": "outside_availability",
    "2026-03-03T16:45:00-05:00": "outside_availability",
}


def test_a_start_that_cannot_be_booked_is_refused(at: Clinic) -> None:
    answers = {starts_at: at.book(starts_at) for starts_at in CANNOT_BE_BOOKED}
    assert {answer.status for answer in answers.values()} == {422}
    errors = {starts_at: answer.json["errors"] for starts_at, answer in answers.items()}
    assert {
        starts_at: [(bad["field"], bad["code"]) for bad in wrong]
        for starts_at, wrong in errors.items()
    } == {starts_at: [("starts_at", code)] for starts_at, code in CANNOT_BE_BOOKED.items()}


def test_the_buffers_have_to_lie_within_the_hours_too(at: Clinic) -> None:
    at.type_id = add_type(at.world, at.token, minutes_before=5)
    refused = at.book(NINE)
    assert (refused.status, refused.json["code"]) == (422, "outside_availability")
    assert at.book("2026-03-03T09:05:00-05:00").status == 201


def test_leave_closes_the_day(at: Clinic) -> None:
    leave = {"kind": "leave", "starts": "2026-03-03T00:00:00", "ends": "2026-03-04T00:00:00"}
    at.set_hours([at.rule("tue", "09:00", "17:00")], [leave])
    assert at.book(NINE).json["code"] == "outside_availability"


def test_a_start_without_offset_is_no_time(at: Clinic) -> None:
    for starts_at in ("2026-03-03T09:00:00", "tomorrow", None, 1772546400):
        answer = at.book(starts_at)  # type: ignore[arg-type]
        assert (answer.status, answer.json["errors"][0]["field"]) == (400, "starts_at")


def test_what_belongs_to_another_practice_is_not_there(at: Clinic) -> None:
    other = clinic(at.world)
    for field in ("patient_id", "practitioner_id", "location_id", "type_id", "room_id"):
        answer = at.book(NINE, **{field: getattr(other, field)})
        assert (answer.status, answer.json["errors"][0]["field"]) == (422, field)
        unknown = getattr(other, field)[:-3] + "ZZZ"
        assert at.book(NINE, **{field: unknown}).json["errors"] == answer.json["errors"]
        assert at.book(NINE, **{field: "x#y"}).status == 400


def test_who_has_died_is_not_booked(at: Clinic) -> None:
    patient_id = add_patient(at.world, at.token, deceased=True)
    answer = at.book(NINE, patient_id=patient_id)
    assert (answer.status, answer.json["errors"][0]["code"]) == (422, "deceased")


def test_a_type_that_needs_a_room_is_not_booked_without(at: Clinic) -> None:
    at.type_id = add_type(at.world, at.token, needs_room=True)
    refused = at.book(NINE)
    assert (refused.status, refused.json["errors"][0]["field"]) == (422, "room_id")
    assert at.book(NINE, room_id=at.room_id).status == 201


def test_a_room_is_booked_at_its_own_location(at: Clinic) -> None:
    shown = at.call("GET", f"/v1/locations/{at.location_id}").json
    body = {name: shown[name] for name in ("name", "time_zone", "address")}
    there = at.call("POST", "/v1/locations", body).json["id"]
    answer = at.book(NINE, room_id=add_room(at.world, at.token, there))
    assert (answer.status, answer.json["errors"][0]["code"]) == (422, "elsewhere")


def test_the_same_idempotency_key_books_once(at: Clinic) -> None:
    body = {
        name: getattr(at, name)
        for name in ("patient_id", "practitioner_id", "location_id", "type_id")
    }
    first, again = (
        at.call("POST", "/v1/appointments", {**body, "starts_at": NINE}, Idempotency_Key="k")
        for _ in range(2)
    )
    assert (first.status, again.status) == (201, 201)
    assert again.json == first.json
    assert len(at.events()) == 1


def test_the_owner_reads_the_schedule_and_does_not_book(at: Clinic) -> None:
    appointment_id = at.booking("2026-03-02T10:00:00-05:00")
    path = f"/v1/appointments/{appointment_id}"
    assert at.world.call("GET", path, token=at.owner).status == 200
    desk, _ = add_member(at.world, at.owner, "front_desk")
    assert at.world.call("POST", f"{path}/check-in", token=at.owner).status == 403
    assert at.world.call("POST", f"{path}/check-in", token=desk).status == 200


def test_a_transaction_conflict_is_tried_again_and_never_called_taken(at: Clinic) -> None:
    with calls() as sent, answering("TransactWriteItems", times=2, **CONFLICT):
        answer = at.book(NINE)
    assert answer.status == 201, answer.text
    assert sent.count("TransactWriteItems") == 3


def test_conflicts_without_end_are_unavailable_and_leave_nothing(at: Clinic) -> None:
    with answering("TransactWriteItems", times=6, **CONFLICT):
        answer = at.book(NINE)
    assert (answer.status, answer.json["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"] == "1"
    assert (at.taken(at.practitioner_id), at.events()) == ({}, [])


def test_an_audit_entry_names_the_patient(at: Clinic) -> None:
    at.booking(NINE)
    entries = [item for item in at.world.items() if item["kind"]["S"] == "audit"]
    booked = [item for item in entries if item["action"]["S"] == "book_appointment"]
    assert [item["subjects"]["SS"] for item in booked] == [[at.patient_id]]


def test_offsets_of_another_zone_name_the_same_instant(at: Clinic) -> None:
    tokyo = datetime.fromisoformat(NINE).astimezone(ZoneInfo("Asia/Tokyo")).isoformat()
    assert at.book(tokyo).json["starts_at"] == NINE
