"""The storage guard: a call whose key leaves the current scope is refused before it is sent.

It sits on botocore's `provide-client-params`, below every library. In AWS the role's policy says
the same (`dynamodb:LeadingKeys`).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from .keys import SYSTEM

_PARTITION_KEYS = ("pk", "gs1pk", "gs2pk", "duepk")
_scope: ContextVar[tuple[str, ...]] = ContextVar("storage_scope", default=())


class OutOfScope(RuntimeError):
    """A call would have left the current practice: a defect, never an answer."""


@contextmanager
def practice_scope(practice_id: str) -> Iterator[None]:
    """Only this practice's keys and S3 prefix pass."""
    with _within((f"{practice_id}#", f"{practice_id}/")):
        yield


@contextmanager
def system_scope(*practice_ids: str) -> Iterator[None]:
    """`sys#` keys pass, and those of the practices named."""
    own = [part for practice in practice_ids for part in (f"{practice}#", f"{practice}/")]
    with _within((f"{SYSTEM}#", f"{SYSTEM}/", *own)):
        yield


@contextmanager
def _within(prefixes: tuple[str, ...]) -> Iterator[None]:
    before = _scope.set(prefixes)
    try:
        yield
    finally:
        _scope.reset(before)


def guard_item(params: dict[str, Any], model: Any, **_: Any) -> None:
    """botocore hook for DynamoDB. OutOfScope for a foreign key, a Scan, or PartiQL."""
    for partition in _partitions(model.name, params):
        if not partition.startswith(_scope.get() or ("\0",)):
            raise OutOfScope(f"{model.name} leaves its scope")


def guard_object(params: dict[str, Any], model: Any, **_: Any) -> None:
    """botocore hook for S3: every key, prefix and copy source lies under the current scope."""
    names = [params[name] for name in ("Key", "Prefix") if name in params]
    names += [item["Key"] for item in params.get("Delete", {}).get("Objects", [])]
    if "CopySource" in params:
        source = params["CopySource"]
        names.append(source["Key"] if isinstance(source, dict) else source.partition("/")[2])
    if not names:
        raise OutOfScope(f"{model.name} names no object")
    for name in names:
        if not name.startswith(_scope.get() or ("\0",)):
            raise OutOfScope(f"{model.name} leaves its scope")


def _partitions(operation: str, params: dict[str, Any]) -> list[str]:
    match operation:
        case "GetItem" | "UpdateItem" | "DeleteItem":
            return [params["Key"]["pk"]["S"]]
        case "PutItem":
            return [params["Item"]["pk"]["S"]]
        case "BatchGetItem":
            return [
                key["pk"]["S"] for table in params["RequestItems"].values() for key in table["Keys"]
            ]
        case "BatchWriteItem":
            writes = [write for table in params["RequestItems"].values() for write in table]
            return [_written(body) for write in writes for body in write.values()]
        case "TransactWriteItems" | "TransactGetItems":
            return [_written(body) for item in params["TransactItems"] for body in item.values()]
        case "Query":
            return [_queried(params)]
        case "DescribeTable":
            return []
        case _:
            raise OutOfScope(f"{operation} has no place on a request path")


def _written(body: dict[str, Any]) -> str:
    return str((body.get("Key") or body["Item"])["pk"]["S"])


def _queried(params: dict[str, Any]) -> str:
    names = params.get("ExpressionAttributeNames", {})
    for name, value in re.findall(r"(#?\w+) = (:\w+)", params.get("KeyConditionExpression", "")):
        if names.get(name, name) in _PARTITION_KEYS:
            return str(params["ExpressionAttributeValues"][value]["S"])
    raise OutOfScope("Query names no partition")
