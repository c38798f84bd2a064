"""Who opened this chart, and what did this person open."""

import csv
import io

from tests.builders.audit import Watched
from tests.faults import calls


def test_each_opening_of_a_chart_is_on_the_patient_s_list_newest_first(watched: Watched) -> None:
    watched.chart(watched.ada)
    watched.world.clock.advance(minutes=1)
    watched.call("front_desk", "GET", f"/v1/patients/{watched.ada}", User_Agent="Mozilla Firefox/9")
    watched.chart(watched.bob)
    watched.world.carry_audit()
    seen = watched.get("manager", f"/v1/patients/{watched.ada}/accesses")["items"]
    assert [(each["action"], each["actor_name"]) for each in seen[:2]] == [
        ("read_patient", "Front_Desk"),
        ("read_chart", "Clinician"),
    ]
    newest = seen[0]
    assert newest["at"] == "2026-03-02T14:01:01Z"
    assert (newest["outcome"], newest["agent"]) == ("served", "firefox")
    assert newest["description"] == "One patient"
    assert newest["session_id"].startswith("ses_")
    assert newest["source_ip"]
    assert newest["actor_id"] == watched.users["front_desk"]


def test_a_refused_opening_is_on_it_with_its_refusal(watched: Watched) -> None:
    assert watched.chart(watched.ada, "front_desk").status == 403
    missing = f"/v1/patients/{watched.ada}/problems/prb_01KJQDJGR03QYWTZ8BJ7077QFH"
    assert watched.call("clinician", "GET", missing).status == 404
    watched.world.carry_audit()
    seen = watched.get("owner", f"/v1/patients/{watched.ada}/accesses?limit=2")["items"]
    assert ("read_problem", "not_found") in [(each["action"], each["outcome"]) for each in seen]


def test_a_list_is_one_query_and_the_names_beside_it(watched: Watched) -> None:
    for _ in range(3):
        watched.chart(watched.ada)
    watched.world.carry_audit()
    with calls() as sent:
        watched.get("manager", f"/v1/patients/{watched.ada}/accesses")
    assert sorted(sent) == ["BatchGetItem", "BatchGetItem", "GetItem", "PutItem", "Query"]


def test_the_pages_are_the_whole_list_once(watched: Watched) -> None:
    for _ in range(7):
        watched.chart(watched.ada)
        watched.world.clock.advance(seconds=1)
    watched.world.carry_audit()
    path, found, cursor = f"/v1/patients/{watched.ada}/accesses?limit=2", [], ""
    while cursor is not None:
        page = watched.get("manager", path + (f"&cursor={cursor}" if cursor else ""))
        found += [each["id"] for each in page["items"]]
        cursor = page["next_cursor"]
    assert found == sorted(set(found), reverse=True)
    assert len(found) >= 7


def test_a_search_puts_every_patient_it_showed_on_their_lists(watched: Watched) -> None:
    found = watched.call("clinician", "POST", "/v1/patients/search", {"name": "ros"}).json["items"]
    assert {each["id"] for each in found} == {watched.ada, watched.bob}
    watched.world.carry_audit()
    for patient_id in (watched.ada, watched.bob):
        seen = watched.get("manager", f"/v1/patients/{patient_id}/accesses?limit=1")["items"]
        assert seen[0]["action"] == "search_patients"


def test_the_patient_s_own_list_names_roles_not_people(watched: Watched) -> None:
    watched.chart(watched.ada)
    watched.world.carry_audit()
    path = f"/v1/patients/{watched.ada}/access-report?from=2026-03-02&until=2026-03-02"
    answer = watched.call("owner", "GET", path)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/csv")
    head, *rows = csv.reader(io.StringIO(answer.text))
    assert head == ["when", "who", "what", "outcome", "emergency access"]
    assert rows[-1][:2] == ["2026-03-02 09:00", "clinician"]
    assert rows[-1][3:] == ["served", "no"]
    assert "Clinician" not in answer.text
    assert "usr_" not in answer.text


def test_a_report_of_another_day_or_of_too_many_days_is_empty_or_refused(watched: Watched) -> None:
    watched.chart(watched.ada)
    watched.world.carry_audit()
    path = f"/v1/patients/{watched.ada}/access-report"
    empty = watched.call("owner", "GET", f"{path}?from=2026-03-03&until=2026-03-04")
    assert empty.text.count("\n") == 1
    for days in ("from=2026-03-02&until=2027-03-04", "from=2026-03-02&until=2026-03-01"):
        refused = watched.call("owner", "GET", f"{path}?{days}")
        assert (refused.status, refused.json["code"]) == (422, "invalid")
        assert refused.json["errors"][0]["field"] == "until"


def test_what_a_member_did_is_one_query_with_how_each_request_ended(watched: Watched) -> None:
    never = watched.ada[:-4] + "ZZZZ"
    watched.chart(watched.ada)
    watched.chart(never)
    watched.call("clinician", "POST", "/v1/patients/search", {"name": "ros"})
    path = f"/v1/members/{watched.users['clinician']}/activity"
    with calls() as sent:
        page = watched.get("manager", f"{path}?month=2026-03")
    assert sorted(sent) == ["BatchGetItem", "GetItem", "PutItem", "Query"]
    told = [(each["action"], each["outcome"], each["patient_ids"]) for each in page["items"][:3]]
    assert told == [
        ("search_patients", "served", sorted([watched.ada, watched.bob])),
        ("read_chart", "not_found", [never]),
        ("read_chart", "served", [watched.ada]),
    ]
    assert watched.get("manager", f"{path}?month=2026-02")["items"] == []


def test_pages_of_activity_keep_an_entry_and_its_amendment_together(watched: Watched) -> None:
    never = watched.ada[:-4] + "ZZZZ"
    for patient_id in (never, watched.ada, never, never, watched.bob):
        watched.chart(patient_id)
        watched.world.clock.advance(seconds=1)
    path, found = f"/v1/members/{watched.users['clinician']}/activity?month=2026-03&limit=1", []
    cursor = ""
    while cursor is not None:
        page = watched.get("manager", path + (f"&cursor={cursor}" if cursor else ""))
        found += [each["outcome"] for each in page["items"] if each["action"] == "read_chart"]
        cursor = page["next_cursor"]
    assert found == ["served", "not_found", "not_found", "served", "not_found"]


def test_what_a_key_opened_names_the_key_and_whoever_made_it(watched: Watched) -> None:
    key = watched.with_key("Lab interface")
    watched.call("Lab interface", "GET", f"/v1/patients/{watched.ada}")
    watched.world.carry_audit()
    (seen,) = watched.get("manager", f"/v1/patients/{watched.ada}/accesses?limit=1")["items"]
    assert (seen["actor_id"], seen["actor_name"]) == (key, "Lab interface")
    assert seen["key_made_by"] == "Ada Owner"
    path = f"/v1/patients/{watched.ada}/access-report?from=2026-03-02&until=2026-03-02"
    rows = list(csv.reader(io.StringIO(watched.call("owner", "GET", path).text)))
    assert rows[-1][1] == "API client, made by owner"


def test_what_a_key_did_is_one_query_also_when_it_is_over(watched: Watched) -> None:
    key = watched.with_key("lab")
    watched.call("lab", "GET", f"/v1/patients/{watched.ada}")
    revoked = watched.call("owner", "DELETE", f"/v1/api-keys/{key}", If_Match='"1"')
    assert revoked.status == 204, revoked.text
    watched.world.clock.advance(minutes=1)
    watched.call("lab", "GET", f"/v1/patients/{watched.bob}")
    watched.get("manager", "/v1/me")
    with calls() as sent:
        page = watched.get("manager", f"/v1/api-keys/{key}/activity?month=2026-03")
    assert sorted(sent) == ["BatchGetItem", "GetItem", "PutItem", "Query"]
    told = [(each["action"], each["outcome"], each["patient_ids"]) for each in page["items"]]
    assert told == [
        ("read_patient", "unauthenticated", []),
        ("read_patient", "served", [watched.ada]),
    ]
    missing = watched.call("manager", "GET", f"/v1/api-keys/{key[:-4]}ZZZZ/activity")
    assert (missing.status, missing.json["code"]) == (404, "not_found")


def test_the_audit_is_for_owners_and_managers(watched: Watched) -> None:
    for role in ("clinician", "front_desk"):
        for path in (
            f"/v1/patients/{watched.ada}/accesses",
            f"/v1/members/{watched.users['clinician']}/activity",
        ):
            assert watched.call(role, "GET", path).status == 403


def test_a_row_comes_once_however_often_the_stream_brings_it(watched: Watched) -> None:
    watched.chart(watched.ada)
    watched.world.carry_audit()
    before = watched.get("manager", f"/v1/patients/{watched.ada}/accesses")["items"]
    watched.world._seen.clear()
    watched.world.carry_audit()
    after = watched.get("manager", f"/v1/patients/{watched.ada}/accesses")["items"]
    assert [each["id"] for each in after[1:]] == [each["id"] for each in before]
