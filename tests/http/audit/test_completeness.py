"""One entry a request, whatever becomes of it; without an entry, no answer (PROMISES 18, 21)."""

import json
from random import Random

import pytest

from chalicelib.platform.audit import entry_of
from chalicelib.platform.context import Actor, SystemContext, Tenant
from chalicelib.platform.ids import PracticeId, UserId
from chalicelib.platform.queues import working
from chalicelib.platform.runtime import runtime
from chalicelib.platform.store import UnitOfWork
from tests import tables
from tests.builders.audit import Watched
from tests.builders.patients import demographics, registration
from tests.faults import answering

CALLS = 60
OTHER = {"family": "Okafor", "given": "Chi"}


def test_n_calls_served_refused_and_failed_leave_n_entries(watched: Watched) -> None:
    random = Random(18)
    before = len(watched.entries())
    statuses = []
    for number in range(CALLS):
        patient_id = random.choice([watched.ada, watched.bob, watched.ada[:-4] + "ZZZZ", "pat_x"])
        role = random.choice(["owner", "manager", "clinician", "front_desk"])
        method, path, body = random.choice(
            [
                ("GET", f"/v1/patients/{patient_id}", None),
                ("GET", f"/v1/patients/{patient_id}/chart", None),
                ("PUT", f"/v1/patients/{patient_id}", demographics()),
                ("POST", "/v1/patients/search", {"name": "ros"}),
                ("POST", "/v1/patients/search", {"nonsense": 1}),
                ("GET", "/v1/patients/a~b", None),
                ("GET", "/v1/me", None),
            ]
        )
        headers = {"If_Match": '"1"'} if method == "PUT" and random.random() < 0.5 else {}
        if random.random() < 0.2:
            throttle = {"operation": "Query", "times": 9, "error": "InternalServerError"}
            with answering(**throttle):
                statuses.append(watched.call(role, method, path, body, **headers).status)
        else:
            statuses.append(watched.call(role, method, path, body, **headers).status)
        assert len(watched.entries()) == before + number + 1, (method, path, statuses[-1])
    assert {200, 400, 403, 404, 428} <= set(statuses)


@pytest.mark.parametrize("operation", ["PutItem", "TransactWriteItems"])
def test_what_cannot_be_written_down_is_not_answered_and_not_done(
    watched: Watched, operation: str
) -> None:
    kept = tables.image()
    calls = {
        "PutItem": [
            ("GET", f"/v1/patients/{watched.ada}", None),
            ("POST", "/v1/patients/search", {"name": "ros"}),
            ("GET", f"/v1/patients/{watched.ada[:-4]}ZZZZ", None),
        ],
        "TransactWriteItems": [("POST", "/v1/patients", {**registration(), "name": OTHER})],
    }[operation]
    for method, path, body in calls:
        with answering(operation, times=99, error="InternalServerError"):
            answer = watched.call("front_desk", method, path, body)
        assert (answer.status, answer.json["code"]) == (503, "unavailable"), path
        assert "Rosario" not in answer.text
        assert "Retry-After" in answer.headers
    changed = {(now or was or {})["kind"]["S"] for was, now in tables.changed_since(kept)}
    assert changed <= {"audit"}


def test_a_denial_says_who_what_whom_from_where_and_how_it_ended(watched: Watched) -> None:
    watched.call(
        "front_desk", "GET", f"/v1/patients/{watched.ada}/chart", User_Agent="okhttp/4.9.2 Ada"
    )
    entry = watched.entries()[-1]
    assert entry["pk"]["S"].split("#")[:3] == [
        watched.practice_id,
        "audit",
        watched.users["front_desk"],
    ]
    said = {name: value.get("S") for name, value in entry.items()}
    assert said["action"] == "read_chart"
    assert said["permission"] == "read_chart"
    assert said["outcome"] == "forbidden"
    assert said["agent"] == "okhttp"
    assert str(said["session_id"]).startswith("ses_")
    assert said["source_ip"]


def test_a_call_of_a_session_that_is_over_is_in_its_practice_s_audit(watched: Watched) -> None:
    mine = watched.get("clinician", "/v1/me")["session_id"]
    assert watched.call("clinician", "POST", "/v1/sessions/sign-out").status == 204
    refused = watched.call("clinician", "GET", f"/v1/patients/{watched.ada}/chart")
    assert (refused.status, refused.json["code"]) == (401, "unauthenticated")
    (entry,) = (row for row in watched.entries() if row["outcome"]["S"] == "unauthenticated")
    assert entry["pk"]["S"].split("#")[2] == watched.users["clinician"]
    assert entry["action"]["S"] == "read_chart"
    assert entry["session_id"] == {"S": mine}


def test_a_made_up_token_writes_nothing(watched: Watched) -> None:
    kept = tables.image()
    for token in ("", "x.y.z", watched.tokens["owner"][:-3] + "AAA"):
        assert watched.world.call("GET", "/v1/me", token=token).status == 401
    assert list(tables.changed_since(kept)) == []


def test_an_answer_that_is_shown_again_is_written_down_again(watched: Watched) -> None:
    body, key = {**registration(), "name": OTHER}, {"Idempotency_Key": "one"}
    first = watched.call("front_desk", "POST", "/v1/patients", body, **key)
    again = watched.call("front_desk", "POST", "/v1/patients", body, **key)
    assert (first.status, again.status) == (201, 201)
    assert first.json == again.json
    served, replayed = watched.entries()[-2:]
    assert [each["outcome"]["S"] for each in (served, replayed)] == ["served", "replayed"]
    assert served["subjects"] == replayed["subjects"] == {"SS": [first.json["id"]]}


def test_the_system_s_own_work_on_a_chart_is_written_down(watched: Watched) -> None:
    with working("billing", watched.practice_id, "evt_1", "encounter.signed") as context:
        context.concerns(watched.ada)
    (entry,) = [row for row in watched.entries() if "#system:billing#" in row["pk"]["S"]]
    assert entry["action"] == {"S": "encounter.signed"}
    assert entry["request_id"] == {"S": "evt_1"}
    assert entry["subjects"] == {"SS": [watched.ada]}


def test_why_and_under_which_grant_are_in_the_entry_and_on_the_patient_s_list(
    watched: Watched,
) -> None:
    with working("clinical", watched.practice_id, "evt_2", "chart.opened") as context:
        context.concerns(watched.ada)
        context.trace.why, context.trace.break_glass = "emergency", "btg_1"
    watched.world.carry_audit()
    newest = watched.get("manager", f"/v1/patients/{watched.ada}/accesses?limit=1")["items"][0]
    assert (newest["why"], newest["break_glass"]) == ("emergency", "btg_1")
    path = f"/v1/patients/{watched.ada}/access-report?from=2026-03-02&until=2026-03-02"
    assert "automatic processing" in watched.call("owner", "GET", path).text


def test_no_word_of_a_patient_is_in_the_audit_or_what_is_made_of_it(watched: Watched) -> None:
    canary = "Zqxcanary"
    made = watched.call(
        "front_desk",
        "POST",
        "/v1/patients",
        registration(name={"family": canary, "given": canary}, email=f"{canary}@example.com"),
    )
    assert made.status == 201, made.text
    watched.chart(made.json["id"])
    watched.call("clinician", "POST", "/v1/patients/search", {"name": canary})
    watched.call("clinician", "GET", f"/v1/patients/{canary}", User_Agent=canary)
    watched.call("clinician", "POST", "/v1/patients/search", {canary: canary})
    watched.seal()
    made_of_it = [
        row for row in watched.world.items() if row["kind"]["S"].startswith(("audit", "access"))
    ]
    assert len(made_of_it) > 10
    told = [row for row in made_of_it if canary.lower() in json.dumps(row, default=repr).lower()]
    assert [row["kind"]["S"] for row in told] == []


def test_what_the_vendor_s_people_do_in_a_practice_is_in_that_practice_s_audit(
    watched: Watched,
) -> None:
    live = runtime()
    context = SystemContext(
        tenant=Tenant(PracticeId(""), "", "UTC", "", "", ""),
        actor=Actor(UserId("usr_00000000000000000000000000"), session_id="ses_1"),
        permissions=frozenset(),
        request_id="req_1",
        clock=live.clock,
        ids=live.ids,
        work=UnitOfWork(),
    )
    entries = []
    for reached in ("", watched.practice_id):
        if reached:
            with context.entering(reached):
                pass
        entries.append(entry_of(context, entry_id=context.new_id("aud"), action="grant_support"))
    homes = [entry.pk.split("#")[:3] for entry in entries]
    own = ["audit", "usr_00000000000000000000000000"]
    assert homes == [["sys", *own], [watched.practice_id, *own]]
