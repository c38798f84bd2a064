"""People who use the product, as the visit and the demo practice play them: by its API alone.

`Api` is how a call reaches the product: over real HTTP (http_api.py) or inside a test.
"""

import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

PASSWORD = "correct horse battery staple"  # noqa: S105  # of made-up people
SERVED = (200, 201)


class Failed(AssertionError):
    """A step did not go as it should."""


class Answer(Protocol):
    @property
    def status(self) -> int: ...
    @property
    def json(self) -> Any: ...
    @property
    def etag(self) -> str: ...
    @property
    def text(self) -> str: ...


class Api(Protocol):
    """The product as a step sees it."""

    def call(
        self, method: str, path: str, body: Any = None, *, token: str = "", **headers: str
    ) -> Answer: ...
    def mails_to(self, address: str) -> list[str]: ...
    def texts_to(self, number: str) -> list[str]: ...
    def now(self) -> datetime: ...
    def advance_to(self, instant: datetime) -> None: ...
    def settle(self) -> None: ...
    def tick(self) -> None: ...


@dataclass
class People:
    """Calls in the name of people, by their e-mail addresses; "" is somebody not signed in.

    Each signs in at their first call and, as people do, anew where their session is over. Several
    threads may call at once.
    """

    api: Api
    _tokens: dict[str, str] = field(default_factory=dict)
    _signing_in: threading.Lock = field(default_factory=threading.Lock)

    def post(self, who: str, path: str, body: Any = None) -> Any:
        """What a POST that is served answers."""
        return self.call("POST", who, path, body).json

    def get(self, who: str, path: str) -> Any:
        """What is at a path."""
        return self.call("GET", who, path).json

    def call(
        self,
        method: str,
        who: str,
        path: str,
        body: Any = None,
        *,
        status: Iterable[int] = SERVED,
        **headers: str,
    ) -> Answer:
        """The answer, whose status is one of these; Failed if it is another."""
        token = self._token(who)
        answer = self.api.call(method, path, body, token=token, **headers)
        if answer.status == 401 and token:
            token = self._token(who, instead_of=token)
            answer = self.api.call(method, path, body, token=token, **headers)
        expect(answer.status in status, f"{method} {path}: {answer.status} {answer.text}")
        return answer

    def sign_in_anew(self) -> None:
        """Time has passed and the sessions are over: each signs in at their next call."""
        self._tokens.clear()

    def mailed_secret(self, address: str) -> str:
        """The secret of the newest link that was mailed to `address`; Failed if none was."""
        mails = "\n".join(self.api.mails_to(address))
        secrets: list[str] = re.findall(r"lnk_[0-9A-Z]{26}\.[0-9a-f]{64}", mails)
        expect(bool(secrets), f"a link was mailed to {address}")
        return secrets[-1]

    def _token(self, who: str, *, instead_of: str = "") -> str:
        if not who:
            return ""
        with self._signing_in:
            if self._tokens.get(who, "") == instead_of:
                body = {"email": who, "password": PASSWORD}
                answer = self.api.call("POST", "/v1/sessions", body)
                expect(answer.status == 201, f"{who} signs in: {answer.text}")
                self._tokens[who] = answer.json["access_token"]
            return self._tokens[who]


def expect(holds: bool, what: str) -> None:
    """Failed, saying `what` should be, unless it is."""
    if not holds:
        raise Failed(what)


def usd(amount: int) -> dict[str, Any]:
    """Money as the API has it, in cents."""
    return {"amount": amount, "currency": "USD"}
