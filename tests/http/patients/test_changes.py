"""Changing a patient: versions, search tokens, consents, what a body may not say, other practices."""

from typing import Any

from tests.builders.patients import (
    add_coverage,
    coverage,
    demographics,
    register_patient,
    registration,
)
from tests.world import Answered, World

FOREIGN_FIELDS: dict[str, Any] = {
    "practice_id": "prc_1",
    "id": "pat_1",
    "patient_id": "pat_1",
    "version": 7,
    "kind": "member",
    "schema": 9,
    "pk": "sys#user#usr_1#",
    "sk": "member#usr_1#",
    "gs1pk": "x",
    "search_tokens": [],
    "full_name": "X",
    "expires_at": 1,
}
LONG_NAME = "Abcdefg Bcdefgh Cdefghi Defghij Efghijk Fghijkl Ghijklm"
OTHER_LONG_NAME = "Hijklmn Ijklmno Jklmnop Klmnopq Lmnopqr Mnopqrs Nopqrst"


def _put(world: World, token: str, patient_id: str, version: int, /, **over: Any) -> Answered:
    path = f"/v1/patients/{patient_id}"
    return world.call("PUT", path, demographics(**over), token=token, If_Match=f'"{version}"')


def _stored(world: World) -> list[dict[str, Any]]:
    return [
        item
        for item in world.items()
        if item["kind"]["S"] not in ("audit", "audit_amendment", "session")
    ]


def _tokens(world: World) -> set[str]:
    return {
        item["pk"]["S"].split("#")[2]
        for item in world.items()
        if item["kind"]["S"] == "search_token"
    }


def _listed(world: World) -> set[str]:
    (patient,) = (item for item in world.items() if item["kind"]["S"] == "patient")
    return set(patient["search_tokens"]["SS"])


def _found(world: World, token: str, **criteria: Any) -> list[str]:
    answer = world.call("POST", "/v1/patients/search", criteria, token=token)
    assert answer.status == 200, answer.text
    return [item["id"] for item in answer.json["items"]]


def test_a_change_replaces_all_but_mrn_and_consents(world: World, desk: str) -> None:
    made = register_patient(world, desk)
    answer = _put(world, desk, made["id"], 1, email=None, status="inactive", language="FR-ca")
    assert (answer.status, answer.etag) == (200, '"2"')
    assert answer.json == {
        **made,
        "version": 2,
        "email": None,
        "status": "inactive",
        "language": "fr-CA",
    }


def test_of_two_editors_one_is_told_that_it_changed(world: World, desk: str) -> None:
    patient_id = register_patient(world, desk)["id"]
    first = _put(world, desk, patient_id, 1, email="one@example.com")
    second = _put(world, desk, patient_id, 1, email="two@example.com")
    assert (first.status, second.status) == (200, 412)
    assert second.json["code"] == "stale_version"
    read = world.call("GET", f"/v1/patients/{patient_id}", token=desk)
    assert read.json["email"] == "one@example.com"


def test_a_change_names_the_version_it_read(world: World, desk: str) -> None:
    path = f"/v1/patients/{register_patient(world, desk)['id']}"
    for each in (path, f"{path}/consents"):
        body = demographics() if each == path else {"sms": False}
        answer = world.call("PUT", each, body, token=desk)
        assert (answer.status, answer.json["code"]) == (428, "if_match_required")


def test_a_patient_is_found_by_what_holds_now_only(world: World, desk: str) -> None:
    patient_id = register_patient(world, desk)["id"]
    before = _tokens(world)
    _put(
        world,
        desk,
        patient_id,
        1,
        name={"family": "Moss", "given": "Rosa"},
        birth_date="1984-07-12",
        phones=[{"number": "2125550199"}],
    )
    for gone in ({"name": "diaz"}, {"birth_date": "1984-07-02"}, {"phone": "0147"}):
        assert _found(world, desk, **gone) == []
    for held in ({"name": "mos"}, {"birth_date": "1984-07-12"}, {"phone": "2125550199"}):
        assert _found(world, desk, **held) == [patient_id]
    assert _tokens(world) == _listed(world)
    assert _tokens(world) & before  # Rosa is still Rosa


def test_a_stale_change_leaves_the_search_as_it_was(world: World, desk: str) -> None:
    patient_id = register_patient(world, desk)["id"]
    before = _stored(world)
    assert _put(world, desk, patient_id, 9, name={"family": "Moss"}).status == 412
    assert _stored(world) == before


def test_the_longest_name_can_become_another_longest_name(world: World, desk: str) -> None:
    def phones(first: int) -> list[dict[str, str]]:
        return [{"number": f"212555{number}"} for number in range(first, first + 6)]

    name = {"family": LONG_NAME, "given": "Opqrstu"}
    made = register_patient(world, desk, name=name, phones=phones(2100))
    other = {"family": OTHER_LONG_NAME, "given": "Pqrstuv"}
    changed = _put(
        world, desk, made["id"], 1, name=other, phones=phones(3200), birth_date="1990-01-01"
    )
    assert changed.status == 200
    assert _found(world, desk, name="hijklmn pqr") == [made["id"]]
    assert _found(world, desk, name="abcdef") == []
    assert _found(world, desk, phone="2125552100") == []
    assert _tokens(world) == _listed(world)
    left = len(_tokens(world))
    assert _put(world, desk, made["id"], 2, name=other, phones=phones(3200)).status == 200
    assert len(_tokens(world)) < left
    assert _tokens(world) == _listed(world)


def test_a_consent_changes_alone_and_by_channel(world: World, desk: str) -> None:
    made = register_patient(world, desk)
    world.clock.advance(minutes=5)
    path = f"/v1/patients/{made['id']}/consents"
    answer = world.call("PUT", path, {"sms": False, "phone": True}, token=desk, If_Match='"1"')
    assert (answer.status, answer.etag) == (200, '"2"')
    said = {
        each["channel"]: (each["allowed"], each["recorded_at"]) for each in answer.json["consents"]
    }
    assert said == {
        "email": (True, "2026-03-02T14:00:00Z"),
        "sms": (False, "2026-03-02T14:05:00Z"),
        "phone": (True, "2026-03-02T14:05:00Z"),
    }
    assert {**answer.json, "consents": made["consents"], "version": 1} == made


def test_what_a_body_may_not_say_is_refused_and_stores_nothing(world: World, desk: str) -> None:
    made = register_patient(world, desk)
    other = register_patient(world, desk, mrn="M-2")
    path = f"/v1/patients/{made['id']}"
    before = _stored(world)
    for name, value in FOREIGN_FIELDS.items():
        created = world.call("POST", "/v1/patients", {**registration(), name: value}, token=desk)
        changed = _put(world, desk, made["id"], 1, **{name: value})
        body = {**coverage(), name: value}
        covered = world.call("POST", f"{path}/coverages", body, token=desk)
        for answer in (created, changed, covered):
            assert (answer.status, answer.json["code"]) == (400, "invalid_request"), name
            assert {error["field"] for error in answer.json["errors"]} == {name}
    for only_at_registration in ({"mrn": other["mrn"]}, {"consents": {"sms": True}}):
        assert _put(world, desk, made["id"], 1, **only_at_registration).status == 400
    taken = registration(mrn=other["mrn"], confirm_not_duplicate=True)
    assert world.call("POST", "/v1/patients", taken, token=desk).status == 409
    assert _stored(world) == before


def test_another_practices_patient_answers_as_one_that_never_was(
    world: World, desk: str, stranger: str
) -> None:
    made = register_patient(world, desk)
    covered = add_coverage(world, desk, made["id"])
    before = _stored(world)
    calls: list[tuple[str, str, Any]] = [
        ("GET", "/v1/patients/{}", None),
        ("PUT", "/v1/patients/{}", demographics()),
        ("PUT", "/v1/patients/{}/consents", {"sms": True}),
        ("GET", "/v1/patients/{}/coverages", None),
        ("POST", "/v1/patients/{}/coverages", coverage()),
        ("PUT", "/v1/patients/{}/coverages/" + covered["id"], coverage()),
    ]
    never = made["id"][:-4] + "ZZZZ"
    for method, path, body in calls:
        foreign, unknown = (
            world.call(method, path.format(each), body, token=stranger, If_Match='"1"')
            for each in (made["id"], never)
        )
        assert (foreign.status, foreign.json["code"]) == (404, "not_found"), path
        assert {**foreign.json, "request_id": ""} == {**unknown.json, "request_id": ""}
    assert _stored(world) == before
