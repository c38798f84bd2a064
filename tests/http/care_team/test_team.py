"""Care teams: joining takes a reason and is reviewed; the team itself changes its members."""

from typing import Any

import pytest

from tests.builders.circle import Circle, circle
from tests.world import Answered, World


@pytest.fixture
def at(world: World) -> Circle:
    return circle(world)


def _put(at: Circle, who: str, *members: dict[str, Any], version: int = 1) -> Answered:
    path, body = f"{at.patient}/care-team", {"members": list(members)}
    return at.call(who, "PUT", path, body, If_Match=f'"{version}"')


def _member(at: Circle, who: str, role: str = "treating", **over: Any) -> dict[str, Any]:
    return {"user_id": at.users[who], "role": role, **over}


def test_a_patient_begins_without_a_team(at: Circle) -> None:
    assert at.done("nurse", "GET", f"{at.patient}/care-team") == {"version": 0, "members": []}


def test_who_joins_gives_a_reason_and_a_review_of_it_is_asked_for(at: Circle) -> None:
    assert at.join("treating").status == 200
    (member,) = at.done("nurse", "GET", f"{at.patient}/care-team")["members"]
    assert (member["user_id"], member["added_by"]) == (at.users["treating"],) * 2
    assert member["reason"] == "Takes part in the treatment."
    at.world.pump()
    (task,) = at.done("owner", "GET", "/v1/tasks?queue=privacy")["items"]
    assert (task["kind"], task["patient_id"]) == ("care_team_review", at.her.patient_id)
    body = {"outcome": "justified"}
    assert at.done("owner", "POST", f"/v1/tasks/{task['id']}/complete", body)["status"] == "done"


@pytest.mark.parametrize("reason", [None, "", "         x         ", "short"])
def test_without_a_reason_nobody_joins(at: Circle, reason: str | None) -> None:
    body = {"role": "treating", **({} if reason is None else {"reason": reason})}
    answer = at.call("treating", "POST", f"{at.patient}/care-team", body)
    assert (answer.status, answer.json["errors"][0]["field"]) == (400, "reason")
    assert at.done("nurse", "GET", f"{at.patient}/care-team")["members"] == []


def test_who_is_on_the_team_does_not_join_again(at: Circle) -> None:
    at.join("treating")
    assert at.join("treating").json["code"] == "on_care_team"


def test_only_the_team_changes_the_team(at: Circle) -> None:
    at.join("treating")
    refused = _put(at, "colleague", _member(at, "treating"), _member(at, "colleague"))
    assert (refused.status, refused.json["code"]) == (403, "not_on_care_team")
    added = _put(at, "treating", _member(at, "treating"), _member(at, "nurse", "nursing"))
    assert [each["role"] for each in added.json["members"]] == ["treating", "nursing"]
    assert added.json["members"][0]["reason"] == "Takes part in the treatment."


def test_nobody_changes_their_own_place_but_may_give_it_up(at: Circle) -> None:
    at.join("treating")
    for own in (_member(at, "treating", "supervising"), _member(at, "treating", until=_AT)):
        refused = _put(at, "treating", own)
        assert (refused.status, refused.json["code"]) == (403, "own_membership")
    assert _put(at, "treating", _member(at, "nurse", "nursing")).status == 200


def test_only_who_reads_charts_here_comes_onto_a_team(at: Circle) -> None:
    at.join("treating")
    for stranger in (at.users["biller"], f"usr_{'0' * 26}"):
        answer = _put(
            at, "treating", _member(at, "treating"), {"user_id": stranger, "role": "nursing"}
        )
        assert (answer.status, answer.json["errors"][0]["field"]) == (422, "members.1.user_id")
    twice = [_member(at, "nurse", "nursing")] * 2
    answer = _put(at, "treating", _member(at, "treating"), *twice)
    assert answer.json["errors"][0] | {"message": ""} == {
        "field": "members.2.user_id",
        "code": "repeated",
        "message": "",
    }


def test_a_stale_team_is_not_overwritten(at: Circle) -> None:
    at.join("treating")
    at.join("colleague")
    assert _put(at, "treating", _member(at, "treating"), version=1).status == 412


_AT = "2026-03-02T16:00:00Z"
