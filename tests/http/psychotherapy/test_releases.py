"""Releasing a psychotherapy note: an authorisation and two people, one reader, once, within a day."""

from typing import Any

import pytest

from tests.builders.circle import Circle, circle
from tests.world import Answered, World, add_member, sign_in, step_up

WORDS = {"text": "Canary-mother."}


@pytest.fixture
def at(world: World) -> Circle:
    made = circle(world)
    for name in ("manager", "reader"):
        email = f"{name}@clinic.example"
        made.tokens[name], made.users[name] = add_member(
            world, made.her.owner, "manager", email=email
        )
    for token in made.tokens.values():
        step_up(world, token)
    return made


def _signed(at: Circle) -> str:
    note: str = at.done("treating", "POST", f"{at.patient}/psychotherapy-notes", WORDS)["id"]
    path = f"{at.patient}/psychotherapy-notes/{note}/sign"
    at.done("treating", "POST", path, {"expected_version": 1})
    return note


def _ask(at: Circle, note: str, *, who: str = "treating", **over: Any) -> Answered:
    body = {"note_id": note, "reader_id": at.users["reader"], "authorisation": "A-17", **over}
    return at.call(who, "POST", f"{at.patient}/psychotherapy-releases", body)


def _approve(at: Circle, release: str, who: str = "owner", authorisation: str = "A-17") -> Answered:
    path = f"{at.patient}/psychotherapy-releases/{release}/approve"
    return at.call(who, "POST", path, {"authorisation": authorisation})


def _open(at: Circle, release: str, who: str = "reader", **headers: str) -> Answered:
    path = f"{at.patient}/psychotherapy-releases/{release}/open"
    return at.call(who, "POST", path, **headers)


def _released(at: Circle) -> str:
    release: str = _ask(at, _signed(at)).json["id"]
    assert _approve(at, release).status == 200
    return release


def test_its_reader_reads_it_once(at: Circle) -> None:
    release = _released(at)
    assert _open(at, release, Idempotency_Key="k1").json["text"] == WORDS["text"]
    again = _open(at, release, Idempotency_Key="k1")
    assert (again.status, again.json["code"]) == (409, "release_not_open")
    assert "anary" not in str(at.world.items())


def test_nobody_reads_before_it_is_approved(at: Circle) -> None:
    release = _ask(at, _signed(at)).json["id"]
    assert _open(at, release).json["code"] == "release_not_open"


def test_nobody_but_its_reader_reads(at: Circle) -> None:
    release = _released(at)
    assert _open(at, release, "manager").status == 404
    assert _open(at, release, "owner").status == 403
    assert _open(at, release).status == 200


def test_it_ends_after_a_day(at: Circle) -> None:
    release = _released(at)
    at.world.clock.advance(hours=24)
    at.tokens["reader"] = sign_in(at.world, "reader@clinic.example")
    step_up(at.world, at.tokens["reader"])
    assert _open(at, release).json["code"] == "release_not_open"


def test_it_takes_a_second_person_and_once(at: Circle) -> None:
    release = _ask(at, _signed(at)).json["id"]
    assert _approve(at, release, "treating").status == 403
    assert _approve(at, release, "manager").status == 200
    assert _approve(at, release).json["code"] == "release_not_open"


def test_an_author_who_manages_too_does_not_approve_their_own(at: Circle) -> None:
    roles = {"roles": ["clinician", "manager"]}
    path = f"/v1/members/{at.users['treating']}/roles"
    member = next(
        each
        for each in at.done("owner", "GET", "/v1/members")["items"]
        if each["user_id"] == at.users["treating"]
    )
    at.done("owner", "PUT", path, roles, If_Match=f'"{member["version"]}"')
    at.tokens["treating"] = sign_in(at.world, "clinician@clinic.example")
    step_up(at.world, at.tokens["treating"])
    release = _ask(at, _signed(at)).json["id"]
    assert _approve(at, release, "treating").json["code"] == "two_people"


def test_the_approver_reads_the_authorisation_off_the_paper(at: Circle) -> None:
    release = _ask(at, _signed(at)).json["id"]
    wrong = _approve(at, release, authorisation="A-71")
    assert (wrong.status, wrong.json["errors"][0]["field"]) == (422, "authorisation")


def test_each_step_wants_a_fresh_second_factor(at: Circle) -> None:
    note, release = _signed(at), _released(at)
    pending = _ask(at, note).json["id"]
    at.world.clock.advance(minutes=5)
    for answer in (_ask(at, note), _approve(at, pending), _open(at, release)):
        assert (answer.status, answer.json["code"]) == (403, "step_up_required")


def test_only_its_author_asks_and_only_for_what_is_signed(at: Circle) -> None:
    note = _signed(at)
    assert _ask(at, note, who="colleague").status == 404
    draft = at.done("treating", "POST", f"{at.patient}/psychotherapy-notes", WORDS)["id"]
    assert _ask(at, draft).json["code"] == "psychotherapy_note_not_signed"
    refused = _ask(at, note, reader_id=at.users["nurse"])
    assert (refused.status, refused.json["errors"][0]["field"]) == (422, "reader_id")
    assert _ask(at, note, authorisation="").status == 400


def test_a_task_asks_for_the_approval(at: Circle) -> None:
    release = _ask(at, _signed(at)).json
    at.world.pump()
    (task,) = at.done("owner", "GET", "/v1/tasks?queue=privacy")["items"]
    assert (task["kind"], task["subject"]) == ("psychotherapy_release", release["id"])
    assert "A-17" not in str(task)
