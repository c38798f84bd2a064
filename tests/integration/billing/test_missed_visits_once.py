"""A missed visit is charged once, whatever the queue does, and never reaches a claim (PROMISES 32)."""

from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from chalicelib.billing.handlers import consumers
from chalicelib.billing.missed_visits.charging import fee_id_of
from chalicelib.billing.missed_visits.models import MissedVisitFee
from chalicelib.claims.models import Claim
from chalicelib.platform.events import Event
from chalicelib.platform.queues import working
from chalicelib.platform.store import get
from chalicelib.scheduling.models import Appointment
from chalicelib.scheduling.progress import Status
from chalicelib.scheduling.reinstating import REINSTATED
from tests import tables
from tests.builders.billing import TODAY, Clinic
from tests.builders.deaths import after_each_death, books, moto_files
from tests.builders.ledgers import assert_balanced, records_of
from tests.builders.missed_visits import LATE, MISSED, missed_visit, policy_since
from tests.faults import calls

COST = {Status.NO_SHOW: MISSED, Status.CANCELLED: LATE}


@pytest.fixture
def at(clinic: Clinic) -> Clinic:
    policy_since(clinic, TODAY - timedelta(days=30))
    return clinic


def told(at: Clinic, appointment_id: str, what: str, version: int, **more: str) -> str:
    """The message that scheduling's event makes."""
    data = {"patient_id": at.insured, "day": TODAY.isoformat(), **more}
    event_id, now = f"evt_{appointment_id}_{version}", at.world.clock.now()
    return Event(
        event_id, f"appointment.{what}", at.practice_id, appointment_id, version, now, data
    ).to_json()


def change(at: Clinic, appointment_id: str, to: str) -> int:
    """The appointment as scheduling leaves it; its version."""
    with working("scheduling", at.practice_id, "a test") as context:
        key = Appointment.key(at.practice_id, appointment_id)
        appointment = get(Appointment, key, consistent=True)
        missed = to != REINSTATED
        appointment.status = to if missed else Status.BOOKED
        appointment.late = to == Status.CANCELLED or None
        reason = "pat" if to == Status.CANCELLED else None
        appointment.step(to, context.now(), "usr_1", reason=reason)
        context.work.save(appointment)
    return appointment.version


def test_duplicates_charge_nothing_more(at: Clinic) -> None:
    missed = missed_visit(at, at.insured, TODAY, late=False)
    message = told(at, missed, "no_show", 1)
    consumers.handle(message)
    once = books(at)
    consumers.handle(message)
    consumers.handle(message)
    assert books(at) == once
    assert at.balance(at.insured) == (0, MISSED, 0)


@pytest.mark.parametrize("late", [True, False])
def test_a_death_at_any_call_leaves_one_fee(at: Clinic, late: bool) -> None:
    missed = missed_visit(at, at.insured, TODAY, late=late)
    more = {"late": "yes"} if late else {}
    message = told(at, missed, "cancelled" if late else "no_show", 1, **more)
    assert after_each_death(at, lambda: consumers.handle(message)) >= 12
    assert at.balance(at.insured) == (0, LATE if late else MISSED, 0)


def test_a_death_at_any_call_of_a_reversal_takes_the_fee_back_once(at: Clinic) -> None:
    missed = missed_visit(at, at.insured, TODAY, late=False)
    consumers.handle(told(at, missed, "no_show", 1))
    at.pay(at.insured, 1_000)
    message = told(at, missed, "reinstated", change(at, missed, REINSTATED))
    assert after_each_death(at, lambda: consumers.handle(message)) >= 8
    assert at.balance(at.insured) == (0, 0, 1_000)


def test_charging_is_three_rounds_of_reads_and_one_transaction(at: Clinic) -> None:
    missed = missed_visit(at, at.insured, TODAY, late=False)
    message = told(at, missed, "no_show", 1)
    with calls() as sent:
        consumers.handle(message)
    assert Counter(sent) == {
        "GetItem": 2,  # the practice, as with every message; the appointment
        "Query": 2,
        "BatchGetItem": 2,
        "TransactWriteItems": 1,
        "PutItem": 1,  # the audit entry beside it
    }


@pytest.mark.parametrize("lives", [6, pytest.param(300, marks=pytest.mark.campaign)])
def test_a_random_life_owes_what_its_end_costs_in_whatever_order_it_is_told(
    at: Clinic, lives: int
) -> None:
    """Missed, reinstated, missed again; each event three times, shuffled, at any moment of it."""
    start = tables.image()
    for seed in range(lives):
        tables.put_back(start)
        _live(at, Random(seed))


def _live(at: Clinic, random: Random) -> None:
    late = random.random() < 0.5
    missed = missed_visit(at, at.insured, TODAY, late=late)
    now = Status.CANCELLED if late else Status.NO_SHOW
    more: dict[str, Any] = {"late": "yes"} if late else {}
    messages = [told(at, missed, now, 1, **more)]
    times = 0
    for _ in range(random.randint(0, 4)):
        for message in random.sample(messages, random.randint(0, len(messages))):
            consumers.handle(message)
        if now in COST:
            messages.append(told(at, missed, "reinstated", change(at, missed, REINSTATED)))
            now, times = Status.BOOKED, times + 1
        else:
            now = random.choice(list(COST))
            version = change(at, missed, now)
            more = {"late": "yes"} if now is Status.CANCELLED else {}
            messages.append(told(at, missed, now, version, **more))
        if random.random() < 0.3:
            at.pay(at.insured, random.randint(1, 6_000), "prepayment")
    messages *= 3
    random.shuffle(messages)
    for message in messages:
        consumers.handle(message)
    standing = [each for each in records_of(at.world.items(), MissedVisitFee) if not each.waived]
    assert [(each.id, each.amount) for each in standing] == (
        [(fee_id_of(missed, times), COST[now])] if now in COST else []
    )
    assert_balanced(at.world.items())


@pytest.mark.parametrize("lives", [2, pytest.param(100, marks=pytest.mark.campaign)])
def test_no_fee_ever_reaches_a_claim(at: Clinic, lives: int) -> None:
    """Random visits, misses, payments and waivers of an insured patient, and all that follows."""
    start, files = tables.image(), moto_files()
    claims = 0
    for seed in range(lives):
        tables.put_back(start)
        kept = set(files)
        claims += _bill(at, Random(seed))
        for name in set(files) - kept:
            assert not {b"25.00", b"50.00", b"fee_"} & set(files[name].value.split(b"*"))
            assert b"fee_" not in files[name].value
    assert claims >= lives


def _bill(at: Clinic, random: Random) -> int:
    for _ in range(random.randint(2, 5)):
        match random.choice(("visit", "miss", "miss", "pay")):
            case "visit":
                at.visit(at.insured)
            case "miss":
                late = random.random() < 0.5
                missed = missed_visit(at, at.insured, TODAY, late=late)
                more = {"late": "yes"} if late else {}
                consumers.handle(told(at, missed, "cancelled" if late else "no_show", 1, **more))
            case "pay":
                at.pay(at.insured, random.randint(1, 6_000))
    at.visit(at.insured)
    at.world.pump()
    items = at.world.items()
    fees = {each.id for each in records_of(items, MissedVisitFee)}
    claims = records_of(items, Claim)
    for claim in claims:
        assert not fees & set(claim.charge_ids)
        assert claim.amount == 21_600  # of the visit's two charges
    assert_balanced(items)
    return len(claims)
