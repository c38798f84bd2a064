"""The quickened moto answers as moto does, to the byte, and stores the same."""

from collections import Counter
from random import Random
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from chalicelib.platform.config import settings
from tests import tables
from tests.quick_moto import as_it_comes
from tests.quick_moto.requests import OPERATIONS

SEED, STEPS = 31, 600
CONDITIONS = (
    "attribute_not_exists(pk)",
    "attribute_exists(#n) AND #n >= :n",
    "#n = :n OR NOT contains(tags, :s)",
    "begins_with(title, :s)",
    "size(tags) > :n",
    "version IN (:n, :s)",
)
UPDATES = (
    "SET #n = :n, title = :s REMOVE data",
    "SET #n = :n, #t = :s REMOVE #d",
    "SET #t = :s REMOVE #t",
    "SET #k = :s ADD #n :n REMOVE #d",
    "SET #k = :s SET #n = :n",
    "ADD #d :n",
    "SET #p = :s",
    "ADD #n :n, tags :tags",
    "DELETE tags :tags",
    "SET #t = :s ADD #n :n, #g :tags",
    "ADD #n :n DELETE #g :tags",
    "ADD #c :numbers",
    "DELETE #c :numbers",
    "DELETE #n :n",
    "SET nested.deep = :s",
    "SET parts = list_append(parts, :list)",
    "SET #n = if_not_exists(#n, :n) + :n",
    "SET parts[0] = :s REMOVE tags",
)
NAMES = {
    "#n": "version",
    "#t": "title",
    "#d": "data",
    "#k": "gs1sk",
    "#p": "pk",
    "#g": "tags",
    "#c": "numbers",
}
Call = tuple[str, dict[str, Any]]


def test_quick_or_not_moto_says_and_stores_the_same(
    aws: None, quickened: pytest.MonkeyPatch
) -> None:
    calls = list(_calls(Random(SEED), STEPS))
    client = boto3.client("dynamodb")
    quick, kept = [_answer(client, *call) for call in calls], tables.rows()
    tables.put_back({})
    with as_it_comes(quickened):
        plain, stored = [_answer(client, *call) for call in calls], tables.rows()
    for call, one, other in zip(calls, quick, plain, strict=True):
        assert one == other, (SEED, call)
    assert (kept, list(kept)) == (stored, list(stored))
    told = Counter((name, "code" in answer) for (name, _), answer in zip(calls, plain, strict=True))
    assert {name for name, _ in told} == OPERATIONS
    assert min(told[name, False] for name in OPERATIONS) > 3, "each is answered"
    assert told["TransactWriteItems", True] > 3, "and refused"


def test_an_item_that_was_read_stays_as_it_was(aws: None) -> None:
    client, key = boto3.client("dynamodb"), {"pk": {"S": "a"}, "sk": {"S": "b"}}
    client.put_item(TableName=settings().table, Item={**key, "tags": {"SS": ["x"]}})
    before = tables.image()
    client.update_item(
        TableName=settings().table,
        Key=key,
        UpdateExpression="ADD tags :tags",
        ExpressionAttributeValues={":tags": {"SS": ["y"]}},
    )
    ((was, now),) = tables.changed_since(before)
    assert was is not None
    assert now is not None
    assert (was["tags"], now["tags"]) == ({"SS": ["x"]}, {"SS": ["x", "y"]})


def _answer(client: Any, name: str, params: dict[str, Any]) -> Any:
    call = getattr(client, "".join(f"_{c.lower()}" if c.isupper() else c for c in name)[1:])
    try:
        answer = call(**params)
    except ClientError as error:
        return {
            "code": error.response["Error"],
            "reasons": error.response.get("CancellationReasons"),
        }
    except Exception as error:  # noqa: BLE001  # moto's own faults stay as they are
        return {"code": repr(error)}
    return {part: told for part, told in answer.items() if part != "ResponseMetadata"}


def _calls(random: Random, steps: int) -> list[Call]:
    """Calls on a few items, of every kind that the product makes."""
    return [
        (name, {"TableName": settings().table, **_SINGLE[name](random)})
        if name in _SINGLE
        else (name, _MANY[name](random))
        for name in random.choices(sorted(OPERATIONS), k=steps)
    ]


def _key(random: Random) -> dict[str, Any]:
    return {"pk": {"S": random.choice("ab")}, "sk": {"S": random.choice("012345é")}}


def _item(random: Random) -> dict[str, Any]:
    attributes = {
        "gs1pk": {"S": random.choice("xy")},
        "gs1sk": {"S": random.choice(("1", "2", "10"))},
        "version": {"N": random.choice(("1", "1.0", "2", "-3.5"))},
        "title": {"S": random.choice(("", "plain", "ünï", "x" * 300))},
        "data": {"B": random.randbytes(5)},
        "blobs": {"BS": [random.randbytes(3), b"x"]},
        "tags": {"SS": random.sample(["s", "t", "u"], k=2)},
        "numbers": {"NS": ["1", "2.50"]},
        "open": {"BOOL": random.random() < 0.5},
        "nothing": {"NULL": True},
        "parts": {"L": [{"S": "one"}, {"L": [{"N": "2"}]}, {"B": b"three"}]},
        "nested": {"M": {"deep": {"M": {"B": {"S": "not bytes"}}}, "data": {"B": b"bytes"}}},
    }
    chosen = random.sample(sorted(attributes), k=random.randrange(len(attributes)))
    return {**_key(random), **{name: attributes[name] for name in chosen}}


def _given(random: Random, name: str, expression: str) -> dict[str, Any]:
    """An expression with what it names."""
    values = {
        ":n": {"N": random.choice(("1", "2", "2.0"))},
        ":s": {"S": random.choice(("s", "pl", ""))},
        ":tags": {"SS": random.sample(["s", "t", "u"], k=2)},
        ":numbers": {"NS": random.sample(["1", "2.50", "7"], k=2)},
        ":list": {"L": [{"S": "more"}]},
    }
    names = {each: name for each, name in NAMES.items() if each in expression}
    used = {
        each: value
        for each, value in values.items()
        if f"{each} " in f"{expression} ".replace(",", " ").replace(")", " ")
    }
    return {
        name: expression,
        **({"ExpressionAttributeNames": names} if names else {}),
        **({"ExpressionAttributeValues": used} if used else {}),
    }


def _condition(random: Random) -> dict[str, Any]:
    if random.random() < 0.4:
        return {}
    return _given(random, "ConditionExpression", random.choice(CONDITIONS))


def _update(random: Random) -> dict[str, Any]:
    update = _given(random, "UpdateExpression", random.choice(UPDATES))
    return {"Key": _key(random), **update}


def _query(random: Random) -> dict[str, Any]:
    pk, sk = random.choice((("pk", "sk"), ("gs1pk", "gs1sk")))
    rest = random.choice(("", f" AND {sk} BETWEEN :a AND :b", f" AND begins_with({sk}, :a)"))
    values = {":pk": {"S": random.choice("abxy")}, ":a": {"S": "1"}, ":b": {"S": "3"}}
    return {
        "KeyConditionExpression": f"{pk} = :pk{rest}",
        "ExpressionAttributeValues": {
            each: value for each, value in values.items() if each in f":pk{rest}"
        },
        "ScanIndexForward": random.random() < 0.5,
        **({"IndexName": "gs1"} if pk == "gs1pk" else {}),
        **({"Limit": random.randint(1, 3)} if random.random() < 0.5 else {}),
        **({"ProjectionExpression": "pk, title, nested"} if random.random() < 0.2 else {}),
        **({"ExclusiveStartKey": _key(random)} if pk == "pk" and random.random() < 0.2 else {}),
    }


def _batch(random: Random) -> dict[str, Any]:
    keys = {repr(key): key for key in (_key(random) for _ in range(5))}
    return {"RequestItems": {settings().table: {"Keys": list(keys.values())}}}


def _transaction(random: Random) -> dict[str, Any]:
    kinds = random.choices(("Put", "Delete", "Update", "ConditionCheck"), k=random.randint(1, 4))
    return {"TransactItems": [_part(random, kind) for kind in kinds]}


def _part(random: Random, kind: str) -> dict[str, Any]:
    match kind:
        case "Put":
            part = {"Item": _item(random), **_condition(random)}
        case "Update":
            part = _update(random)
        case "Delete":
            part = {"Key": _key(random), **_condition(random)}
        case _:
            part = {"Key": _key(random)}
            part |= _given(random, "ConditionExpression", random.choice(CONDITIONS))
    return {kind: {"TableName": settings().table, **part}}


_SINGLE: dict[str, Any] = {
    "PutItem": lambda random: {"Item": _item(random), **_condition(random)},
    "DeleteItem": lambda random: {"Key": _key(random), **_condition(random)},
    "UpdateItem": _update,
    "GetItem": lambda random: {"Key": _key(random)},
    "Query": _query,
    "Scan": lambda random: {"Limit": random.randint(1, 9)},
}
_MANY: dict[str, Any] = {"BatchGetItem": _batch, "TransactWriteItems": _transaction}
