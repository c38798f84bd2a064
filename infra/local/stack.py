"""The whole system on one machine: emulator, resources, API over HTTP, event pump, clearinghouse."""

import importlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from functools import _lru_cache_wrapper
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import boto3
from chalice.app import Chalice

from infra.resources import environment

from .carrier import OURS, Carrier
from .emulator import Emulator
from .gateway import wsgi
from .mailbox import Partner, mailbox_source
from .meetings import Json, Meetings
from .provision import provision
from .pump import Pump
from .sent import SentMail, SentText, sent_mail
from .server import Server

PREFIX = "careloom"


def product() -> Chalice:
    """The app of app.py. It reads the environment when it first needs it."""
    app: Chalice = importlib.import_module("app").app
    return app


def simulator() -> Partner:
    """The clearinghouse simulator with its usual rules."""
    from .clearinghouse import Clearinghouse

    return Clearinghouse()


class Stack:
    """A context manager: up when entered, down when left, the emulator last.

    `state` is the folder kept from run to run, None for a run that leaves nothing; port 0 takes a
    free one. While it is up the process's environment is `environment`, and what the product
    caches of it is forgotten before and after; so one stack a process at a time.

    `tick_seconds` is how long a minute of the schedules takes, `clearinghouse` who answers claims.
    """

    def __init__(
        self,
        state: Path | None = None,
        *,
        port: int = 0,
        tick_seconds: float = 60.0,
        retry_seconds: float = 2.0,
        load_app: Callable[[], Chalice] = product,
        clearinghouse: Partner | None = None,
    ) -> None:
        self.emulator = Emulator(state)
        self.environment: dict[str, str] = {}
        self._port = port
        self._tick_seconds = tick_seconds
        self._retry_seconds = retry_seconds
        self._load_app = load_app
        self._clearinghouse = clearinghouse
        self._down = ExitStack()

    @property
    def url(self) -> str:
        """The API, without a slash at the end."""
        return self.server.url

    def sent_mail(self, to: str | None = None) -> list[SentMail]:
        """The e-mail that went out, all or to one address; oldest first."""
        return sent_mail(self.emulator.url, to)

    def sent_texts(self, to: str | None = None) -> list[SentText]:
        """The SMS that went out, all or to one number."""
        return [text for text in self.carrier.texts if to in (None, text.to)]

    def settle(self, timeout: float = 30.0) -> None:
        """Wait until all events have been carried and handled. TimeoutError names what has not."""
        self.pump.settle(timeout)

    def tick(self) -> None:
        """Let a minute of the schedules pass: sweep the outbox, send what has come due."""
        self.pump.tick()

    def __enter__(self) -> Self:
        with ExitStack() as down:
            down.enter_context(_isolated())
            self.emulator.start()
            down.callback(self.emulator.stop)
            self.place = provision(self.emulator.url, PREFIX)
            down.callback(self.place.close)
            self.server = Server(self._port)
            down.callback(self.server.stop)
            self.environment = environment(self.emulator.url, PREFIX, public_url=self.url)
            self._start_carrier(down)
            self._start_meetings(down)
            os.environ |= self.environment
            os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "WARNING")
            app = self._load_app()
            self._start_pump(app)
            down.callback(self.pump.stop)
            self.server.start(wsgi(app, self._extras()))
            down.callback(self.server.stop)
            self._down = down.pop_all()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._down.close()

    def _start_carrier(self, down: ExitStack) -> None:
        """The network, where End User Messaging's client finds it (botocore's own variable)."""
        self.carrier, served = Carrier(self.place, seconds=1), Server(threads=2)
        served.start(self.carrier.respond)
        down.callback(served.stop)
        self.environment |= {
            "CARELOOM_SMS_ORIGINATION": OURS,
            "AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2": served.url,
        }
        self.network_url = served.url

    def _start_meetings(self, down: ExitStack) -> None:
        """Chime, which tells of its meetings as EventBridge does."""
        sqs, queue_url = self.place.client("sqs"), self.place.reference("SchedulingEvents")

        def tell(event: Json) -> None:
            sqs.send_message(QueueUrl=queue_url, MessageBody=json.dumps(event))

        self.meetings, served = Meetings(tell), Server(threads=2)
        served.start(self.meetings.respond)
        down.callback(served.stop)
        self.environment["AWS_ENDPOINT_URL_CHIME_SDK_MEETINGS"] = served.url
        self.meetings_url = served.url

    def _start_pump(self, app: Chalice) -> None:
        partner = self._clearinghouse or simulator()
        self.pump = Pump(
            app,
            self.place,
            tick_seconds=self._tick_seconds,
            retry_seconds=self._retry_seconds,
            extra=(mailbox_source(self.place, partner, retry_seconds=self._retry_seconds),),
        )
        self.pump.start()

    def _extras(self) -> dict[str, Callable[[], Any]]:
        return {
            "/_local/mail": lambda: [asdict(mail) for mail in self.sent_mail()],
            "/_local/texts": lambda: [asdict(text) for text in self.sent_texts()],
        }


@contextmanager
def _isolated() -> Iterator[None]:
    """No AWS settings of the machine, no proxy to loopback; all is as before afterwards."""
    before = dict(os.environ)
    for name in [name for name in before if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ["NO_PROXY"] = "127.0.0.1"
    _forget()
    try:
        yield
    finally:
        _forget()
        os.environ.clear()
        os.environ |= before


def _forget() -> None:
    """Empty what the product has cached of its environment: settings, clients, keys."""
    boto3.DEFAULT_SESSION = None
    for name, module in list(sys.modules.items()):
        if name.startswith("chalicelib."):
            for cached in list(vars(module).values()):
                if isinstance(cached, _lru_cache_wrapper):
                    cached.cache_clear()
