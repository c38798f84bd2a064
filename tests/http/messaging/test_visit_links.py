"""The link in a reminder: looking changes nothing, answering works once, nobody is named."""

import base64
import re
from datetime import timedelta
from random import Random

import pytest

from chalicelib.messaging.visit_tokens import VisitToken, visit_token
from chalicelib.platform.ids import derived_id
from tests.builders.scheduling import Clinic, add_type, clinic
from tests.http.messaging.reminding import Reminding, apt, reminding
from tests.world import Answered, World, sign_in

PATH = "/v1/visit-links"
AMY = {
    "name": {"family": "Shaw", "given": "Amy"},
    "birth_date": "1987-02-20",
    "sex": "female",
    "confirm_not_duplicate": True,
    "email": "amy@example.com",
    "consents": {"email": True},
}


def _mailed(world: World) -> str:
    """The secret in the newest mail."""
    found = re.findall(r"/visit/([A-Za-z0-9_-]+)", "\n".join(world.mails()))
    return str(found[-1])


def _linked(at: Reminding, visit: str = "apt_1") -> str:
    assert at.remind(visit) == []
    return _mailed(at.world)


def _look(world: World, secret: str) -> Answered:
    return world.call("GET", f"{PATH}/{secret}")


def _say(world: World, secret: str, answer: str, **headers: str) -> Answered:
    return world.call("POST", f"{PATH}/{secret}", {"answer": answer}, **headers)


@pytest.fixture
def at(world: World) -> Reminding:
    return reminding(world, preferred_channel="email")


def test_looking_shows_time_place_and_first_name_and_changes_nothing(at: Reminding) -> None:
    secret = _linked(at)
    before = at.reminders()
    shown = _look(at.world, secret)
    assert shown.json == {
        "practice": "Elm Street Clinic",
        "location": "Main",
        "phone": None,
        "first_name": "Rosa",
        "language": "es",
        "starts_at": "2026-03-02T11:01:00-05:00",
        "time_zone": "America/New_York",
        "answer": None,
        "open": True,
    }
    assert "Diaz" not in shown.text
    assert at.patient_id not in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert _look(at.world, secret).json == shown.json
    assert at.reminders() == before


@pytest.mark.parametrize("answer", ["confirmed", "cancelled", "move"])
def test_an_answer_is_taken_once(at: Reminding, answer: str) -> None:
    secret = _linked(at)
    said = _say(at.world, secret, answer)
    assert (said.status, said.json) == (200, {"answer": answer})
    for again in ("confirmed", "cancelled", "move"):
        refused = _say(at.world, secret, again)
        assert (refused.status, refused.json["code"]) == (409, "visit_link_spent")
    shown = _look(at.world, secret).json
    assert (shown["answer"], shown["open"]) == (answer, False)
    assert at.tasks() == (["visit_move_wanted"] if answer == "move" else [])


def test_the_same_request_again_has_the_first_answer(at: Reminding) -> None:
    secret = _linked(at)
    said = [_say(at.world, secret, "confirmed", Idempotency_Key="k") for _ in range(2)]
    assert [each.status for each in said] == [200, 200]


def test_the_next_reminder_s_link_may_answer_anew(at: Reminding) -> None:
    at.tell(at.told(starts_at=at.world.clock.now() + timedelta(days=3)))
    at.later(days=1)
    first = _mailed(at.world)
    assert _say(at.world, first, "confirmed").status == 200
    at.later(days=1, hours=23)
    second = _mailed(at.world)
    assert first != second
    assert _say(at.world, second, "cancelled").status == 200


@pytest.mark.parametrize("what", ["rescheduled", "cancelled", "checked_in"])
def test_a_link_dies_with_the_visit_as_it_was(at: Reminding, what: str) -> None:
    secret = _linked(at)
    at.tell(at.told(what=what, version=2))
    assert _look(at.world, secret).json["open"] is False
    assert _say(at.world, secret, "confirmed").json["code"] == "visit_link_spent"


def test_a_link_ends_when_the_visit_begins(at: Reminding) -> None:
    secret = _linked(at)
    at.world.clock.advance(hours=2)
    assert _say(at.world, secret, "confirmed").status == 409


def test_a_link_that_we_did_not_make_is_not_found(at: Reminding) -> None:
    secret, random = _linked(at), Random(5)
    raw = base64.urlsafe_b64decode(secret + "=")
    forged = []
    for _ in range(100):
        at_byte = random.randrange(len(raw))
        changed = bytes(
            each ^ (random.randrange(1, 256) if place == at_byte else 0)
            for place, each in enumerate(raw)
        )
        forged.append(base64.urlsafe_b64encode(changed).decode().rstrip("="))
    unknown = VisitToken(derived_id("prc", "x"), derived_id("apt", "x"), 1, "2h").secret()
    for each in (*forged, unknown, "x", "a" * 63, secret[:-1], "é"):
        assert visit_token(each) is None or each == unknown
        for answer in (_look(at.world, each), _say(at.world, each, "confirmed")):
            assert (answer.status, answer.json["code"]) == (404, "not_found"), each


def test_a_secret_says_what_it_was_made_of(at: Reminding) -> None:
    for step in ("2d", "2h", "90d", "72h", "1h"):
        token = VisitToken(at.practice_id, apt("apt_1"), 65_535, step)
        assert len(token.secret()) == 63
        assert visit_token(token.secret()) == token


def test_the_visit_is_in_the_audit_of_its_practice_as_looked_at_by_the_link(at: Reminding) -> None:
    _look(at.world, _linked(at))
    entries = [
        item
        for item in at.world.items()
        if item["kind"]["S"] == "audit" and item["action"]["S"] == "read_visit_link"
    ]
    (entry,) = entries
    assert entry["pk"]["S"].startswith(f"{at.practice_id}#audit#link:{apt('apt_1')}#")
    assert at.patient_id in str(entry)


def _reminded(world: World, **of_type: int) -> tuple[Clinic, str, str]:
    """A clinic, an appointment booked through the API, and the secret of its reminder."""
    made = clinic(world)
    if of_type:
        made.type_id = add_type(world, made.token, **of_type)
    patient_id = made.call("POST", "/v1/patients", AMY).json["id"]
    appointment_id = made.booking("2026-03-05T10:00:00-05:00", patient_id=patient_id)
    world.pump()
    world.clock.advance(days=1, hours=1, minutes=1)
    world.tick()
    made.token = sign_in(world, made.email)
    return made, appointment_id, _mailed(world)


def test_confirming_reaches_the_appointment_and_moving_it_forgets_that(world: World) -> None:
    made, appointment_id, secret = _reminded(world)
    _say(world, secret, "confirmed")
    world.pump()
    seen = made.read(appointment_id)
    assert (seen["status"], seen["confirmed_by"]) == ("booked", "link")
    assert seen["confirmed_at"] == "2026-03-03T15:01:00Z"
    made.act(appointment_id, "reschedule", {"starts_at": "2026-03-06T10:00:00-05:00"})
    assert made.read(appointment_id)["confirmed_at"] is None


def test_another_room_at_the_same_time_leaves_the_link_and_what_was_said_by_it(
    world: World,
) -> None:
    made, appointment_id, secret = _reminded(world)
    same = {"starts_at": "2026-03-05T10:00:00-05:00", "room_id": made.room_id}
    assert made.act(appointment_id, "reschedule", same).status == 200
    world.pump()
    assert _say(world, secret, "confirmed").status == 200
    world.pump()
    made.act(appointment_id, "reschedule", same)
    world.pump()
    assert made.read(appointment_id)["confirmed_by"] == "link"
    assert _look(world, secret).json["answer"] == "confirmed"
    before = len(world.mails())
    world.clock.advance(days=1, hours=22)
    world.tick()
    assert len(world.mails()) == before + 1, "the step of two hours, and none for a second time"


def test_cancelling_frees_the_slot_and_ends_the_reminders(world: World) -> None:
    made, appointment_id, secret = _reminded(world)
    _say(world, secret, "cancelled")
    world.pump()
    seen = made.read(appointment_id)
    assert (seen["status"], seen["steps"][-1]["reason"]) == ("cancelled", "pat-crs")
    assert "2026-03-05T10:00:00-05:00" in made.starts("2026-03-05")
    assert not [
        item for item in world.items() if item["kind"]["S"] == "reminders" and "duepk" in item
    ]


@pytest.mark.parametrize(("said_after", "late"), [(58, False), (60, True)])
def test_a_queue_makes_no_cancellation_late(world: World, said_after: int, late: bool) -> None:
    made, appointment_id, secret = _reminded(world, cancel_hours=24)
    world.clock.advance(hours=23, minutes=said_after)
    _say(world, secret, "cancelled")
    world.clock.advance(minutes=10)
    world.pump()
    made.token = sign_in(world, made.email)
    seen = made.read(appointment_id)
    assert (seen["status"], seen["late"]) == ("cancelled", late)


def test_an_answer_to_a_time_that_is_not_the_visit_s_any_more_does_nothing(world: World) -> None:
    made, appointment_id, secret = _reminded(world)
    made.act(appointment_id, "reschedule", {"starts_at": "2026-03-06T10:00:00-05:00"})
    assert _say(world, secret, "cancelled").status == 200, "messaging has not heard of it yet"
    world.pump()
    assert made.read(appointment_id)["status"] == "booked"


def test_what_may_not_be_cancelled_any_more_is_a_task(world: World) -> None:
    made, appointment_id, secret = _reminded(world)
    world.clock.advance(days=1, hours=23, minutes=50)
    _say(world, secret, "cancelled")
    world.clock.advance(minutes=20)
    world.pump()
    made.token = sign_in(world, made.email)
    assert made.read(appointment_id)["status"] == "booked"
    (task,) = made.call("GET", "/v1/tasks?queue=front_desk").json["items"]
    assert (task["kind"], task["subject"]) == ("visit_cancel_wanted", appointment_id)
