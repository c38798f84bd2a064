"""The reminders of a visit follow it: booked, moved, cancelled, told twice and in any order."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from random import Random

import pytest

from chalicelib.platform.clock import from_iso, iso
from tests.builders.scheduling import clinic
from tests.http.messaging.reminding import TYPE, Reminding, reminding
from tests.world import World, sign_in

SMS = "+12125550147"
CONSENTED = {
    "phones": [{"number": SMS, "use": "mobile"}],
    "consents": {"sms": True, "email": True},
    "email": "amy@example.com",
}


@pytest.fixture
def at(world: World) -> Reminding:
    return reminding(world)


def _told(at: Reminding, what: str, version: int, days: float) -> str:
    return at.told(
        what=what, version=version, starts_at=at.world.clock.now() + timedelta(days=days)
    )


def test_a_booking_through_the_api_reminds_two_days_and_two_hours_before(world: World) -> None:
    made = clinic(world)
    patient_id = made.call("POST", "/v1/patients", _patient()).json["id"]
    made.booking("2026-03-10T10:00:00-04:00", patient_id=patient_id)
    world.pump()
    seen = []
    for day, hour in ((8, 13), (8, 14), (8, 15), (10, 11), (10, 12), (10, 13)):
        world.clock.instant = datetime(2026, 3, day, hour, 1, tzinfo=UTC)
        before = _mailed(world)
        world.tick()
        seen += [(day, hour)] * (_mailed(world) - before)
    assert seen == [(8, 14), (10, 12)], "10:00 and 08:00 in New York"


def _mailed(world: World) -> int:
    return sum("amy@example.com" in mail and "a reminder" in mail for mail in world.mails())


def _patient() -> dict[str, object]:
    return {
        "name": {"family": "Shaw", "given": "Amy"},
        "birth_date": "1987-02-20",
        "sex": "female",
        "confirm_not_duplicate": True,
        **CONSENTED,
    }


def test_what_a_visit_had_is_gone_when_it_moves(at: Reminding) -> None:
    at.tell(_told(at, "booked", 1, 3))
    assert at.steps() == [("2d", "2026-03-03T14:00"), ("2h", "2026-03-05T13:00")]
    at.tell(_told(at, "rescheduled", 2, 10))
    assert at.steps() == [("2d", "2026-03-10T14:00"), ("2h", "2026-03-12T12:00")]
    at.later(days=7, hours=23)
    assert at.sent() == (0, 0)
    at.later(hours=1)
    assert at.sent() == (0, 1)


@pytest.mark.parametrize("what", ["cancelled", "no_show", "checked_in", "completed"])
def test_a_visit_that_is_over_is_not_reminded_of(at: Reminding, what: str) -> None:
    at.tell(_told(at, "booked", 1, 3), _told(at, what, 2, 3))
    assert (at.steps(), "duepk" in at.reminders()) == ([], False)
    at.later(days=2, hours=23)
    assert at.sent() == (0, 0)


def test_in_whatever_order_it_is_told_the_newest_version_decides(at: Reminding) -> None:
    told = [("booked", 1, 3), ("rescheduled", 2, 9), ("rescheduled", 3, 5)]
    for number, order in enumerate(permutations(told)):
        visit = f"apt_{number}"
        for what, version, days in [*order, order[0]]:
            starts_at = at.world.clock.now() + timedelta(days=days)
            at.tell(at.told(visit, what, version=version, starts_at=starts_at))
        assert at.steps(visit) == [("2d", "2026-03-05T14:00"), ("2h", "2026-03-07T13:00")]


def test_a_cancellation_that_comes_before_its_booking_holds(at: Reminding) -> None:
    at.tell(_told(at, "cancelled", 2, 3), _told(at, "booked", 1, 3))
    assert at.steps() == []


def test_a_message_from_before_a_move_sends_nothing(at: Reminding) -> None:
    message = at.ready()
    at.tell(_told(at, "rescheduled", 2, 10))
    assert at.world.deliver("messaging", [message]) == []
    assert at.sent() == (0, 0)
    assert at.due() == message, "it names the same record, which is due later"


def test_what_is_booked_too_late_for_a_step_does_without_it(at: Reminding) -> None:
    at.tell(_told(at, "booked", 1, 1.5))
    assert [name for name, _ in at.steps()] == ["2h"]
    at.tell(at.told("apt_2", starts_at=at.world.clock.now() + timedelta(minutes=90)))
    assert at.steps("apt_2") == []


def test_a_type_may_have_steps_of_its_own_or_none(world: World) -> None:
    at = reminding(world)
    body = {
        "steps": [{"before": 1, "unit": "days"}],
        "by_type": [
            {
                "type_id": TYPE,
                "steps": [{"before": 7, "unit": "days"}, {"before": 4, "unit": "hours"}],
            },
            {"type_id": TYPE[:-1] + "2", "steps": []},
        ],
        "quiet_hours": {"starts": "20:00", "ends": "09:00"},
    }
    _set_plan(world, body)
    starts = world.clock.now() + timedelta(days=10, hours=3)
    for visit, type_id in (("apt_1", TYPE), ("apt_2", TYPE[:-1] + "2"), ("apt_3", TYPE[:-1] + "3")):
        at.tell(at.told(visit, starts_at=starts, type_id=type_id))
    assert at.steps("apt_1") == [("7d", "2026-03-05T18:00"), ("4h", "2026-03-12T13:00")]
    assert at.steps("apt_2") == []
    assert at.steps("apt_3") == [("1d", "2026-03-11T17:00")]


def _set_plan(world: World, body: object) -> None:
    token = sign_in(world, "ada@clinic.example")
    answer = world.call("PUT", "/v1/practice/reminders", body, token=token, If_Match='"0"')
    assert answer.status == 200, answer.text


def test_the_patient_s_own_zone_says_when_it_is_night(world: World) -> None:
    at = reminding(world, time_zone="America/Phoenix")
    starts = world.clock.now() + timedelta(days=3, hours=0.5)  # 09:30 in New York, 07:30 in Phoenix
    at.tell(at.told(starts_at=starts))
    assert at.steps()[0] == ("2d", "2026-03-03T15:00"), "08:00 in Phoenix, not 09:30 in New York"


@pytest.mark.campaign
def test_a_random_life_is_reminded_of_as_it_stood_at_the_end_300(world: World) -> None:
    _random_lives(reminding(world), 300, Random(32))


def test_a_random_life_is_reminded_of_as_it_stood_at_the_end(world: World) -> None:
    _random_lives(reminding(world), 12, Random(32))


def _random_lives(at: Reminding, lives: int, random: Random) -> None:
    """Each visit is booked, moved, perhaps cancelled, told thrice and shuffled; all reminders fall due."""
    expected = 0
    begun = at.world.clock.now()
    for number in range(lives):
        moves = random.randint(0, 3)
        told = []
        for version in range(1, moves + 2):
            starts = begun + timedelta(days=random.randint(3, 12), hours=random.randint(2, 8))
            what = "booked" if version == 1 else "rescheduled"
            told += [at.told(f"apt_{number}", what, version=version, starts_at=starts)] * 3
        if random.random() < 0.2:
            told += [at.told(f"apt_{number}", "cancelled", version=moves + 2, starts_at=starts)] * 3
        else:
            expected += 2
        random.shuffle(told)
        at.tell(*told)
    while due := at.all_due():
        at.world.clock.instant = from_iso(min(when for when, _ in due)) + timedelta(seconds=30)
        now = iso(at.world.clock.now())
        bodies = [body for when, body in due if when <= now] * 2
        random.shuffle(bodies)
        at.world.deliver("messaging", bodies)
    assert sum(at.sent()) == expected
    assert at.tasks() == []
    assert all("duepk" not in item for item in at.world.items() if item["kind"]["S"] == "reminders")
