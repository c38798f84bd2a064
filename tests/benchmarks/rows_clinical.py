"""What a clinician waits for: a chart, a saved note, a signature."""

import math
from random import Random

from chalicelib.clinical.models import Note
from infra.local.visit_clinic import CLINICIAN
from infra.local.visit_patient import SOAP

from . import records, store
from .measurement import Measurement
from .pricing import item_size
from .rows import Bench, Within, row
from .world import START, Clinic

KB = 1024
CHART_RRU = 12.5


@row("open a chart of 100 KB", round_trips=1, rru=1.3 * CHART_RRU, wru=1)
def open_chart(bench: Bench[Clinic]) -> Measurement:
    patient_id = bench.world.ids["patient"]
    store.write(records.chart(bench.world.ids, patient_id, START))
    with bench.meter.measure("chart") as m:
        bench.world.call("GET", CLINICIAN, f"/v1/patients/{patient_id}/chart")
    return m.beyond_authentication


@row("save a note of 8 KB as stored", round_trips=1)
def save_note(bench: Bench[Clinic]) -> Within:
    path = bench.world.encounter()
    words = Random(7).randbytes(7_000).hex()  # as much as it looks, once it is compressed
    plan = {"treatment": words}
    body = {"template": "soap_general", "content": {**SOAP, "plan": plan}}
    with bench.meter.measure("note") as m:
        bench.world.call("PUT", CLINICIAN, f"{path}/note", body, If_Match='"1"')
    ids, encounter_id = bench.world.ids, path.rpartition("/")[2]
    note = store.item_at(Note.key(ids["practice"], ids["patient"], encounter_id))
    return Within(m.beyond_authentication, {"wru": 2 * math.ceil(item_size(note) / KB) + 6})


@row("sign", round_trips=2, wru=12)
def sign(bench: Bench[Clinic]) -> Measurement:
    path = bench.world.documented()
    with bench.meter.measure("sign") as m:
        bench.world.sign(path, Idempotency_Key="row-sign")
    return m.beyond_authentication
