"""A psychotherapy note is its author's alone (PROMISES 20): a canary through every route, as every role."""

import logging
from urllib.parse import urlencode

import pytest

from chalicelib.identity.permissions import PERMISSIONS_OF, Role
from chalicelib.platform.http import Endpoint
from tests import tables
from tests.isolation.cases import called, filled, send
from tests.isolation.clinics import Clinics

CANARY = "zzcanarymother"
WORDS = {"text": f"{CANARY}: what she said, and what I made of it."}
READS = [each for each in called() if each.reads]
WRITES = [each for each in called() if not each.reads]


@pytest.fixture
def written(clinics: Clinics) -> Clinics:
    """The clinician's notes, draft and signed, now hold the canary."""
    ids = clinics.a.ids
    path = f"/v1/patients/{ids['patient_id']}/psychotherapy-notes"
    draft = f"{path}/{ids['psychotherapy_note_id']}"
    clinics.a.done(200, Role.CLINICIAN, "PUT", draft, WORDS, If_Match='"1"')
    signed = f"{path}/{ids['signed_psychotherapy_note_id']}"
    clinics.a.done(201, Role.CLINICIAN, "POST", f"{signed}/addenda", WORDS)
    return clinics


def test_its_author_reads_it(written: Clinics) -> None:
    for name in ("psychotherapy_note_id", "signed_psychotherapy_note_id"):
        ids = {**written.a.ids, "psychotherapy_note_id": written.a.ids[name]}
        (endpoint,) = (each for each in READS if each.name == "read_psychotherapy_note")
        assert CANARY in send(written.a, Role.CLINICIAN, endpoint, ids).text


def test_no_read_search_or_list_shows_it_to_anybody_else(
    written: Clinics, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for role in Role:
        for endpoint in _open_to(role, READS):
            answer = send(written.a, role, endpoint, written.a.ids)
            own = role == Role.CLINICIAN and endpoint.name == "read_psychotherapy_note"
            assert (CANARY in answer.text) is own, (role, endpoint.name)
    assert CANARY not in caplog.text


@pytest.mark.parametrize("role", Role)
def test_no_write_answers_with_it(written: Clinics, role: Role) -> None:
    """Not even to its author; a release opens what its one reader was to read."""
    kept = tables.image()
    for endpoint in _open_to(role, WRITES):
        answer = send(written.a, role, endpoint, written.a.ids)
        reader = (role, endpoint.name) == (Role.MANAGER, "open_psychotherapy_release")
        assert (CANARY in answer.text) is reader, endpoint.name
        tables.put_back(kept)


def test_a_second_clinician_finds_nothing_by_its_id(written: Clinics) -> None:
    ids = written.a.ids
    for role in Role:
        if role == Role.CLINICIAN:
            continue
        path = (
            f"/v1/patients/{ids['patient_id']}/psychotherapy-notes/{ids['psychotherapy_note_id']}"
        )
        assert written.a.call(role, "GET", path).status == 403


def test_nothing_stored_sent_or_told_shows_it(written: Clinics) -> None:
    """Rows (audit, events, first answers among them), queues, mail, texts."""
    search = {"name": CANARY[:6]}
    answer = written.a.call(Role.CLINICIAN, "POST", "/v1/patients/search", search)
    assert answer.json["items"] == []
    written.world.pump()
    stored = str(tables.rows())
    assert "psychotherapy_note" in stored
    for told in (stored, str(written.world.mails()), str(written.world.texts())):
        assert CANARY not in told


def test_a_search_for_it_finds_no_diagnosis_nor_anything_else(written: Clinics) -> None:
    query = urlencode({"text": CANARY})
    found = written.a.call(Role.CLINICIAN, "GET", f"/v1/diagnosis-codes?{query}")
    assert found.json["items"] == []


def test_the_canary_would_be_seen(written: Clinics) -> None:
    """The same words in a progress note do show in a read: the check can fail."""
    (save,) = (each for each in WRITES if each.name == "save_note")
    body = filled({"template": "soap_general", "content": {"plan": {"treatment": CANARY}}}, {})
    assert send(written.a, Role.CLINICIAN, save, written.a.ids, body=body).status == 200
    ids = {**written.a.ids, "encounter_id": written.a.ids["open_encounter_id"]}
    (read,) = (each for each in READS if each.name == "read_encounter")
    assert CANARY in send(written.a, Role.NURSE, read, ids).text


def _open_to(role: Role, routes: list[Endpoint]) -> list[Endpoint]:
    """Those that do not refuse the role: a refusal carries no data (test_permissions.py)."""
    return [each for each in routes if each.public or each.permission in PERMISSIONS_OF[role]]
