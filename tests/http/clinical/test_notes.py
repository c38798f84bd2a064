"""Drafts of notes: templates, validation, autosave, two editors."""

from typing import Any

import pytest

from tests.builders.clinical import SOAP, Clinician, clinician
from tests.faults import calls
from tests.world import World, add_member


@pytest.fixture
def her(world: World) -> Clinician:
    return clinician(world)


def _errors(answer: Any, code: str = "note_invalid") -> list[tuple[str, str]]:
    assert answer.status == 422, answer.text
    assert answer.json["code"] == code
    return [(error["field"], error["code"]) for error in answer.json["errors"]]


def test_the_templates_are_told_with_their_fields(her: Clinician) -> None:
    items = her.call("GET", "/v1/note-templates").json["items"]
    soap = next(item for item in items if item["key"] == "soap_general")
    complaint = soap["sections"][0]["fields"][0]
    assert (complaint["key"], complaint["required"]) == ("chief_complaint", True)
    units = {
        unit["unit"]
        for section in soap["sections"]
        for field in section["fields"]
        for unit in field["units"]
    }
    assert {"Cel", "mm[Hg]", "/min"} <= units


def test_a_draft_comes_back_as_it_was_saved(her: Clinician) -> None:
    encounter_id = her.encounter()
    saved = her.write(encounter_id)
    assert (saved.status, saved.etag) == (200, '"2"')
    note = her.read(encounter_id)["note"]
    assert note == saved.json
    assert note["content"] == SOAP
    assert (note["template"], note["template_version"]) == ("soap_general", 1)
    assert (note["saved_by"], note["saved_at"]) == (her.user_id, "2026-03-02T14:00:00Z")


def test_a_draft_may_be_incomplete_and_blanks_are_not_kept(her: Clinician) -> None:
    content = {"subjective": {"chief_complaint": "Cough", "review_of_systems": None}, "plan": None}
    saved = her.write(her.encounter(), content)
    assert saved.status == 200, saved.text
    assert saved.json["content"] == {"subjective": {"chief_complaint": "Cough"}}


def test_a_note_keeps_every_letter(her: Clinician) -> None:
    text = "Nguyễn — «côté gauche» 🩺\n\t≥ 3 × täglich"
    encounter_id = her.encounter()
    assert her.write(encounter_id, {"subjective": {"chief_complaint": text}}).status == 200
    assert her.read(encounter_id)["note"]["content"]["subjective"]["chief_complaint"] == text


@pytest.mark.parametrize(
    ("content", "field", "code"),
    [
        ({"prose": {}}, "content.prose", "unknown_field"),
        ({"plan": {"prose": "x"}}, "content.plan.prose", "unknown_field"),
        ({"plan": {"treatment": 7}}, "content.plan.treatment", "wrong_type"),
        (
            {"vitals": {"pulse": {"value": 72, "unit": "mm"}}},
            "content.vitals.pulse.unit",
            "wrong_unit",
        ),
        (
            {"vitals": {"pulse": {"value": 7200, "unit": "/min"}}},
            "content.vitals.pulse.value",
            "out_of_range",
        ),
    ],
)
def test_what_does_not_fit_the_template_is_named(
    her: Clinician, content: dict[str, Any], field: str, code: str
) -> None:
    encounter_id = her.encounter()
    assert _errors(her.write(encounter_id, content)) == [(field, code)]
    assert her.read(encounter_id)["note"]["version"] == 1


def test_an_unknown_template_is_named(her: Clinician) -> None:
    answer = her.write(her.encounter(), {}, template="haiku")
    assert _errors(answer, "invalid") == [("template", "unknown_template")]


def test_a_note_too_large_for_its_item_is_refused(her: Clinician) -> None:
    long = "𒐫" * 20_000
    content = {
        "subjective": {"history_of_present_illness": long},
        "objective": {"examination": long},
    }
    answer = her.write(her.encounter(), content)
    assert _errors(answer, "invalid") == [("content", "too_long")]


@pytest.mark.parametrize(
    "body",
    [
        {"template": "soap_general"},
        {"template": "soap_general", "content": "It hurts"},
        {"template": "soap_general", "content": {"plan": "Rest"}},
        {"template": "soap_general", "content": {}, "saved_by": "usr_1"},
        {"template": "soap_general", "content": {}, "status": "signed"},
    ],
)
def test_a_draft_of_another_shape_is_malformed(her: Clinician, body: dict[str, Any]) -> None:
    path = her.path(her.encounter(), "/note")
    assert her.call("PUT", path, body, If_Match='"1"').status == 400


def test_of_two_editors_one_saves_and_the_other_must_read_again(her: Clinician) -> None:
    encounter_id = her.encounter()
    nurse, _ = add_member(her.world, her.owner, "nurse")
    path = her.path(encounter_id, "/note")
    mine = {"template": "soap_general", "content": {"subjective": {"chief_complaint": "Mine"}}}
    theirs = {"template": "soap_general", "content": {"subjective": {"chief_complaint": "Theirs"}}}
    first = her.world.call("PUT", path, theirs, token=nurse, If_Match='"1"')
    second = her.call("PUT", path, mine, If_Match='"1"')
    assert (first.status, second.status) == (200, 412)
    assert second.json["code"] == "stale_version"
    assert her.read(encounter_id)["note"]["content"]["subjective"]["chief_complaint"] == "Theirs"
    assert her.call("PUT", path, mine, If_Match='"2"').status == 200


@pytest.mark.parametrize("version", [0, 2, 999])
def test_a_version_that_never_was_is_stale(her: Clinician, version: int) -> None:
    encounter_id = her.encounter()
    assert her.write(encounter_id, version=version).status == 412
    assert her.read(encounter_id)["note"]["version"] == 1


def test_a_save_without_a_version_is_refused(her: Clinician) -> None:
    body = {"template": "soap_general", "content": {}}
    assert her.call("PUT", her.path(her.encounter(), "/note"), body).status == 428


def test_a_save_is_one_transaction_and_reads_nothing(her: Clinician) -> None:
    encounter_id = her.encounter()
    with calls() as sent:
        assert her.write(encounter_id).status == 200
    assert sent == ["BatchGetItem", "TransactWriteItems"]


def test_no_note_no_encounter(her: Clinician) -> None:
    assert her.write(f"enc_{'0' * 26}").status == 404
    assert her.call("GET", her.path(f"enc_{'0' * 26}")).status == 404


def test_a_draft_that_cannot_be_read_is_said_to_be_damaged(her: Clinician) -> None:
    encounter_id = her.encounter()
    assert her.write(encounter_id).status == 200
    her.alter("note", body={"B": b"\x1f\x8b" + b"\0" * 40})
    answer = her.call("GET", her.path(encounter_id))
    assert (answer.status, answer.json["code"]) == (500, "note_damaged")
    assert "back pain" not in answer.text
