"""All rows of a practice, whatever their kind: read by Scan, destroyed, and put into another table.

For custody alone (ADR 14). A partition key begins with the practice id, and DynamoDB finds no
partitions by how they begin; what reads the whole table misses nothing, by construction.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..aws import AwsError, error_code
from ..clock import pause
from ..errors import Unavailable
from .connection import connection
from .guard import ROWS_OF_A_PRACTICE, sweeping_scope
from .keys import SYSTEM, Key

Row = dict[str, dict[str, Any]]
"""An item as it goes over the wire: `{"pk": {"S": "prc_1#"}, …}`."""

ROWS_A_WRITE = 25
ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class Swept:
    """What one page of the table holds of the practice; `next_key` starts the next, None at the end."""

    rows: list[Row]
    next_key: dict[str, Any] | None


def sweep_page(
    practice_id: str, *, start: dict[str, Any] | None = None, limit: int | None = None
) -> Swept:
    """One page of a consistent Scan: at most 1 MB or `limit` items are read, 1 RRU per 4 KB.

    What stands through the whole sweep is met exactly once; what comes or goes meanwhile may be
    met or not. Unavailable.
    """
    optional = {"ExclusiveStartKey": start, "Limit": limit}
    with sweeping_scope(practice_id):
        answer = _called(
            "scan",
            FilterExpression=ROWS_OF_A_PRACTICE,
            ExpressionAttributeValues={
                ":own": {"S": f"{practice_id}#"},
                ":system": {"S": f"{SYSTEM}#"},
                ":practice": {"S": practice_id},
            },
            ConsistentRead=True,
            **{name: value for name, value in optional.items() if value is not None},
        )
    return Swept(answer["Items"], answer.get("LastEvaluatedKey"))


def destroy_rows(practice_id: str, keys: Iterable[Key]) -> None:
    """Delete rows of a practice that is being erased; of those gone already nothing happens.

    The one write without a condition: whatever lies there has to go. Unavailable.
    """
    pending: list[dict[str, Any]] = [
        {"DeleteRequest": {"Key": {"pk": {"S": key.pk}, "sk": {"S": key.sk}}}} for key in keys
    ]
    attempt = 0
    with sweeping_scope(practice_id):
        while pending:
            sent, rest = pending[:ROWS_A_WRITE], pending[ROWS_A_WRITE:]
            table = connection().table_name
            answer = _call("batch_write_item", RequestItems={table: sent})
            left = answer.get("UnprocessedItems", {}).get(table, [])
            attempt = attempt + 1 if left else 0
            if attempt > ATTEMPTS:
                raise Unavailable(retry_after=1)
            pause(attempt * 0.05)
            pending = left + rest


def plant_row(row: Row) -> bool:
    """Put one row of an import, in the scope of its practice; False if something lies at its key."""
    try:
        connection().connection.client.put_item(
            TableName=connection().table_name,
            Item=row,
            ConditionExpression="attribute_not_exists(pk)",
        )
    except AwsError as error:
        if error_code(error) == "ConditionalCheckFailedException":
            return False
        raise Unavailable(retry_after=1) from error
    return True


def _called(operation: str, **parameters: Any) -> dict[str, Any]:
    return _call(operation, TableName=connection().table_name, **parameters)


def _call(operation: str, **parameters: Any) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = getattr(connection().connection.client, operation)(**parameters)
    except AwsError as error:
        raise Unavailable(retry_after=1) from error
    return answer
