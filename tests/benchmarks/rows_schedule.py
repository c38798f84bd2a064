"""What scheduling adds to a booking: further resources, and seats of a group session."""

from datetime import timedelta

from chalicelib.platform.ids import derived_id
from infra.local.visit_clinic import DESK

from . import records, store
from .measurement import Measurement
from .rows import Bench, row
from .world import START, Clinic

OF_A_BOOKING, OF_A_RESOURCE, DEVICES = 18, 2, 3
DEVICES_ON, SEAT_ON, FIRST_SEAT_ON = 30, 31, 32
"""Days after the start that no other row books on."""


@row(
    "book: provider, room, patient, three devices",
    round_trips=2,
    wru=OF_A_BOOKING + DEVICES * OF_A_RESOURCE,
)
def book_with_devices(bench: Bench[Clinic]) -> Measurement:
    ids = bench.world.ids
    devices = list(records.devices(ids, DEVICES))
    store.write(devices)
    body = bench.world.booking(START + timedelta(days=DEVICES_ON))
    asked = {**body, "resource_ids": [each.id for each in devices]}
    with bench.meter.measure("book with devices") as m:
        bench.world.call(
            "POST", DESK, "/v1/appointments", asked, Idempotency_Key=f"{DEVICES_ON:041}"
        )
    return m.beyond_authentication


@row("book a seat in a session that stands", round_trips=2, wru=OF_A_BOOKING)
def book_a_seat(bench: Bench[Clinic]) -> Measurement:
    asked = _seat(bench, SEAT_ON)
    first = records.patient(bench.world.ids["practice"], derived_id("pat", "first"), "Lee", START)
    store.write([first])
    bench.world.made(DESK, "/v1/appointments", {**asked, "patient_id": first.id})
    with bench.meter.measure("seat") as m:
        bench.world.call("POST", DESK, "/v1/appointments", asked, Idempotency_Key=f"{SEAT_ON:041}")
    return m.beyond_authentication


@row("book the first seat, which opens a session", round_trips=2, wru=OF_A_BOOKING + 4)
def open_a_session(bench: Bench[Clinic]) -> Measurement:
    asked = _seat(bench, FIRST_SEAT_ON)
    with bench.meter.measure("first seat") as m:
        bench.world.call(
            "POST", DESK, "/v1/appointments", asked, Idempotency_Key=f"{FIRST_SEAT_ON:041}"
        )
    return m.beyond_authentication


def _seat(bench: Bench[Clinic], day: int) -> dict[str, str]:
    """The body that books one, in a room, of twelve."""
    kind = records.group_type(bench.world.ids["practice"])
    store.write([kind])
    return {**bench.world.booking(START + timedelta(days=day)), "type_id": kind.id}
