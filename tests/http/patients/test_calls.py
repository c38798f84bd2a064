"""What patients cost in calls, and what their keys give away: nothing."""

from collections import Counter
from typing import Any

import boto3

from chalicelib.platform.store.connection import connection
from tests.benchmarks.measurement import Measurement
from tests.benchmarks.meter import Meter
from tests.builders.patients import (
    add_coverage,
    coverage,
    demographics,
    register_patient,
    registration,
    subscriber,
)
from tests.world import World

WIRE = 0.1
"""Seconds: what is sent together overlaps even on a busy machine."""
KEYS = ("pk", "sk", "gs1pk", "gs1sk", "gs2pk", "gs2sk", "duepk", "duesk")
CANARY: dict[str, Any] = {
    "name": {"family": "Quetzalcoatl", "given": "Xanthippe", "preferred": "Xanny"},
    "birth_date": "1971-12-09",
    "phones": [{"number": "+12125550183", "use": "mobile"}],
    "email": "xanthippe@quetzal.example",
    "mrn": "MRN-99417",
}
GIVEN_AWAY = (
    "quetz", "zalco", "xanthi", "thippe", "12-09", "19711209", "5550183", "mrn-99417", "example",
)  # fmt: skip
"""None can stand in an id or an HMAC by chance."""


def _measured(world: World, token: str, method: str, path: str, body: Any = None) -> Measurement:
    meter = Meter(reader=boto3.client("dynamodb"), latency=WIRE)
    client = connection().connection.client
    meter.attach(client)
    try:
        with meter.measure(path) as measurement:
            answer = world.call(method, path, body, token=token, If_Match='"1"')
    finally:
        meter.detach(client)
    assert answer.status in (200, 201), answer.text
    return measurement.beyond_authentication.beyond_read_audit


def _operations(measurement: Measurement) -> Counter[str]:
    return Counter(call.operation for call in measurement.calls)


def test_a_search_is_one_query_and_one_batch_get(world: World, desk: str) -> None:
    for given in ("Ana", "Bo", "Cy"):
        register_patient(world, desk, name={"family": "Diaz", "given": given})
    for criteria in ({"name": "dia"}, {"phone": "0147", "birth_date": "1984-07-02", "name": "bo"}):
        measured = _measured(world, desk, "POST", "/v1/patients/search", criteria)
        assert _operations(measured) == {"Query": 1, "BatchGetItem": 1}
        assert not measured.filtered


def test_a_registration_reads_in_two_round_trips_before_its_commit(world: World, desk: str) -> None:
    relative = {"name": {"family": "Diaz", "given": "Carmen"}}
    register_patient(world, desk, **relative)
    measured = _measured(world, desk, "POST", "/v1/patients", registration())
    assert _operations(measured)["TransactWriteItems"] == 1
    assert measured.round_trips == 3
    confirmed = registration(confirm_not_duplicate=True)
    measured = _measured(world, desk, "POST", "/v1/patients", confirmed)
    assert _operations(measured) == {"BatchGetItem": 1, "TransactWriteItems": 1}


def test_reads_and_changes_take_one_round_trip(world: World, desk: str) -> None:
    path = f"/v1/patients/{register_patient(world, desk)['id']}"
    assert _operations(_measured(world, desk, "GET", path)) == {"GetItem": 1}
    changed = _measured(world, desk, "PUT", path, demographics(email="r@example.com"))
    assert _operations(changed) == {"GetItem": 1, "TransactWriteItems": 1}
    added = _measured(world, desk, "POST", f"{path}/coverages", coverage())
    assert _operations(added) == {"BatchGetItem": 1, "TransactWriteItems": 1}
    assert _measured(world, desk, "GET", f"{path}/coverages").round_trips == 1


def test_no_key_gives_a_name_a_number_or_a_date_away(world: World, desk: str) -> None:
    made = register_patient(world, desk, **CANARY)
    add_coverage(
        world,
        desk,
        made["id"],
        member_id="W55577",
        relationship="child",
        subscriber=subscriber(name={"family": "Quetzal", "given": "Xanny"}),
    )
    body = {name: value for name, value in {**demographics(), **CANARY}.items() if name != "mrn"}
    changed = world.call("PUT", f"/v1/patients/{made['id']}", body, token=desk, If_Match='"1"')
    searches = ({"name": "quetz"}, {"phone": "0183"}, {"mrn": CANARY["mrn"]})
    for criteria in searches:
        found = world.call("POST", "/v1/patients/search", criteria, token=desk)
        assert len(found.json["items"]) == 1
    assert changed.status == 200
    mine = [item for item in world.items() if item["kind"]["S"] != "email"]
    keys = [item[name]["S"].casefold() for item in mine for name in KEYS if name in item]
    assert len(keys) > 40
    assert [key for key in keys if any(text in key for text in GIVEN_AWAY)] == []


def test_a_term_has_another_token_in_another_practice(
    world: World, desk: str, stranger: str
) -> None:
    for token in (desk, stranger):
        register_patient(world, token, mrn="7")
    tokens = [
        item["pk"]["S"].split("#")[2]
        for item in world.items()
        if item["kind"]["S"] in ("search_token", "mrn")
    ]
    assert len(tokens) == len(set(tokens)) > 20
