"""Chime's simulator right under botocore: its HTTP, without a socket."""

import json
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.awsrequest import AWSResponse
from botocore.handlers import BUILTIN_HANDLERS

from chalicelib.platform.clock import Clock
from infra.local.meetings import Meetings

_answering: list[Meetings] = []
"""The one that answers: the newest world's."""


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
    body = request.body or b""
    body = body.encode() if isinstance(body, str) else body
    environ = {
        "REQUEST_METHOD": request.method,
        "PATH_INFO": urlsplit(request.url).path,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
    }
    said: list[Any] = []
    answer = b"".join(_answering[0].respond(environ, lambda *told: said.extend(told)))
    status, headers = int(said[0].partition(" ")[0]), dict(said[1])
    return AWSResponse(request.url, status, headers, _Raw(answer))


BUILTIN_HANDLERS.append(("before-send.chime-sdk-meetings", _carry))
