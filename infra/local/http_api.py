"""The product over real HTTP, for the visit and the demo practice."""

import http.client
import json
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from .stack import Stack

PATIENCE_SECONDS = 300.0


@dataclass
class ShiftedClock:
    """The machine's clock, moved ahead."""

    ahead: timedelta = field(default_factory=timedelta)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def advance_to(self, instant: datetime) -> None:
        """Never back: what has happened stays in the past."""
        self.ahead += max(instant - self.now(), timedelta())


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What came over the wire."""

    status: int
    text: str
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def etag(self) -> str:
        return self.headers["etag"]


class HttpApi:
    """The visit's way in: HTTP to the stack's server, mail and texts from the emulator.

    Each thread that calls keeps a connection of its own.
    """

    def __init__(self, stack: Stack, clock: ShiftedClock) -> None:
        self._stack = stack
        self._clock = clock
        self._own = threading.local()

    def call(
        self, method: str, path: str, body: Any = None, *, token: str = "", **headers: str
    ) -> HttpAnswer:
        sent = {"Content-Type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        raw = None if body is None else json.dumps(body)
        connection = self._connection
        connection.request(method, path, raw, sent)
        answer = connection.getresponse()
        text = answer.read().decode()
        named = {name.lower(): value for name, value in answer.getheaders()}
        return HttpAnswer(answer.status, text, named)

    def mails_to(self, address: str) -> list[str]:
        return [mail.text for mail in self._stack.sent_mail(address)]

    def texts_to(self, number: str) -> list[str]:
        return [text.text for text in self._stack.sent_texts(number)]

    def now(self) -> datetime:
        return self._clock.now()

    def advance_to(self, instant: datetime) -> None:
        self._clock.advance_to(instant)

    def settle(self) -> None:
        self._stack.settle(PATIENCE_SECONDS)

    def catch_up(self, at_most: int) -> None:
        """Wait until events are carried but for a few, so that they do not pile up."""
        self._stack.pump.catch_up(at_most, PATIENCE_SECONDS)

    def tick(self) -> None:
        self._stack.tick()

    @property
    def _connection(self) -> http.client.HTTPConnection:
        if not hasattr(self._own, "connection"):
            place = urlsplit(self._stack.url)
            opened = http.client.HTTPConnection(str(place.hostname), place.port, timeout=30)
            self._own.connection = opened
        held: http.client.HTTPConnection = self._own.connection
        return held
