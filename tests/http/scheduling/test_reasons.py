"""The reason for a visit: given with a booking, checked, and handed to the encounter."""

from typing import Any

import pytest

from chalicelib.platform.outbox import OutboxItem
from chalicelib.scheduling.holds.holding import book_held
from chalicelib.scheduling.reasons.schemas import ReasonBody
from tests.builders.scheduling import Clinic, add_patient, clinic, made
from tests.world import World, add_member

SOON, LATER = "2026-03-02T09:30:00-05:00", "2026-03-02T10:30:00-05:00"
LISTED = {"code": "back_pain", "display": "Back pain"}
FELL = "Fell off a ladder"
CODED = {"system": "icd-10-cm", "code": "m5450", "text": FELL}
BACK_PAIN = {"system": "practice", "code": "back_pain", "display": "Back pain", "text": None}


@pytest.fixture
def at(world: World) -> Clinic:
    built = clinic(world)
    answer = built.call("PUT", "/v1/visit-reasons", {"reasons": [LISTED]}, If_Match='"0"')
    assert answer.status == 200, answer.text
    return built


def _reason(at: Clinic, appointment_id: str, token: str = "") -> Any:
    path = f"/v1/appointments/{appointment_id}/reason"
    return at.world.call("GET", path, token=token or at.token).json["reason"]


def _change(at: Clinic, appointment_id: str, reason: Any) -> Any:
    version = at.read(appointment_id)["version"]
    path = f"/v1/appointments/{appointment_id}/reason"
    return at.call("PUT", path, {"reason": reason}, If_Match=f'"{version}"')


def _encounter(at: Clinic, clinician: str) -> Any:
    chart = at.world.call("GET", f"/v1/patients/{at.patient_id}/chart", token=clinician).json
    return chart["encounters"][0]


def test_the_list_is_the_practices_own(at: Clinic) -> None:
    assert at.call("GET", "/v1/visit-reasons").json == {"version": 1, "reasons": [LISTED]}
    twice = {"reasons": [LISTED, LISTED]}
    refused = at.call("PUT", "/v1/visit-reasons", twice, If_Match='"1"')
    assert (refused.status, refused.json["errors"][0]["field"]) == (422, "reasons.1.code")
    assert at.call("PUT", "/v1/visit-reasons", {"reasons": []}, If_Match='"0"').status == 412
    appointment_id = at.booking(SOON, reason={"code": "back_pain"})
    at.call("PUT", "/v1/visit-reasons", {"reasons": []}, If_Match='"1"')
    assert _reason(at, appointment_id) == BACK_PAIN


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ({"code": "knee_pain"}, "not_found"),
        ({"code": "M54.50"}, "not_found"),
        ({"system": "icd-10-cm", "code": "M54.5"}, "not_billable"),
        ({"system": "icd-10-cm", "code": "M54.99"}, "unknown"),
        ({"system": "icd-10-cm", "code": "back_pain"}, "bad_form"),
    ],
)
def test_what_is_no_reason_is_refused_wherever_it_is_given(
    at: Clinic, reason: dict[str, str], code: str
) -> None:
    appointment_id = at.booking(LATER)
    where = {name: getattr(at, name) for name in ("practitioner_id", "location_id")}
    who = {name: getattr(at, name) for name in ("patient_id", "type_id")}
    other = add_patient(at.world, at.token, name={"family": "Other"})
    family = [{**who, "reason": reason}, {**who, "patient_id": other}]
    series = {**who, **where, "starts": "2026-03-03T09:00:00", "rule": "FREQ=DAILY;COUNT=2"}
    refusals = [
        ("reason.code", at.book(SOON, reason=reason)),
        (
            "reason.code",
            at.act(appointment_id, "reschedule", {"starts_at": SOON, "reason": reason}),
        ),
        ("reason.code", at.call("POST", "/v1/appointment-series", {**series, "reason": reason})),
        ("reason.code", _change(at, appointment_id, reason)),
        (
            "members.0.reason.code",
            at.call(
                "POST", "/v1/family-appointments", {**where, "starts_at": SOON, "members": family}
            ),
        ),
    ]
    for field, refused in refusals:
        assert refused.status == 422, refused.text
        assert [(each["field"], each["code"]) for each in refused.json["errors"]] == [(field, code)]


def test_it_is_given_with_every_kind_of_booking(at: Clinic) -> None:
    given, who = {"code": "back_pain"}, {"patient_id": at.patient_id, "type_id": at.type_id}
    where = {name: getattr(at, name) for name in ("practitioner_id", "location_id")}
    other = add_patient(at.world, at.token, name={"family": "Other"})
    members = [{**who, "reason": given}, {**who, "patient_id": other}]
    family = {**where, "starts_at": SOON, "members": members}
    first, second = at.call("POST", "/v1/family-appointments", family).json["items"]
    assert (_reason(at, first["id"]), _reason(at, second["id"])) == (BACK_PAIN, None)
    moved = at.act(first["id"], "reschedule", {"starts_at": LATER})
    assert (moved.status, _reason(at, first["id"])) == (200, BACK_PAIN)
    at.act(first["id"], "reschedule", {"starts_at": SOON, "reason": CODED})
    assert _reason(at, first["id"])["code"] == "M54.50"
    series = {**who, **where, "starts": "2026-03-03T09:00:00", "rule": "FREQ=DAILY;COUNT=2"}
    ordered = at.call("POST", "/v1/appointment-series", {**series, "reason": given}).json
    at.world.pump()
    shown = at.call("GET", f"/v1/appointment-series/{ordered['id']}").json["occurrences"]
    assert [_reason(at, each["appointment_id"]) for each in shown] == [BACK_PAIN, BACK_PAIN]
    hold_id = made(at.hold("2026-03-02T15:00:00-05:00"))
    with at.working() as context:
        reason = ReasonBody.model_validate(given)
        booked = book_held(context, hold_id, patient_id=at.patient_id, reason=reason)
        context.work.commit()
    assert _reason(at, booked.id) == BACK_PAIN


def test_its_words_are_for_who_reads_charts_and_the_code_for_who_books(at: Clinic) -> None:
    appointment_id = at.booking(SOON, reason=CODED)
    read = at.call("GET", f"/v1/appointments/{appointment_id}")
    assert "M54.50" not in read.text
    nurse, _ = add_member(at.world, at.owner, "nurse", email="nurse@clinic.example")
    desk, _ = add_member(at.world, at.owner, "front_desk", email="desk@clinic.example")
    biller, _ = add_member(at.world, at.owner, "biller", email="biller@clinic.example")
    assert _reason(at, appointment_id, nurse)["text"] == FELL
    assert _reason(at, appointment_id, desk) == {
        "system": "icd-10-cm",
        "code": "M54.50",
        "display": "Low back pain, unspecified",
        "text": None,
    }
    for token in (biller, at.owner):
        path = f"/v1/appointments/{appointment_id}/reason"
        assert at.world.call("GET", path, token=token).status == 403


def test_the_encounter_begins_with_it_and_no_event_tells_it(at: Clinic) -> None:
    clinician, _ = add_member(at.world, at.owner, "clinician", email="doc@clinic.example")
    appointment_id = at.booking(SOON, reason=CODED)
    at.act(appointment_id, "check-in")
    assert all("M54" not in str(event) and FELL not in str(event) for event in at.events())
    at.world.pump()
    begun = _encounter(at, clinician)
    assert (begun["appointment_id"], begun["reason"]) == (appointment_id, FELL)
    assert begun["reason_code"] == {
        "system": "icd-10-cm",
        "code": "M54.50",
        "display": "Low back pain, unspecified",
    }


def test_changed_after_check_in_the_encounter_has_the_new_one(at: Clinic) -> None:
    clinician, _ = add_member(at.world, at.owner, "clinician", email="doc@clinic.example")
    appointment_id = at.booking(SOON)
    assert _change(at, appointment_id, CODED).status == 200
    at.world.pump()
    assert at.world.of_kind("encounter") == []
    at.act(appointment_id, "check-in")
    changed = _change(at, appointment_id, {"code": "back_pain"})
    assert changed.json["reason"] == BACK_PAIN
    events = [event for event in at.events() if event["type"] == "appointment.reason_changed"]
    assert "back_pain" not in str(events)
    at.world.pump()
    assert _encounter(at, clinician)["reason_code"]["code"] == "back_pain"
    assert _encounter(at, clinician)["reason"] is None
    assert _change(at, appointment_id, None).json["reason"] is None
    at.world.pump()
    assert _encounter(at, clinician)["reason_code"] is None


def test_a_change_that_overtakes_the_check_in_comes_again(at: Clinic) -> None:
    appointment_id = at.booking(SOON)
    at.act(appointment_id, "check-in")
    _change(at, appointment_id, {"code": "back_pain"})
    told = [item for item in at.world.of_kind("outbox") if "reason_changed" in str(item["type"])]
    assert len(told) == 1
    message = OutboxItem.from_raw_data(told[0]).event().to_json()
    assert at.world.deliver("clinical", [message]) == ["0"]


def test_a_visit_that_is_over_keeps_its_reason(at: Clinic) -> None:
    appointment_id = at.booking(SOON, reason={"code": "back_pain"})
    at.act(appointment_id, "cancel", {"reason": "pat"})
    assert _change(at, appointment_id, None).json["code"] == "not_booked"
    path = f"/v1/appointments/{appointment_id}/reason"
    assert at.call("PUT", path, {"reason": None}, If_Match='"1"').status == 409
    assert _reason(at, appointment_id) == BACK_PAIN
