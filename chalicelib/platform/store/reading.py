"""Reads: by key, by keys in one BatchGet, by partition in one Query a page."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ..assumed_roles import MOST_PRACTICES
from ..aws import AwsError
from ..errors import NotFound, Unavailable
from .connection import INDEXES, connection
from .keys import SYSTEM, Key
from .record import Record

if TYPE_CHECKING:
    from ..context import Context

R = TypeVar("R", bound=Record)
BATCH = 100


@dataclass(frozen=True, slots=True)
class Results:
    """One page of a Query; `next_key` starts the next page, None at the end."""

    records: list[Any]
    next_key: dict[str, Any] | None


def find(kind: type[R], key: Key, *, consistent: bool = True) -> R | None:
    """The record at `key`, or None. One GetItem: 0.5 RRU per 4 KB, twice that if consistent."""
    item = _asked("get_item", TableName=_table(), Key=_sent(key), ConsistentRead=consistent).get(
        "Item"
    )
    return kind.from_raw_data(item) if item else None


def get(kind: type[R], key: Key, *, consistent: bool = True) -> R:
    """As `find`; NotFound where there is none or where another kind lies at the key."""
    found = find(kind, key, consistent=consistent)
    if found is None or not isinstance(found, kind):
        raise NotFound
    return found


def find_many(keys: Iterable[Key], *, consistent: bool = False) -> dict[Key, Record]:
    """The records at `keys`, of whatever kinds; missing ones are left out. One BatchGet per 100.

    One a practice, where the keys are of more practices than one call may name (ADR 15).
    """
    found: dict[Key, Record] = {}
    for wanted in _askable(list(dict.fromkeys(keys))):
        pending = [_sent(key) for key in wanted]
        for _ in range(5):
            if not pending:
                break
            asked = {_table(): {"Keys": pending, "ConsistentRead": consistent}}
            answer = _asked("batch_get_item", RequestItems=asked)
            for item in answer["Responses"].get(_table(), ()):
                record = Record.from_raw_data(item)
                found[record.item_key] = record
            pending = answer.get("UnprocessedKeys", {}).get(_table(), {}).get("Keys", [])
        if pending:
            raise Unavailable(retry_after=1)
    return found


def _askable(keys: list[Key]) -> Iterator[list[Key]]:
    """The keys in as many parts as calls are needed for them."""
    owners: dict[str, list[Key]] = {}
    for key in keys:
        owners.setdefault(key.pk.partition("#")[0], []).append(key)
    together = len(owners.keys() - {SYSTEM}) <= MOST_PRACTICES
    for part in [keys] if together else owners.values():
        for start in range(0, len(part), BATCH):
            yield part[start : start + BATCH]


def find_brought(context: "Context", keys: Iterable[Key]) -> dict[Key, Record]:
    """As `find_many`, consistent, of which the request has read some with its caller (`brings`)."""
    wanted = list(keys)
    missing = [key for key in wanted if key not in context.brought]
    found = find_many(missing, consistent=True) if missing else {}
    known = {key: record for key, record in context.brought.items() if record is not None}
    return found | {key: known[key] for key in wanted if key in known}


def query(
    partition: str,
    *,
    begins: str | None = None,
    between: tuple[str, str] | None = None,
    index: str | None = None,
    limit: int | None = None,
    start: dict[str, Any] | None = None,
    newest_first: bool = False,
    consistent: bool = False,
) -> Results:
    """One Query of one partition, of the table or of an index; at most 1 MB or `limit` items.

    An index answers only what it projects (infra/resources.yaml), and a moment late.
    """
    partition_name, sort = INDEXES[index] if index else ("pk", "sk")
    condition, values = f"{partition_name} = :partition", {":partition": {"S": partition}}
    if begins:
        condition += f" AND begins_with({sort}, :begins)"
        values[":begins"] = {"S": begins}
    elif between:
        condition += f" AND {sort} BETWEEN :first AND :last"
        values |= {":first": {"S": between[0]}, ":last": {"S": between[1]}}
    optional = {"IndexName": index, "Limit": limit, "ExclusiveStartKey": start}
    answer = _asked(
        "query",
        TableName=_table(),
        KeyConditionExpression=condition,
        ExpressionAttributeValues=values,
        ScanIndexForward=not newest_first,
        ConsistentRead=consistent,
        **{name: value for name, value in optional.items() if value is not None},
    )
    records = [Record.from_raw_data(item) for item in answer["Items"]]
    return Results(records, answer.get("LastEvaluatedKey"))


def query_images(partition: str, *, between: tuple[str, str] | None = None) -> Iterator[Any]:
    """Every item of a partition as it is stored, consistent: for digests, which records would hide."""
    condition, values = "pk = :partition", {":partition": {"S": partition}}
    if between:
        condition += " AND sk BETWEEN :first AND :last"
        values |= {":first": {"S": between[0]}, ":last": {"S": between[1]}}
    asked: dict[str, Any] = {
        "TableName": _table(),
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": values,
        "ConsistentRead": True,
    }
    while True:
        answer = _asked("query", **asked)
        yield from answer["Items"]
        if "LastEvaluatedKey" not in answer:
            return
        asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def query_all(partition: str, **options: Any) -> Iterator[Any]:
    """Every record of a partition, page by page."""
    start = None
    while True:
        page = query(partition, start=start, **options)
        yield from page.records
        start = page.next_key
        if start is None:
            return


def _asked(operation: str, **parameters: Any) -> dict[str, Any]:
    """One call of the client that PynamoDB made; past its own layer, which costs 50 µs a call."""
    try:
        call = getattr(connection().connection.client, operation)
        return cast("dict[str, Any]", call(**parameters))
    except AwsError as error:
        raise Unavailable(retry_after=1) from error


def _table() -> str:
    return connection().table_name


def _sent(key: Key) -> dict[str, Any]:
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}
