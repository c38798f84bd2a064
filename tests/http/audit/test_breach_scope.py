"""Breach scope: exactly whose data somebody saw or changed in a window of time."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from chalicelib.platform.audit import AuditEntry, amendment_of
from chalicelib.platform.clock import SetClock, iso
from chalicelib.platform.context import Trace
from chalicelib.platform.ids import Ids
from chalicelib.platform.store import append, practice_scope
from tests.builders.audit import Watched
from tests.conftest import START

PATH = "/v1/audit/breach-scope"


def ask(watched: Watched, first: datetime, until: datetime, query: str = "", **over: Any) -> Any:
    body = {
        "user_id": watched.users["clinician"],
        "from": first.isoformat(),
        "until": until.isoformat(),
        **over,
    }
    return watched.call("manager", "POST", f"{PATH}{query}", body)


def whole(watched: Watched, first: datetime, until: datetime, **over: Any) -> dict[str, int]:
    """Every page: patient → requests."""
    found: dict[str, int] = {}
    cursor = None
    while True:
        query = "?limit=7" + (f"&cursor={cursor}" if cursor else "")
        answer = ask(watched, first, until, query, **over)
        assert answer.status == 200, answer.text
        found |= {each["patient_id"]: each["requests"] for each in answer.json["items"]}
        cursor = answer.json["next_cursor"]
        if cursor is None:
            assert answer.json["patients"] == len(found)
            return found


def test_it_is_exact_against_an_oracle_on_random_entries(watched: Watched) -> None:
    random = Random(164)
    patients = [f"pat_{number:026d}" for number in range(40)]
    sessions = [f"ses_{number:026d}" for number in range(3)]
    made: list[tuple[datetime, str, str, set[str]]] = []
    with practice_scope(watched.practice_id):
        for _ in range(120):
            at = START - timedelta(minutes=random.randint(1, 60 * 24 * 100))
            entry, outcome, subjects = entry_at(watched, random, at, patients, sessions)
            made.append((at, outcome, entry.session_id, subjects))
    for _ in range(8):
        first = START - timedelta(days=random.randint(1, 100))
        until = first + timedelta(days=random.randint(1, 60))
        session = random.choice([None, *sessions])
        expected: dict[str, int] = {}
        for at, outcome, of, subjects in made:
            if first <= at < until and outcome in ("served", "replayed"):
                for patient_id in subjects if session in (None, of) else ():
                    expected[patient_id] = expected.get(patient_id, 0) + 1
        over = {"session_id": session} if session else {}
        assert whole(watched, first, until, **over) == expected


def entry_at(
    watched: Watched, random: Random, at: datetime, patients: list[str], sessions: list[str]
) -> tuple[AuditEntry, str, set[str]]:
    """An entry of the clinician at `at`, amended now and then; how it ended, and for whom."""
    entry_id = Ids(SetClock(at), seed=random.randrange(10**9)).new("aud")
    key = AuditEntry.key(watched.practice_id, watched.users["clinician"], iso(at)[:7], entry_id)
    subjects = set(random.sample(patients, random.randint(0, 4)))
    outcome = random.choice(["served", "served", "replayed", "not_found", "forbidden"])
    entry = AuditEntry(
        *key,
        action="read_chart",
        permission="read_chart",
        outcome=outcome,
        request_id="req_1",
        session_id=random.choice(sessions),
        subjects=subjects or None,
    )
    append(entry)
    if random.random() < 0.3:
        outcome, subjects = random.choice(["served", "not_found"]), subjects | {patients[0]}
        append(amendment_of(entry, outcome, Trace(subjects=subjects)))
    return entry, outcome, subjects


def test_it_is_of_what_the_person_really_did(watched: Watched) -> None:
    watched.chart(watched.ada)
    watched.chart(watched.ada)
    watched.chart(watched.bob[:-4] + "ZZZZ")
    watched.call("front_desk", "GET", f"/v1/patients/{watched.bob}")
    now = watched.world.clock.now()
    answer = ask(watched, now - timedelta(hours=1), now + timedelta(hours=1)).json
    assert (answer["patients"], answer["requests"]) == (1, 2)
    (found,) = answer["items"]
    assert found["patient_id"] == watched.ada


@pytest.mark.parametrize(("first", "until"), [(START, START), (START, START + timedelta(days=367))])
def test_a_window_that_is_empty_or_too_long_names_its_field(
    watched: Watched, first: datetime, until: datetime
) -> None:
    answer = ask(watched, first, until)
    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "until")


def test_nobody_of_the_practice_is_not_found(watched: Watched) -> None:
    stranger = "usr_00000000000000000000000000"
    answer = ask(watched, START, START + timedelta(days=1), user_id=stranger)
    assert (answer.status, answer.json["code"]) == (404, "not_found")


def test_it_is_also_of_an_api_key(watched: Watched) -> None:
    key = watched.with_key("lab")
    watched.call("lab", "GET", f"/v1/patients/{watched.bob}")
    watched.call("lab", "GET", f"/v1/patients/{watched.ada}/chart")
    window = START, START + timedelta(days=1)
    assert whole(watched, *window, user_id=key) == {watched.bob: 1}
    assert whole(watched, START + timedelta(hours=1), window[1], user_id=key) == {}
    stranger = ask(watched, *window, user_id=f"{key[:-4]}ZZZZ")
    assert (stranger.status, stranger.json["code"]) == (404, "not_found")
    assert ask(watched, *window, user_id=watched.bob).status == 404


def test_it_is_of_a_key_that_stayed_where_the_practice_came_from(watched: Watched) -> None:
    key_id = "key_01KJQDJGR03QYWTZ8BJ7077QFH"
    entry_id = Ids(SetClock(START)).new("aud")
    with practice_scope(watched.practice_id):
        append(
            AuditEntry(
                *AuditEntry.key(watched.practice_id, key_id, "2026-03", entry_id),
                action="read_patient",
                permission="read_patients",
                outcome="served",
                request_id="req_1",
                subjects={watched.bob},
            )
        )
    assert whole(watched, START, START + timedelta(days=1), user_id=key_id) == {watched.bob: 1}


def test_a_cursor_is_for_the_same_question(watched: Watched) -> None:
    watched.call("clinician", "POST", "/v1/patients/search", {"name": "ros"})
    first, until = START - timedelta(hours=1), START + timedelta(hours=1)
    cursor = ask(watched, first, until, "?limit=1").json["next_cursor"]
    assert ask(watched, first, until, f"?limit=1&cursor={cursor}").status == 200
    other = ask(watched, first, until + timedelta(hours=1), f"?limit=1&cursor={cursor}")
    assert other.status == 400


def test_it_is_for_owners_and_managers(watched: Watched) -> None:
    body = {
        "user_id": watched.users["clinician"],
        "from": START.isoformat(),
        "until": (START + timedelta(days=1)).isoformat(),
    }
    assert watched.call("clinician", "POST", PATH, body).status == 403
