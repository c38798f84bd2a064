"""The chart: one Query, whatever lies in it."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from chalicelib.clinical.coding import Diagnosis, Procedure
from chalicelib.clinical.models import Encounter
from chalicelib.platform.config import settings
from tests.builders.clinical import Clinician, clinician
from tests.builders.patients import add_coverage, register_patient
from tests.faults import calls
from tests.world import World


@pytest.fixture
def her(world: World) -> Clinician:
    return clinician(world)


def _path(her: Clinician, patient_id: str = "", **query: str) -> str:
    pairs = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/v1/patients/{patient_id or her.patient_id}/chart?{pairs}"


def _fill(her: Clinician, count: int) -> set[str]:
    """Big signed encounters, put straight into the table; their ids."""
    records = [_big_encounter(her, at) for at in range(count)]
    for start in range(0, count, 25):
        batch = [
            {"PutRequest": {"Item": record.serialize()}} for record in records[start : start + 25]
        ]
        boto3.client("dynamodb").batch_write_item(RequestItems={settings().table: batch})
    return {record.id for record in records}


def _big_encounter(her: Clinician, at: int) -> Encounter:
    encounter = Encounter(
        *Encounter.key(her.practice_id, her.patient_id, f"enc_{at:026}"),
        practitioner_id=her.practitioner_id,
        location_id=her.location_id,
        started_at=her.world.clock.now(),
        day=her.world.clock.now().date(),
        status="signed",
        bill_to="insurance",
        diagnoses=tuple(Diagnosis(f"M54.{n}", "valid", "x" * 150) for n in range(12)),
        procedures=tuple(Procedure("G0463", note="x" * 80) for _ in range(50)),
    )
    encounter.version = 1
    return encounter


def _pages(her: Clinician) -> Iterator[Any]:
    cursor: str | None = ""
    while cursor is not None:
        answer = her.call("GET", _path(her, **({"cursor": cursor} if cursor else {})))
        assert answer.status == 200, answer.text
        yield answer.json
        cursor = answer.json["next_cursor"]


def test_a_chart_has_who_what_to_beware_of_and_what_was_done(her: Clinician) -> None:
    allergy = {"substance": "Latex", "clinical_status": "active"}
    problem = {"code": "I10", "clinical_status": "active"}
    records = f"/v1/patients/{her.patient_id}"
    assert her.call("POST", f"{records}/allergies", allergy).status == 201
    assert her.call("POST", f"{records}/problems", problem).status == 201
    add_coverage(her.world, her.token, her.patient_id)
    encounter_id = her.signed()
    chart = her.chart()
    assert (chart["patient"]["id"], chart["patient"]["full_name"]) == (her.patient_id, "Rosa Diaz")
    assert [each["description"] for each in chart["problems"]] == [
        "Essential (primary) hypertension"
    ]
    assert [each["substance"] for each in chart["allergies"]] == ["Latex"]
    assert [each["payer_name"] for each in chart["coverages"]] == ["Aspen Mutual"]
    assert [each["id"] for each in chart["encounters"]] == [encounter_id]
    assert chart["encounters"][0]["diagnoses"][0]["code"] == "M54.50"
    assert chart["next_cursor"] is None


def test_opening_a_chart_is_one_query_and_the_audit_beside_it(her: Clinician) -> None:
    for _ in range(3):
        her.signed()
    with calls() as sent:
        assert len(her.chart()["encounters"]) == 3
    assert sorted(sent) == ["BatchGetItem", "PutItem", "Query"]


def test_the_bodies_of_notes_are_no_part_of_the_chart(her: Clinician) -> None:
    her.signed()
    assert "lifting boxes" not in her.call("GET", _path(her)).text


def test_encounters_come_newest_first(her: Clinician) -> None:
    days = ["2026-02-10", "2026-03-01", "2025-12-24"]
    ids = {day: her.encounter(started_at=f"{day}T15:00:00Z") for day in days}
    found = [each["id"] for each in her.chart()["encounters"]]
    assert found == [ids[day] for day in sorted(days, reverse=True)]


def test_a_chart_over_a_megabyte_comes_in_pages_and_loses_nothing(her: Clinician) -> None:
    ids = _fill(her, 160)
    add_coverage(her.world, her.token, her.patient_id)
    problem = {"code": "I10", "clinical_status": "active"}
    assert her.call("POST", f"/v1/patients/{her.patient_id}/problems", problem).status == 201
    pages = list(_pages(her))
    assert len(pages) == 2
    assert pages[0]["patient"]["id"] == her.patient_id
    assert len(pages[0]["problems"]) == 1
    assert pages[1]["patient"] is None
    seen = [each["id"] for page in pages for each in page["encounters"]]
    assert len(seen) == len(ids)
    assert set(seen) == ids
    assert sum(len(page["coverages"]) for page in pages) == 1


def test_a_cursor_belongs_to_its_chart(her: Clinician) -> None:
    _fill(her, 160)
    other = register_patient(her.world, her.token, name={"family": "Shaw", "given": "Amy"})["id"]
    cursor = her.call("GET", _path(her)).json["next_cursor"]
    answer = her.call("GET", _path(her, other, cursor=cursor))
    assert answer.status == 400
    assert her.call("GET", _path(her, cursor="k1.AAAA")).status == 400


def test_no_patient_no_chart(world: World, her: Clinician) -> None:
    stranger = clinician(world, email="bea@clinic.example")
    foreign = her.call("GET", _path(her, stranger.patient_id))
    unknown = her.call("GET", _path(her, f"pat_{'0' * 26}"))
    assert foreign.status == unknown.status == 404
    assert foreign.json["code"] == unknown.json["code"] == "not_found"


def test_the_audit_says_whose_chart_was_opened(her: Clinician) -> None:
    her.chart()
    entries = [item for item in her.world.items() if item["kind"]["S"] == "audit"]
    (opened,) = (item for item in entries if item["action"]["S"] == "read_chart")
    assert opened["subjects"]["SS"] == [her.patient_id]
    assert opened["outcome"]["S"] == "served"
