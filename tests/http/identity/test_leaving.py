"""A leaver's access ends at once, and what they were at work on goes to whom it is given."""

import json
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest

from chalicelib.platform.store import find, practice_scope
from tests import tables
from tests.builders import scheduling
from tests.builders.clinical import SOAP, codes
from tests.builders.tasks import want_task
from tests.faults import Died, dying
from tests.world import Answered, World, add_member, newest_link, sign_in, step_up

MONDAY, TUESDAY = "2026-03-09", "2026-03-10"
KINDS = {
    "appointment", "availability", "day", "encounter", "hand_over_part", "handed_over", "note",
    "task",
}  # fmt: skip
LEAVER = "leaver@clinic.example"


@dataclass
class Practice:
    """A clinician who leaves, and one who stays; each sees patients as a practitioner."""

    at: scheduling.Clinic
    owner: str
    leaver: str
    leaver_id: str
    stays: str
    stays_id: str
    from_id: str
    to_id: str

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answered:
        return self.at.world.call(method, path, body, token=self.owner, **headers)

    def book(self, starts_at: str, practitioner_id: str = "") -> str:
        patient = scheduling.add_patient(self.at.world, self.at.token)
        return self.at.booking(
            starts_at, practitioner_id=practitioner_id or self.from_id, patient_id=patient
        )

    def encounter(self, *, sign: bool) -> str:
        """One the leaver has begun; the path of it."""
        world, path = self.at.world, f"/v1/patients/{self.at.patient_id}/encounters"
        body = {"practitioner_id": self.from_id, "location_id": self.at.location_id}
        made = world.call("POST", path, {**body, "bill_to": "self_pay"}, token=self.leaver).json
        own = f"{path}/{made['id']}"
        note = {"template": "soap_general", "content": SOAP}
        for tail, content in (("", codes()), ("/note", note)):
            put = world.call("PUT", own + tail, content, token=self.leaver, If_Match='"1"')
            assert put.status == 200, put.text
        if sign:
            body = {"expected_version": 2, "expected_note_version": 2}
            assert world.call("POST", f"{own}/sign", body, token=self.leaver).status == 200
        return own

    def task(self, **data: str) -> str:
        """One of the leaver's."""
        return want_task(self.at.world, self.at.practice_id, assignee=self.leaver_id, **data)

    def leave(self, **body: Any) -> Answered:
        return self.call("POST", f"/v1/members/{self.leaver_id}/leave", body)

    def report(self) -> Any:
        return self.call("GET", f"/v1/members/{self.leaver_id}/hand-over").json


@pytest.fixture
def practice(world: World) -> Practice:
    at = scheduling.clinic(world)
    step_up(world, at.owner)
    leaver, leaver_id = add_member(world, at.owner, "clinician", email=LEAVER)
    stays, stays_id = add_member(world, at.owner, "clinician", email="stays@clinic.example")
    made = [
        scheduling.add_practitioner(world, at.token, user_id=user_id)
        for user_id in (leaver_id, stays_id)
    ]
    for practitioner_id in made:
        rules = [at.rule(day, "09:00", "17:00") for day in ("mon", "tue")]
        path = f"/v1/practitioners/{practitioner_id}/availability"
        assert at.call("PUT", path, {"rules": rules}, If_Match='"0"').status == 200
    return Practice(at, at.owner, leaver, leaver_id, stays, stays_id, *made)


def status(world: World, token: str) -> int:
    return world.call("GET", "/v1/me", token=token).status


def test_access_ends_at_once_and_the_account_stays(world: World, practice: Practice) -> None:
    answer = practice.leave(successor_user_id=practice.stays_id)
    assert answer.status == 200, answer.text
    assert status(world, practice.leaver) == 401
    again = world.call("POST", "/v1/sessions", {"email": LEAVER, "password": "x" * 20})
    assert again.status == 401
    left = practice.call("GET", f"/v1/members/{practice.leaver_id}").json
    assert left["status"] == "left"
    assert practice.leave().json["code"] == "member_not_active"


def test_the_keys_they_made_end_with_them(world: World, practice: Practice) -> None:
    manager, manager_id = add_member(world, practice.owner, "manager", email="m@clinic.example")
    step_up(world, manager)
    body = {"name": "Lab", "scopes": ["read_schedule"], "ends_at": "2026-09-01T00:00:00Z"}
    key = world.call("POST", "/v1/api-keys", body, token=manager).json["token"]
    assert world.call("GET", "/v1/rooms", token=key).status == 200
    assert practice.call("POST", f"/v1/members/{manager_id}/leave", {}).status == 200
    assert world.call("GET", "/v1/rooms", token=key).status == 401
    (listed,) = practice.call("GET", "/v1/api-keys").json["items"]
    assert listed["revoked_at"] is not None


def test_who_comes_back_does_not_find_an_old_session_open(world: World, practice: Practice) -> None:
    practice.leave()
    world.clock.advance(minutes=1)
    body = {"email": LEAVER, "name": "Lee", "roles": ["nurse"]}
    assert practice.call("POST", "/v1/members", body).status == 201
    accepted = {"token": newest_link(world), "password": "correct horse battery staple"}
    assert world.call("POST", "/v1/invitations/accept", accepted).status == 200
    assert status(world, practice.leaver) == 401
    assert status(world, sign_in(world, LEAVER)) == 200


def test_what_the_successor_can_take_moves_and_the_rest_is_listed(
    world: World, practice: Practice
) -> None:
    moved = [practice.book(f"{MONDAY}T{hour}:00:00-04:00") for hour in ("09", "11")]
    practice.book(f"{TUESDAY}T10:15:00-04:00", practice.to_id)
    stuck = practice.book(f"{TUESDAY}T10:00:00-04:00")
    practice.leave(successor_user_id=practice.stays_id)
    world.pump()
    for appointment_id in moved:
        assert practice.at.read(appointment_id)["practitioner_id"] == practice.to_id
    assert practice.at.read(stuck)["practitioner_id"] == practice.from_id
    report = practice.report()
    lines = {line["subject_id"]: (line["outcome"], line["reason"]) for line in report["items"]}
    assert lines == {
        moved[0]: ("moved", None),
        moved[1]: ("moved", None),
        stuck: ("left", "provider_taken"),
    }
    parts = {part["domain"]: (part["moved"], part["left"]) for part in report["parts"]}
    assert parts == {"scheduling": (2, 1), "clinical": (0, 0), "tasks": (0, 0)}
    taken = practice.at.taken(practice.from_id)
    assert set(taken) == {TUESDAY}


def test_one_that_cannot_go_as_it_is_keeps_nobody_elses_from_going(
    world: World, practice: Practice
) -> None:
    at = practice.at
    in_old_room = at.booking(
        f"{MONDAY}T09:00:00-04:00", practitioner_id=practice.from_id, room_id=at.room_id
    )
    after = practice.book(f"{MONDAY}T11:00:00-04:00")
    room = {"name": "Old", "location_id": at.location_id, "retired": True}
    assert at.call("PUT", f"/v1/rooms/{at.room_id}", room, If_Match='"1"').status == 200
    practice.leave(successor_user_id=practice.stays_id)
    world.pump()
    lines = {line["subject_id"]: line["reason"] for line in practice.report()["items"]}
    assert lines == {in_old_room: "retired", after: None}


def test_the_successor_takes_part_where_the_leaver_did_and_a_hold_is_in_nobodys_way(
    world: World, practice: Practice
) -> None:
    at = practice.at
    held = at.hold(f"{TUESDAY}T15:00:00-04:00", practitioner_id=practice.from_id)
    assert held.status == 201
    beside = at.booking(f"{MONDAY}T09:00:00-04:00", other_practitioner_ids=[practice.from_id])
    together = at.booking(
        f"{MONDAY}T11:00:00-04:00",
        practitioner_id=practice.to_id,
        other_practitioner_ids=[practice.from_id],
    )
    practice.leave(successor_user_id=practice.stays_id)
    world.pump()
    assert at.read(beside)["other_practitioner_ids"] == [practice.to_id]
    shown = at.read(together)
    assert (shown["practitioner_id"], shown["other_practitioner_ids"]) == (practice.to_id, [])
    assert set(at.taken(practice.from_id)) == {TUESDAY}
    parts = {part["domain"]: (part["moved"], part["left"]) for part in practice.report()["parts"]}
    assert parts["scheduling"] == (2, 0)


def test_a_group_session_goes_whole_to_the_successor_or_stays_with_all_its_seats(
    world: World, practice: Practice
) -> None:
    at = practice.at
    at.type_id = scheduling.add_type(world, at.token, capacity=3)
    nine, ten = f"{MONDAY}T09:00:00-04:00", f"{MONDAY}T10:00:00-04:00"
    moved = [practice.book(nine), practice.book(nine)]
    assert at.hold(nine, practitioner_id=practice.from_id).status == 201
    practice.book(ten, practice.to_id)
    stuck = [practice.book(ten), practice.book(ten)]
    practice.leave(successor_user_id=practice.stays_id)
    world.pump()
    shown = [at.read(each) for each in moved]
    assert {each["practitioner_id"] for each in shown} == {practice.to_id}
    assert len({each["group_session_id"] for each in shown}) == 1
    lines = {line["subject_id"]: line["reason"] for line in practice.report()["items"]}
    assert lines == {**dict.fromkeys(moved), **dict.fromkeys(stuck, "provider_taken")}
    day = at.call("GET", f"/v1/locations/{at.location_id}/day?day={MONDAY}").json["sessions"]
    assert sorted((each["practitioner_id"], each["seats_left"]) for each in day) == sorted(
        [(practice.to_id, 1), (practice.to_id, 2), (practice.from_id, 1)]
    )
    assert at.taken(practice.from_id) == {MONDAY: set(range(168, 174))}
    assert at.taken(practice.to_id) == {MONDAY: set(range(156, 162)) | set(range(168, 174))}


def test_a_group_session_with_more_held_than_one_transaction_ends_stays(
    world: World, practice: Practice
) -> None:
    at, nine = practice.at, f"{MONDAY}T09:00:00-04:00"
    at.type_id = scheduling.add_type(world, at.token, capacity=60)
    seat = practice.book(nine)
    for _ in range(50):
        assert at.hold(nine, practitioner_id=practice.from_id).status == 201
    practice.leave(successor_user_id=practice.stays_id)
    world.pump()
    (line,) = practice.report()["items"]
    assert (line["subject_id"], line["reason"]) == (seat, "session_too_large")
    assert at.read(seat)["practitioner_id"] == practice.from_id


def test_nobody_books_with_the_leaver_any_more(world: World, practice: Practice) -> None:
    practice.leave(successor_user_id=practice.stays_id)
    world.pump()
    answer = practice.at.book(f"{MONDAY}T09:00:00-04:00", practitioner_id=practice.from_id)
    assert answer.json["code"] == "outside_availability"


def test_drafts_go_to_the_successor_who_signs_them_and_signed_notes_stay(
    world: World, practice: Practice
) -> None:
    draft, signed = practice.encounter(sign=False), practice.encounter(sign=True)
    practice.leave(successor_user_id=practice.stays_id)
    world.pump()

    def read(path: str) -> Any:
        return world.call("GET", path, token=practice.stays).json["encounter"]

    shown = [world.call("GET", path, token=practice.stays).json for path in (draft, signed)]
    owners = [json.dumps(each) for each in shown]
    assert practice.to_id in owners[0]
    assert practice.from_id not in owners[0]
    assert practice.from_id in owners[1]
    body = {"expected_version": 3, "expected_note_version": 2}
    assert world.call("POST", f"{draft}/sign", body, token=practice.stays).status == 200


def test_without_a_successor_everything_is_listed(world: World, practice: Practice) -> None:
    appointment, draft = practice.book(f"{MONDAY}T09:00:00-04:00"), practice.encounter(sign=False)
    task = practice.task()
    practice.leave()
    world.pump()
    lines = {line["subject_id"]: line["reason"] for line in practice.report()["items"]}
    left = (appointment, draft.rpartition("/")[2], task)
    assert lines == dict.fromkeys(left, "no_successor")
    assert practice.call("GET", f"/v1/tasks/{task}").json["assignee_id"] is None


def test_tasks_go_to_the_successor_or_back_to_a_queue_that_is_not_open_to_them(
    world: World, practice: Practice
) -> None:
    patient_id = practice.at.patient_id
    theirs, privacy = practice.task(patient_id=patient_id), practice.task(queue="privacy")
    done = practice.task()
    answer = world.call(
        "POST", f"/v1/tasks/{done}/complete", {"outcome": "done"}, token=practice.leaver
    )
    assert answer.status == 200, answer.text
    practice.leave(successor_user_id=practice.stays_id)
    world.pump()
    report = practice.report()
    lines = {line["subject_id"]: (line["outcome"], line["reason"]) for line in report["items"]}
    assert lines == {
        theirs: ("moved", None),
        privacy: ("left", "not_open_to_successor"),
    }
    assert {line["patient_id"] for line in report["items"]} == {patient_id, None}
    (part,) = [part for part in report["parts"] if part["domain"] == "tasks"]
    assert (part["moved"], part["left"]) == (1, 1)
    mine = world.call("GET", "/v1/tasks", token=practice.stays).json["items"]
    assert [each["id"] for each in mine] == [theirs]
    back = practice.call("GET", "/v1/tasks?queue=privacy").json["items"]
    assert [(each["id"], each["assignee_id"]) for each in back] == [(privacy, None)]


@pytest.mark.parametrize(
    "body",
    [
        {"successor_user_id": "usr_01JDE3GZ5V6T7W8X9Y0Z1A2B3C"},
        {"successor_practitioner_id": "pra_01JDE3GZ5V6T7W8X9Y0Z1A2B3C"},
    ],
)
def test_a_successor_is_somebody(practice: Practice, body: dict[str, str]) -> None:
    answer = practice.leave(**body)
    assert (answer.status, answer.json["errors"][0]["field"]) == (422, *body)
    assert practice.leave(successor_user_id=practice.leaver_id).status == 422
    assert practice.leave(successor_practitioner_id=practice.from_id).status == 422


def test_the_last_owner_does_not_leave(world: World, practice: Practice) -> None:
    me = practice.call("GET", "/v1/me").json["user_id"]
    answer = practice.call("POST", f"/v1/members/{me}/leave", {})
    assert (answer.status, answer.json["code"]) == (409, "last_owner")
    assert status(world, practice.owner) == 200
    second, _ = add_member(world, practice.owner, "owner", email="second@clinic.example")
    assert practice.call("POST", f"/v1/members/{me}/leave", {}).status == 200
    assert (status(world, practice.owner), status(world, second)) == (401, 200)


def test_a_member_who_has_not_left_has_no_hand_over(practice: Practice) -> None:
    answer = practice.call("GET", f"/v1/members/{practice.stays_id}/hand-over")
    assert answer.status == 404


@pytest.mark.parametrize("domain", ["scheduling", "clinical", "tasks"])
def test_a_death_at_any_call_and_duplicates_leave_what_one_run_leaves(
    world: World, practice: Practice, domain: str
) -> None:
    practice.book(f"{MONDAY}T09:00:00-04:00")
    practice.book(f"{TUESDAY}T10:15:00-04:00", practice.to_id)
    practice.book(f"{TUESDAY}T10:00:00-04:00")
    practice.encounter(sign=False)
    practice.encounter(sign=True)
    for queue in ("general", "privacy", "general") if domain == "tasks" else ():
        practice.task(queue=queue)
    world.pump()
    practice.leave(successor_user_id=practice.stays_id)
    (event,) = [
        row for row in tables.rows().values() if row.get("type", {}).get("S") == "member.left"
    ]
    body = _message(practice, event)
    start = tables.image()
    for _ in range(3):
        assert world.deliver(domain, [body, body]) == []
    expected, deaths = _stored(), 0
    for after in (False, True):
        for at in count():
            tables.put_back(start)
            try:
                with dying(at, after=after):
                    world.deliver(domain, [body])
            except Died:
                deaths += 1
                assert world.deliver(domain, [body]) == []
                assert _stored() == expected, f"{'after' if after else 'before'} call {at}"
                continue
            break
    assert deaths > 10


def _message(practice: Practice, row: Any) -> str:
    from chalicelib.platform.outbox import OutboxItem
    from chalicelib.platform.store import Key

    with practice_scope(practice.at.practice_id):
        item = find(OutboxItem, Key(row["pk"]["S"], row["sk"]["S"]))
    assert item is not None
    return item.event().to_json()


def _stored() -> list[Any]:
    rows = [row for row in tables.rows().values() if row["kind"]["S"] in KINDS]
    return sorted(rows, key=lambda row: (row["pk"]["S"], row["sk"]["S"]))
