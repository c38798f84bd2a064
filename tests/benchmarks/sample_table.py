"""A small table with two indexes, and writes to it with the units AWS's rules charge for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .pricing import Item

KB = 1024
TABLE = "metered"
KEY_ATTRIBUTES = ("pk", "sk", "gs1pk", "gs1sk", "gs2pk")


def _keys(partition: str, sort: str | None = None) -> list[dict[str, str]]:
    keys = [{"AttributeName": partition, "KeyType": "HASH"}]
    return [*keys, {"AttributeName": sort, "KeyType": "RANGE"}] if sort else keys


DEFINITION: dict[str, Any] = {
    "TableName": TABLE,
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [
        {"AttributeName": name, "AttributeType": "S"} for name in KEY_ATTRIBUTES
    ],
    "KeySchema": _keys("pk", "sk"),
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "gs1",
            "KeySchema": _keys("gs1pk", "gs1sk"),
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["name"]},
        },
        {
            "IndexName": "gs2",
            "KeySchema": _keys("gs2pk"),
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        },
    ],
}


def key(sk: str = "s") -> Item:
    """The key of an item of the one partition."""
    return {"pk": {"S": "p"}, "sk": {"S": sk}}


def record(sk: str = "s", size: int = 0, **texts: str) -> Item:
    """An item with these texts; `body` fills it up to about `size` bytes, never under."""
    item = {**key(sk), **{name: {"S": text} for name, text in texts.items()}}
    return {**item, "body": {"S": "x" * size}} if size else item


@dataclass(frozen=True, slots=True)
class Case:
    """A write, what lies in the table before it, and what it costs the table and each index."""

    name: str
    operation: str
    params: Mapping[str, Any]
    wru: int
    index_wru: tuple[tuple[str, int], ...] = ()
    seed: tuple[Item, ...] = ()


def _update(expression: str, **values: str) -> dict[str, Any]:
    params: dict[str, Any] = {"TableName": TABLE, "Key": key(), "UpdateExpression": expression}
    params["ExpressionAttributeNames"] = {"#a": expression.split()[1].partition("=")[0]}
    params["UpdateExpression"] = expression.replace(params["ExpressionAttributeNames"]["#a"], "#a")
    if values:
        params["ExpressionAttributeValues"] = {f":{k}": {"S": v} for k, v in values.items()}
    return params


def _put(item: Item) -> dict[str, Any]:
    return {"TableName": TABLE, "Item": item}


def _transaction(*actions: dict[str, Any]) -> dict[str, Any]:
    return {"TransactItems": list(actions)}


_INDEXED = record(gs1pk="A", gs1sk="1", gs2pk="B", name="n", other="o")
_DELETE = {"TableName": TABLE, "Key": key()}
_CHECK = {"TableName": TABLE, "Key": key("c"), "ConditionExpression": "attribute_exists(pk)"}

CASES = (
    Case("put a plain item", "PutItem", _put(record()), 1),
    Case("put 1.6 KB", "PutItem", _put(record(size=1_600)), 2),
    Case("put an indexed item", "PutItem", _put(_INDEXED), 1, (("gs1", 1), ("gs2", 1))),
    Case("put it again unchanged", "PutItem", _put(_INDEXED), 1, (), (_INDEXED,)),
    Case("put over a larger item", "PutItem", _put(record()), 5, (), (record(size=4_500),)),
    Case(
        "put a large entry",
        "PutItem",
        _put(record(gs1pk="A", gs1sk="1", name="n" * 2_000, body="x" * 1_000)),
        3,
        (("gs1", 2),),
    ),
    Case(
        "update a value that no index projects",
        "UpdateItem",
        _update("SET other=:v", v="p"),
        1,
        (),
        (_INDEXED,),
    ),
    Case(
        "update a projected value",
        "UpdateItem",
        _update("SET name=:v", v="m"),
        1,
        (("gs1", 1),),
        (_INDEXED,),
    ),
    Case(
        "update an index key",
        "UpdateItem",
        _update("SET gs1sk=:v", v="2"),
        1,
        (("gs1", 2),),
        (_INDEXED,),
    ),
    Case(
        "remove an index key", "UpdateItem", _update("REMOVE gs2pk"), 1, (("gs2", 1),), (_INDEXED,)
    ),
    Case(
        "update defines an index key",
        "UpdateItem",
        _update("SET gs2pk=:v", v="B"),
        1,
        (("gs2", 1),),
        (record(),),
    ),
    Case(
        "update shrinks an item",
        "UpdateItem",
        _update("SET body=:v", v="x"),
        4,
        (),
        (record(size=4_000),),
    ),
    Case(
        "update grows an item",
        "UpdateItem",
        _update("SET body=:v", v="x" * 4_000),
        4,
        (),
        (record(size=10),),
    ),
    Case("update makes an item", "UpdateItem", _update("SET other=:v", v="p"), 1),
    Case(
        "delete an indexed item",
        "DeleteItem",
        _DELETE,
        4,
        (("gs1", 1), ("gs2", 1)),
        (record(size=4_000, gs1pk="A", gs1sk="1", gs2pk="B"),),
    ),
    Case("delete what is not there", "DeleteItem", _DELETE, 1),
    Case(
        "batch write, each item rounded",
        "BatchWriteItem",
        {
            "RequestItems": {
                TABLE: [
                    {"PutRequest": {"Item": record("a", size=400, gs2pk="B")}},
                    {"PutRequest": {"Item": record("b", size=3_500)}},
                    {"DeleteRequest": {"Key": key()}},
                ]
            }
        },
        1 + 4 + 1,
        (("gs1", 1), ("gs2", 1 + 1)),
        (_INDEXED,),
    ),
    Case(
        "a transaction doubles the table, not the indexes",
        "TransactWriteItems",
        _transaction(
            {"Put": _put(record("a", size=1_600, gs1pk="A", gs1sk="1"))},
            {"Update": _update("SET gs1sk=:v", v="2")},
            {"ConditionCheck": _CHECK},
            {"Delete": {"TableName": TABLE, "Key": key("d")}},
        ),
        2 * (2 + 1 + 3 + 1),
        (("gs1", 1 + 2), ("gs2", 1)),
        (_INDEXED, record("c", size=2_500), record("d", gs2pk="B")),
    ),
)
