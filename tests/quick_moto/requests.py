"""Requests: the table's go straight to moto's handlers, past its web server."""

import base64
import json
import threading
from functools import cache
from typing import Any

import pytest
from moto.core import responses
from moto.core.utils import camelcase_to_underscores, method_names_from_class
from moto.dynamodb.responses import DynamoHandler

TABLE = "https://dynamodb.us-east-1.amazonaws.com/"
ACCOUNT, REGION = "123456789012", "us-east-1"
OPERATIONS = {
    "BatchGetItem",
    "DeleteItem",
    "GetItem",
    "PutItem",
    "Query",
    "Scan",
    "TransactWriteItems",
    "UpdateItem",
}
TURN = threading.RLock()
"""A transaction that fails puts back what it has changed, with what other threads wrote meanwhile:
one call waits for the other."""
_method = cache(camelcase_to_underscores)
HEADERS = {"Content-Type": "application/x-amz-json-1.0", "x-amzn-requestid": "A" * 52}


def quicken(patched: pytest.MonkeyPatch) -> None:
    """moto lists a class's methods for each request to see whether one of them is meant."""
    patched.setattr(responses, "method_names_from_class", cache(method_names_from_class))


def answered(request: Any) -> tuple[int, dict[str, str], str] | None:
    """The answer of the table; None to what moto had better answer by itself."""
    if request.url != TABLE:
        return None
    found = done(_text(request.headers["X-Amz-Target"]).rpartition(".")[2], _text(request.body))
    return None if found is None else (200, dict(HEADERS), json.dumps(found, default=_base64))


def done(operation: str, text: str) -> Any:
    """What moto's handler makes of an operation; None where moto had better say what is wrong."""
    if operation not in OPERATIONS:
        return None
    handler = DynamoHandler()
    handler.body = handler.params = json.loads(text, object_hook=_with_bytes)
    handler.current_account, handler.region = ACCOUNT, REGION
    try:
        return getattr(handler, _method(operation))().result
    except Exception:  # noqa: BLE001  # it has changed nothing
        return None


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _with_bytes(part: dict[str, Any]) -> dict[str, Any]:
    """An attribute's value, or what holds such; bytes come in base 64."""
    if len(part) == 1:
        match part:
            case {"B": str(text)}:
                return {"B": base64.b64decode(text)}
            case {"BS": [*texts]}:
                return {"BS": [base64.b64decode(text) for text in texts]}
    return part


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
