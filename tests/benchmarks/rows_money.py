"""What a biller waits for, and what happens on its own: charges, claims, remittances, figures."""

from infra.local.visit import BILLER

from . import records, store
from .measurement import Measurement
from .rows import Bench, Within, row
from .world import START, Clinic


@row("make charges: 2", round_trips=2, wru=4 + 3 * 2)
def make_charges(bench: Bench[Clinic]) -> Measurement:
    event = bench.world.signed()
    with bench.meter.measure("charges") as m:
        bench.world.handle("billing", event)
    return m


@row("submit a claim, S3 included", total_round_trips=3, wru=14)
def submit_claim(bench: Bench[Clinic]) -> Measurement:
    event = bench.world.ready_claim()
    with bench.meter.measure("claim") as m:
        bench.world.handle("claims", event)
    return m


@row("dashboard of a year", round_trips=1, rru=15)
def dashboard(bench: Bench[Clinic]) -> Measurement:
    last = START.date()
    store.write(records.year_of_rollups(bench.world.ids["practice"], last))
    path = f"/v1/dashboard?from={last.replace(year=last.year - 1)}&until={last}"
    with bench.meter.measure("dashboard") as m:
        bench.world.call("GET", BILLER, path)
    return m.beyond_authentication.beyond_read_audit
