"""Signing: who may, what it takes, what it does, and that it shows if anybody meddles."""

import gzip
import json
from hashlib import sha256
from typing import Any

import pytest

from tests.builders.clinical import SOAP, Clinician, clinician, practitioner
from tests.faults import calls
from tests.world import World, add_member


@pytest.fixture
def her(world: World) -> Clinician:
    return clinician(world)


def _missing(answer: Any) -> list[str]:
    assert answer.status == 422, answer.text
    assert answer.json["code"] == "missing_for_signing"
    return [error["field"] for error in answer.json["errors"]]


def _without(section: str, field: str) -> dict[str, Any]:
    kept = {key: value for key, value in SOAP[section].items() if key != field}
    return {**SOAP, section: kept}


def test_a_signature_says_who_when_and_of_what(her: Clinician) -> None:
    encounter_id = her.documented()
    her.world.clock.advance(minutes=5)
    answer = her.sign(encounter_id)
    assert answer.status == 200, answer.text
    signed = answer.json
    stored = gzip.decompress(her.item("note")["body"]["B"])
    assert (signed["status"], signed["signed_by"]) == ("signed", her.user_id)
    assert signed["signed_at"] == "2026-03-02T14:05:00Z"
    assert signed["note_version"] == 2
    assert signed["note_sha256"] == sha256(stored).hexdigest()
    assert json.loads(stored)["content"] == SOAP
    assert answer.etag == '"3"'


def test_the_house_is_told_once_with_ids_codes_and_dates_only(her: Clinician) -> None:
    encounter_id = her.signed(bill_to="self_pay")
    (told,) = her.told()
    assert told["subject"]["S"] == encounter_id
    assert told["subject_version"]["N"] == "3"
    assert json.loads(told["data"]["S"]) == {
        "patient_id": her.patient_id,
        "practitioner_id": her.practitioner_id,
        "location_id": her.location_id,
        "day": "2026-03-02",
        "appointment_id": "",
        "bill_to": "self_pay",
    }


def test_one_read_and_one_transaction_sign_and_leave_the_body_alone(her: Clinician) -> None:
    encounter_id = her.documented()
    before = her.item("note")
    now = her.read(encounter_id)
    body = {"expected_version": now["version"], "expected_note_version": now["note"]["version"]}
    with calls() as sent:
        answer = her.call("POST", her.path(encounter_id, "/sign"), body)
    assert answer.status == 200, answer.text
    assert sent == ["BatchGetItem", "BatchGetItem", "TransactWriteItems"]
    assert her.item("note") == before


def test_an_empty_note_cannot_be_signed(her: Clinician) -> None:
    encounter_id = her.encounter()
    assert her.code(encounter_id).status == 200
    assert _missing(her.sign(encounter_id)) == ["note.template"]


@pytest.mark.parametrize(
    ("section", "field"),
    [("subjective", "chief_complaint"), ("objective", "examination"), ("plan", "treatment")],
)
def test_each_blank_that_must_be_filled_is_named(her: Clinician, section: str, field: str) -> None:
    encounter_id = her.encounter()
    assert her.write(encounter_id, _without(section, field)).status == 200
    assert _missing(her.sign(encounter_id)) == [f"note.content.{section}.{field}"]
    assert her.read(encounter_id)["status"] == "in_progress"


def test_what_was_done_needs_a_diagnosis(her: Clinician) -> None:
    encounter_id = her.encounter()
    assert her.write(encounter_id).status == 200
    assert her.code(encounter_id, diagnoses=[], procedures=[{"code": "G0463"}]).status == 200
    assert _missing(her.sign(encounter_id)) == ["diagnoses"]
    with_one = {"diagnoses": [{"code": "I10"}], "procedures": [{"code": "G0463"}]}
    assert her.code(encounter_id, version=2, **with_one).status == 200
    assert _missing(her.sign(encounter_id)) == ["procedures.0.pointers"]


def test_a_visit_with_nothing_to_bill_is_signed_without_codes(her: Clinician) -> None:
    encounter_id = her.encounter()
    assert her.write(encounter_id).status == 200
    assert her.sign(encounter_id).status == 200


def test_only_the_practitioner_of_the_encounter_signs(her: Clinician) -> None:
    encounter_id = her.documented()
    colleague, user_id = add_member(her.world, her.owner, "clinician", email="bo@clinic.example")
    practitioner(her.world, her.owner, user_id)
    answer = her.sign(encounter_id, token=colleague)
    assert (answer.status, answer.json["code"]) == (403, "not_your_encounter")
    assert her.read(encounter_id)["status"] == "in_progress"
    assert her.sign(encounter_id).status == 200


def test_whom_the_practitioner_is_linked_to_counts_at_the_moment_of_signing(her: Clinician) -> None:
    encounter_id = her.documented()
    path = f"/v1/practitioners/{her.practitioner_id}"
    body = {"family_name": "Lee", "given_name": "Kim", "user_id": None}
    for user_id, status in ((None, 403), (her.user_id, 200)):
        etag = her.world.call("GET", path, token=her.owner).etag
        changed = {**body, "user_id": user_id}
        answer = her.world.call("PUT", path, changed, token=her.owner, If_Match=etag)
        assert answer.status == 200, answer.text
        assert her.sign(encounter_id).status == status


def test_a_nurse_drafts_and_does_not_sign(her: Clinician) -> None:
    encounter_id = her.documented()
    nurse, _ = add_member(her.world, her.owner, "nurse")
    answer = her.sign(encounter_id, token=nurse)
    assert (answer.status, answer.json["code"]) == (403, "forbidden")


@pytest.mark.parametrize("field", ["expected_version", "expected_note_version"])
def test_what_changed_since_it_was_read_is_not_signed(her: Clinician, field: str) -> None:
    encounter_id = her.documented()
    for version in (1, 3):
        answer = her.sign(encounter_id, **{field: version})
        assert (answer.status, answer.json["code"]) == (412, "stale_version")
    assert her.read(encounter_id)["status"] == "in_progress"


def test_signing_again_is_refused(her: Clinician) -> None:
    encounter_id = her.signed()
    before = her.read(encounter_id)
    answer = her.sign(encounter_id)
    assert (answer.status, answer.json["code"]) == (409, "encounter_locked")
    assert her.read(encounter_id) == before
    assert len(her.told()) == 1


def test_who_signs_is_never_said_by_the_client(her: Clinician) -> None:
    encounter_id = her.documented()
    answer = her.sign(encounter_id, signed_by=f"usr_{'0' * 26}")
    assert answer.status == 400
    assert answer.json["errors"][0]["field"] == "signed_by"


@pytest.mark.parametrize(
    "forge",
    [
        lambda text: text.replace(b"Mechanical", b"Suspected "),
        lambda text: text + b" ",
        lambda text: b"{}",
        lambda text: b"",
    ],
)
def test_a_signed_note_that_was_meddled_with_is_not_shown(her: Clinician, forge: Any) -> None:
    encounter_id = her.signed()
    body = forge(gzip.decompress(her.item("note")["body"]["B"]))
    her.alter("note", body={"B": gzip.compress(body)})
    answer = her.call("GET", her.path(encounter_id))
    assert (answer.status, answer.json["code"]) == (500, "note_damaged")
    assert "back pain" not in answer.text
    assert her.chart()["encounters"][0]["id"] == encounter_id


def test_a_signed_note_that_was_rolled_back_or_lost_is_not_shown(her: Clinician) -> None:
    encounter_id = her.documented()
    first = her.item("note")
    assert her.write(encounter_id, _without("vitals", "pulse"), version=2).status == 200
    assert her.sign(encounter_id).status == 200
    her.alter("note", **first)
    assert her.call("GET", her.path(encounter_id)).json["code"] == "note_damaged"
    her.alter("note", **{**first, "version": {"N": "3"}})
    assert her.call("GET", her.path(encounter_id)).json["code"] == "note_damaged"
    her.alter("note", kind={"S": "mislaid"})
    assert her.call("GET", her.path(encounter_id)).json["code"] == "note_damaged"


def test_damage_is_logged_by_its_id_alone(her: Clinician, monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib.platform import log

    encounter_id = her.signed()
    her.alter("note", body={"B": gzip.compress(b"Low back pain")})
    logged: list[dict[str, Any]] = []
    monkeypatch.setattr(log, "failure", lambda *said, **fields: logged.append(fields))
    her.call("GET", her.path(encounter_id))
    assert logged == [{"record_id": encounter_id, "practice_id": her.practice_id}]
