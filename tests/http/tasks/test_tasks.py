"""Tasks: asked for by events, worked on by those whom their queue is open to."""

from typing import Any

import pytest

from chalicelib.platform.events import Event
from chalicelib.platform.ids import derived_id
from tests.builders.tasks import want_task, wanted
from tests.world import Answered, World, add_member, sign_up


class Practice:
    """An owner, a nurse and a biller."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.owner = sign_up(world)
        self.nurse, self.nurse_id = add_member(world, self.owner, "nurse")
        self.biller, self.biller_id = add_member(world, self.owner, "biller")
        me = world.call("GET", "/v1/me", token=self.owner).json
        self.id, self.owner_id = me["practice_id"], me["user_id"]

    def want(self, **data: str) -> str:
        return want_task(self.world, self.id, **data)

    def act(self, token: str, task_id: str, action: str, body: Any = None) -> Answered:
        return self.world.call("POST", f"/v1/tasks/{task_id}/{action}", body, token=token)

    def listed(self, token: str, **query: str) -> list[str]:
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        answer = self.world.call("GET", f"/v1/tasks?{asked}", token=token)
        assert answer.status == 200, answer.text
        return [each["id"] for each in answer.json["items"]]

    def read(self, token: str, task_id: str) -> Answered:
        return self.world.call("GET", f"/v1/tasks/{task_id}", token=token)


@pytest.fixture
def practice(world: World) -> Practice:
    return Practice(world)


def test_an_event_opens_a_task_once_however_often_it_comes(practice: Practice) -> None:
    event = wanted(practice.world, practice.id, patient_id="pat_1", due="2026-03-03T10:00:00Z")
    assert practice.world.deliver("tasks", [event.to_json()] * 3) == []
    (task_id,) = practice.listed(practice.nurse, queue="general")
    task = practice.read(practice.nurse, task_id).json
    assert {**task, "created_at": "", "id": ""} == {
        "id": "",
        "version": 1,
        "queue": "general",
        "kind": "call_back",
        "subject": event.subject,
        "patient_id": "pat_1",
        "assignee_id": None,
        "due": "2026-03-03T10:00:00Z",
        "status": "open",
        "created_at": "",
        "outcome": None,
        "closed_by": None,
        "closed_at": None,
    }


def test_a_role_sees_the_queues_that_its_permissions_open_and_no_other(practice: Practice) -> None:
    task_id = practice.want(queue="clinical")
    assert practice.listed(practice.nurse, queue="clinical") == [task_id]
    refused = practice.world.call("GET", "/v1/tasks?queue=clinical", token=practice.biller)
    assert (refused.status, refused.json["code"]) == (403, "forbidden")
    assert practice.read(practice.biller, task_id).status == 404
    for action, body in (
        ("assign", {"assignee_id": practice.biller_id}),
        ("complete", {"outcome": "done"}),
        ("reopen", None),
    ):
        assert practice.act(practice.biller, task_id, action, body).status == 404


def test_what_is_due_first_is_first_and_what_has_no_time_is_last(practice: Practice) -> None:
    undated = practice.want()
    late = practice.want(due="2026-03-09T00:00:00Z")
    early = practice.want(due="2026-03-03T00:00:00Z")
    assert practice.listed(practice.nurse, queue="general") == [early, late, undated]


def test_a_list_comes_in_pages(practice: Practice) -> None:
    made = {practice.want() for _ in range(3)}
    page = practice.world.call("GET", "/v1/tasks?queue=general&limit=2", token=practice.nurse).json
    rest = practice.listed(
        practice.nurse, queue="general", limit="2", cursor=str(page["next_cursor"])
    )
    assert {each["id"] for each in page["items"]} | set(rest) == made


def test_who_takes_a_task_has_it_on_their_own_list(practice: Practice) -> None:
    task_id = practice.want(queue="clinical")
    assert practice.listed(practice.nurse) == []
    mine = {"assignee_id": practice.nurse_id}
    assert practice.act(practice.nurse, task_id, "assign", mine).json["version"] == 2
    assert practice.listed(practice.nurse) == [task_id]
    assert practice.act(practice.nurse, task_id, "assign", {"assignee_id": None}).status == 200
    assert practice.listed(practice.nurse) == []


def test_what_is_somebody_s_is_handed_on_by_them_or_by_who_manages_members(
    practice: Practice,
) -> None:
    task_id = practice.want(assignee=practice.nurse_id)
    mine = {"assignee_id": practice.biller_id}
    taken = practice.act(practice.biller, task_id, "assign", mine)
    assert (taken.status, taken.json["code"]) == (409, "task_taken")
    assert practice.act(practice.owner, task_id, "assign", mine).status == 200
    assert practice.listed(practice.biller) == [task_id]


def test_only_a_member_who_could_see_it_is_given_a_task(practice: Practice) -> None:
    task_id = practice.want(queue="clinical")
    for stranger in (practice.biller_id, f"usr_{'0' * 26}"):
        answer = practice.act(practice.nurse, task_id, "assign", {"assignee_id": stranger})
        assert answer.status == 422
        assert answer.json["errors"][0]["field"] == "assignee_id"


def test_a_done_task_leaves_the_lists_and_comes_back_when_it_is_reopened(
    practice: Practice,
) -> None:
    task_id = practice.want(assignee=practice.nurse_id)
    done = practice.act(practice.nurse, task_id, "complete", {"outcome": "done"}).json
    assert (done["status"], done["outcome"], done["closed_by"]) == (
        "done",
        "done",
        practice.nurse_id,
    )
    assert practice.listed(practice.nurse) == practice.listed(practice.nurse, queue="general") == []
    for action, body in (("complete", {"outcome": "done"}), ("assign", {"assignee_id": None})):
        again = practice.act(practice.nurse, task_id, action, body)
        assert (again.status, again.json["code"]) == (409, "task_closed")
    reopened = practice.act(practice.nurse, task_id, "reopen").json
    assert (reopened["status"], reopened["outcome"], reopened["closed_by"]) == ("open", None, None)
    assert practice.listed(practice.nurse) == [task_id]
    assert practice.act(practice.nurse, task_id, "reopen").json["code"] == "task_open"


def test_a_task_ends_as_its_kind_says(practice: Practice) -> None:
    plain, review = practice.want(), practice.want(queue="privacy", kind="break_glass_review")
    for task_id, wrong in ((plain, "justified"), (review, "done")):
        answer = practice.act(practice.owner, task_id, "complete", {"outcome": wrong})
        assert (answer.status, answer.json["errors"][0]["field"]) == (422, "outcome")
    assert practice.act(practice.owner, review, "complete", {"outcome": "justified"}).status == 200


def test_nobody_reviews_what_they_did_themselves(practice: Practice) -> None:
    task_id = practice.want(queue="privacy", kind="break_glass_review", about=practice.owner_id)
    answer = practice.act(practice.owner, task_id, "complete", {"outcome": "justified"})
    assert (answer.status, answer.json["code"]) == (403, "own_review")


def test_a_task_that_is_unwanted_is_cancelled_unless_it_is_done(practice: Practice) -> None:
    events = [wanted(practice.world, practice.id) for _ in range(2)]
    dropped, kept = (derived_id("tsk", event.id) for event in events)
    practice.world.deliver("tasks", [event.to_json() for event in events])
    practice.act(practice.nurse, kept, "complete", {"outcome": "done"})
    for event in events:
        unwanted = _event(practice, "task.unwanted", event.subject, event_id=event.id)
        assert practice.world.deliver("tasks", [unwanted]) == []
    assert practice.read(practice.nurse, dropped).json["status"] == "cancelled"
    assert practice.read(practice.nurse, kept).json["status"] == "done"


def test_a_task_unwanted_before_it_is_there_comes_again(practice: Practice) -> None:
    unwanted = _event(practice, "task.unwanted", "enc_1", event_id="evt_1")
    assert practice.world.deliver("tasks", [unwanted]) == ["0"]


def test_the_tasks_of_a_leaver_go_to_their_successor_or_back_to_the_queue(
    practice: Practice,
) -> None:
    passed_on, given_back = practice.want(assignee=practice.nurse_id), ""
    order = {"hand_over_id": "hov_1", "successor": practice.biller_id}
    left = _event(practice, "member.left", practice.nurse_id, **order)
    assert practice.world.deliver("tasks", [left, left]) == []
    assert practice.listed(practice.nurse) == []
    assert practice.listed(practice.biller) == [passed_on]
    given_back = practice.want(assignee=practice.nurse_id)
    alone = _event(practice, "member.left", practice.nurse_id, hand_over_id="hov_2")
    assert practice.world.deliver("tasks", [alone]) == []
    assert practice.read(practice.owner, given_back).json["assignee_id"] is None


def _event(practice: Practice, event_type: str, subject: str, **data: str) -> str:
    now = practice.world.clock.now()
    return Event(f"evt_{len(data)}", event_type, practice.id, subject, 1, now, data).to_json()
