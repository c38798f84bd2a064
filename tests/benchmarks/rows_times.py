"""What the product costs beyond botocore: CPU of a read, of a write, and of a cold start."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from chalicelib.platform.store.connection import connection
from infra.local.visit_clinic import CLINICIAN, DESK

from . import store
from .ratios import Recorded, request
from .rows import Bench, ratio
from .timing import Ratio, cpu_ratio, import_ratio
from .world import START, Clinic

BARE_START = "import boto3, chalice; boto3.client('dynamodb', region_name='us-east-1')"


@ratio("CPU of a read: a patient, over botocore", limit=1.5)
def read_patient(bench: Bench[Clinic]) -> Ratio:
    world = bench.world
    path = "/v1/patients/{patient_id}"
    event = request("GET", path, world.token(CLINICIAN), patient_id=world.ids["patient"])
    return _over_botocore(bench, event)


@ratio("CPU of a write: book, over botocore", limit=1.8)
def book(bench: Bench[Clinic]) -> Ratio:
    world = bench.world
    body = world.booking(START + timedelta(days=1))
    return _over_botocore(bench, request("POST", "/v1/appointments", world.token(DESK), body))


@ratio("cold import, over chalice and a botocore client", limit=1.7)
def cold_import(bench: Bench[Clinic]) -> Ratio:
    """Of app.py whole, with the first client that a request makes."""
    ours = "import app, boto3; boto3.client('dynamodb', region_name='us-east-1')"
    return import_ratio(ours, BARE_START)


def _over_botocore(bench: Bench[Clinic], event: dict[str, Any]) -> Ratio:
    from app import app

    product, bare, recorded = (
        connection().connection.client,
        store.new_client("dynamodb"),
        Recorded(),
    )
    with _unmetered(bench, product):
        with recorded.listening(product):
            answer = app(event, None)
        assert answer["statusCode"] < 300, answer["body"]
        with recorded.answering(product, bare):
            return cpu_ratio(
                lambda: app(event, None), lambda: recorded.bare(bare)({}, None), repeats=5
            )


@contextmanager
def _unmetered(bench: Bench[Clinic], client: Any) -> Iterator[None]:
    """The meter's own work is none of the product's."""
    bench.meter.detach(client)
    try:
        yield
    finally:
        bench.meter.attach(client)
