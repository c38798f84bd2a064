"""Finding patients by names, birth date, telephone and MRN."""

from typing import Any

from tests.builders.patients import demographics, register_patient
from tests.world import Answered, World, sign_in


def _search(world: World, token: str, query: str = "", **criteria: Any) -> Answered:
    return world.call("POST", f"/v1/patients/search{query}", criteria, token=token)


def _found(world: World, token: str, **criteria: Any) -> list[str]:
    answer = _search(world, token, **criteria)
    assert answer.status == 200, answer.text
    return [item["id"] for item in answer.json["items"]]


def _register(world: World, token: str, given: str, family: str, **over: Any) -> str:
    name = {"family": family, "given": given, **over.pop("name", {})}
    made: str = register_patient(world, token, name=name, **over)["id"]
    return made


def test_names_are_found_by_their_beginnings_however_written(world: World, desk: str) -> None:
    zoe = _register(world, desk, "Zoë", "O’Neil-Šmíd", name={"preferred": "Zuzu"})
    alexandra = _register(world, desk, "Alexandra", "Li")
    found = {
        "zo": [zoe],
        "ZOE": [zoe],
        "O'Nei": [zoe],
        "oneil": [zoe],
        "smid, z": [zoe],
        "zuz": [zoe],
        "li": [alexandra],
        "alexand": [alexandra],
        "li alex": [alexandra],
        "alexander": [],
        "li zo": [],
        "z": [],
    }
    assert {query: _found(world, desk, name=query) for query in found} == found


def test_numbers_and_dates_are_found_however_written(world: World, desk: str) -> None:
    rosa = register_patient(world, desk, mrn="Ab-7")["id"]
    register_patient(
        world,
        desk,
        name={"family": "Moss"},
        birth_date="1984-07-03",
        phones=[{"number": "212-555-9147"}],
    )
    for criteria in (
        {"mrn": "aB-7"},
        {"phone": "+1 212 555 0147"},
        {"phone": "(212) 555-0147"},
        {"phone": "555-0147"},
        {"phone": "0147"},
        {"birth_date": "1984-07-02"},
    ):
        assert _found(world, desk, **criteria) == [rosa], criteria
    for criteria in ({"mrn": "Ab-"}, {"phone": "2125550148"}, {"birth_date": "1984-07-04"}):
        assert _found(world, desk, **criteria) == [], criteria


def test_a_patient_meets_all_criteria_of_a_search(world: World, desk: str) -> None:
    rosa = register_patient(world, desk, mrn="7")["id"]
    omar = _register(world, desk, "Omar", "Diaz")
    shared = {"birth_date": "1984-07-02", "phone": "0147"}
    assert sorted(_found(world, desk, name="diaz", **shared)) == sorted([rosa, omar])
    assert _found(world, desk, name="om", **shared) == [omar]
    assert _found(world, desk, mrn="7", name="omar") == []
    assert _found(world, desk, mrn="7", birth_date="1984-07-02", name="ros") == [rosa]
    assert _found(world, desk, phone="0147", birth_date="1984-07-03") == []


def test_the_inactive_are_found_and_flagged(world: World, desk: str) -> None:
    patient_id = register_patient(world, desk)["id"]
    body = demographics(status="inactive", deceased=True)
    world.call("PUT", f"/v1/patients/{patient_id}", body, token=desk, If_Match='"1"')
    (found,) = _search(world, desk, name="diaz").json["items"]
    assert (found["status"], found["deceased"]) == ("inactive", True)


def test_pages_follow_one_another_to_the_end(world: World, desk: str) -> None:
    everyone = [_register(world, desk, given, "Diaz") for given in ("Ana", "Bo", "Cy", "Di", "Ed")]
    pages: list[list[str]] = []
    cursor = ""
    while True:
        answer = _search(world, desk, f"?limit=2{cursor}", name="diaz").json
        pages.append([item["id"] for item in answer["items"]])
        if answer["next_cursor"] is None:
            break
        assert "search" not in answer["next_cursor"]
        cursor = f"&cursor={answer['next_cursor']}"
    assert [patient_id for page in pages for patient_id in page] == sorted(everyone)
    assert all(len(page) <= 2 for page in pages)


def test_a_cursor_opens_with_the_search_and_the_person_it_was_made_for(
    world: World, desk: str, stranger: str
) -> None:
    for given in ("Ana", "Bo"):
        _register(world, desk, given, "Diaz")
    cursor = _search(world, desk, "?limit=1", name="diaz").json["next_cursor"]
    page = f"?limit=1&cursor={cursor}"
    assert _search(world, desk, page, name="diaz").status == 200
    for answer in (
        _search(world, desk, page, name="dia"),
        _search(world, desk, page, name="diaz", birth_date="1984-07-02"),
        _search(world, desk, f"?limit=2&cursor={cursor}", name="diaz"),
        _search(world, desk, f"?limit=1&cursor={cursor[:-2]}", name="diaz"),
        _search(world, stranger, page, name="diaz"),
    ):
        assert (answer.status, answer.json["code"]) == (400, "invalid_request")


def test_a_cursor_is_good_for_a_day(world: World, desk: str) -> None:
    for given in ("Ana", "Bo"):
        _register(world, desk, given, "Diaz")
    cursor = _search(world, desk, "?limit=1", name="diaz").json["next_cursor"]
    for hours, status in ((23, 200), (2, 400)):
        world.clock.advance(hours=hours)
        token = sign_in(world, "front_desk@clinic.example")
        page = f"?limit=1&cursor={cursor}"
        assert _search(world, token, page, name="diaz").status == status


def test_a_search_that_nothing_can_meet_says_why(world: World, desk: str) -> None:
    assert _search(world, desk).status == 422
    for criteria, field, code in (
        ({"name": "--"}, "name", "no_letters"),
        ({"phone": "12"}, "phone", "bad_phone"),
    ):
        answer = _search(world, desk, **criteria)
        (error,) = answer.json["errors"]
        assert (answer.status, error["field"], error["code"]) == (422, field, code)
    for malformed in ({"name": ""}, {"birth_date": "1984"}, {"ssn": "1"}):
        assert _search(world, desk, **malformed).status == 400
    for page in ("?limit=0", "?limit=101", "?cursor=x", "?name=diaz"):
        assert _search(world, desk, page, name="diaz").status == 400


def test_a_search_ends_at_the_practice(world: World, desk: str, stranger: str) -> None:
    register_patient(world, desk, mrn="7")
    for criteria in ({"name": "diaz"}, {"mrn": "7"}, {"phone": "0147"}):
        assert _found(world, stranger, **criteria) == []


def test_the_audit_says_whose_data_a_search_showed(world: World, desk: str) -> None:
    rosa = register_patient(world, desk)["id"]
    register_patient(world, desk, name={"family": "Moss"}, birth_date="1990-01-01", phones=None)
    _found(world, desk, name="diaz")
    world.call("POST", "/v1/patients", {**demographics()}, token=desk)  # 409: shows her id
    shown = [
        (item["action"]["S"], item["outcome"]["S"], set(item.get("subjects", {}).get("SS", [])))
        for item in world.items()
        if item["kind"]["S"] == "audit"
    ]
    assert ("search_patients", "served", {rosa}) in shown
    assert ("register_patient", "possible_duplicate", {rosa}) in shown
