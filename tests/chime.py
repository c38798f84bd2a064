"""Chime's simulator right under botocore: its HTTP, without a socket."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.awsrequest import AWSResponse
from botocore.handlers import BUILTIN_HANDLERS

from chalicelib.platform.aws import client
from chalicelib.platform.clock import Clock
from infra.local.meetings import Meetings
from tests.faults import Died

SERVICE = "chime-sdk-meetings"
_answering: list[Meetings] = []
"""The one that answers: the newest world's."""
asked: list[str] = []
"""All that was sent to it, since somebody emptied this."""


class _Raw:
    """What urllib3 would have read."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: Any) -> Any:
        yield self._body


def answer_by(clock: Clock) -> Meetings:
    """A new service, which tells on scheduling's queue and answers all calls from now on."""
    _answering[:] = [Meetings(_on_the_queue, clock.now)]
    return _answering[0]


def _on_the_queue(event: dict[str, Any]) -> None:
    from chalicelib.platform.config import settings

    url = settings().queue_urls["scheduling"]
    boto3.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(event))


def _carry(request: Any, **_: Any) -> Any:
    if not urlsplit(request.url).netloc.endswith(".amazonaws.com"):
        return None  # a simulator that is served
    body = request.body or b""
    body = body.encode() if isinstance(body, str) else body
    environ = {
        "REQUEST_METHOD": request.method,
        "PATH_INFO": urlsplit(request.url).path,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
    }
    asked.append(f"{request.method} {environ['PATH_INFO']} {body.decode()}")
    said: list[Any] = []
    answer = b"".join(_answering[0].respond(environ, lambda *told: said.extend(told)))
    status, headers = int(said[0].partition(" ")[0]), dict(said[1])
    return AWSResponse(request.url, status, headers, _Raw(answer))


BUILTIN_HANDLERS.append((f"before-send.{SERVICE}", _carry))


@contextmanager
def failing(operation: str, fault: int | Exception) -> Iterator[list[str]]:
    """Each call of `operation` fails with this status, or ends in this error, before it arrives."""
    failed: list[str] = []

    def fail(**_: Any) -> Any:
        failed.append(operation)
        if isinstance(fault, Exception):
            raise fault
        parsed = {
            "Error": {"Code": CODES[fault], "Message": "Rosa Diaz"},
            "ResponseMetadata": {"HTTPStatusCode": fault},
        }
        return AWSResponse("https://chime", fault, {}, None), parsed

    with _hooked(f"before-call.{SERVICE}.{operation}", fail):
        yield failed


@contextmanager
def dying(operation: str, *, after: bool) -> Iterator[None]:
    """The process ends before, or just after, a call of `operation`."""

    def die(**_: Any) -> None:
        raise Died

    with _hooked(f"{'after' if after else 'before'}-call.{SERVICE}.{operation}", die):
        yield


CODES = {
    400: "BadRequestException",
    403: "ForbiddenException",
    429: "ThrottlingException",
    500: "ServiceFailureException",
    503: "ServiceUnavailableException",
}


@contextmanager
def _hooked(name: str, hook: Callable[..., Any]) -> Iterator[None]:
    events = client(SERVICE).meta.events
    events.register_first(name, hook)
    try:
        yield
    finally:
        events.unregister(name, hook)
