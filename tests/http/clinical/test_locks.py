"""Once signed, locked: on every route that writes an encounter, and against whoever was on the way."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib.platform.http import endpoints
from tests import faults
from tests.builders.clinical import SOAP, Clinician, clinician, codes
from tests.builders.patients import register_patient
from tests.world import Answered, World


@dataclass(frozen=True)
class Write:
    """How a route that writes an encounter is called, so that nothing but the lock refuses it."""

    body: Any
    headers: dict[str, str] = field(default_factory=dict)


WRITES = {
    "change_encounter": Write(codes(), {"If_Match": '"{version}"'}),
    "save_note": Write(
        {"template": "soap_general", "content": SOAP}, {"If_Match": '"{note_version}"'}
    ),
    "sign_encounter": Write({"expected_version": "version", "expected_note_version": "note"}),
    "enter_in_error": Write(None),
    "add_addendum": Write({"text": "Left, not right."}),
}
CORRECTS = {"add_addendum"}
SAYS_WHO_SEES_IT = {"mark_encounter_sensitive"}
"""No part of what is signed (test_sensitivity.py)."""


@pytest.fixture
def her(world: World) -> Clinician:
    return clinician(world)


def _routes() -> dict[str, Any]:
    import app  # noqa: F401  declares them

    return {
        each.name: each
        for each in endpoints()
        if each.domain == "clinical"
        and each.method != "GET"
        and "encounter_id" in each.path_parameters
    }


def _call(her: Clinician, name: str, encounter_id: str, *, patient_id: str = "") -> Answered:
    """The route as its `Write` says, at the versions the encounter has now."""
    now, write, route = her.read(encounter_id), WRITES[name], _routes()[name]
    seen = {"version": now["version"], "note": now["note"]["version"]}
    body = write.body
    if name == "sign_encounter":
        body = {key: seen[value] for key, value in write.body.items()}
    path = route.path.format(patient_id=patient_id or her.patient_id, encounter_id=encounter_id)
    headers = {
        key: value.format(version=seen["version"], note_version=seen["note"])
        for key, value in write.headers.items()
    }
    return her.call(route.method, path, body, **headers)


def _clinical_items(her: Clinician) -> list[dict[str, Any]]:
    kinds = {"encounter", "note", "addendum", "outbox"}
    return [item for item in her.world.items() if item["kind"]["S"] in kinds]


def test_every_route_that_writes_an_encounter_is_tried() -> None:
    assert _routes().keys() == WRITES.keys() | SAYS_WHO_SEES_IT


@pytest.mark.parametrize("name", sorted(WRITES))
def test_what_is_signed_refuses_every_change_but_an_addendum(her: Clinician, name: str) -> None:
    encounter_id = her.signed()
    before = _clinical_items(her)
    answer = _call(her, name, encounter_id)
    if name in CORRECTS:
        assert answer.status == 201, answer.text
    else:
        assert (answer.status, answer.json["code"]) == (409, "encounter_locked")
        assert _clinical_items(her) == before


@pytest.mark.parametrize("name", sorted(WRITES.keys() - CORRECTS))
def test_what_was_entered_in_error_refuses_every_change(her: Clinician, name: str) -> None:
    encounter_id = her.documented()
    assert her.call("POST", her.path(encounter_id, "/entered-in-error")).status == 200
    before = _clinical_items(her)
    answer = _call(her, name, encounter_id)
    assert (answer.status, answer.json["code"]) == (409, "encounter_locked")
    assert _clinical_items(her) == before


@pytest.mark.parametrize("name", sorted(WRITES))
def test_an_encounter_is_not_reached_through_another_patient(her: Clinician, name: str) -> None:
    other = register_patient(her.world, her.token, name={"family": "Shaw", "given": "Amy"})["id"]
    encounter_id = her.signed() if name in CORRECTS else her.documented()
    before = _clinical_items(her)
    swapped = _call(her, name, encounter_id, patient_id=other)
    assert (swapped.status, swapped.json["code"]) == (404, "not_found")
    assert _clinical_items(her) == before
    assert her.call("GET", her.path(encounter_id, patient_id=other)).status == 404


@pytest.mark.parametrize("name", sorted(WRITES))
def test_an_encounter_is_not_reached_from_another_practice(her: Clinician, name: str) -> None:
    stranger = clinician(her.world, email="bea@clinic.example")
    encounter_id = her.signed() if name in CORRECTS else her.documented()
    before = _clinical_items(her)
    route, write = _routes()[name], WRITES[name]
    path = route.path.format(patient_id=her.patient_id, encounter_id=encounter_id)
    body = dict.fromkeys(write.body, 2) if name == "sign_encounter" else write.body
    headers = {"If_Match": '"2"'} if write.headers else {}
    answer = stranger.call(route.method, path, body, **headers)
    assert (answer.status, answer.json["code"]) == (404, "not_found")
    assert _clinical_items(her) == before


@contextmanager
def _meanwhile(act: Callable[[], object]) -> Iterator[None]:
    """`act` happens once, just before the next transaction is sent."""
    waiting = [act]

    def first(model: Any, **_: Any) -> None:
        if model.name == "TransactWriteItems" and waiting:
            waiting.pop()()

    faults.events().register("before-call.dynamodb.*", first)
    try:
        yield
    finally:
        faults.events().unregister("before-call.dynamodb.*", first)
    assert not waiting


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("change_encounter", 412),
        ("save_note", 409),
        ("enter_in_error", 412),
        ("sign_encounter", 412),
    ],
)
def test_a_signature_that_comes_first_wins(her: Clinician, name: str, status: int) -> None:
    encounter_id = her.documented()
    with _meanwhile(lambda: her.sign(encounter_id)):
        answer = _call(her, name, encounter_id)
    assert answer.status == status, answer.text
    now = her.read(encounter_id)
    assert (now["status"], now["version"], now["note"]["version"]) == ("signed", 3, 2)
    assert len(her.told()) == 1


def test_a_note_saved_while_it_is_being_signed_is_not_signed_unseen(her: Clinician) -> None:
    encounter_id = her.documented()
    with _meanwhile(lambda: her.write(encounter_id, version=2)):
        answer = her.sign(encounter_id)
    assert (answer.status, answer.json["code"]) == (412, "stale_version")
    assert her.read(encounter_id)["status"] == "in_progress"
    assert her.told() == []


def test_codes_changed_while_it_is_being_signed_are_not_signed_unseen(her: Clinician) -> None:
    encounter_id = her.documented()
    with _meanwhile(lambda: her.code(encounter_id, version=2, procedures=[])):
        answer = her.sign(encounter_id)
    assert answer.status == 412
    assert her.read(encounter_id)["procedures"] == []
    assert her.told() == []


def test_a_note_saved_while_codes_change_is_kept(her: Clinician) -> None:
    encounter_id = her.documented()
    with _meanwhile(lambda: her.write(encounter_id, version=2)):
        assert her.code(encounter_id, version=2, procedures=[]).status == 200
    now = her.read(encounter_id)
    assert (now["version"], now["note_version"], now["note"]["version"]) == (3, 3, 3)
    assert her.sign(encounter_id).status == 200
