"""No patient before the owner has accepted the business associate agreement."""

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.practices.agreement_versions import VERSIONS, AgreementVersion
from tests.builders.patients import registration
from tests.world import SIGN_UP, World, add_member, newest_link, sign_in, sign_up

FIRST, SECOND = VERSIONS[0], VERSIONS[1]


@pytest.fixture
def unagreed(world: World) -> str:
    """The owner of a verified practice that has accepted nothing."""
    assert world.call("POST", "/v1/practices", SIGN_UP).status == 201
    world.call("POST", "/v1/practices/verify", {"token": newest_link(world)})
    return sign_in(world, SIGN_UP["email"])


def _accept(world: World, token: str, known: AgreementVersion = FIRST, **over: str) -> Any:
    body = {"agreement": known.version, "sha256": known.sha256, **over}
    return world.call("POST", "/v1/agreements/accept", body, token=token)


def _register(world: World, token: str, **over: Any) -> Any:
    body = registration(confirm_not_duplicate=True, **over)
    answer = world.call("POST", "/v1/patients", body, token=token)
    return answer.status, answer.json.get("code")


def test_no_patient_is_registered_before_the_owner_has_accepted(
    world: World, unagreed: str
) -> None:
    desk, _ = add_member(world, unagreed, "front_desk")
    assert _register(world, desk) == (409, "agreement_not_accepted")
    assert "patient" not in {item["kind"]["S"] for item in world.items()}
    assert _accept(world, unagreed).status == 200
    assert _register(world, desk) == (201, None)


def test_what_was_accepted_is_kept_with_who_when_and_from_where(
    world: World, unagreed: str
) -> None:
    me = world.call("GET", "/v1/me", token=unagreed).json
    answer = _accept(world, unagreed)
    shown = world.call("GET", "/v1/agreements", token=unagreed).json["items"]
    assert [each["version"] for each in shown] == [FIRST.version]
    assert shown[0] == answer.json
    assert shown[0]["accepted"] == {
        "sha256": FIRST.sha256,
        "user_id": me["user_id"],
        "accepted_at": "2026-03-02T14:00:00Z",
        "source_ip": "127.0.0.1",
    }
    assert shown[0]["text"].startswith("BUSINESS ASSOCIATE AGREEMENT")


def test_accepting_again_changes_nothing(world: World, unagreed: str) -> None:
    first = _accept(world, unagreed)
    world.clock.advance(minutes=1)
    again = _accept(world, unagreed)
    assert (again.status, again.json) == (200, first.json)
    assert world.call("GET", "/v1/practice", token=unagreed).json["version"] == 3


@pytest.mark.parametrize(
    "over", [{"agreement": "2025-01"}, {"agreement": SECOND.version}, {"sha256": "0" * 64}]
)
def test_only_the_published_text_of_the_current_version_is_accepted(
    world: World, unagreed: str, over: dict[str, str]
) -> None:
    answer = _accept(world, unagreed, **over)
    assert (answer.status, answer.json["code"]) == (409, "agreement_superseded")
    assert _register(world, add_member(world, unagreed, "nurse")[0])[0] == 409


def test_only_an_owner_accepts(world: World, unagreed: str) -> None:
    manager, _ = add_member(world, unagreed, "manager")
    assert _accept(world, manager).json["code"] == "forbidden"


def test_a_new_version_asks_again_and_binds_after_its_grace(world: World) -> None:
    owner = sign_up(world)
    add_member(world, owner, "front_desk")
    known = world.call("GET", "/v1/agreements", token=owner).json["items"]
    assert [each["current"] for each in known] == [True]

    world.clock.instant = datetime(2026, 12, 31, 12, tzinfo=UTC)
    desk = sign_in(world, "front_desk@clinic.example")
    shown = world.call("GET", "/v1/agreements", token=desk).json["items"]
    assert [(each["version"], each["accepted"] is None) for each in shown] == [
        (FIRST.version, False),
        (SECOND.version, True),
    ]
    assert _register(world, desk) == (201, None)

    world.clock.instant = datetime(2027, 1, 1, 12, tzinfo=UTC)
    desk, owner = (
        sign_in(world, email) for email in ("front_desk@clinic.example", "ada@clinic.example")
    )
    assert _register(world, desk) == (409, "agreement_not_accepted")
    assert _accept(world, owner, SECOND).status == 200
    assert _register(world, desk) == (201, None)
