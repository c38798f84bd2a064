"""The problem list and the allergies."""

from typing import Any

import pytest

from tests.builders.clinical import Clinician, clinician
from tests.builders.patients import register_patient
from tests.world import Answered, World, add_member

PROBLEM = {"code": "E11.9", "clinical_status": "active", "onset": "2019-05-01"}
ALLERGY = {
    "substance": "Penicillin V",
    "substance_code": {
        "system": "http://www.nlm.nih.gov/research/umls/rxnorm",
        "code": "7984",
    },
    "criticality": "high",
    "clinical_status": "active",
    "reactions": [{"manifestation": "Hives", "severity": "moderate"}],
}
KINDS = [("problems", PROBLEM), ("allergies", ALLERGY)]


@pytest.fixture
def her(world: World) -> Clinician:
    return clinician(world)


def _path(her: Clinician, kind: str, *ids: str, patient_id: str = "") -> str:
    return "/".join(["/v1/patients", patient_id or her.patient_id, kind, *ids])


def _add(her: Clinician, kind: str = "problems", /, **body: Any) -> Answered:
    return her.call("POST", _path(her, kind), body)


def _errors(answer: Answered) -> list[tuple[str, str]]:
    assert answer.status == 422, answer.text
    return [(error["field"], error["code"]) for error in answer.json["errors"]]


def test_a_problem_has_its_code_s_title_unless_it_is_described(her: Clinician) -> None:
    plain = _add(her, **{**PROBLEM, "code": "e119"})
    described = _add(her, **PROBLEM, description="Diabetes, diet only")
    assert (plain.status, described.status) == (201, 201)
    assert plain.json["code"] == "E11.9"
    assert plain.json["description"] == "Type 2 diabetes mellitus without complications"
    assert described.json["description"] == "Diabetes, diet only"
    assert (plain.json["check"], plain.json["verification_status"]) == ("valid", "confirmed")
    assert plain.json["recorded_by"] == her.user_id


def test_a_problem_needs_no_code_and_a_header_will_do(her: Clinician) -> None:
    uncoded = _add(her, description="Lives alone, falls", clinical_status="active")
    header = _add(her, code="E11", clinical_status="active")
    assert (uncoded.json["code"], uncoded.json["check"]) == (None, None)
    assert (header.json["code"], header.json["check"]) == ("E11", "not_billable")


@pytest.mark.parametrize(
    ("over", "errors"),
    [
        ({"code": "Z99.999"}, [("code", "unknown")]),
        ({"code": "sugar"}, [("code", "bad_form")]),
        ({"code": None}, [("description", "required")]),
        ({"clinical_status": None}, [("clinical_status", "required")]),
        ({"verification_status": "entered_in_error"}, [("clinical_status", "not_allowed")]),
        ({"abatement": "2020-01-01"}, [("clinical_status", "abated")]),
        (
            {"clinical_status": "resolved", "abatement": "2018-01-01"},
            [("abatement", "before_onset")],
        ),
        ({"onset": "2026-03-03"}, [("onset", "in_future")]),
    ],
)
def test_a_problem_that_contradicts_itself_is_refused(
    her: Clinician, over: dict[str, Any], errors: list[tuple[str, str]]
) -> None:
    body = {name: value for name, value in {**PROBLEM, **over}.items() if value is not None}
    assert _errors(_add(her, **body)) == errors
    assert her.chart()["problems"] == []


def test_a_problem_runs_its_course(her: Clinician) -> None:
    made = _add(her, **PROBLEM)
    path = made.headers["Location"]
    over = {**PROBLEM, "clinical_status": "resolved", "abatement": "2026-02-01"}
    changed = her.call("PUT", path, over, If_Match=made.etag)
    assert (changed.status, changed.etag) == (200, '"2"')
    assert her.call("GET", path).json == changed.json
    wrong = {"code": "E11.9", "verification_status": "entered_in_error"}
    assert her.call("PUT", path, wrong, If_Match='"2"').json["clinical_status"] is None


def test_a_code_that_stays_is_not_checked_anew(her: Clinician) -> None:
    made = _add(her, **PROBLEM)
    her.alter("problem", code={"S": "E11.000"})
    path, body = made.headers["Location"], {**PROBLEM, "code": "e11000"}
    assert her.call("PUT", path, body, If_Match=made.etag).status == 200
    other = her.call("PUT", path, {**PROBLEM, "code": "E11.001"}, If_Match='"2"')
    assert _errors(other) == [("code", "unknown")]


def test_a_problem_may_lose_its_code(her: Clinician) -> None:
    made = _add(her, **PROBLEM)
    body = {"description": "Prediabetes", "clinical_status": "active"}
    changed = her.call("PUT", made.headers["Location"], body, If_Match=made.etag)
    assert (changed.json["code"], changed.json["check"]) == (None, None)


def test_an_allergy_is_what_was_said(her: Clinician) -> None:
    made = _add(her, "allergies", **ALLERGY)
    assert made.status == 201, made.text
    assert {name: made.json[name] for name in ALLERGY} == ALLERGY
    assert her.chart()["allergies"] == [made.json]
    over = {**ALLERGY, "clinical_status": "resolved", "reactions": []}
    changed = her.call("PUT", made.headers["Location"], over, If_Match=made.etag)
    assert (changed.json["clinical_status"], changed.json["reactions"]) == ("resolved", [])


@pytest.mark.parametrize(
    "over",
    [
        {"substance": " "},
        {"criticality": "extreme"},
        {"clinical_status": "recurrence"},
        {"verification_status": "provisional"},
        {"substance_code": {"system": "http://example.org", "code": "1"}},
        {"reactions": [{"severity": "mild"}]},
        {"recorded_by": "usr_1"},
    ],
)
def test_an_allergy_of_another_shape_is_malformed(her: Clinician, over: dict[str, Any]) -> None:
    assert _add(her, "allergies", **{**ALLERGY, **over}).status == 400


def test_an_allergy_entered_in_error_is_neither_active_nor_resolved(her: Clinician) -> None:
    over = {**ALLERGY, "verification_status": "entered_in_error"}
    assert _errors(_add(her, "allergies", **over)) == [("clinical_status", "not_allowed")]


@pytest.mark.parametrize(("kind", "body"), KINDS)
def test_of_two_editors_one_must_read_again(
    her: Clinician, kind: str, body: dict[str, Any]
) -> None:
    made = _add(her, kind, **body)
    path = made.headers["Location"]
    over = {**body, "clinical_status": "inactive"}
    assert her.call("PUT", path, over, If_Match='"1"').status == 200
    assert her.call("PUT", path, body, If_Match='"1"').status == 412
    assert her.call("PUT", path, body).status == 428
    assert her.call("GET", path).json["clinical_status"] == "inactive"


@pytest.mark.parametrize(("kind", "body"), KINDS)
def test_an_entry_is_not_reached_through_another_patient(
    her: Clinician, kind: str, body: dict[str, Any]
) -> None:
    other = register_patient(her.world, her.token, name={"family": "Shaw", "given": "Amy"})["id"]
    entry = _add(her, kind, **body).json["id"]
    swapped = _path(her, kind, entry, patient_id=other)
    assert her.call("GET", swapped).status == 404
    assert her.call("PUT", swapped, body, If_Match='"1"').status == 404
    assert her.call("GET", _path(her, kind, entry)).json["version"] == 1
    assert her.call("POST", _path(her, kind, patient_id=f"pat_{'0' * 26}"), body).status == 404


@pytest.mark.parametrize(("kind", "body"), KINDS)
def test_nurses_record_and_the_front_desk_does_not(
    her: Clinician, kind: str, body: dict[str, Any]
) -> None:
    nurse, _ = add_member(her.world, her.owner, "nurse")
    desk, _ = add_member(her.world, her.owner, "front_desk")
    made = her.world.call("POST", _path(her, kind), body, token=nurse)
    assert made.status == 201
    path = made.headers["Location"]
    assert her.world.call("POST", _path(her, kind), body, token=desk).status == 403
    assert her.world.call("GET", path, token=desk).status == 403
    assert her.world.call("PUT", path, body, token=desk, If_Match='"1"').status == 403
