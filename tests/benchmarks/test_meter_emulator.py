"""The meter's write units against those the emulator reports, which sizes items by code of its own."""

import random
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from infra.local.emulator import Emulator

from .meter import Measurement, Meter
from .pricing import Item, item_size
from .sample_table import CASES, DEFINITION, KB, TABLE, Case, key

pytestmark = pytest.mark.emulator
new_client: Any = boto3.client
Client = Any
REPORT = {"ReturnConsumedCapacity": "INDEXES"}


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator() as started:
        yield started


@pytest.fixture
def client(emulator: Emulator) -> Iterator[Client]:
    made = connected(emulator)
    made.create_table(**DEFINITION)
    yield made
    made.delete_table(TableName=TABLE)


@pytest.fixture
def meter(emulator: Emulator, client: Client) -> Meter:
    made = Meter(connected(emulator), latency=0)
    made.attach(client)
    return made


def connected(emulator: Emulator) -> Client:
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    return new_client("dynamodb", endpoint_url=emulator.url, region_name="us-east-1", **keys)


def reported(answer: dict[str, Any]) -> tuple[float, dict[str, float]]:
    """Total units and those of each index, of one call."""
    consumed = answer["ConsumedCapacity"]
    tables = consumed if isinstance(consumed, list) else [consumed]
    indexes = {
        name: units["CapacityUnits"]
        for table in tables
        for name, units in table.get("GlobalSecondaryIndexes", {}).items()
    }
    return sum(table["CapacityUnits"] for table in tables), indexes


def counted(measurement: Measurement) -> tuple[float, dict[str, float]]:
    """The same, of the meter."""
    indexes: dict[str, float] = {}
    for call in measurement.calls:
        for charge in call.charges or ():
            for name, units in charge.index_wru:
                indexes[name] = indexes.get(name, 0) + units
    return measurement.wru, indexes


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_write_costs_what_the_emulator_reports(client: Client, meter: Meter, case: Case) -> None:
    for item in case.seed:
        client.put_item(TableName=TABLE, Item=item)

    with meter.measure(case.name) as m:
        answer = client._make_api_call(case.operation, {**case.params, **REPORT})

    assert counted(m) == reported(answer) == (m.wru, dict(case.index_wru))


def test_items_of_every_type_are_sized_alike_to_the_byte(client: Client, meter: Meter) -> None:
    """Each is filled up to whole kilobytes, then by one byte more: one unit more, on both sides."""
    chance = random.Random(837)
    for _ in range(40):
        item = {**key(), "v": {"M": {name: a_value(chance, 3) for name in ("a", "größe")}}}
        size = -(-(item_size(item) + len("pad")) // KB) * KB
        for extra in (0, 1):
            padding = "x" * (size + extra - item_size(item) - len("pad"))
            padded: Item = {**item, "pad": {"S": padding}}
            client.delete_item(TableName=TABLE, Key=key())
            with meter.measure("padded") as m:
                answer = client.put_item(TableName=TABLE, Item=padded, **REPORT)

            assert m.wru == reported(answer)[0] == size // KB + extra, item


def a_value(chance: random.Random, depth: int) -> dict[str, Any]:
    """An attribute value of any type, nested at most `depth` deep."""
    kind = chance.choice(["S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", *["L", "M"] * depth])
    members = range(chance.randint(1, 4))
    match kind:
        case "L":
            return {"L": [a_value(chance, depth - 1) for _ in members]}
        case "M":
            return {"M": {f"k{n}": a_value(chance, depth - 1) for n in members}}
        case "SS" | "NS" | "BS":
            return {kind: list({a_scalar(chance, kind[0]): None for _ in members})}
        case _:
            return {kind: a_scalar(chance, kind)}


def a_scalar(chance: random.Random, kind: str) -> Any:
    """A scalar of this type; numbers of up to 38 digits, either sign, as AWS stores them."""
    match kind:
        case "S":
            return "".join(chance.choices("aé€😀", k=chance.randint(1, 9)))
        case "N":
            return a_number(chance)
        case "B":
            return chance.randbytes(chance.randint(1, 9))
        case _:
            return True


def a_number(chance: random.Random) -> str:
    """A decimal in plain notation, without zeros to trim, so that a set holds it once."""
    digits = str(chance.randint(1, 9)) + str(chance.randint(0, 10 ** chance.randint(1, 12)))
    point = chance.randint(0, 6)
    whole, fraction = digits[: len(digits) - point] or "0", digits[len(digits) - point :]
    number = f"{whole}.{fraction}".rstrip("0").rstrip(".")
    return chance.choice(["", "-"]) + number
