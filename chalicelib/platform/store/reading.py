"""Reads: by key, by keys in one BatchGet, by partition in one Query a page."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from pynamodb.exceptions import PynamoDBException

from ..aws import AwsError
from ..errors import NotFound, Unavailable
from .connection import INDEXES, connection
from .keys import Key
from .record import Record

R = TypeVar("R", bound=Record)
BATCH = 100


@dataclass(frozen=True, slots=True)
class Results:
    """One page of a Query; `next_key` starts the next page, None at the end."""

    records: list[Any]
    next_key: dict[str, Any] | None


def find(kind: type[R], key: Key, *, consistent: bool = False) -> R | None:
    """The record at `key`, or None. One GetItem: 0.5 RRU per 4 KB, twice that if consistent."""
    answer = _asked(lambda: connection().get_item(key.pk, key.sk, consistent_read=consistent))
    item = answer.get("Item")
    return kind.from_raw_data(item) if item else None


def get(kind: type[R], key: Key, *, consistent: bool = False) -> R:
    """As `find`; NotFound where there is none or where another kind lies at the key."""
    found = find(kind, key, consistent=consistent)
    if found is None or not isinstance(found, kind):
        raise NotFound
    return found


def find_many(keys: Iterable[Key], *, consistent: bool = False) -> dict[Key, Record]:
    """The records at `keys`, of whatever kinds; missing ones are left out. One BatchGet per 100."""
    wanted = list(dict.fromkeys(keys))
    found: dict[Key, Record] = {}
    for start in range(0, len(wanted), BATCH):
        pending: list[Any] = [{"pk": key.pk, "sk": key.sk} for key in wanted[start : start + BATCH]]
        for _ in range(5):
            if not pending:
                break
            answer = _asked(
                lambda keys=pending: connection().batch_get_item(keys, consistent_read=consistent)
            )
            for item in next(iter(answer["Responses"].values()), []):
                record = Record.from_raw_data(item)
                found[record.item_key] = record
            left = _unprocessed(answer)
            pending = [{name: value["S"] for name, value in key.items()} for key in left]
        if pending:
            raise Unavailable(retry_after=1)
    return found


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
    sort = getattr(Record, INDEXES[index][1] if index else "sk")
    condition = sort.startswith(begins) if begins else sort.between(*between) if between else None
    answer = _asked(
        lambda: connection().query(
            partition,
            range_key_condition=condition,
            index_name=index,
            limit=limit,
            exclusive_start_key=start,
            scan_index_forward=not newest_first,
            consistent_read=consistent,
        )
    )
    records = [Record.from_raw_data(item) for item in answer["Items"]]
    return Results(records, answer.get("LastEvaluatedKey"))


def query_all(partition: str, **options: Any) -> Iterator[Any]:
    """Every record of a partition, page by page."""
    start = None
    while True:
        page = query(partition, start=start, **options)
        yield from page.records
        start = page.next_key
        if start is None:
            return


def _asked(call: Any) -> dict[str, Any]:
    try:
        return cast("dict[str, Any]", call())
    except (PynamoDBException, *AwsError) as error:
        raise Unavailable(retry_after=1) from error


def _unprocessed(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [key for table in answer.get("UnprocessedKeys", {}).values() for key in table["Keys"]]
