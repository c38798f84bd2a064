"""Where health data and secrets must not turn up: logs, metrics, messages, keys, URLs, texts."""

import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from io import StringIO
from typing import Any

import pytest

from chalicelib.platform import log, metrics
from chalicelib.platform.aws import client
from chalicelib.platform.config import settings
from chalicelib.platform.store.connection import connection
from tests import tables
from tests.isolation.clinics import ID

KEYS = ("pk", "sk", "gs1pk", "gs1sk", "gs2pk", "gs2sk", "duepk", "duesk")
CODE = re.compile(r"[a-z_]+|[A-Z0-9.]{1,8}|[A-Z][a-z]+/[A-Za-z_]+|[a-z]{2}-[A-Z]{2}|https?://.*")
WHEN = re.compile(r"\d{4}-\d\d(-\d\d(T.*)?)?|\d\d:\d\d")
SHORTEST = 5


@dataclass
class Leaks:
    """What came out at each place while it was listened to."""

    places: dict[str, list[str]] = field(default_factory=dict)

    def note(self, place: str, text: str) -> None:
        self.places.setdefault(place, []).append(text)

    def holding(self, canaries: set[str]) -> list[tuple[str, str]]:
        """Each canary that was seen, and the place."""
        return [
            (place, canary)
            for place, texts in self.places.items()
            for text in ["\n".join(texts).casefold()]
            for canary in sorted(canaries)
            if canary.casefold() in text
        ]


def canaries_in(value: Any, name: str = "") -> Iterator[str]:
    """What a request says that is nobody else's business: no ids of ours, codes, or times but dates
    of birth.
    """
    match value:
        case dict():
            for part, own in value.items():
                yield from canaries_in(own, part)
        case list():
            for own in value:
                yield from canaries_in(own, name)
        case str() if len(value) >= SHORTEST:
            known = ID.fullmatch(value) or CODE.fullmatch(value) or WHEN.fullmatch(value)
            if not known or name == "birth_date":
                yield value


@contextmanager
def listening() -> Iterator[Leaks]:
    """Everything is logged and measured as in production, and noted."""
    leaks, written, printed = Leaks(), StringIO(), StringIO()
    handler = logging.StreamHandler(written)
    root, own = logging.getLogger(), log._logger()
    before = own._logger.level
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(metrics, "settings", lambda: replace(settings(), stage="prod"))
        patched.setattr(sys, "stdout", printed)
        patched.setattr(own.registered_handler, "stream", written)
        own._logger.setLevel(logging.DEBUG)
        root.addHandler(handler)
        with _sent(leaks):
            try:
                yield leaks
            finally:
                root.removeHandler(handler)
                own._logger.setLevel(before)
    leaks.note("log", written.getvalue())
    leaks.note("metrics", printed.getvalue())


def note_keys(leaks: Leaks) -> None:
    """Every key of the table and its indexes as it is now."""
    for row in tables.rows().values():
        leaks.note("key", " ".join(row[name]["S"] for name in KEYS if name in row))


@contextmanager
def _sent(leaks: Leaks) -> Iterator[None]:
    """Messages, and where requests go."""

    def message(params: dict[str, Any], **_: Any) -> None:
        leaks.note("message", params["MessageBody"])

    def url(request: Any, **_: Any) -> None:
        leaks.note("url", request.url)

    sqs = client("sqs").meta.events
    places = (sqs, client("s3").meta.events, connection().connection.client.meta.events)
    sqs.register("provide-client-params.sqs.SendMessage", message)
    for events in places:
        events.register_first("before-send.*.*", url)
    try:
        yield
    finally:
        sqs.unregister("provide-client-params.sqs.SendMessage", message)
        for events in places:
            events.unregister("before-send.*.*", url)
