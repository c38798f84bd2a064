"""The one connection to the table: deadlines, credentials, guard, and the schema PynamoDB needs of it."""

from functools import cache

from pynamodb.connection.base import MetaTable
from pynamodb.connection.table import TableConnection

from ..assumed_roles import sign_by_owner
from ..config import settings
from ..table_client import lighten, prepare
from .guard import guard_item

INDEXES = {"gs1": ("gs1pk", "gs1sk"), "gs2": ("gs2pk", "gs2sk"), "due": ("duepk", "duesk")}


@cache
def connection() -> TableConnection:
    """Every record class shares it: one botocore client a process.

    Connect 1 s, read 3 s, 3 attempts: PynamoDB's defaults exceed API Gateway's 29 s.
    """
    name = settings().table
    made = TableConnection(
        name,
        meta_table=MetaTable(_schema(name)),
        region=settings().region,
        host=settings().endpoint_url,
        connect_timeout_seconds=1,
        read_timeout_seconds=3,
        max_retry_attempts=2,
        max_pool_connections=20,
    )
    prepare(made.connection.session)
    sign_by_owner(made.connection.session)
    lighten(made.connection.client)
    made.connection.client.meta.events.register("provide-client-params.dynamodb.*", guard_item)
    return made


def _schema(name: str) -> dict[str, object]:
    keys = [("pk", "sk"), *INDEXES.values()]
    return {
        "TableName": name,
        "KeySchema": _key_schema("pk", "sk"),
        "AttributeDefinitions": [
            {"AttributeName": part, "AttributeType": "S"} for pair in keys for part in pair
        ],
        "GlobalSecondaryIndexes": [
            {"IndexName": index, "KeySchema": _key_schema(*pair)} for index, pair in INDEXES.items()
        ],
        "LocalSecondaryIndexes": [],
    }


def _key_schema(partition: str, sort: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]
