"""A suspended practice: sign-in stops, data stays, queues wait, and all goes on where it stopped."""

from contextlib import redirect_stdout
from datetime import datetime, timedelta
from io import StringIO
from random import Random
from typing import Any

import pytest

from chalicelib.platform.holding import HeldMessage
from chalicelib.platform.queues import Consumers
from infra.local.visit import Visit
from infra.ops import resume, suspend
from tests import tables
from tests.builders.billing import Clinic, clinic
from tests.faults import Died
from tests.http.messaging.reminding import reminding
from tests.integration.test_visit import WorldApi
from tests.world import PASSWORD, World, newest_link, sign_in, sign_up

__all__ = ["clinic"]

DECIDED = ["--by", "Vera Vendor", "--reason", "A court order"]


def _suspend(practice_id: str) -> None:
    with redirect_stdout(StringIO()):
        assert suspend.run([practice_id, *DECIDED]) == 0


def _resume(practice_id: str) -> None:
    with redirect_stdout(StringIO()):
        assert resume.run([practice_id, *DECIDED]) == 0


def _practice(world: World, token: str) -> str:
    practice: str = world.call("GET", "/v1/me", token=token).json["practice_id"]
    return practice


def _held(world: World) -> int:
    return sum(item["kind"]["S"] == HeldMessage.KIND for item in world.items())


def test_who_is_signed_in_is_stopped_at_the_next_request(clinic: Clinic) -> None:
    patient = f"/v1/patients/{clinic.insured}"
    _suspend(clinic.practice_id)
    for role in clinic.tokens:
        for method, path in (("GET", "/v1/me"), ("GET", patient), ("POST", "/v1/patients")):
            refused = clinic.call(role, method, path)
            assert (refused.status, refused.json["code"]) == (403, "practice_suspended"), role
    _resume(clinic.practice_id)
    assert clinic.call("front_desk", "GET", patient).status == 200


def test_nobody_signs_in_and_a_wrong_password_is_told_nothing(world: World) -> None:
    practice_id = _practice(world, sign_up(world))
    _suspend(practice_id)
    credentials = {"email": "ada@clinic.example", "password": PASSWORD}
    refused = world.call("POST", "/v1/sessions", credentials)
    assert (refused.status, refused.json["code"]) == (403, "practice_suspended")
    wrong = world.call("POST", "/v1/sessions", {**credentials, "password": "x" * 20})
    assert (wrong.status, wrong.json["code"]) == (401, "wrong_credentials")
    _resume(practice_id)
    assert sign_in(world, "ada@clinic.example")


def test_who_works_elsewhere_too_signs_in_there(world: World) -> None:
    first = _practice(world, sign_up(world))
    other = sign_up(world, email="bea@birch.example", practice_name="Birch Clinic")
    world.clock.advance(minutes=1)
    invited = {"email": "ada@clinic.example", "name": "Ada", "roles": ["nurse"]}
    assert world.call("POST", "/v1/members", invited, token=other).status == 201
    accepted = {"token": newest_link(world), "password": PASSWORD}
    assert world.call("POST", "/v1/invitations/accept", accepted).status == 200
    _suspend(first)
    assert _practice(world, sign_in(world, "ada@clinic.example")) == _practice(world, other)


def test_only_an_active_practice_is_suspended_and_only_a_suspended_one_resumes(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    practice_id = _practice(world, sign_up(world))
    assert resume.run([practice_id, *DECIDED]) == 1
    assert "practice_not_suspended" in capsys.readouterr().err
    _suspend(practice_id)
    assert suspend.run([practice_id, *DECIDED]) == 1
    assert "practice_not_active" in capsys.readouterr().err
    steps = [item for item in world.items() if item["kind"]["S"] == "life_step"]
    assert [(s["step"]["S"], s["by"]["S"], s["reason"]["S"]) for s in steps] == [
        ("suspended", "Vera Vendor", "A court order")
    ]


def test_an_event_waits_in_the_practice_and_goes_on_once(clinic: Clinic) -> None:
    world = clinic.world
    clinic.visit(clinic.insured, pump=False)
    (signed,) = clinic.pending("encounter.signed")
    _suspend(clinic.practice_id)
    world.pump()
    kept = tables.rows()
    for domain in ("billing", "reporting"):
        assert world.deliver(domain, [signed] * 3) == []
    assert _held(world) > 0
    assert tables.rows().keys() == kept.keys()
    assert not [item for item in world.items() if item["kind"]["S"] == "charge"]

    _resume(clinic.practice_id)
    world.tick()
    assert _held(world) == 0
    assert "hold" not in {item["kind"]["S"] for item in world.items()}
    assert sum(item["kind"]["S"] == "charge" for item in world.items()) == 2
    assert len(clinic.get("biller", "/v1/claims?status=paid")["items"]) == 1


def test_what_comes_while_it_is_resuming_is_not_parked_again(clinic: Clinic) -> None:
    """A consumer that still took it for suspended gives the message back to its queue."""
    clinic.visit(clinic.insured, pump=False)
    (signed,) = clinic.pending("encounter.signed")
    _suspend(clinic.practice_id)
    kept = tables.image()
    _resume(clinic.practice_id)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Consumers, "_waits", lambda *_: True)
        assert clinic.world.deliver("billing", [signed]) == ["0"]
    tables.put_back(kept)
    assert clinic.world.deliver("billing", [signed]) == []
    assert _held(clinic.world) == 1


def test_a_practice_suspended_again_while_it_resumes_keeps_what_waits(clinic: Clinic) -> None:
    clinic.visit(clinic.insured, pump=False)
    _suspend(clinic.practice_id)
    clinic.world.pump()
    waiting = _held(clinic.world)
    _resume(clinic.practice_id)
    _suspend(clinic.practice_id)
    clinic.world.tick()
    assert _held(clinic.world) >= waiting > 0
    _resume(clinic.practice_id)
    clinic.world.tick()
    assert _held(clinic.world) == 0
    assert len(clinic.get("biller", "/v1/claims?status=paid")["items"]) == 1


def test_a_release_that_dies_before_any_removal_is_done_again(clinic: Clinic) -> None:
    world = clinic.world
    clinic.visit(clinic.insured, pump=False)
    _suspend(clinic.practice_id)
    world.pump()
    waiting = _held(world)
    _resume(clinic.practice_id)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("chalicelib.platform.releasing._commit", _die)
        with pytest.raises(Died):
            world.tick_schedules()
    assert _held(world) == waiting
    world.tick()
    assert _held(world) == 0
    assert len(clinic.get("biller", "/v1/claims?status=paid")["items"]) == 1


def _die(_: Any) -> None:
    raise Died


def test_a_stale_reminder_is_not_sent_after_a_long_suspension(world: World) -> None:
    at = reminding(world)
    at.tell(at.told("apt_1"), at.told("apt_2", starts_at=world.clock.now() + timedelta(days=4)))
    _suspend(at.practice_id)
    at.later(minutes=1)
    at.later(days=2)
    assert at.sent() == (0, 0)
    world.clock.advance(days=1)
    _resume(at.practice_id)
    world.tick()
    assert at.sent() == (0, 2)
    assert at.message("apt_1") is at.message("apt_1", "appointment_booked") is None
    assert at.message("apt_2") == at.message("apt_2", "appointment_booked") == ("sms", "sent", "")


class Interrupted(WorldApi):
    """The visit's way in; the practice is suspended and resumes while its events are carried."""

    def __init__(self, world: World, random: Random) -> None:
        super().__init__(world)
        self._random = random
        self.suspended = 0

    def settle(self) -> None:
        self._interrupt(self._world.pump)

    def tick(self) -> None:
        self._interrupt(self._world.tick)

    def _interrupt(self, carry: Any) -> None:
        practices = [i for i in self._world.items() if i["kind"]["S"] == "practice"]
        if practices[0]["status"]["S"] == "active" and self._random.random() < 0.3:
            practice_id = practices[0]["pk"]["S"].rstrip("#")
            for _ in range(self._random.randrange(3)):
                self._world._stream()
                self._world._queues()
            _suspend(practice_id)
            self.suspended += 1
            carry()
            _resume(practice_id)
            self._world.tick()
        carry()


def _end(world: World) -> tuple[dict[str, int], list[tuple[str, ...]], int, int]:
    """What a visit leaves: how many records of each kind, what money and messages say, what was sent."""
    counted: dict[str, int] = {}
    said = []
    for item in world.items():
        kind = item["kind"]["S"]
        if kind not in ("audit", "life_step", "session"):
            counted[kind] = counted.get(kind, 0) + 1
        if kind in ("ledger_entry", "message", "claim", "invoice", "payment", "rollup", "balance"):
            named = ("type", "amount", "status", "channel", "paid", "patient", "insurance")
            values = (str(item[name]) for name in named if name in item)
            said.append((kind, *values))
    return counted, sorted(said), _mails(world), len(world.texts())


def _mails(world: World) -> int:
    """All but those that tell the owners of the suspension itself."""
    own = ("Clinic: suspended", "Clinic: open again")
    return sum(not any(subject in mail for subject in own) for mail in world.mails())


def _played(seed: int | None, start: datetime) -> tuple[Any, int]:
    world = World(start)
    kept = tables.image()
    mails, texts = _mails(world), len(world.texts())
    api = WorldApi(world) if seed is None else Interrupted(world, Random(seed))
    try:
        Visit(api).play()
        counted, said, mailed, texted = _end(world)
    finally:
        tables.put_back(kept)
    suspended = api.suspended if isinstance(api, Interrupted) else 0
    return (counted, said, mailed - mails, texted - texts), suspended


@pytest.mark.parametrize("seed", [1])
def test_a_visit_that_is_suspended_anywhere_ends_as_one_that_is_not(
    world: World, seed: int
) -> None:
    whole, _ = _played(None, world.start)
    _forget_sent()
    interrupted, suspended = _played(seed, world.start)
    assert suspended > 0
    assert interrupted == whole, f"seed {seed}"


@pytest.mark.campaign
def test_forty_visits_that_are_suspended_anywhere_end_as_one_that_is_not(world: World) -> None:
    whole, _ = _played(None, world.start)
    for seed in range(2, 42):
        _forget_sent()
        assert _played(seed, world.start)[0] == whole, f"seed {seed}"


def _forget_sent() -> None:
    """No mail, text, file or message of the visit before is left."""
    from moto.backends import get_backend

    for bucket in get_backend("s3")["123456789012"]["aws"].buckets.values():
        bucket.keys.clear()
    for region in get_backend("sesv2")["123456789012"].values():
        region.core_backend.sent_messages.clear()
    get_backend("sns")["123456789012"]["us-east-1"].sms_messages.clear()
