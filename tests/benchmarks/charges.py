"""The charges of one DynamoDB call: from request, answer, and the items before and after."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .pricing import (
    Consistency,
    Item,
    index_write_units,
    item_size,
    read_units,
    write_units,
)
from .tables import Address, Images, Tables

Body = Mapping[str, Any]

READS = ("GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems")
WRITES = ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems")
TRANSACTION = "TransactWriteItems"
FREE = ("DescribeTable", "DescribeTimeToLive", "ListTables")
REFUSED_BY_CONDITION = ("ConditionalCheckFailedException", "TransactionCanceledException")
NARROWING = (
    "AttributesToGet",
    "FilterExpression",
    "ProjectionExpression",
    "QueryFilter",
    "ScanFilter",
)
COUNTING = ("COUNT", "SPECIFIC_ATTRIBUTES")


class Unpriced(LookupError):
    """A call of an operation that has no price here, PartiQL for one."""


@dataclass(frozen=True, slots=True)
class Charge:
    """What one item, or one page of a Query, adds to a call. `size` is in bytes."""

    table: str
    action: str
    size: int
    rru: float = 0
    wru: int = 0
    index_wru: tuple[tuple[str, int], ...] = ()

    @property
    def total_wru(self) -> int:
        """The table's units and those of its indexes."""
        return self.wru + sum(units for _, units in self.index_wru)


@dataclass(frozen=True, slots=True)
class Write:
    """One item that a call writes or checks. `put` is the item of a put."""

    action: str
    address: Address
    put: Item | None = None


def written(operation: str, params: Body, tables: Tables) -> list[Write]:
    """The items a call is going to write or check, in its own order; none for a read."""
    return list(_written(operation, params, tables))


def processed(writes: list[Write], answer: Body, tables: Tables) -> list[Write]:
    """Those of the writes that a BatchWriteItem did not hand back as unprocessed."""
    left = {"RequestItems": answer.get("UnprocessedItems") or {}}
    undone = {write.address for write in _written("BatchWriteItem", left, tables)}
    return [write for write in writes if write.address not in undone]


def narrowed(operation: str, params: Body) -> bool:
    """Whether the answer may hold less than what was read, and so less than what was paid for."""
    bodies: list[Body] = [params]
    if operation == "BatchGetItem":
        bodies = list(params["RequestItems"].values())
    if operation == "TransactGetItems":
        bodies = [body["Get"] for body in params["TransactItems"]]
    named = any(name in body for body in bodies for name in NARROWING)
    return named or params.get("Select") in COUNTING


def read_charges(operation: str, params: Body, answer: Body, tables: Tables) -> list[Charge]:
    """The charges of a read, from the items that came back.

    A missing item costs as one of up to 4 KB; a key left unprocessed costs nothing.
    """
    match operation:
        case "GetItem":
            return [_read(params["TableName"], answer.get("Item"), _consistency(params))]
        case "TransactGetItems":
            gets = [body["Get"] for body in params["TransactItems"]]
            return [
                _read(get["TableName"], response.get("Item"), Consistency.TRANSACTIONAL)
                for get, response in zip(gets, answer["Responses"], strict=True)
            ]
        case "BatchGetItem":
            return list(_batch_reads(params, answer))
    return [_page(operation, params, answer, tables)]


def write_charges(
    writes: list[Write], before: Images, after: Images, *, tables: Tables, transactional: bool
) -> list[Charge]:
    """The charges of writes that were done."""
    charges = []
    for write in writes:
        old, new = before.get(write.address), after.get(write.address)
        table = tables[write.address.table]
        units = [(index.name, index_write_units(index, old, new)) for index in table.indexes]
        paid = tuple((name, unit) for name, unit in units if unit)
        charges.append(_write(write, old, new, index_wru=paid, transactional=transactional))
    return charges


def refused_charges(writes: list[Write], before: Images, *, transactional: bool) -> list[Charge]:
    """The charges of writes refused by a condition: by the larger of what is and what was to be.

    What an update was to make of the item is not known, so it is charged by what is.
    """
    return [
        _write(write, before.get(write.address), write.put, transactional=transactional)
        for write in writes
    ]


def replayed_charges(writes: list[Write], after: Images) -> list[Charge]:
    """The charges of a transaction sent again under a token that has succeeded: reads only.

    "Transactions", "Idempotency": the answer to a repeated call gives the read units consumed.
    """
    return [
        _read(write.address.table, after.get(write.address), Consistency.TRANSACTIONAL)
        for write in writes
    ]


def _written(operation: str, params: Body, tables: Tables) -> Iterator[Write]:
    match operation:
        case "PutItem" | "UpdateItem" | "DeleteItem":
            yield _single(operation.removesuffix("Item"), params["TableName"], params, tables)
        case "BatchWriteItem":
            for table, requests in params["RequestItems"].items():
                for request in requests:
                    ((action, body),) = request.items()
                    yield _single(action.removesuffix("Request"), table, body, tables)
        case "TransactWriteItems":
            for request in params["TransactItems"]:
                ((action, body),) = request.items()
                yield _single(action, body["TableName"], body, tables)


def _single(action: str, table: str, body: Body, tables: Tables) -> Write:
    item = body.get("Item")
    return Write(action, tables.address(table, item or body["Key"]), item)


def _batch_reads(params: Body, answer: Body) -> Iterator[Charge]:
    for table, request in params["RequestItems"].items():
        found = answer["Responses"].get(table, [])
        left = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
        missing = len(request["Keys"]) - len(found) - len(left)
        for item in [*found, *[None] * missing]:
            yield _read(table, item, _consistency(request))


def _page(operation: str, params: Body, answer: Body, tables: Tables) -> Charge:
    table, items = params["TableName"], answer.get("Items", [])
    if "IndexName" in params:
        index = tables[table].index(params["IndexName"])
        items = [index.entry(item) or item for item in items]
    size = sum(item_size(item) for item in items)
    return Charge(table, operation, size, rru=read_units(size, _consistency(params)))


def _read(table: str, item: Item | None, consistency: Consistency) -> Charge:
    size = item_size(item or {})
    return Charge(table, "Get", size, rru=read_units(size, consistency))


def _write(
    write: Write,
    old: Item | None,
    new: Item | None,
    *,
    transactional: bool,
    index_wru: tuple[tuple[str, int], ...] = (),
) -> Charge:
    size = max(item_size(old or {}), item_size(new or {}))
    units = write_units(old, new, transactional=transactional)
    return Charge(write.address.table, write.action, size, wru=units, index_wru=index_wru)


def _consistency(params: Body) -> Consistency:
    return Consistency.STRONG if params.get("ConsistentRead") else Consistency.EVENTUAL
