"""The Synthea patients of the shared samples, registered and found again."""

import csv
import json
from pathlib import Path
from typing import Any

from tests.world import World

US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
STATES = {"Massachusetts": "MA"}
RACES = {
    "white": "2106-3",
    "black": "2054-5",
    "asian": "2028-9",
    "native": "1002-5",
    "hawaiian": "2076-8",
    "other": "2131-1",
}
ETHNICITIES = {"hispanic": "2135-2", "nonhispanic": "2186-5"}


def _from_fhir(patient: dict[str, Any]) -> dict[str, Any]:
    (name,), (address,) = patient["name"], patient["address"]
    said = {each["url"].removeprefix(US_CORE): each for each in patient["extension"]}
    record_number = next(
        each["value"]
        for each in patient["identifier"]
        if each.get("type", {}).get("coding", [{}])[0].get("code") == "MR"
    )
    return {
        "mrn": record_number,
        "name": {"family": name["family"], "given": " ".join(name["given"])},
        "birth_date": patient["birthDate"],
        "sex": patient["gender"],
        "birth_sex": said["birthsex"]["valueCode"],
        "race": [said["race"]["extension"][0]["valueCoding"]["code"]],
        "ethnicity": said["ethnicity"]["extension"][0]["valueCoding"]["code"],
        "language": patient["communication"][0]["language"]["coding"][0]["code"],
        "addresses": [
            {
                "line1": address["line"][0],
                "city": address["city"],
                "state": STATES[address["state"]],
                "postal_code": address["postalCode"],
            }
        ],
        "phones": [
            {"number": each["value"], "use": each["use"]}
            for each in patient["telecom"]
            if each["system"] == "phone"
        ],
    }


def _from_csv(row: dict[str, str]) -> dict[str, Any]:
    return {
        "mrn": row["Id"],
        "name": {"family": row["LAST"], "given": row["FIRST"]},
        "birth_date": row["BIRTHDATE"],
        "sex": {"M": "male", "F": "female"}[row["GENDER"]],
        "race": [RACES[row["RACE"]]],
        "ethnicity": ETHNICITIES[row["ETHNICITY"]],
        "addresses": [
            {
                "line1": row["ADDRESS"],
                "city": row["CITY"],
                "state": STATES[row["STATE"]],
                "postal_code": row["ZIP"],
            }
        ],
        "deceased_on": row["DEATHDATE"] or None,
    }


def _bundled(samples: Path) -> list[dict[str, Any]]:
    bundles = [
        json.loads(path.read_text()) for path in (samples / "fhir/synthea_r4").glob("*.json")
    ]
    resources = [entry["resource"] for bundle in bundles for entry in bundle["entry"]]
    return [each for each in resources if each["resourceType"] == "Patient"]


def _register(world: World, token: str, bodies: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    registered = {}
    for body in bodies:
        answer = world.call("POST", "/v1/patients", body, token=token)
        assert answer.status == 201, answer.text
        registered[answer.json["id"]] = body
    return registered


def _assert_each_is_found(world: World, token: str, registered: dict[str, dict[str, Any]]) -> None:
    for patient_id, body in registered.items():
        family, given = body["name"]["family"], body["name"]["given"]
        searches = [
            {"name": family[:3]},
            {"name": f"{given[:4].upper()} {family}"},
            {"birth_date": body["birth_date"]},
            {"mrn": body["mrn"]},
            *({"phone": phone["number"]} for phone in body.get("phones", [])),
            *({"phone": phone["number"][-4:]} for phone in body.get("phones", [])),
        ]
        for criteria in searches:
            found = world.call("POST", "/v1/patients/search", criteria, token=token).json["items"]
            assert patient_id in {item["id"] for item in found}, criteria
            assert all(item["mrn"] == body["mrn"] for item in found if item["id"] == patient_id)


def test_every_patient_of_the_bundles_is_registered_and_found(
    world: World, desk: str, samples: Path
) -> None:
    bodies = [_from_fhir(patient) for patient in _bundled(samples)]
    assert len(bodies) >= 3
    for body in bodies:
        if body["race"] == ["2135-2"]:  # Synthea writes an ethnicity's code for "Other"
            refused = world.call("POST", "/v1/patients", body, token=desk)
            assert (refused.status, refused.json["errors"][0]["field"]) == (400, "race.0")
            body["race"] = [RACES["other"]]
    registered = _register(world, desk, bodies)
    _assert_each_is_found(world, desk, registered)


def test_every_patient_of_the_table_is_registered_and_found(
    world: World, desk: str, samples: Path
) -> None:
    with (samples / "synthea_csv/patients.csv").open(newline="") as file:
        bodies = [_from_csv(row) for row in csv.DictReader(file)][:100]
    assert len(bodies) >= 27
    registered = _register(world, desk, bodies)
    _assert_each_is_found(world, desk, registered)
    dead = [body for body in bodies if body["deceased_on"]]
    assert dead
    for body in dead:
        found = world.call("POST", "/v1/patients/search", {"mrn": body["mrn"]}, token=desk)
        assert found.json["items"][0]["deceased"] is True
