"""A patient is told what became of a visit: once, as it stands, and not what is true no more."""

import json
from itertools import permutations
from random import Random
from typing import Any

import pytest

from tests import tables
from tests.builders.patients import register_patient
from tests.builders.scheduling import Clinic, clinic
from tests.faults import Died, calls, dying
from tests.http.messaging.noticing import at_night, days, due, pass_time, said
from tests.http.messaging.reminding import Reminding, provider, reminding
from tests.world import World, clear, sign_in

BOOKED, MOVED, CANCELLED = "queda reservada", "su cita es ahora", "queda cancelada"
NINE = "09:00 EST"


@pytest.fixture
def at(world: World) -> Reminding:
    return reminding(world)


def tell(at: Reminding, what: str, version: int, ahead: float, **over: Any) -> str:
    """The event; delivered."""
    told = at.told(what=what, version=version, starts_at=days(at, ahead), **over)
    at.tell(told)
    return told


def test_a_booking_a_move_and_a_cancellation_are_told_once_each(at: Reminding) -> None:
    for version, (what, ahead) in enumerate(
        [("booked", 3), ("rescheduled", 4), ("cancelled", 4)], start=1
    ):
        tell(at, what, version, ahead, reason="prov")
        pass_time(at.world, minutes=1)
        assert len(said(at)) == version - 1
        pass_time(at.world, minutes=1, times=3)
        pass_time(at.world, hours=1)
    booked, moved, cancelled = said(at)
    assert BOOKED in booked
    assert "jue 5 mar 2026, 09:00 EST" in booked
    assert MOVED in moved
    assert "vie 6 mar 2026, 09:00 EST" in moved
    assert CANCELLED in cancelled
    assert (at.tasks(), due(at.world)) == ([], [])


def test_who_is_seen_by_video_is_told_how_to_join_and_not_once_it_is_cancelled(
    at: Reminding,
) -> None:
    for version, what in enumerate(["booked", "cancelled"], start=1):
        tell(at, what, version, 3, reason="prov", modality="video")
        pass_time(at.world, minutes=2)
    booked, cancelled = said(at)
    assert "Por video: " in booked
    assert "/video/" in booked
    assert "video" not in cancelled


def test_what_is_booked_and_cancelled_at_once_is_not_told(at: Reminding) -> None:
    tell(at, "booked", 1, 3)
    at.world.clock.advance(minutes=1)
    tell(at, "cancelled", 2, 3)
    pass_time(at.world, minutes=10)
    assert (said(at), due(at.world)) == ([], [])


def test_what_is_booked_and_moved_at_once_is_told_as_it_is_then(at: Reminding) -> None:
    tell(at, "booked", 1, 3)
    tell(at, "rescheduled", 2, 5)
    pass_time(at.world, minutes=2)
    (told,) = said(at)
    assert BOOKED in told
    assert "sab 7 mar 2026" in told


def test_what_is_moved_there_and_back_is_not_told(at: Reminding) -> None:
    tell(at, "booked", 1, 3)
    pass_time(at.world, minutes=2)
    tell(at, "rescheduled", 2, 5)
    tell(at, "rescheduled", 3, 3)
    pass_time(at.world, minutes=10)
    assert len(said(at)) == 1


@pytest.mark.parametrize("ahead", [-7, 0])
def test_a_walk_in_and_a_visit_of_the_past_are_not_told(at: Reminding, ahead: float) -> None:
    tell(at, "booked", 1, ahead)
    tell(at, "checked_in", 2, ahead)
    tell(at, "cancelled", 3, ahead)
    assert due(at.world) == []


@pytest.mark.parametrize("what", ["checked_in", "completed", "no_show"])
def test_a_visit_that_is_under_way_or_over_is_not_told(at: Reminding, what: str) -> None:
    tell(at, "booked", 1, 0.1)
    tell(at, what, 2, 0.1)
    assert due(at.world) == []


def test_a_visit_from_before_there_were_notices_is_told_as_it_changes(at: Reminding) -> None:
    tell(at, "rescheduled", 4, 5)
    pass_time(at.world, minutes=2)
    tell(at, "cancelled", 5, 5, reason="prov")
    pass_time(at.world, minutes=2)
    moved, cancelled = said(at)
    assert MOVED in moved
    assert CANCELLED in cancelled


def test_who_cancelled_by_a_reminder_has_had_their_answer(at: Reminding) -> None:
    tell(at, "booked", 1, 3)
    pass_time(at.world, minutes=2)
    tell(at, "cancelled", 2, 3, reason="pat-crs")
    assert due(at.world) == []


def test_a_visit_that_is_reinstated_is_told_anew(at: Reminding) -> None:
    for version, what in enumerate(["booked", "cancelled", "reinstated"], start=1):
        tell(at, what, version, 3)
        pass_time(at.world, minutes=2)
    assert [BOOKED in each for each in said(at)] == [True, False, True]


def test_who_was_told_by_online_booking_is_not_told_again_whichever_comes_first(
    at: Reminding,
) -> None:
    for number, first in enumerate((True, False)):
        visit = f"apt_{number}"
        booked = at.told(visit, starts_at=days(at, 3))
        online = json.loads(at.told(visit))
        online |= {"type": "online_booking.booked", "id": f"evt_online_{number}"}
        online["data"] = {"patient_id": at.patient_id, "messages": "yes"}
        both = [booked, json.dumps(online)]
        at.tell(*(both if first else both[::-1]), *both)
        pass_time(at.world, minutes=2)
        assert (said(at), due(at.world)) == ([], [])
    for visit in ("apt_0", "apt_1"):
        at.tell(at.told(visit, "rescheduled", version=2, starts_at=days(at, 5)))
    pass_time(at.world, minutes=2)
    assert [MOVED in each for each in said(at)] == [True, True]


def test_at_night_it_waits_for_the_morning(at: Reminding) -> None:
    at_night(at)
    tell(at, "booked", 1, 3)
    pass_time(at.world, minutes=2)
    assert said(at) == []
    (when, _), *_ = due(at.world)
    assert when.startswith("2026-03-03T13:00"), "eight in New York"
    pass_time(at.world, hours=10)
    assert len(said(at)) == 1


def test_what_the_night_would_hide_until_it_is_too_late_is_told_in_it(at: Reminding) -> None:
    at.tell(at.told("apt_1", starts_at=days(at, 0.9)), at.told("apt_2", starts_at=days(at, 3)))
    pass_time(at.world, minutes=2)
    before = len(said(at))
    at_night(at)
    early = days(at, 0.9)  # before the morning's eight o'clock
    at.tell(at.told("apt_1", "cancelled", version=2, starts_at=early, reason="prov"))
    at.tell(at.told("apt_2", "rescheduled", version=2, starts_at=early))
    at.tell(at.told("apt_3", starts_at=early))
    pass_time(at.world, minutes=2)
    told = said(at)[before:]
    assert sorted(CANCELLED in each for each in told) == [False, True], "who books knows"
    assert due(at.world) == []


def test_a_practice_may_tell_nothing(at: Reminding) -> None:
    token = sign_in(at.world, "ada@clinic.example")
    plan = {"steps": [], "notices": False}
    answer = at.world.call("PUT", "/v1/practice/reminders", plan, token=token, If_Match='"0"')
    assert (answer.status, answer.json["notices"]) == (200, False)
    tell(at, "booked", 1, 3)
    pass_time(at.world, minutes=2)
    assert (said(at), due(at.world)) == ([], [])


def test_whom_no_channel_reaches_makes_work_only_where_the_practice_cancelled(
    world: World,
) -> None:
    at = reminding(world, consents={})
    for version, (what, reason) in enumerate(
        [("booked", ""), ("rescheduled", ""), ("cancelled", "prov")], start=1
    ):
        tell(at, what, version, version + 2, **({"reason": reason} if reason else {}))
        pass_time(at.world, minutes=2)
        assert at.tasks() == (["message_not_sent"] if reason else [])
    assert said(at) == []


def test_what_surely_did_not_go_out_goes_later(at: Reminding) -> None:
    tell(at, "booked", 1, 3)
    with provider("sns", ("ThrottlingException", 400)):
        pass_time(at.world, minutes=2)
    assert said(at) == []
    pass_time(at.world, minutes=5)
    assert len(said(at)) == 1


def test_own_words_are_told(at: Reminding) -> None:
    token = sign_in(at.world, "ada@clinic.example")
    path = "/v1/message-templates/booked.sms.es"
    own = {"text": "{practice}: hasta el {date}."}
    answer = at.world.call("PUT", path, own, token=token, If_Match='"0"')
    assert (answer.status, answer.json["purpose"], answer.json["id"]) == (
        200,
        "booked",
        "booked.sms.es",
    )
    for wrong in ("told.sms.es", "reminder.sms.es", "x.booked.sms.es", "booked.sms"):
        path = f"/v1/message-templates/{wrong}"
        assert at.world.call("PUT", path, own, token=token, If_Match='"0"').status == 404
    tell(at, "booked", 1, 3)
    pass_time(at.world, minutes=2)
    (told,) = said(at)
    assert told == "Elm Street Clinic: hasta el jue 5 mar 2026."


def test_in_whatever_order_it_is_told_the_same_is_said(at: Reminding) -> None:
    lives = [
        [("booked", 3), ("rescheduled", 9), ("rescheduled", 5)],
        [("booked", 3), ("rescheduled", 9), ("cancelled", 9)],
    ]
    for number, life in enumerate(lives):
        for order, shuffled in enumerate(permutations(enumerate(life, start=1))):
            visit, before = f"apt_{number}_{order}", len(said(at))
            for version, (what, ahead) in [*shuffled, shuffled[0]]:
                at.tell(at.told(visit, what, version=version, starts_at=days(at, ahead)))
            pass_time(at.world, minutes=2)
            told = said(at)[before:]
            assert [BOOKED in each for each in told] == ([True] if number == 0 else [])
            assert all("sab 7 mar 2026" in each for each in told)


@pytest.mark.parametrize("lives", [10, pytest.param(300, marks=pytest.mark.campaign)])
def test_a_random_life_ends_with_the_patient_knowing_how_it_stands(
    at: Reminding, lives: int
) -> None:
    """Each event three times and shuffled among its neighbours, while notices fall due at any moment."""
    for number in range(lives):
        _live(at, f"apt_{number}", Random(number))


def _live(at: Reminding, visit: str, random: Random) -> None:
    world, before = at.world, len(said(at))
    world.clock.instant = world.start
    told, standing, ahead = [], "booked", random.randint(3, 20)
    told.append(at.told(visit, starts_at=days(at, ahead)))
    for version in range(2, random.randint(2, 5)):
        if standing == "cancelled":
            standing, what = "booked", "reinstated"
        else:
            what = random.choice(["rescheduled", "cancelled"])
            ahead = random.randint(3, 20) if what == "rescheduled" else ahead
            standing = "cancelled" if what == "cancelled" else "booked"
        at.tell(*random.sample(told, random.randint(0, len(told))))
        told.append(at.told(visit, what, version=version, starts_at=days(at, ahead), reason="prov"))
        if random.random() < 0.5:
            pass_time(world, minutes=random.choice([1, 3]), times=random.randint(1, 3))
    told *= 3
    random.shuffle(told)
    at.tell(*told)
    pass_time(world, minutes=3, times=3)
    pass_time(world, minutes=3)
    heard = said(at)[before:]
    assert len(heard) <= len(told) // 3
    if standing == "booked":
        assert CANCELLED not in heard[-1]
        assert f" {days(at, ahead).day} mar 2026" in heard[-1]
    elif heard:
        assert CANCELLED in heard[-1]
    assert len(set(heard)) == len(heard) or standing == "booked"
    assert due(world) == []


def test_a_death_at_any_call_tells_at_most_once(at: Reminding) -> None:
    tell(at, "booked", 1, 3)
    at.world.clock.advance(minutes=2)
    ((_, body),) = due(at.world)
    start = tables.image()
    with calls() as sent:
        at.world.deliver("messaging", [body])
    assert len(sent) > 8
    for call in range(len(sent)):
        for after in (False, True):
            tables.put_back(start)
            before = len(said(at))
            with dying(call, after=after), pytest.raises(Died):
                at.world.deliver("messaging", [body])
            at.world.deliver("messaging", [body] * 2)
            unknown = at.message(template="appointment_booked") == ("sms", "sending", "")
            assert len(said(at)) - before in ((0, 1) if unknown else (1,)), (call, after)
            assert due(at.world) == []


def _series(made: Clinic, patient_id: str, count: int) -> str:
    names = ("practitioner_id", "location_id", "type_id")
    body = {each: getattr(made, each) for each in names}
    body |= {"patient_id": patient_id, "starts": "2026-03-10T10:00:00"}
    body["rule"] = f"FREQ=DAILY;COUNT={count}"
    answer = made.call("POST", "/v1/appointment-series", body)
    assert answer.status == 201, answer.text
    return str(answer.json["id"])


def test_a_series_is_told_by_one_message_and_one_of_its_visits_by_its_own(world: World) -> None:
    made = clinic(world)
    clear(world, made.owner, "sms")
    patient = register_patient(world, made.token, language="en")["id"]
    series_id = _series(made, patient, 12)
    world.pump()
    pass_time(world, minutes=2, times=2)
    assert [text for _, text in world.texts()] == [
        "Elm Street Clinic: 12 appointments are booked, the first on Tue 10 Mar 2026, 10:00 EDT. "
        "Reply STOP to end texts."
    ]
    visits = made.call("GET", f"/v1/appointment-series/{series_id}").json["occurrences"]
    made.act(visits[2]["appointment_id"], "cancel", {"reason": "prov"})
    world.pump()
    pass_time(world, minutes=2)
    assert "of Thu 12 Mar 2026, 10:00 EDT is cancelled" in world.texts()[-1][1]
    answer = made.call(
        "POST", f"/v1/appointment-series/{series_id}/cancel", {"first": 2, "reason": "pat"}
    )
    assert answer.status in (200, 201, 202), answer.text
    world.pump()
    pass_time(world, minutes=2, times=3)
    pass_time(world, hours=1)
    texts = [text for _, text in world.texts()]
    assert len(texts) == 3
    assert ": 10 appointments from Wed 11 Mar 2026, 10:00 EDT on are cancelled." in texts[-1]


def test_a_booking_through_the_api_is_told_two_minutes_later(world: World) -> None:
    made = clinic(world)
    patient = register_patient(world, made.token, language="en", consents={"email": True})["id"]
    made.booking("2026-03-10T10:00:00-04:00", patient_id=patient)
    world.pump()
    world.clock.advance(minutes=2)
    world.tick()
    world.clock.advance(minutes=1)
    world.tick()
    (mail,) = [each for each in world.mails() if "rosa.diaz@example.com" in each]
    assert "is booked: Tue 10 Mar 2026, 10:00 EDT" in mail
    assert "/visit/" in mail
