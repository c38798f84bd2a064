"""Check-in, progress, the end of a visit, and its reminder."""

from typing import Any

import pytest

from chalicelib.platform.events import Event
from tests.builders.scheduling import Clinic, clinic
from tests.world import World

SOON = "2026-03-02T09:30:00-05:00"
NEXT_WEEK = "2026-03-10T09:00:00-04:00"


@pytest.fixture
def at(world: World) -> Clinic:
    return clinic(world)


def _advance(at: Clinic, appointment_id: str, progress: str) -> Any:
    return at.act(appointment_id, "progress", {"progress": progress})


def _signed(at: Clinic, appointment_id: str, event_id: str = "evt_1") -> str:
    data = {"patient_id": at.patient_id, "appointment_id": appointment_id, "day": "2026-03-02"}
    now = at.world.clock.now()
    return Event(event_id, "encounter.signed", at.practice_id, "enc_1", 1, now, data).to_json()


def test_checking_in_tells_what_the_encounter_needs(at: Clinic) -> None:
    appointment_id = at.booking(SOON)
    answer = at.act(appointment_id, "check-in")
    assert (answer.status, answer.json["progress"]) == (200, "checked_in")
    assert answer.json["status"] == "booked"
    assert answer.json == at.read(appointment_id)
    booked, checked_in = at.events()
    assert checked_in == {**booked, "type": "appointment.checked_in"}


def test_each_step_has_its_time_and_actor(at: Clinic) -> None:
    appointment_id = at.booking(SOON)
    me = at.call("GET", "/v1/me").json["user_id"]
    _advance(at, appointment_id, "arrived")
    at.world.clock.advance(minutes=2)
    at.act(appointment_id, "check-in")
    for progress in ("roomed", "with_provider", "checked_out"):
        at.world.clock.advance(minutes=2)
        assert _advance(at, appointment_id, progress).status == 200
    steps = at.read(appointment_id)["steps"]
    assert [(step["to"], step["at"]) for step in steps] == [
        ("booked", "2026-03-02T14:00:00Z"),
        ("arrived", "2026-03-02T14:00:00Z"),
        ("checked_in", "2026-03-02T14:02:00Z"),
        ("roomed", "2026-03-02T14:04:00Z"),
        ("with_provider", "2026-03-02T14:06:00Z"),
        ("checked_out", "2026-03-02T14:08:00Z"),
    ]
    assert {step["by"] for step in steps} == {me}


def test_progress_goes_forward_and_past_the_desk_only_through_check_in(at: Clinic) -> None:
    appointment_id = at.booking(SOON)
    refused = _advance(at, appointment_id, "roomed")
    assert (refused.status, refused.json["code"]) == (409, "progress_not_possible")
    _advance(at, appointment_id, "arrived")
    assert _advance(at, appointment_id, "with_provider").status == 409
    at.act(appointment_id, "check-in")
    assert at.act(appointment_id, "check-in").json["code"] == "progress_not_possible"
    assert _advance(at, appointment_id, "arrived").status == 409
    assert _advance(at, appointment_id, "with_provider").status == 200
    assert _advance(at, appointment_id, "roomed").status == 409
    assert _advance(at, appointment_id, "checked_in").status == 400
    assert [event["type"] for event in at.events()].count("appointment.checked_in") == 1


def test_a_signed_encounter_fulfils_the_appointment_once(at: Clinic) -> None:
    appointment_id = at.booking(SOON)
    at.act(appointment_id, "check-in")
    for event_id in ("evt_1", "evt_1", "evt_2"):
        assert at.world.deliver("scheduling", [_signed(at, appointment_id, event_id)]) == []
    shown = at.read(appointment_id)
    assert (shown["status"], shown["progress"]) == ("fulfilled", "checked_out")
    assert [step["to"] for step in shown["steps"]].count("fulfilled") == 1
    completed = [event for event in at.events() if event["type"] == "appointment.completed"]
    assert [event["patient_id"] for event in completed] == [at.patient_id]


def test_an_encounter_without_or_with_a_cancelled_appointment_fulfils_none(at: Clinic) -> None:
    appointment_id = at.booking(SOON)
    at.act(appointment_id, "cancel", {"reason": "pat"})
    unknown = appointment_id[:-3] + "ZZZ"
    messages = [_signed(at, each) for each in ("", unknown, appointment_id)]
    assert at.world.deliver("scheduling", messages) == []
    assert at.read(appointment_id)["status"] == "cancelled"
    assert at.events()[-1]["type"] == "appointment.cancelled"


def test_the_reminder_falls_due_once_a_day_before(at: Clinic) -> None:
    appointment_id = at.booking(NEXT_WEEK)
    at.world.clock.advance(days=6, hours=22, minutes=59)
    at.run_due()
    assert at.events() == []
    at.world.clock.advance(minutes=2)
    at.run_due()
    (reminder,) = at.events()
    assert reminder == {
        "type": "appointment.reminder_due",
        "subject": appointment_id,
        "patient_id": at.patient_id,
        "practitioner_id": at.practitioner_id,
        "location_id": at.location_id,
        "type_id": at.type_id,
        "starts_at": "2026-03-10T13:00:00.000000Z",
        "day": "2026-03-10",
        "bill_to": "insurance",
        "time_zone": "America/New_York",
    }
    at.run_due()
    assert at.events() == [reminder]


def test_a_reminder_that_is_brought_twice_is_told_once(at: Clinic) -> None:
    appointment_id = at.booking(NEXT_WEEK)
    item = _item(at, appointment_id)
    at.world.clock.advance(days=7)
    message = (
        f'{{"due": "reminder", "pk": "{item["pk"]["S"]}", "sk": "{item["sk"]["S"]}",'
        f' "duepk": "{item["duepk"]["S"]}"}}'
    )
    assert at.world.deliver("scheduling", [message, message]) == []
    assert [event["type"] for event in at.events()] == [
        "appointment.booked",
        "appointment.reminder_due",
    ]


def test_a_cancelled_appointment_is_not_reminded_of(at: Clinic) -> None:
    appointment_id = at.booking(NEXT_WEEK)
    at.act(appointment_id, "cancel", {"reason": "pat"})
    at.world.clock.advance(days=7)
    at.run_due()
    assert at.events() == []


def test_a_moved_appointment_is_reminded_of_at_its_new_time(at: Clinic) -> None:
    appointment_id = at.booking(NEXT_WEEK)
    at.act(appointment_id, "reschedule", {"starts_at": "2026-03-12T09:00:00-04:00"})
    at.world.clock.advance(days=7)
    at.run_due()
    assert at.events() == []
    at.world.clock.advance(days=2)
    at.run_due()
    assert [event["starts_at"] for event in at.events()] == ["2026-03-12T13:00:00.000000Z"]


def test_a_message_from_before_a_move_reminds_of_nothing(at: Clinic) -> None:
    appointment_id = at.booking(NEXT_WEEK)
    item = _item(at, appointment_id)
    at.act(appointment_id, "reschedule", {"starts_at": "2026-03-12T09:00:00-04:00"})
    message = (
        f'{{"due": "reminder", "pk": "{item["pk"]["S"]}", "sk": "{item["sk"]["S"]}",'
        f' "duepk": "{item["duepk"]["S"]}"}}'
    )
    assert at.world.deliver("scheduling", [message]) == []
    assert "appointment.reminder_due" not in [event["type"] for event in at.events()]
    assert _item(at, appointment_id)["duesk"]["S"].startswith("2026-03-11T13:00")


def test_a_visit_that_has_passed_is_not_reminded_of(at: Clinic) -> None:
    appointment_id = at.booking(NEXT_WEEK)
    at.world.clock.advance(days=30)
    at.run_due()
    assert at.events() == []
    assert "duepk" not in _item(at, appointment_id)


def test_what_is_booked_less_than_a_day_ahead_gets_no_reminder(at: Clinic) -> None:
    assert "duepk" not in _item(at, at.booking("2026-03-03T09:00:00-05:00"))
    assert "duepk" in _item(at, at.booking("2026-03-03T09:30:00-05:00"))


def _item(at: Clinic, appointment_id: str) -> Any:
    (item,) = (i for i in at.world.items() if i["pk"]["S"].endswith(f"#{appointment_id}#"))
    return item
