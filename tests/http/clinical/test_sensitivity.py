"""What is marked as sensitive is there for the patient's care team, and for nobody else."""

import pytest

from tests.builders.circle import Circle, circle
from tests.builders.clinical import SOAP, codes
from tests.world import World

PROBLEM = {"code": "F10.20", "clinical_status": "active", "sensitivity": ["ETHUD"]}
ALLERGY = {"substance": "Disulfiram", "clinical_status": "active", "sensitivity": ["ETHUD", "SUD"]}


@pytest.fixture
def at(world: World) -> Circle:
    made = circle(world)
    assert made.join("treating").status == 200
    return made


def test_the_team_sees_it_and_its_marks_and_all_others_a_chart_without_it(at: Circle) -> None:
    at.done("treating", "POST", f"{at.patient}/problems", PROBLEM)
    at.done("treating", "POST", f"{at.patient}/allergies", ALLERGY)
    tagged = at.her.signed(sensitivity=["PSY"])
    plain = at.her.signed()
    full = at.chart("treating")
    assert [each["sensitivity"] for each in full["problems"]] == [["ETHUD"]]
    assert [each["sensitivity"] for each in full["allergies"]] == [["ETHUD", "SUD"]]
    assert {each["id"] for each in full["encounters"]} == {tagged, plain}
    for who, told in (("colleague", True), ("nurse", False)):
        chart = at.chart(who)
        assert (chart["problems"], chart["allergies"]) == ([], [])
        assert [each["id"] for each in chart["encounters"]] == [plain]
        assert chart["withheld"] is told
    assert full["withheld"] is False


def test_an_ordinary_chart_withholds_nothing(at: Circle) -> None:
    at.her.signed()
    assert at.chart("colleague")["withheld"] is False


def test_what_is_named_is_not_found_and_is_not_changed(at: Circle) -> None:
    problem = at.done("treating", "POST", f"{at.patient}/problems", PROBLEM)["id"]
    allergy = at.done("treating", "POST", f"{at.patient}/allergies", ALLERGY)["id"]
    visit = at.her.documented(sensitivity=["PSY"])
    encounter = f"{at.patient}/encounters/{visit}"
    note = {"template": "soap_general", "content": SOAP}
    signature = {"expected_version": 2, "expected_note_version": 2}
    before = _clinical(at)
    for method, path, body, version in (
        ("GET", f"{at.patient}/problems/{problem}", None, ""),
        ("PUT", f"{at.patient}/problems/{problem}", PROBLEM, "1"),
        ("GET", f"{at.patient}/allergies/{allergy}", None, ""),
        ("PUT", f"{at.patient}/allergies/{allergy}", ALLERGY, "1"),
        ("GET", encounter, None, ""),
        ("PUT", encounter, codes(), "2"),
        ("PUT", f"{encounter}/note", note, "2"),
        ("PUT", f"{encounter}/sensitivity", {"sensitivity": []}, "2"),
        ("POST", f"{encounter}/sign", signature, ""),
        ("POST", f"{encounter}/addenda", {"text": "x"}, ""),
        ("POST", f"{encounter}/entered-in-error", None, ""),
    ):
        headers = {"If_Match": f'"{version}"'} if version else {}
        answer = at.call("colleague", method, path, body, **headers)
        assert (answer.status, answer.json["code"]) == (404, "not_found"), path
    assert _clinical(at) == before


def test_the_list_of_unsigned_notes_leaves_it_out(at: Circle) -> None:
    tagged, plain = at.her.encounter(sensitivity=["PSY"]), at.her.encounter()
    path = f"/v1/encounters?practitioner_id={at.her.practitioner_id}"
    listed = {
        who: [each["id"] for each in at.done(who, "GET", path)["items"]]
        for who in ("treating", "colleague", "nurse")
    }
    assert listed == {
        "treating": [tagged, plain],
        "colleague": [plain],
        "nurse": [plain],
    }


def test_who_is_not_on_the_team_marks_nothing(at: Circle) -> None:
    visit = at.her.encounter()
    for method, path, body, headers in (
        ("POST", f"{at.patient}/problems", PROBLEM, {}),
        ("POST", f"{at.patient}/allergies", ALLERGY, {}),
        (
            "PUT",
            f"{at.patient}/encounters/{visit}/sensitivity",
            {"sensitivity": ["PSY"]},
            {"If_Match": '"1"'},
        ),
    ):
        answer = at.call("colleague", method, path, body, **headers)
        assert (answer.status, answer.json["code"]) == (403, "not_on_care_team"), path


def test_the_practitioner_comes_onto_the_team_with_the_first_mark(world: World) -> None:
    at = circle(world)
    at.her.encounter(sensitivity=["HIV"])
    (member,) = at.done("nurse", "GET", f"{at.patient}/care-team")["members"]
    assert (member["user_id"], member["role"]) == (at.users["treating"], "treating")


def test_a_signed_encounter_is_marked_and_what_was_signed_stays(at: Circle) -> None:
    visit = at.her.signed()
    signed = at.her.read(visit)
    path = f"{at.patient}/encounters/{visit}/sensitivity"
    version = f'"{signed["version"]}"'
    marked = at.done("treating", "PUT", path, {"sensitivity": ["STD", "HIV"]}, If_Match=version)
    assert (marked["sensitivity"], marked["status"]) == (["HIV", "STD"], "signed")
    assert marked["note_sha256"] == signed["note_sha256"]
    assert at.her.read(visit)["note"] == signed["note"]
    assert at.call("colleague", "GET", at.her.path(visit)).status == 404
    assert at.call("treating", "PUT", path, {"sensitivity": []}, If_Match=version).status == 412
    newer = f'"{marked["version"]}"'
    assert (
        at.done("treating", "PUT", path, {"sensitivity": []}, If_Match=newer)["sensitivity"] == []
    )
    assert at.call("colleague", "GET", at.her.path(visit)).status == 200


def test_a_change_that_does_not_speak_of_marks_leaves_them(at: Circle) -> None:
    problem = at.done("treating", "POST", f"{at.patient}/problems", PROBLEM)["id"]
    body = {"code": "F10.20", "clinical_status": "resolved"}
    path = f"{at.patient}/problems/{problem}"
    assert at.done("treating", "PUT", path, body, If_Match='"1"')["sensitivity"] == ["ETHUD"]
    assert at.call("colleague", "GET", path).status == 404


def test_only_codes_of_the_field_mark(at: Circle) -> None:
    for wrong in (["SECRET"], ["PSY"] * 6, "PSY"):
        body = {**PROBLEM, "sensitivity": wrong}
        answer = at.call("treating", "POST", f"{at.patient}/problems", body)
        assert answer.status == 400
        assert answer.json["errors"][0]["field"].startswith("sensitivity")


def test_a_place_on_the_team_ends_when_it_says(at: Circle) -> None:
    at.done("treating", "POST", f"{at.patient}/problems", PROBLEM)
    members = [
        {"user_id": at.users["treating"], "role": "treating"},
        {"user_id": at.users["nurse"], "role": "nursing", "until": "2026-03-02T14:05:00Z"},
    ]
    at.done("treating", "PUT", f"{at.patient}/care-team", {"members": members}, If_Match='"1"')
    assert len(at.chart("nurse")["problems"]) == 1
    at.world.clock.advance(minutes=5)
    assert at.chart("nurse")["problems"] == []


def test_charges_are_made_of_a_visit_that_only_the_team_sees(at: Circle) -> None:
    at.her.signed(sensitivity=["PSY"])
    at.world.pump()
    charges = [item for item in at.world.items() if item["kind"]["S"] == "charge"]
    assert len(charges) == 1


def _clinical(at: Circle) -> list[object]:
    kinds = {"encounter", "note", "problem", "allergy", "addendum", "care_team"}
    return [item for item in at.world.items() if item["kind"]["S"] in kinds]
