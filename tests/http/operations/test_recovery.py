"""A sole owner who lost their second factor: two operators, a day, and a way to stop it."""

from dataclasses import dataclass

import pytest

from chalicelib.identity.links import link_token
from tests import tables
from tests.builders.factors import enrol_totp
from tests.builders.operations import fresh, operator
from tests.world import PASSWORD, World, add_member, newest_link, sign_in, sign_up

RECOVERIES = "/v1/operations/recoveries"
OLU, SAM = "olu@vendor.example", "sam@vendor.example"


@dataclass
class Lost:
    """An owner with a second factor that is lost, and two operators."""

    world: World
    owner_id: str
    practice_id: str

    def ask(self, email: str = OLU) -> tuple[int, str]:
        body = {
            "practice_id": self.practice_id,
            "user_id": self.owner_id,
            "evidence": "case 12, file 3",
        }
        return self._said(self.world.call("POST", RECOVERIES, body, token=fresh(self.world, email)))

    def act(self, act: str, email: str) -> tuple[int, str]:
        path = f"{RECOVERIES}/{self.owner_id}/{act}"
        return self._said(self.world.call("POST", path, token=fresh(self.world, email)))

    def _said(self, answer: object) -> tuple[int, str]:
        said = answer.json  # type: ignore[attr-defined]
        return answer.status, said.get("code", said.get("status", ""))  # type: ignore[attr-defined]

    def cancelling_link(self) -> str:
        """The link that was mailed to the owner."""
        links = [row for row in tables.rows().values() if row["kind"]["S"] == "link"]
        (found,) = [row for row in links if row["purpose"]["S"] == "cancel_recovery"]
        return link_token(found["pk"]["S"].split("#")[2])


@pytest.fixture
def lost(world: World) -> Lost:
    owner = sign_up(world)
    me = world.call("GET", "/v1/me", token=owner).json
    enrol_totp(world, owner)
    operator(world, OLU)
    operator(world, SAM, "operations_support")
    world.pump()
    return Lost(world, me["user_id"], me["practice_id"])


def test_after_two_operators_and_a_day_the_owner_sets_a_new_password(lost: Lost) -> None:
    world = lost.world
    assert lost.ask() == (201, "opened")
    assert lost.act("approve", SAM) == (200, "approved")
    world.clock.advance(hours=23, minutes=59)
    assert lost.act("complete", OLU) == (409, "recovery_not_open")
    world.clock.advance(minutes=1)
    assert lost.act("complete", OLU) == (200, "done")
    # Then the old password is void, and the mailed link sets a new one
    old = world.call("POST", "/v1/sessions", {"email": "ada@clinic.example", "password": PASSWORD})
    assert old.status == 401
    body = {"token": newest_link(world), "password": "an entirely other phrase"}
    assert world.call("POST", "/v1/passwords/reset", body).status in (200, 204)
    again = {"email": "ada@clinic.example", "password": "an entirely other phrase"}
    session = world.call("POST", "/v1/sessions", again)
    assert session.status == 201, session.text
    assert session.json["access_token"]
    kinds = [item["kind"]["S"] for item in world.items()]
    assert "totp" not in kinds
    assert "recovery_codes" not in kinds


def test_nobody_approves_what_they_opened(lost: Lost) -> None:
    assert lost.ask() == (201, "opened")
    assert lost.act("approve", OLU) == (409, "second_person_needed")
    assert lost.act("complete", SAM) == (409, "recovery_not_open")
    assert lost.ask(SAM) == (409, "already_exists")


def test_the_owner_is_told_and_can_stop_it(lost: Lost) -> None:
    world = lost.world
    lost.ask()
    lost.act("approve", SAM)
    world.pump()
    assert any("cancel_recovery" in mail and "ada@clinic.example" in mail for mail in world.mails())
    token = {"token": lost.cancelling_link()}
    assert world.call("POST", "/v1/recoveries/cancel", token).status == 204
    assert world.call("POST", "/v1/recoveries/cancel", token).status == 422
    world.clock.advance(hours=25)
    assert lost.act("complete", OLU) == (409, "recovery_not_open")
    # And it can be asked for again
    assert lost.ask() == (201, "opened")


def test_another_owner_can_help_instead(lost: Lost) -> None:
    world = lost.world
    owner = sign_up(world, email="bea@clinic.example", practice_name="Two owners")
    add_member(world, owner, "owner", email="cid@clinic.example")
    me = world.call("GET", "/v1/me", token=owner).json
    world.pump()
    two = Lost(world, me["user_id"], me["practice_id"])
    assert two.ask() == (409, "not_sole_owner")


def test_somebody_who_is_no_owner_is_not_found(lost: Lost) -> None:
    world = lost.world
    owner = sign_up(world, email="bea@clinic.example", practice_name="Another")
    _, nurse = add_member(world, owner, "nurse", email="n@clinic.example")
    practice = world.call("GET", "/v1/me", token=owner).json["practice_id"]
    world.pump()
    assert Lost(world, nurse, practice).ask() == (404, "not_found")
    assert Lost(world, lost.owner_id, practice).ask() == (404, "not_found")


def test_the_second_factor_holds_until_then(lost: Lost) -> None:
    lost.ask()
    lost.act("approve", SAM)
    answer = lost.world.call(
        "POST", "/v1/sessions", {"email": "ada@clinic.example", "password": PASSWORD}
    )
    assert answer.json["access_token"] is None
    assert sign_in(lost.world, OLU, practice_id="sys")
