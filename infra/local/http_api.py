"""The product over real HTTP, for the visit and the demo practice."""

import http.client
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from .stack import Stack


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
    """The visit's way in: HTTP to the stack's server, mail and texts from the emulator."""

    def __init__(self, stack: Stack, clock: ShiftedClock) -> None:
        self._stack = stack
        self._clock = clock
        place = urlsplit(stack.url)
        self._connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=30)

    def call(
        self, method: str, path: str, body: Any = None, *, token: str = "", **headers: str
    ) -> HttpAnswer:
        sent = {"Content-Type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        raw = None if body is None else json.dumps(body)
        self._connection.request(method, path, raw, sent)
        answer = self._connection.getresponse()
        text = answer.read().decode()
        named = {name.lower(): value for name, value in answer.getheaders()}
        return HttpAnswer(answer.status, text, named)

    def mails_to(self, address: str) -> list[str]:
        return [mail.text for mail in self._stack.sent_mail(address)]

    def mailed_secret(self, address: str) -> str:
        """The secret of the newest link that was mailed to `address`. IndexError if none was."""
        text = "\n".join(self.mails_to(address))
        return re.findall(r"lnk_[0-9A-Z]{26}\.[0-9a-f]{64}", text)[-1]

    def texts_to(self, number: str) -> list[str]:
        return [text.text for text in self._stack.sent_texts(number)]

    def now(self) -> datetime:
        return self._clock.now()

    def advance_to(self, instant: datetime) -> None:
        self._clock.advance_to(instant)

    def settle(self) -> None:
        self._stack.settle()

    def tick(self) -> None:
        self._stack.tick()
