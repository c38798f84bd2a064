"""`make smoke`: the whole visit over real HTTP on free ports, each step with its time.

The stack runs in this process, so that the clock can be moved to the day of the visit; requests go
over TCP, events through the emulator's stream and queues.
"""

import http.client
import json
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from chalicelib.platform.runtime import install, runtime

from .stack import Stack
from .visit import Failed, Visit


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


def main() -> int:
    """0 when every step held; 1, naming the step, at the first that did not."""
    clock = ShiftedClock()
    began = time.monotonic()
    with Stack(tick_seconds=3_600) as stack:
        live = runtime()
        install(live.authenticate, live.tenant_of, clock=clock)
        print(f"stack up at {stack.url} in {time.monotonic() - began:.1f} s")
        for number, (name, step) in enumerate(Visit(HttpApi(stack, clock)).steps(), start=1):
            started = time.monotonic()
            try:
                step()
            except (Failed, TimeoutError, OSError, KeyError, ValueError) as error:
                print(f"{number:2}. {name}: FAILED\n    {type(error).__name__}: {error}")
                return 1
            print(f"{number:2}. {name}: {time.monotonic() - started:.2f} s", flush=True)
    print(f"the whole visit holds, {time.monotonic() - began:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
