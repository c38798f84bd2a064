"""No health data and no secret in logs, keys, metrics, messages, texts, URLs (PROMISES 21)."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from chalicelib.platform import log, metrics, queues
from chalicelib.platform.events import Event
from chalicelib.platform.http import Endpoint
from chalicelib.platform.store import Key, find, practice_scope
from chalicelib.platform.store.connection import connection
from chalicelib.practices.models import Practice
from tests.isolation.cases import CASES, called, filled, send, who_does
from tests.isolation.clinics import Clinic, Clinics
from tests.isolation.leaks import canaries_in, listening, note_keys
from tests.world import Answered

CANARY = "Quetzalcoatl 1987-06-05 has HIV"
SECRETS = ("access_token", "refresh_token", "secret", "key", "codes")


def test_no_route_tells_what_it_was_told(clinics: Clinics) -> None:
    canaries = _known_of(clinics.a)
    with listening() as leaks:
        for endpoint in called():
            with clinics.undone():
                answer = _send(clinics.a, endpoint)
                assert answer.status == endpoint.status, (endpoint.name, answer.text)
                leaks.note("url", answer.headers.get("Location", ""))
                canaries |= set(_told(clinics.a, endpoint, answer))
                note_keys(leaks)
        clinics.world.pump()
        note_keys(leaks)
    assert len(canaries) > 60
    assert leaks.holding(canaries) == []
    assert '"endpoint":"' in "".join(leaks.places["metrics"]).replace(" ", "")


def test_nor_does_a_request_s_own_address(clinics: Clinics) -> None:
    canaries = {each for endpoint in called() for each in _told(clinics.a, endpoint, None)}
    for endpoint in called():
        query = filled(dict(CASES[endpoint.name].query), clinics.a.ids)
        text = f"{endpoint.path} {json.dumps(query)}"
        assert [each for each in canaries if each in text] == [], endpoint.name


def test_a_text_message_names_the_practice_but_nobody_and_nothing_else(clinics: Clinics) -> None:
    canaries = (_known_of(clinics.a) - {clinics.a.mark}) | {"Rosa", "cough", "nuts", "1980"}
    clinics.world.clock.advance(hours=23)
    clinics.world.tick()
    texts = [text for _number, text in clinics.world.texts()]
    assert texts
    assert [each for each in canaries for text in texts if each in text] == []


@pytest.mark.parametrize("at_call", [0, 1, 2])
def test_what_an_exception_says_goes_nowhere(clinics: Clinics, at_call: int) -> None:
    raised = 0
    with listening() as leaks:
        for endpoint in called():
            with clinics.undone(), _raising(at_call) as left:
                answer = _send(clinics.a, endpoint)
                leaks.note("answer", f"{answer.text} {dict(answer.headers)}")
                if left[0] < 0:
                    raised += 1
                    assert answer.status in (500, 503, endpoint.status), endpoint.name
    assert raised > 20
    assert leaks.holding({CANARY}) == []
    assert "RuntimeError" in "".join(leaks.places["log"]), "its type is told"


def test_what_a_consumer_s_exception_says_goes_nowhere(clinics: Clinics) -> None:
    told = 0
    with listening() as leaks:
        for domain, consumers in queues._consumers.items():
            for number, event_type in enumerate(consumers.on_event):
                event = Event(
                    f"evt_{number}", event_type, clinics.a.ids["practice_id"],
                    clinics.a.ids["patient_id"], 1, clinics.world.clock.now(), {"x": "y"}, 1,
                )  # fmt: skip
                with clinics.undone(), _raising(0):
                    assert clinics.world.deliver(domain, [event.to_json()]) == ["0"]
                    told += 1
    assert told > 10
    assert leaks.holding({CANARY}) == []
    assert "".join(leaks.places["log"]).count('"message":"message failed"') == told


@pytest.mark.parametrize("place", ["log", "metrics", "message", "url", "key"])
def test_a_leak_is_seen(clinics: Clinics, place: str) -> None:
    with listening() as leaks:
        match place:
            case "log":
                log.info("canary", record_id=CANARY)
            case "metrics":
                metrics.message_failed(CANARY)
            case "message":
                queues.send("claims", CANARY)
            case "url":
                leaks.note("url", f"/v1/patients/{CANARY}")
            case "key":
                _put_row(clinics.a, CANARY)
                note_keys(leaks)
    assert {found for found, _ in leaks.holding({CANARY})} == {place}


def test_canaries_are_names_numbers_addresses_notes_dates_of_birth_and_secrets(
    clinics: Clinics,
) -> None:
    told = {each for endpoint in called() for each in _told(clinics.a, endpoint, None)}
    for kind in ("Okafor", "1991-05-05", "(212) 555-0188", "chi@example.com", "Seen again."):
        assert any(kind in each for each in told), kind
    assert clinics.a.ids["refresh_token"] in told
    assert clinics.a.ids["invitation_token"] in told


def _send(clinic: Clinic, endpoint: Endpoint) -> Answered:
    return send(clinic, who_does(endpoint), endpoint, clinic.ids)


def _known_of(clinic: Clinic) -> set[str]:
    """What the practice's own records and people are called, and who is signed in."""
    return {clinic.mark, clinic.ids["owner_email"], *clinic.tokens.values()}


def _told(clinic: Clinic, endpoint: Endpoint, answer: Answered | None) -> Iterator[str]:
    """What the request says, and the secrets of its answer."""
    yield from canaries_in(filled(CASES[endpoint.name].body, clinic.ids))
    if answer is not None and answer.text.startswith("{"):
        for name, value in answer.json.items():
            if name in SECRETS:
                yield from canaries_in(value)


@contextmanager
def _raising(at_call: int) -> Iterator[list[int]]:
    """The table's `at_call`-th call from now, beyond authentication's, ends in an exception."""
    left = [at_call]

    def fail(model: Any, **_: Any) -> None:
        if model.name == "BatchGetItem" and left[0] == at_call:
            return
        left[0] -= 1
        if left[0] == -1:
            raise RuntimeError(CANARY)

    events = connection().connection.client.meta.events
    events.register_first("before-call.dynamodb.*", fail)
    try:
        yield left
    finally:
        events.unregister("before-call.dynamodb.*", fail)


def _put_row(clinic: Clinic, text: str) -> None:
    practice_id = clinic.ids["practice_id"]
    with practice_scope(practice_id):
        row = find(Practice, Practice.key(practice_id))
        assert row is not None
        row.pk, row.sk = Key(f"{practice_id}#", f"{text}#")
        row.save()
