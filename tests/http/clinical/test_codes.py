"""The codes of an encounter: checked by the date of service, pointed to by what was done."""

from typing import Any

import pytest

from tests.builders.clinical import Clinician, clinician, codes
from tests.world import World, add_member

NOT_LOADED = "2025-06-02T14:00:00Z"
"""In fiscal year 2025, whose release does not come with the system."""


@pytest.fixture
def her(world: World) -> Clinician:
    return clinician(world)


def _errors(answer: Any) -> list[tuple[str, str]]:
    assert answer.status == 422, answer.text
    assert answer.json["code"] == "codes_invalid"
    return [(error["field"], error["code"]) for error in answer.json["errors"]]


def _diagnoses(*given: str) -> dict[str, Any]:
    return codes(diagnoses=[{"code": code} for code in given], procedures=[])


def test_codes_are_stored_dotted_in_order_and_with_their_titles(her: Clinician) -> None:
    answer = her.code(her.encounter(), **_diagnoses("e119", "M54.50"))
    assert answer.status == 200, answer.text
    assert answer.json["diagnoses"] == [
        {
            "code": "E11.9",
            "check": "valid",
            "description": "Type 2 diabetes mellitus without complications",
        },
        {"code": "M54.50", "check": "valid", "description": "Low back pain, unspecified"},
    ]
    assert answer.etag == '"2"'


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("M54.5", "not_billable"),
        ("Z99.999", "unknown"),
        ("back pain", "bad_form"),
        ("", "bad_form"),
    ],
)
def test_a_code_that_no_claim_could_carry_is_named(her: Clinician, code: str, why: str) -> None:
    encounter_id = her.encounter()
    answer = her.code(encounter_id, **_diagnoses("I10", code))
    assert _errors(answer) == [("diagnoses.1.code", why)]
    assert her.read(encounter_id)["diagnoses"] == []


def test_a_date_without_a_release_is_not_checked_and_says_so(her: Clinician) -> None:
    encounter_id = her.encounter(started_at=NOT_LOADED)
    answer = her.code(encounter_id, **_diagnoses("M54.50", "Z99.999"))
    assert answer.status == 200, answer.text
    assert answer.json["diagnoses"] == [
        {"code": "M54.50", "check": "not_checked", "description": "Low back pain, unspecified"},
        {"code": "Z99.999", "check": "not_checked", "description": None},
    ]
    assert her.chart()["encounters"][0]["diagnoses"] == answer.json["diagnoses"]


def test_what_has_not_the_form_of_a_code_is_refused_whatever_the_date(her: Clinician) -> None:
    answer = her.code(her.encounter(started_at=NOT_LOADED), **_diagnoses("backache"))
    assert _errors(answer) == [("diagnoses.0.code", "bad_form")]


def test_a_diagnosis_stands_once(her: Clinician) -> None:
    answer = her.code(her.encounter(), **_diagnoses("M54.50", "I10", "m5450"))
    assert _errors(answer) == [("diagnoses.2.code", "repeated")]


@pytest.mark.parametrize(
    ("pointers", "why"),
    [([2], "no_such_diagnosis"), ([0], "no_such_diagnosis"), ([1, 1], "repeated")],
)
def test_a_pointer_points_to_a_diagnosis_that_is_there(
    her: Clinician, pointers: list[int], why: str
) -> None:
    lines = [{"code": "G0463", "pointers": [1]}, {"code": "G0463", "pointers": pointers}]
    answer = her.code(her.encounter(), procedures=lines)
    assert _errors(answer) == [("procedures.1.pointers", why)]


@pytest.mark.parametrize(
    "line",
    [
        {"code": "g0463"},
        {"code": "A" * 21},
        {"code": "G0463", "units": 0},
        {"code": "G0463", "units": 1.5},
        {"code": "G0463", "modifiers": ["25", "59", "GT", "95", "XU"]},
        {"code": "G0463", "modifiers": ["250"]},
        {"code": "G0463", "pointers": [1, 2, 3, 4, 5]},
        {"code": "G0463", "description": "Clinic visit"},
        {"code": "G0463", "amount": 12500},
    ],
)
def test_a_procedure_of_another_form_is_malformed(her: Clinician, line: dict[str, Any]) -> None:
    answer = her.code(her.encounter(), procedures=[line])
    assert answer.status == 400, answer.text
    assert answer.json["errors"][0]["field"].startswith("procedures.0.")


def test_more_than_a_claim_can_carry_is_malformed(her: Clinician) -> None:
    encounter_id = her.encounter()
    many = [{"code": f"M54.{at}"} for at in range(13)]
    assert her.code(encounter_id, diagnoses=many, procedures=[]).status == 400
    assert her.code(encounter_id, procedures=[{"code": "G0463"}] * 51).status == 400
    assert (
        her.code(encounter_id, procedures=[{"code": "G0463", "pointers": [1]}] * 50).status == 200
    )


def test_a_draft_may_leave_pointers_for_later(her: Clinician) -> None:
    answer = her.code(her.encounter(), diagnoses=[], procedures=[{"code": "LATE-NOTE.1"}])
    assert answer.status == 200, answer.text
    assert answer.json["procedures"] == [
        {"code": "LATE-NOTE.1", "units": 1, "modifiers": [], "pointers": [], "note": None}
    ]


def test_who_pays_stays_unless_it_is_said(her: Clinician) -> None:
    encounter_id = her.encounter(bill_to="self_pay")
    assert her.code(encounter_id).json["bill_to"] == "self_pay"
    changed = her.code(encounter_id, version=2, bill_to="insurance", reason="Back pain")
    assert (changed.json["bill_to"], changed.json["reason"]) == ("insurance", "Back pain")


def test_of_two_editors_of_the_codes_one_must_read_again(her: Clinician) -> None:
    encounter_id = her.encounter()
    assert her.code(encounter_id).status == 200
    stale = her.code(encounter_id, **_diagnoses("I10"))
    assert (stale.status, stale.json["code"]) == (412, "stale_version")
    blind = her.call("PUT", her.path(encounter_id), codes())
    assert blind.status == 428
    assert her.read(encounter_id)["diagnoses"][0]["code"] == "M54.50"


def test_codes_and_note_are_edited_side_by_side(her: Clinician) -> None:
    encounter_id = her.encounter()
    assert her.write(encounter_id).status == 200
    assert her.code(encounter_id).status == 200
    assert her.write(encounter_id, version=2).status == 200
    now = her.read(encounter_id)
    assert (now["version"], now["note"]["version"], now["note_version"]) == (2, 3, 3)


def test_a_nurse_codes_and_the_front_desk_does_not(her: Clinician) -> None:
    encounter_id = her.encounter()
    nurse, _ = add_member(her.world, her.owner, "nurse")
    desk, _ = add_member(her.world, her.owner, "front_desk")
    path, body = her.path(encounter_id), codes()
    assert her.world.call("PUT", path, body, token=desk, If_Match='"1"').status == 403
    assert her.world.call("PUT", path, body, token=nurse, If_Match='"1"').status == 200


def test_codes_are_found_by_beginning_and_by_words(her: Clinician) -> None:
    by_code = her.call("GET", "/v1/diagnosis-codes?text=m54.5&limit=3").json
    assert [(hit["code"], hit["billable"]) for hit in by_code["items"]] == [
        ("M54.5", False),
        ("M54.50", True),
        ("M54.51", True),
    ]
    by_words = her.call("GET", "/v1/diagnosis-codes?text=low%20back%20pain").json
    assert "M54.50" in [hit["code"] for hit in by_words["items"]]
    assert (by_words["fiscal_year"], by_words["in_force"]) == (2026, True)


def test_a_search_for_a_date_without_a_release_says_so(her: Clinician) -> None:
    found = her.call("GET", "/v1/diagnosis-codes?text=M54.5&on=2026-10-01").json
    assert (found["fiscal_year"], found["in_force"]) == (2026, False)
    assert her.call("GET", "/v1/diagnosis-codes?text=x").status == 400
    assert her.call("GET", "/v1/diagnosis-codes?text=pain&on=yesterday").status == 400
