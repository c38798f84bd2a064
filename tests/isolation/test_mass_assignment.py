"""What a client must not set, it cannot send along (PROMISES 16)."""

import json
from collections.abc import Iterator
from typing import Any, get_args, get_origin

import pytest
from pydantic import BaseModel

from chalicelib.identity.permissions import Role
from chalicelib.platform.http import Endpoint
from tests import tables
from tests.isolation.actors import who_may
from tests.isolation.cases import CASES, called, filled, send
from tests.isolation.clinics import Clinics, changed_kinds

FIELDS = (
    "practice_id", "id", "version", "role", "roles", "status", "signed_by", "signed_at",
    "note_sha256", "balance", "paid", "amount_due", "unapplied", "insurance_pending", "mrn",
    "kind", "schema", "pk", "sk", "gs1pk", "gs1sk", "gs2pk", "duepk", "expires_at", "created_at",
    "permissions", "patient_id", "owner_id", "password_hash", "email_verified",
)  # fmt: skip
THEIR_OWN = {
    "SignIn": {"practice_id"},
    "SecondStep": {"practice_id"},
    "SwitchBody": {"practice_id"},
    "ProviderStart": {"practice_id"},
    "Invite": {"roles"},
    "RolesChange": {"roles"},
    "RoleBody": {"permissions"},
    "RegistrationBody": {"mrn", "status"},
    "DemographicsBody": {"status"},
    "PatientSearch": {"mrn"},
    "CoverageBody": {"status"},
    "AuthorizationBody": {"status"},
    "ExceptionValue": {"kind"},
    "BookingRequest": {"patient_id"},
    "HoldBody": {"patient_id"},
    "SlotHoldRequest": {"patient_id"},
    "NeedValue": {"kind"},
    "SeriesRequest": {"patient_id"},
    "FamilyMember": {"patient_id"},
    "WishRequest": {"patient_id"},
    "RecallBody": {"patient_id"},
    "JoinBody": {"role"},
    "TeamMemberBody": {"role"},
    "SupportAsk": {"practice_id"},
    "RecoveryAsk": {"practice_id"},
    "OperatorInvite": {"roles"},
}
"""What these bodies are there to say."""

WRITES = [each for each in called() if each.method != "GET"]
WITH_BODY = [each for each in WRITES if each.body is not None]


def test_there_are_thirty_fields_to_try() -> None:
    assert len(set(FIELDS)) == 30


@pytest.mark.parametrize("endpoint", WRITES, ids=lambda endpoint: endpoint.name)
def test_no_write_takes_a_field_that_is_not_its_own(clinics: Clinics, endpoint: Endpoint) -> None:
    """A sixth of the fields, another sixth at the next route; the campaign tries each at each."""
    _try_alone(clinics, endpoint, FIELDS[WRITES.index(endpoint) % 6 :: 6])


@pytest.mark.campaign
@pytest.mark.parametrize("endpoint", WRITES, ids=lambda endpoint: endpoint.name)
def test_nor_any_other_of_the_thirty(clinics: Clinics, endpoint: Endpoint) -> None:
    _try_alone(clinics, endpoint, FIELDS)


@pytest.mark.parametrize("endpoint", WITH_BODY, ids=lambda endpoint: endpoint.name)
def test_nor_does_any_part_of_its_body(clinics: Clinics, endpoint: Endpoint) -> None:
    body, expected = _injected(endpoint.body, filled(CASES[endpoint.name].body, clinics.a.ids))
    with clinics.undone() as kept:
        errors = _refused(clinics, endpoint, body)
        _unchanged(kept)
    named = {bad["field"] for bad in errors if bad["code"] == "extra_forbidden"}
    assert sorted(expected - named) == []
    assert len(expected) >= 28


def test_a_note_takes_only_the_fields_of_its_template(clinics: Clinics) -> None:
    (endpoint,) = (each for each in WITH_BODY if each.name == "save_note")
    note = json.loads(json.dumps(CASES["save_note"].body))
    for section in note["content"].values():
        section.update(dict.fromkeys(FIELDS, "x"))
    note["content"] |= {field: {"text": "x"} for field in FIELDS}
    with clinics.undone() as kept:
        answer = send(clinics.a, Role.CLINICIAN, endpoint, clinics.a.ids, body=note)
        _unchanged(kept)
    assert (answer.status, answer.json["code"]) == (422, "note_invalid")
    named = {bad["field"] for bad in answer.json["errors"]}
    assert {f"content.{field}" for field in FIELDS} <= named
    assert {
        f"content.{part}.{field}" for part in CASES["save_note"].body["content"] for field in FIELDS
    } <= named


def _try_alone(clinics: Clinics, endpoint: Endpoint, fields: tuple[str, ...]) -> None:
    body = filled(CASES[endpoint.name].body, clinics.a.ids) or {}
    for field in fields:
        if endpoint.body and field in THEIR_OWN.get(endpoint.body.__name__, ()):
            continue
        with clinics.undone() as kept:
            _refused(clinics, endpoint, {**body, field: "prc_1"})
            _unchanged(kept)


def _refused(clinics: Clinics, endpoint: Endpoint, body: Any) -> list[dict[str, str]]:
    """The errors of a 400."""
    answer = send(clinics.a, who_may(endpoint)[0], endpoint, clinics.a.ids, body=body)
    assert (answer.status, answer.json["code"]) == (400, "invalid_request"), answer.text
    errors: list[dict[str, str]] = answer.json["errors"]
    return errors


def _unchanged(kept: tables.Image) -> None:
    assert changed_kinds(kept) == ["audit"]


def _injected(model: Any, value: Any) -> tuple[dict[str, Any], set[str]]:
    """`value` with every field put into each of its objects, and the places they are at."""
    body, places = dict(value) if isinstance(value, dict) else {}, set()
    for field in FIELDS:
        if field not in THEIR_OWN.get(model.__name__, ()):
            body[field] = "prc_1"
            places.add(field)
    for name, field in model.model_fields.items():
        for listed, part in _parts(field.annotation):
            own = body.get(name)
            inner, below = _injected(part, own[0] if listed and own else own)
            body[name] = [inner] if listed else inner
            places |= {f"{name}.0.{place}" if listed else f"{name}.{place}" for place in below}
    return body, places


def _parts(annotation: Any, *, listed: bool = False) -> Iterator[tuple[bool, type[BaseModel]]]:
    """The models within a field's type, and whether it is a list of them."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield listed, annotation
    for part in get_args(annotation):
        yield from _parts(part, listed=listed or get_origin(annotation) is list)
