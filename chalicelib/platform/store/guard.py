"""The storage guard: a call whose key leaves the current scope is refused before it is sent.

It sits on botocore's `provide-client-params`, below every library, and says for whom the call is
signed: in AWS the role's policy says the same (`dynamodb:LeadingKeys`, assumed_roles.py).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from ..assumed_roles import sign_for
from .keys import SYSTEM

_INDEX_KEYS = ("gs1pk", "gs2pk")
_PARTITION_KEYS = ("pk", *_INDEX_KEYS, "duepk")
_scope: ContextVar[tuple[str, ...]] = ContextVar("storage_scope", default=())
_swept: ContextVar[str] = ContextVar("swept_practice", default="")

ROWS_OF_A_PRACTICE = (
    "begins_with(pk, :own) OR (begins_with(pk, :system)"
    " AND (practice_id = :practice OR contains(pk, :own) OR contains(sk, :own)))"
)
"""The one filter with which a Scan passes, in `sweeping_scope`: a practice's partitions, and the
`sys#` rows that name it."""


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
def sweeping_scope(practice_id: str) -> Iterator[None]:
    """As `system_scope` of one practice; a Scan for all that is this practice's passes as well.

    For custody alone: what leaves with a practice, and what is destroyed (ADR 14).
    """
    before = _swept.set(practice_id)
    try:
        with system_scope(practice_id):
            yield
    finally:
        _swept.reset(before)


@contextmanager
def _within(prefixes: tuple[str, ...]) -> Iterator[None]:
    before = _scope.set(prefixes)
    try:
        yield
    finally:
        _scope.reset(before)


def guard_item(params: dict[str, Any], model: Any, **_: Any) -> None:
    """botocore hook for DynamoDB. OutOfScope for a foreign key, PartiQL, or a Scan but custody's.

    An item's keys in the practice's indexes count as well: IAM's leading keys do not see those.
    """
    partitions = _partitions(model.name, params)
    _demand_own(model.name, partitions)
    keys = () if model.name == "Scan" else partitions  # no role but custody's function may scan
    sign_for(partition.partition("#")[0] for partition in keys)


def guard_object(params: dict[str, Any], model: Any, **_: Any) -> None:
    """botocore hook for S3: every key, prefix and copy source lies under the current scope."""
    names = [params[name] for name in ("Key", "Prefix") if name in params]
    names += [item["Key"] for item in params.get("Delete", {}).get("Objects", [])]
    if "CopySource" in params:
        source = params["CopySource"]
        names.append(source["Key"] if isinstance(source, dict) else source.partition("/")[2])
    if not names:
        raise OutOfScope(f"{model.name} names no object")
    _demand_own(model.name, names)
    sign_for(name.partition("/")[0] for name in names)


def _demand_own(operation: str, names: list[str]) -> None:
    for name in names:
        if not name.startswith(_scope.get() or ("\0",)):
            raise OutOfScope(f"{operation} leaves its scope")


def _partitions(operation: str, params: dict[str, Any]) -> list[str]:
    match operation:
        case "GetItem" | "UpdateItem" | "DeleteItem" | "PutItem":
            return _touched(params)
        case "BatchGetItem":
            return [
                key["pk"]["S"] for table in params["RequestItems"].values() for key in table["Keys"]
            ]
        case "BatchWriteItem":
            writes = [write for table in params["RequestItems"].values() for write in table]
            return [key for write in writes for body in write.values() for key in _touched(body)]
        case "TransactWriteItems" | "TransactGetItems":
            bodies = [body for item in params["TransactItems"] for body in item.values()]
            return [key for body in bodies for key in _touched(body)]
        case "Query":
            return [_queried(params)]
        case "Scan" if _swept.get():
            return _scanned(params)
        case "DescribeTable":
            return []
        case _:
            raise OutOfScope(f"{operation} has no place on a request path")


def _touched(body: dict[str, Any]) -> list[str]:
    """The partition of what is read or written, and the index partitions it is put into."""
    item = body.get("Item", {})
    values = [body.get("Key", item)["pk"], *(item[name] for name in _INDEX_KEYS if name in item)]
    values += [value for name, value in _set_to(body, "UpdateExpression") if name in _INDEX_KEYS]
    return [str(value["S"]) for value in values]


def _queried(params: dict[str, Any]) -> str:
    for name, value in _set_to(params, "KeyConditionExpression"):
        if name in _PARTITION_KEYS:
            return str(value["S"])
    raise OutOfScope("Query names no partition")


def _scanned(params: dict[str, Any]) -> list[str]:
    """The partition that a Scan's filter lets through: that of the practice being swept."""
    practice_id = _swept.get()
    wanted = {":own": f"{practice_id}#", ":system": f"{SYSTEM}#", ":practice": practice_id}
    given = {
        name: value["S"] for name, value in params.get("ExpressionAttributeValues", {}).items()
    }
    asks = params.get("FilterExpression"), params.get("IndexName"), given
    if asks != (ROWS_OF_A_PRACTICE, None, wanted):
        raise OutOfScope("Scan asks for more than one practice's rows")
    return [given[":own"]]


def _set_to(body: dict[str, Any], expression: str) -> list[tuple[str, dict[str, Any]]]:
    """Each `name = :value` of an expression: the attribute, and the value."""
    names, values = body.get("ExpressionAttributeNames", {}), body.get("ExpressionAttributeValues")
    found = re.findall(r"(#?\w+) = (:\w+)", body.get(expression, ""))
    return [(names.get(name, name), values[value]) for name, value in found] if values else []
