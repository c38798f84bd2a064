"""Two who change who may do what at once: their calls of the table in every order (PROMISES 15)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests import tables
from tests.concurrency.stepping import interleaved, orders
from tests.faults import calls
from tests.world import PASSWORD, Answered, World, add_member, sign_up, step_up

KIM = "kim@clinic.example"
LISTS = ("Query",)
"""Neither writes what the other lists: a list goes with the call before it."""
Act = Callable[[], Answered]
Order = tuple[int, ...]

some_and_all = pytest.mark.parametrize(
    "most", [12, pytest.param(1_000_000, marks=pytest.mark.campaign)]
)
"""A dozen of the orders, spread over all of them; the campaign plays all."""


@dataclass
class Practice:
    """Two owners, and Kim, a nurse who is signed in; all as `kept` before each order."""

    world: World
    owners: tuple[str, str]
    owner_ids: tuple[str, str]
    kim_id: str
    kim: dict[str, Any]
    kept: tables.Image

    def leaves(self, number: int) -> Act:
        path = f"/v1/members/{self.owner_ids[number]}/leave"
        return lambda: self.world.call("POST", path, {}, token=self.owners[number])

    def takes(self, by: int, user_id: str, *, version: int) -> Act:
        """An owner makes somebody work at the front desk."""
        path, token = f"/v1/members/{user_id}/roles", self.owners[by]
        body, match = {"roles": ["front_desk"]}, f'"{version}"'
        return lambda: self.world.call("PUT", path, body, token=token, If_Match=match)

    def lets_go(self, by: int, user_id: str) -> Act:
        path = f"/v1/members/{user_id}/leave"
        return lambda: self.world.call("POST", path, {}, token=self.owners[by])

    def ends(self) -> Act:
        path = f"/v1/sessions/{self.kim['session_id']}/end"
        return lambda: self.world.call("POST", path, token=self.kim["access_token"])

    def refreshes(self, token: str = "") -> Act:
        body = {"refresh_token": token or self.kim["refresh_token"]}
        return lambda: self.world.call("POST", "/v1/sessions/refresh", body)

    def asks(self, session: dict[str, Any]) -> Answered:
        """What only a nurse may see."""
        path = "/v1/patients/pat_01JDE3GZ5V6T7W8X9Y0Z1A2B3C/chart"
        return self.world.call("GET", path, token=session["access_token"])

    def owning(self) -> list[str]:
        """The members who are owners and active, off the table."""
        return [
            row["sk"]["S"].split("#")[1]
            for row in tables.rows().values()
            if row["kind"]["S"] == "member"
            and row["status"]["S"] == "active"
            and "owner" in row["roles"]["SS"]
        ]

    def played(self, acts: tuple[Act, Act], most: int) -> Iterator[tuple[Order, list[Answered]]]:
        """At most so many orders, each from the same start, and what the two were answered."""
        every = orders(*map(self._calls, acts))
        for order in every[:: len(every) // most + 1]:
            World.__post_init__(self.world)  # its rates are of this moment
            yield order, interleaved(order, acts, passing=LISTS)
            tables.put_back(self.kept)

    def _calls(self, act: Act) -> int:
        """How many calls of the table it makes when nobody comes between."""
        with calls() as sent:
            answer = act()
        assert answer.status < 300, answer.text
        tables.put_back(self.kept)
        return sum(operation not in LISTS for operation in sent)


@pytest.fixture
def practice(world: World) -> Practice:
    first = sign_up(world)
    step_up(world, first)
    second, second_id = add_member(world, first, "owner", email="second@clinic.example")
    step_up(world, second)
    _, kim_id = add_member(world, first, "nurse", email=KIM)
    first_id = world.call("GET", "/v1/me", token=first).json["user_id"]
    kim = world.call("POST", "/v1/sessions", {"email": KIM, "password": PASSWORD}).json
    return Practice(world, (first, second), (first_id, second_id), kim_id, kim, kept=tables.image())


@some_and_all
def test_of_two_owners_who_leave_at_once_one_stays(practice: Practice, most: int) -> None:
    acts = practice.leaves(0), practice.leaves(1)
    for order, answers in practice.played(acts, most):
        assert sorted(map(_told, answers)) == ["200", "409 last_owner"], order
        stays = [answer.status for answer in answers].index(409)
        assert practice.owning() == [practice.owner_ids[stays]], order


@some_and_all
def test_of_two_owners_who_take_each_other_s_role_one_stays(practice: Practice, most: int) -> None:
    first_id, second_id = practice.owner_ids
    acts = practice.takes(0, second_id, version=2), practice.takes(1, first_id, version=1)
    refused = set()
    for order, answers in practice.played(acts, most):
        told = sorted(map(_told, answers))
        assert told[0] == "200", (order, told)
        refused.add(told[1])
        stays = [answer.status for answer in answers].index(200)
        assert practice.owning() == [practice.owner_ids[stays]], order
    assert refused == {"403 forbidden", "403 role_not_yours_to_give", "409 last_owner"}


@some_and_all
def test_an_owner_who_leaves_while_their_role_is_taken_leaves_an_owner(
    practice: Practice, most: int
) -> None:
    acts = practice.leaves(0), practice.takes(1, practice.owner_ids[0], version=1)
    for order, answers in practice.played(acts, most):
        assert "200" in map(_told, answers), (order, answers)
        assert practice.owning() == [practice.owner_ids[1]], order


@some_and_all
def test_a_role_that_is_taken_while_its_member_refreshes_is_gone_at_the_next_call(
    practice: Practice, most: int
) -> None:
    assert practice.asks(practice.kim).status == 404
    acts = practice.takes(0, practice.kim_id, version=2), practice.refreshes()
    for order, answers in practice.played(acts, most):
        assert [answer.status for answer in answers] == [200, 200], order
        for session in (practice.kim, answers[1].json):
            assert _told(practice.asks(session)) == "403 forbidden", order
        again = practice.refreshes(answers[1].json["refresh_token"])()
        assert _told(practice.asks(again.json)) == "403 forbidden", order


@some_and_all
def test_a_member_who_leaves_while_they_refresh_is_out(practice: Practice, most: int) -> None:
    acts = practice.lets_go(0, practice.kim_id), practice.refreshes()
    for order, answers in practice.played(acts, most):
        assert answers[0].status == 200, order
        _is_out(practice, answers[1], order)


@some_and_all
def test_a_session_that_is_ended_while_it_refreshes_stays_ended(
    practice: Practice, most: int
) -> None:
    acts = practice.ends(), practice.refreshes()
    for order, answers in practice.played(acts, most):
        assert answers[0].status == 204, order
        _is_out(practice, answers[1], order)


def _is_out(practice: Practice, refreshed: Answered, order: Order) -> None:
    """Neither the tokens of before nor those of the refresh open anything."""
    assert refreshed.status in (200, 401), order
    sessions = [practice.kim] + ([refreshed.json] if refreshed.status == 200 else [])
    for session in sessions:
        assert practice.asks(session).status == 401, order
        assert practice.refreshes(session["refresh_token"])().status == 401, order


def _told(answer: Answered) -> str:
    return str(answer.status) if answer.status < 300 else f"{answer.status} {answer.json['code']}"
