"""Registering a patient: what is kept, assigned, refused, and taken for someone known."""

from typing import Any

import pytest

from tests.builders.patients import HOME, demographics, register_patient, registration
from tests.world import World, add_member, sign_up

FULL: dict[str, Any] = {
    "name": {
        "family": "Nguyễn-O’Neil",
        "given": "Jean Paul",
        "middle": "Q",
        "suffix": "Jr",
        "preferred": "JP",
    },
    "birth_date": "2015-02-28",
    "sex": "other",
    "birth_sex": "UNK",
    "gender_identity": "non-binary",
    "race": ["2028-9", "2131-1"],
    "ethnicity": "2186-5",
    "language": "zh-Hant-TW",
    "addresses": [
        {**HOME, "line2": "Apt 3"},
        {"line1": "Shelter", "city": "Lyon", "country": "FR"},
    ],
    "phones": [{"number": "+12125550147", "use": "mobile"}, {"number": "+442071838750"}],
    "email": "jp@example.com",
    "deceased_on": "2026-02-01",
    "guarantor": {
        "relationship": "parent",
        "name": {"family": "Nguyễn", "given": "Linh"},
        "address": HOME,
        "phone": "212-555-0148",
    },
    "emergency_contacts": [
        {"name": "Mai Nguyễn", "relationship": "aunt", "phone": "212 555 0149"},
    ],
    "confidential_communication": True,
}
ALIKE: list[dict[str, Any]] = [
    {},
    {"phones": None, "email": None, "addresses": None},
    {"birth_date": "1984-02-07", "phones": None},  # day and month swapped
    {"name": {"family": "Rosa", "given": "Diaz"}},
    {"name": {"family": "Dias", "given": "Rosa"}, "addresses": None, "email": None},
    {"name": {"family": "DÍAZ", "given": "rosa maría"}, "phones": None},
]
RELATIVES: list[dict[str, Any]] = [
    {"name": {"family": "Diaz", "given": "Carmen"}},  # a twin
    {"birth_date": "2010-11-23"},  # a daughter of the same name
    {"name": {"family": "Okafor", "given": "Ngozi"}},  # shares home and telephone
]
WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"name": {"family": "--"}}, "name.family", "no_letters"),
    ({"birth_date": "2026-03-03"}, "birth_date", "in_future"),
    ({"birth_date": "1890-01-01"}, "birth_date", "too_long_ago"),
    ({"deceased_on": "1984-07-01"}, "deceased_on", "before_birth"),
    ({"deceased_on": "2026-03-03"}, "deceased_on", "in_future"),
    ({"language": "spanish"}, "language", "bad_language"),
    ({"email": "rosa@home"}, "email", "bad_email"),
    ({"phones": [{"number": "12"}]}, "phones.0.number", "bad_phone"),
    ({"addresses": [{**HOME, "postal_code": "123"}]}, "addresses.0.postal_code", "bad_postal_code"),
    ({"addresses": [HOME, {**HOME, "state": "NSW"}]}, "addresses.1.state", "bad_state"),
    ({"guarantor": {"relationship": "parent"}}, "guarantor.name", "missing"),
    ({"guarantor": {"phone": "2125550147"}}, "guarantor", "not_needed"),
    (
        {"emergency_contacts": [{"name": "A", "relationship": "b", "phone": "9"}]},
        "emergency_contacts.0.phone",
        "bad_phone",
    ),
]
MALFORMED: list[tuple[dict[str, Any], str]] = [
    ({"sex": "xyz"}, "sex"),
    ({"birth_sex": "female"}, "birth_sex"),
    ({"gender_identity": "xyz"}, "gender_identity"),
    ({"race": ["2135-2"]}, "race.0"),
    ({"ethnicity": "2106-3"}, "ethnicity"),
    ({"addresses": [{**HOME, "use": "xyz"}]}, "addresses.0.use"),
    ({"phones": [{"number": "2125550147", "use": "fax"}]}, "phones.0.use"),
    ({"consents": {"fax": True}}, "consents.fax"),
    ({"birth_date": "02/07/1984"}, "birth_date"),
    ({"birth_date": "1984-02-30"}, "birth_date"),
    ({"name": {"given": "Rosa"}}, "name.family"),
    ({"name": {"family": "x" * 61}}, "name.family"),
    ({"mrn": "a b"}, "mrn"),
    ({"status": "dead"}, "status"),
]


def _people(world: World) -> list[dict[str, Any]]:
    return [item for item in world.items() if item["kind"]["S"] in ("patient", "mrn")]


def _codes(answer: Any) -> set[tuple[str, str]]:
    return {(error["field"], error["code"]) for error in answer.json["errors"]}


def test_all_that_was_said_is_read_again(world: World, desk: str) -> None:
    made = register_patient(world, desk, **FULL, consents={"sms": False, "mail": True})
    read = world.call("GET", f"/v1/patients/{made['id']}", token=desk)
    assert (read.status, read.etag, read.json) == (200, '"1"', made)
    assert made["name"] == FULL["name"]
    assert made["full_name"] == "JP Nguyễn-O’Neil Jr"
    assert made["birth_date"] == FULL["birth_date"]
    assert [made[each] for each in ("sex", "birth_sex", "gender_identity")] == [
        "other",
        "UNK",
        "non-binary",
    ]
    assert (made["race"], made["ethnicity"]) == (FULL["race"], FULL["ethnicity"])
    assert (made["language"], made["email"]) == ("zh-Hant-TW", "jp@example.com")
    assert [each["city"] for each in made["addresses"]] == ["New York", "Lyon"]
    assert made["addresses"][1]["postal_code"] == ""
    assert made["phones"] == [
        {"number": "+12125550147", "use": "mobile"},
        {"number": "+442071838750", "use": "home"},
    ]
    assert (made["deceased"], made["deceased_on"]) == (True, "2026-02-01")
    assert made["guarantor"]["phone"] == "+12125550148"
    assert made["guarantor"]["name"]["given"] == "Linh"
    assert made["emergency_contacts"][0]["phone"] == "+12125550149"
    assert made["confidential_communication"] is True


def test_a_consent_says_when_it_was_recorded_and_by_whom(world: World, desk: str) -> None:
    me = world.call("GET", "/v1/me", token=desk).json["user_id"]
    made = register_patient(world, desk, consents={"sms": False, "mail": True})
    recorded = {"recorded_at": "2026-03-02T14:00:00Z", "recorded_by": me}
    assert made["consents"] == [
        {"channel": "sms", "allowed": False, **recorded},
        {"channel": "mail", "allowed": True, **recorded},
    ]


def test_someone_with_one_name_pays_for_themselves(world: World, desk: str) -> None:
    body = {"name": {"family": "Sukarno"}, "birth_date": "1991-06-06", "sex": "male"}
    answer = world.call("POST", "/v1/patients", body, token=desk)
    assert answer.status == 201
    assert answer.headers["Location"] == f"/v1/patients/{answer.json['id']}"
    assert answer.json["full_name"] == "Sukarno"
    assert answer.json["guarantor"]["relationship"] == "self"
    assert (answer.json["status"], answer.json["consents"]) == ("active", [])


def test_a_new_mrn_has_eight_digits_and_is_nobody_elses(world: World, desk: str) -> None:
    numbers = {register_patient(world, desk)["mrn"] for _ in range(5)}
    assert len(numbers) == 5
    assert all(len(mrn) == 8 and mrn.isdigit() and mrn[0] != "0" for mrn in numbers)


def test_a_number_that_is_taken_is_passed_over(
    world: World, desk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    draws = ("11111111", "22222222")
    monkeypatch.setattr("chalicelib.patients.registration.candidate_mrns", lambda _: draws)
    assert [register_patient(world, desk)["mrn"] for _ in range(2)] == list(draws)
    before = _people(world)
    third = world.call("POST", "/v1/patients", registration(confirm_not_duplicate=True), token=desk)
    assert (third.status, third.headers["Retry-After"]) == (503, "1")
    assert _people(world) == before


def test_a_number_taken_in_the_last_moment_asks_to_try_again(
    world: World, desk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = register_patient(world, desk)["mrn"]
    monkeypatch.setattr("chalicelib.patients.registration._unused_mrn", lambda *_: taken)
    answer = world.call(
        "POST", "/v1/patients", registration(confirm_not_duplicate=True), token=desk
    )
    assert (answer.status, answer.json["code"]) == (503, "unavailable")


def test_a_migrated_mrn_is_kept_and_is_unique_whatever_its_case(world: World, desk: str) -> None:
    made = register_patient(world, desk, mrn="ab-0007")
    assert made["mrn"] == "ab-0007"
    before = _people(world)
    body = registration(mrn="AB-0007", confirm_not_duplicate=True)
    answer = world.call("POST", "/v1/patients", body, token=desk)
    assert (answer.status, answer.json["code"]) == (409, "mrn_taken")
    assert _people(world) == before


def test_two_practices_may_use_one_number(world: World, desk: str, stranger: str) -> None:
    for token in (desk, stranger):
        assert register_patient(world, token, mrn="7")["mrn"] == "7"


def test_the_same_registration_sent_twice_makes_one_patient(world: World, desk: str) -> None:
    first, again = (
        world.call("POST", "/v1/patients", registration(), token=desk, Idempotency_Key="k1")
        for _ in range(2)
    )
    assert (first.status, again.status) == (201, 201)
    assert first.json == again.json
    assert len(_people(world)) == 2  # a patient and the claim on their MRN


def test_someone_very_like_a_known_patient_is_shown_before_a_create(
    world: World, desk: str
) -> None:
    known = register_patient(world, desk)["id"]
    before = _people(world)
    for over in ALIKE:
        answer = world.call("POST", "/v1/patients", registration(**over), token=desk)
        assert (answer.status, answer.json["code"]) == (409, "possible_duplicate"), over
        assert [error["message"] for error in answer.json["errors"]] == [known], over
    assert _people(world) == before


def test_a_relative_is_no_duplicate(world: World, desk: str) -> None:
    register_patient(world, desk)
    for over in RELATIVES:
        answer = world.call("POST", "/v1/patients", registration(**over), token=desk)
        assert answer.status == 201, over


def test_the_same_person_elsewhere_is_no_duplicate(world: World, desk: str, stranger: str) -> None:
    register_patient(world, stranger)
    assert world.call("POST", "/v1/patients", registration(), token=desk).status == 201


def test_the_duplicates_check_says_who_and_why(world: World, desk: str) -> None:
    known = register_patient(world, desk)
    register_patient(world, desk, name={"family": "Moss", "given": "Kit"}, birth_date="1984-07-02")
    body = {
        "name": {"family": "Diaz", "given": "Rosa"},
        "birth_date": "1984-07-03",
        "phones": [{"number": "2125550147"}],
    }
    answer = world.call("POST", "/v1/patients/duplicates/search", body, token=desk)
    assert answer.status == 200
    (found,) = answer.json["items"]
    assert found["patient"]["id"] == known["id"]
    assert set(found["reasons"]) == {
        "same_family_name",
        "same_given_name",
        "similar_birth_date",
        "same_phone",
    }
    assert found["score"] == 70


def test_what_cannot_be_right_is_named(world: World, desk: str) -> None:
    for over, field, code in WRONG:
        answer = world.call("POST", "/v1/patients", registration(**over), token=desk)
        assert (answer.status, _codes(answer)) == (422, {(field, code)}), answer.text
    assert _people(world) == []


def test_a_code_outside_its_binding_is_malformed(world: World, desk: str) -> None:
    for over, field in MALFORMED:
        answer = world.call("POST", "/v1/patients", registration(**over), token=desk)
        assert (answer.status, answer.json.get("code")) == (400, "invalid_request"), over
        assert field in {error["field"] for error in answer.json["errors"]}, over
    assert _people(world) == []


def test_who_only_reads_patients_registers_none(world: World) -> None:
    owner = sign_up(world)
    biller, _ = add_member(world, owner, "biller")
    made = register_patient(world, biller)
    assert world.call("POST", "/v1/patients", registration(), token=owner).status == 403
    assert world.call("POST", "/v1/patients", registration()).status == 401
    path = f"/v1/patients/{made['id']}"
    assert world.call("GET", path, token=owner).status == 200
    changed = world.call("PUT", path, demographics(), token=owner, If_Match='"1"')
    assert (changed.status, changed.json["code"]) == (403, "forbidden")
