"""What a front desk waits for: signing in with each call, the schedule, booking, check-in, patients."""

from datetime import timedelta
from itertools import count
from typing import Any

from chalicelib.patients.registration import terms_of
from chalicelib.platform.ids import derived_id
from infra.local.visit import DESK

from . import records, store
from .measurement import Measurement
from .rows import Bench, Within, row
from .world import START, Clinic

PAGE = 20
DAY = START + timedelta(days=7)
_KEYS = count(1)


@row("authentication: one BatchGet", round_trips=1, rru=4)
def authentication(bench: Bench[Clinic]) -> Measurement:
    """Session, membership, practice, and the answer kept for the Idempotency-Key."""
    body = _registration("Authentic", "+15185550301")
    with bench.meter.measure("authentication") as m:
        bench.world.call("POST", DESK, "/v1/patients", body, Idempotency_Key=_key())
    return m.of(lambda call: call is m.authentication)
