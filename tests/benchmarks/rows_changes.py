"""What a front desk does with what is booked: moves, cancellations, holds, the flow board."""

from datetime import datetime, timedelta
from itertools import count

from infra.local.visit_clinic import DESK

from . import records, store
from .measurement import Measurement
from .rows import Bench, row
from .world import START, Clinic

BUSY = START + timedelta(days=21)
_numbers = count(1)


@row("reschedule within the day", round_trips=3, wru=22)
def reschedule(bench: Bench[Clinic]) -> Measurement:
    starts = START + timedelta(days=4)
    path, body = _booked(bench, starts), {"starts_at": (starts + timedelta(hours=1)).isoformat()}
    with bench.meter.measure("reschedule") as m:
        bench.world.call("POST", DESK, f"{path}/reschedule", body, Idempotency_Key=_key())
    return m.beyond_authentication


@row("reschedule to another day", round_trips=3, wru=28)
def reschedule_far(bench: Bench[Clinic]) -> Measurement:
    starts = START + timedelta(days=5)
    path, body = _booked(bench, starts), {"starts_at": (starts + timedelta(days=1)).isoformat()}
    with bench.meter.measure("reschedule far") as m:
        bench.world.call("POST", DESK, f"{path}/reschedule", body, Idempotency_Key=_key())
    return m.beyond_authentication


@row("cancel", round_trips=3, wru=19)
def cancel(bench: Bench[Clinic]) -> Measurement:
    path = _booked(bench, START + timedelta(days=8))
    with bench.meter.measure("cancel") as m:
        bench.world.call("POST", DESK, f"{path}/cancel", {"reason": "pat"}, Idempotency_Key=_key())
    return m.beyond_authentication


@row("hold a slot: provider, room", round_trips=2, wru=11)
def hold(bench: Bench[Clinic]) -> Measurement:
    body = _asked(bench, START + timedelta(days=9))
    with bench.meter.measure("hold") as m:
        bench.world.call("POST", DESK, "/v1/slot-holds", body, Idempotency_Key=_key())
    return m.beyond_authentication


@row("book what is held", round_trips=2, wru=20)
def book_held(bench: Bench[Clinic]) -> Measurement:
    starts = START + timedelta(days=10)
    held = bench.world.made(DESK, "/v1/slot-holds", _asked(bench, starts))
    body = {**bench.world.booking(starts), "slot_hold_id": held}
    with bench.meter.measure("book held") as m:
        bench.world.call("POST", DESK, "/v1/appointments", body, Idempotency_Key=_key())
    return m.beyond_authentication


@row("flow board, 160 appointments", round_trips=1, rru=12)
def flow_board(bench: Bench[Clinic]) -> Measurement:
    store.write(records.busy_day(bench.world.ids, BUSY))
    path = f"/v1/locations/{bench.world.ids['location']}/flow?day={BUSY.date()}"
    with bench.meter.measure("flow board") as m:
        board = bench.world.call("GET", DESK, path).json
    assert len(board["items"]) == records.VISITS_A_DAY
    return m.beyond_authentication.beyond_read_audit


def _booked(bench: Bench[Clinic], starts: datetime) -> str:
    """The path of an appointment with provider, room and patient."""
    made = bench.world.made(DESK, "/v1/appointments", bench.world.booking(starts))
    return f"/v1/appointments/{made}"


def _asked(bench: Bench[Clinic], starts: datetime) -> dict[str, str]:
    """What a hold asks for: a booking without the patient."""
    body = bench.world.booking(starts)
    return {name: value for name, value in body.items() if name != "patient_id"}


def _key() -> str:
    return f"change-{next(_numbers):030}"
