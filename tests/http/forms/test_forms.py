"""Forms and consents: what a practice asks for, and what became of it with each patient."""

from typing import Any

import pytest

from chalicelib.platform.outbox import OutboxItem
from tests.builders.scheduling import Clinic, add_patient, add_type, clinic, made
from tests.faults import meanwhile
from tests.world import Answered, World, add_member

NINE, NEXT_YEAR = "2026-03-02T09:30:00-05:00", "2027-03-08T09:30:00-05:00"
CONSENT = {"name": "Consent to care", "of_kind": "consent", "needed_by": "everybody"}


@pytest.fixture
def at(world: World) -> Clinic:
    return clinic(world)


def _form(at: Clinic, **over: Any) -> str:
    return made(at.call("POST", "/v1/forms", {"name": "History", "of_kind": "intake", **over}))


def _record(at: Clinic, form_id: str, outcome: str = "received", **over: Any) -> Answered:
    body = {"form_id": form_id, "outcome": outcome, **over}
    return at.call("POST", f"/v1/patients/{at.patient_id}/forms", body)


def _forms(at: Clinic) -> list[Any]:
    answer = at.call("GET", f"/v1/patients/{at.patient_id}/forms")
    assert answer.status == 200, answer.text
    items: list[Any] = answer.json["items"]
    return items


def _outstanding(at: Clinic) -> list[str]:
    return [each["name"] for each in _forms(at) if each["outstanding"]]


def test_a_changed_text_is_a_new_version_and_one_left_out_stays(at: Clinic) -> None:
    form_id = _form(at, **{**CONSENT, "text": "I agree."})
    path, changed = f"/v1/forms/{form_id}", {**CONSENT, "text": "I agree to all of it."}
    assert _record(at, form_id).json["history"][0]["text_version"] == 1
    shown = at.call("PUT", path, changed, If_Match='"1"').json
    assert (shown["text"], shown["text_version"]) == ("I agree to all of it.", 2)
    shown = at.call("PUT", path, {**CONSENT, "valid_months": 6}, If_Match='"2"').json
    assert (shown["text"], shown["text_version"]) == ("I agree to all of it.", 2)
    assert at.call("GET", path).json == shown
    del shown["text"]
    assert at.call("GET", "/v1/forms").json["items"] == [shown]
    assert _record(at, form_id).json["history"][1]["text_version"] == 2
    texts = {item["sk"]["S"] for item in at.world.of_kind("form_text")}
    assert texts == {f"text-of-form#{form_id}#000{version}#" for version in (1, 2)}
    assert at.call("PUT", path, CONSENT, If_Match='"1"').status == 412


def test_a_type_names_forms_that_are_there(at: Clinic) -> None:
    body = {"name": "Stress test", "minutes": 45, "form_ids": [_form(at), "frm_" + "0" * 26]}
    refused = at.call("POST", "/v1/appointment-types", body)
    assert (refused.status, refused.json["errors"][0]["field"]) == (422, "form_ids.1")
    foreign = _form(clinic(at.world))
    kind = at.call("POST", "/v1/appointment-types", {**body, "form_ids": body["form_ids"][:1]}).json
    path, wrong = f"/v1/appointment-types/{kind['id']}", {**body, "form_ids": [foreign]}
    refused = at.call("PUT", path, wrong, If_Match='"1"')
    assert (refused.status, refused.json["errors"][0]["field"]) == (422, "form_ids.0")


def test_a_booking_asks_for_what_the_visit_needs_and_the_patient_lacks(at: Clinic) -> None:
    given, named = _form(at, **{**CONSENT, "valid_months": 12}), _form(at)
    _form(at, name="Of another type")
    _form(at, name="Out of use", needed_by="everybody", active=False)
    _record(at, given)
    at.type_id = add_type(at.world, at.token, form_ids=[named])
    appointment_id = at.booking(NINE)
    at.world.pump()
    first, second = _forms(at)
    assert (first["name"], first["wanted_on"], first["wanted_for"]) == (
        "History",
        "2026-03-02",
        appointment_id,
    )
    assert (second["standing"], second["valid_until"], second["outstanding"]) == (
        "valid",
        "2027-03-02",
        False,
    )
    at.booking(NEXT_YEAR)
    at.world.pump()
    assert sorted(_outstanding(at)) == ["Consent to care", "History"]
    assert _record(at, given, signed_on="2026-03-01").json["outstanding"] is False
    assert _outstanding(at) == ["History"]


def test_a_booking_that_is_off_again_asks_for_nothing(at: Clinic) -> None:
    _form(at, **CONSENT)
    at.act(at.booking(NINE), "cancel", {"reason": "pat"})
    at.world.pump()
    assert _forms(at) == []


def test_a_booking_told_twice_asks_once(at: Clinic) -> None:
    _form(at, **CONSENT)
    at.booking(NINE)
    rows = at.world.of_kind("outbox")
    (told,) = (row for row in rows if row["type"]["S"] == "appointment.booked")
    message = OutboxItem.from_raw_data(told).event().to_json()
    assert at.world.deliver("scheduling", [message, message]) == []
    (row,) = at.world.of_kind("patient_form")
    assert row["version"]["N"] == "1"


def test_who_signed_what_and_when_is_kept(at: Clinic) -> None:
    form_id = _form(at, **CONSENT)
    me = at.call("GET", "/v1/me").json["user_id"]
    by = {"signer": "guardian", "signer_name": "Ada Shaw", "document_id": "doc_" + "0" * 26}
    answer = _record(at, form_id, signed_on="2026-02-27", **by)
    assert (answer.status, answer.json["standing"]) == (201, "valid")
    assert answer.json["history"] == [
        {
            **by,
            "outcome": "received",
            "signed_on": "2026-02-27",
            "text_version": 0,
            "recorded_at": "2026-03-02T14:00:00Z",
            "recorded_by": me,
        }
    ]
    assert _forms(at) == [answer.json]


def test_a_consent_is_refused_given_and_withdrawn_and_all_of_it_stays(at: Clinic) -> None:
    form_id = _form(at, **CONSENT)
    assert _record(at, form_id, "withdrawn").json["code"] == "nothing_to_withdraw"
    at.booking(NINE)
    at.world.pump()
    refused = _record(at, form_id, "refused").json
    assert (refused["standing"], refused["outstanding"]) == ("refused", False)
    assert _record(at, form_id).json["standing"] == "valid"
    assert _record(at, form_id, "withdrawn", signer="proxy").json["standing"] == "withdrawn"
    assert _record(at, form_id, "withdrawn").json["code"] == "nothing_to_withdraw"
    (shown,) = _forms(at)
    assert [each["outcome"] for each in shown["history"]] == ["refused", "received", "withdrawn"]
    at.booking("2026-03-03T09:30:00-05:00")
    at.world.pump()
    assert _outstanding(at) == ["Consent to care"]


def test_what_cannot_be_recorded_is_refused(at: Clinic) -> None:
    intake = _form(at)
    foreign = _form(clinic(at.world))
    for refused, field, code in (
        (_record(at, intake, "refused"), "outcome", "no_consent"),
        (_record(at, intake, "withdrawn"), "outcome", "no_consent"),
        (_record(at, intake, signed_on="2026-03-03"), "signed_on", "in_future"),
        (_record(at, foreign), "form_id", "not_found"),
    ):
        assert refused.status == 422
        assert [(each["field"], each["code"]) for each in refused.json["errors"]] == [(field, code)]
    assert _forms(at) == []


def test_of_two_who_record_a_form_at_once_one_tries_again(at: Clinic) -> None:
    form_id = _form(at, **CONSENT)
    with meanwhile(lambda: _record(at, form_id, "refused")):
        answer = _record(at, form_id)
    assert (answer.status, answer.json["code"]) == (409, "form_changed")
    assert _record(at, form_id).json["standing"] == "valid"


def test_the_front_desk_records_and_who_only_bills_or_owns_sees_none(at: Clinic) -> None:
    form_id, path = _form(at, **CONSENT), f"/v1/patients/{at.patient_id}/forms"
    statuses = {}
    for role in ("front_desk", "nurse", "clinician", "biller"):
        token, _ = add_member(at.world, at.owner, role, email=f"{role}@clinic.example")
        posted = at.world.call("POST", path, {"form_id": form_id}, token=token)
        statuses[role] = (posted.status, at.world.call("GET", path, token=token).status)
        assert at.world.call("POST", "/v1/forms", CONSENT, token=token).status == 403
    assert statuses.pop("biller") == (403, 403)
    assert set(statuses.values()) == {(201, 200)}
    assert at.world.call("GET", path, token=at.owner).status == 403


def test_no_patient_of_another_practice(at: Clinic) -> None:
    form_id = _form(at)
    strange = add_patient(at.world, clinic(at.world).token)
    path = f"/v1/patients/{strange}/forms"
    assert at.call("GET", path).status == 404
    assert at.call("POST", path, {"form_id": form_id}).status == 404
