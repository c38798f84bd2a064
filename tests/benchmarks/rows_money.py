"""What a biller waits for, and what happens on its own: charges, claims, remittances, figures."""

from chalicelib.platform.ids import derived_id
from infra.local.visit_clinic import BILLER

from . import records, store
from .measurement import Measurement
from .remittance import remittance_of
from .rows import Bench, Within, row
from .world import NOW, START, Clinic

FILE_WRU, CLAIM_WRU = 6, 17
"""The least that posting a file and one of its claims can write (ADR 0007)."""


@row("make charges: 2", round_trips=3, wru=4 + 3 * 2)
def make_charges(bench: Bench[Clinic]) -> Measurement:
    event = bench.world.signed()
    with bench.meter.measure("charges") as m:
        bench.world.handle("billing", event)
    return m


@row("submit a claim, S3 included", total_round_trips=4, wru=14)
def submit_claim(bench: Bench[Clinic]) -> Measurement:
    event = bench.world.ready_claim()
    with bench.meter.measure("claim") as m:
        bench.world.handle("claims", event)
    return m


@row("post an 835 of 20 claims, 2 lines each")
def post_20(bench: Bench[Clinic]) -> Within:
    return _post(bench, 20)


@row("post an 835 of 500 claims, 2 lines each")
def post_500(bench: Bench[Clinic]) -> Within:
    return _post(bench, 500)


@row("dashboard of a year", round_trips=1, rru=15)
def dashboard(bench: Bench[Clinic]) -> Measurement:
    last = START.date()
    store.write(records.year_of_rollups(bench.world.ids["practice"], last))
    path = f"/v1/dashboard?from={last.replace(year=last.year - 1)}&until={last}"
    with bench.meter.measure("dashboard") as m:
        bench.world.call("GET", BILLER, path)
    return m.beyond_authentication.beyond_read_audit


def _post(bench: Bench[Clinic], count: int) -> Within:
    ids = bench.world.ids
    patients = [derived_id("pat", str(count), str(place)) for place in range(count)]
    made = [records.accepted_claim(ids, patient_id, NOW) for patient_id in patients]
    store.write(record for claim, account in made for record in (claim, *account))
    file_key = f"{ids['practice']}/clearinghouse/inbound/{count}.835"
    store.put_object(file_key, remittance_of([claim for claim, _ in made]))
    with bench.meter.measure("835") as m:
        bench.world.handle("claims", bench.world.received(file_key))
    return Within(m, {"wru": 1.3 * (FILE_WRU + count * CLAIM_WRU)})
