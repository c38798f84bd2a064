"""Sixteen contenders for one slot, on an engine whose transactions are isolated."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

from chalicelib.platform.errors import DomainError
from chalicelib.scheduling.appointments import read_appointment
from chalicelib.scheduling.booking import book_appointment
from chalicelib.scheduling.changing import cancel, reschedule
from chalicelib.scheduling.models import Appointment
from chalicelib.scheduling.progress import CancellationReason
from chalicelib.scheduling.schemas import BookingRequest, RescheduleRequest
from chalicelib.scheduling.sessions.models import GroupSession
from tests.builders.scheduling import Clinic, add_patient, add_practitioner, add_type, clinic
from tests.world import World

pytestmark = pytest.mark.emulator

CONTENDERS, ROUNDS = 16, 50
FIRST = datetime(2026, 3, 3, 0, 0, tzinfo=UTC)
Outcome = Appointment | DomainError
CHANGED = ("schedule_changed", "slot_taken")
"""What tells a client to read again and try again."""


@pytest.fixture
def at(on_emulator: World) -> Clinic:
    """A clinic that never closes."""
    return clinic(on_emulator, hours=("00:00", "00:00"))


@pytest.fixture
def patients(at: Clinic) -> list[str]:
    """A patient for each contender."""
    return _add_patients(at, CONTENDERS)


def test_of_sixteen_who_want_a_slot_one_gets_it(at: Clinic, patients: list[str]) -> None:
    _race_for_slots(at, patients)


@pytest.mark.campaign
def test_of_sixty_four_who_want_a_slot_one_gets_it(at: Clinic) -> None:
    _race_for_slots(at, _add_patients(at, 64))


def _add_patients(at: Clinic, many: int) -> list[str]:
    names = [{"family": "Shaw", "given": f"Nr{number}"} for number in range(many)]
    return [add_patient(at.world, at.token, name=name) for name in names]


def _race_for_slots(at: Clinic, patients: list[str]) -> None:
    """One winner a round (PROMISES 30); what is taken is what the winners have."""
    booked = []
    for round_ in range(ROUNDS):
        starts_at = FIRST + round_ * timedelta(minutes=30)
        requests = [_request(at, starts_at, patient_id=each) for each in patients]
        won, lost = _sorted_out(_at_once(at, [_booking(each) for each in requests]))
        assert (len(won), lost) == (1, {("slot_taken", "provider_taken"): len(patients) - 1})
        booked.append(won[0])
    _takes_exactly(at, booked, patients)


def test_of_sixteen_who_want_a_room_one_gets_it(at: Clinic, patients: list[str]) -> None:
    practitioners = [add_practitioner(at.world, at.token) for _ in patients]
    rules = [at.rule("tue", "00:00", "00:00")]
    for practitioner_id in practitioners:
        at.set_hours(rules, practitioner_id=practitioner_id)
    requests = [
        _request(
            at,
            FIRST + timedelta(hours=12),
            patient_id=patient_id,
            practitioner_id=practitioner_id,
            room_id=at.room_id,
        )
        for patient_id, practitioner_id in zip(patients, practitioners, strict=True)
    ]
    won, lost = _sorted_out(_at_once(at, [_booking(each) for each in requests]))
    assert (len(won), lost) == (1, {("slot_taken", "room_taken"): CONTENDERS - 1})
    _takes_exactly(at, won, [*patients, *practitioners, at.room_id])


def test_of_sixteen_who_want_three_seats_three_get_one(at: Clinic, patients: list[str]) -> None:
    """Whoever meets the opening of the session tries again, as a client does."""
    at.type_id = add_type(at.world, at.token, minutes=30, capacity=3)
    for round_ in range(10):
        starts_at = FIRST + round_ * timedelta(minutes=30)
        waiting, won, full = list(patients), list[Appointment](), 0
        while waiting:
            calls = [_booking(_request(at, starts_at, patient_id=each)) for each in waiting]
            outcomes = dict(zip(waiting, _at_once(at, calls), strict=True))
            won += [each for each in outcomes.values() if isinstance(each, Appointment)]
            codes = {id_: getattr(each, "code", "") for id_, each in outcomes.items()}
            full += sum(code == "session_full" for code in codes.values())
            assert set(codes.values()) <= {"", "session_full", "schedule_changed", "slot_taken"}
            waiting = [id_ for id_, code in codes.items() if code in CHANGED]
        assert (len(won), full) == (3, CONTENDERS - 3)
        assert len({each.group_session_id for each in won}) == 1
    sessions = [
        GroupSession.from_raw_data(item)
        for item in at.world.items()
        if item["kind"]["S"] == "group_session"
    ]
    assert [(each.seats_left, len(each.seated or ())) for each in sessions] == [(0, 3)] * 10


def test_moves_cancellations_and_bookings_at_once_leave_no_orphan_bucket(
    at: Clinic, patients: list[str]
) -> None:
    """All want the same hour; whoever is refused is told taken or changed, and nothing moves."""
    seen: Counter[str] = Counter()
    for round_ in range(10):
        live = _live(at)
        for number, each in enumerate(patients[: CONTENDERS // 2]):
            if each not in live:
                far = FIRST + timedelta(days=2 + round_, minutes=30 * number)
                live[each] = at.booking(far.isoformat(), patient_id=each)
        hour = FIRST + timedelta(hours=round_)
        wanted = [hour + number % 6 * timedelta(minutes=10) for number in range(CONTENDERS)]
        calls = [
            _moving(live[each], starts_at)
            if each in live
            else _booking(_request(at, starts_at, patient_id=each))
            for each, starts_at in zip(patients, wanted, strict=True)
        ]
        outcomes = _at_once(at, [*calls, _cancelling(min(live.values()))])
        seen.update(each.code for each in outcomes if isinstance(each, DomainError))
        standing = [_read(at, each) for each in _live(at).values()]
        _takes_exactly(at, standing, patients)
    assert set(seen) <= {"slot_taken", "schedule_changed", "stale_version", "not_booked"}
    assert seen["slot_taken"] > 0


def _request(at: Clinic, starts_at: datetime, **over: str) -> BookingRequest:
    return BookingRequest.model_validate(
        {
            "practitioner_id": at.practitioner_id,
            "location_id": at.location_id,
            "type_id": at.type_id,
            "starts_at": starts_at,
            **over,
        }
    )


Call = Callable[[Any], Appointment]


def _booking(request: BookingRequest) -> Call:
    return lambda context: book_appointment(context, request)


def _moving(appointment_id: str, starts_at: datetime) -> Call:
    body = RescheduleRequest(starts_at=starts_at)
    return lambda context: reschedule(context, appointment_id, body)


def _cancelling(appointment_id: str) -> Call:
    return lambda context: cancel(context, appointment_id, CancellationReason.PATIENT)


def _at_once(at: Clinic, calls: list[Call]) -> list[Outcome]:
    """Each in a thread of its own; what it returned once committed, or its refusal."""
    together = Barrier(len(calls))

    def run(call: Call) -> Outcome:
        with at.working() as context:
            together.wait()
            try:
                made = call(context)
                context.work.commit()
            except DomainError as refusal:
                return refusal
            return made

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def _sorted_out(
    outcomes: list[Outcome],
) -> tuple[list[Appointment], Counter[tuple[str, ...]]]:
    won = [outcome for outcome in outcomes if isinstance(outcome, Appointment)]
    refused = [outcome for outcome in outcomes if isinstance(outcome, DomainError)]
    return won, Counter((each.code, *(bad.code for bad in each.errors)) for each in refused)


def _live(at: Clinic) -> dict[str, str]:
    """Patient → their booked appointment, off the table."""
    return {
        item["patient_id"]["S"]: item["pk"]["S"].split("#")[1]
        for item in at.world.items()
        if item["kind"]["S"] == "appointment"
        and item["status"]["S"] == "booked"
        and item["pk"]["S"].startswith(f"{at.practice_id}#")
    }


def _read(at: Clinic, appointment_id: str) -> Appointment:
    with at.working() as context:
        return read_appointment(context, appointment_id)


def _takes_exactly(at: Clinic, booked: list[Appointment], resources: list[str]) -> None:
    """The buckets of these appointments and no other, none twice."""
    held: dict[str, list[tuple[str, int]]] = {}
    for appointment in booked:
        for key, buckets in appointment.holds().items():
            resource_id, day = key.pk.split("#")[2], key.sk.rstrip("#")
            held.setdefault(resource_id, []).extend((day, bucket) for bucket in buckets)
    for resource_id in {at.practitioner_id, *resources}:
        expected = held.get(resource_id, [])
        assert len(expected) == len(set(expected))
        taken = at.taken(resource_id)
        assert {(day, each) for day in taken for each in taken[day]} == set(expected)
