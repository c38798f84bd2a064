"""What AWS does between the pieces: it carries stream, queues, schedules and files to handlers."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Protocol

from chalice.app import (
    Chalice,
    CloudWatchEventConfig,
    DynamoDBEventConfig,
    ScheduledEventConfig,
    SQSEventConfig,
)
from chalice.utils import to_cfn_resource_name

from infra.resources import Place
from infra.template import functions

from .events import scheduled_event
from .invocation import LOG, Function
from .provision import event_queue
from .queues import QueueSource, RuleSource
from .stream import StreamSource

Stopping = Callable[[], bool]


class Source(Protocol):
    """Where events come from: `poll` takes and handles some, and returns within about a second."""

    def poll(self, stopping: Stopping, /) -> None: ...


class Pump:
    """Reads every event source of the app, each in a thread, from `start` until `stop`.

    `tick_seconds` is how long a schedule's minute takes here; `retry_seconds` how soon what failed
    is tried again. `extra` are further sources: the clearinghouse simulator.
    """

    def __init__(
        self,
        app: Chalice,
        place: Place,
        *,
        tick_seconds: float = 60.0,
        retry_seconds: float = 2.0,
        extra: tuple[QueueSource, ...] = (),
    ) -> None:
        self._place = place
        self._retry_seconds = retry_seconds
        self._tick_seconds = tick_seconds
        self.functions = {each.function.name: each.function for each in extra}
        self.streams: list[StreamSource] = []
        self.queues: list[QueueSource] = list(extra)
        self.schedules: list[Function] = []
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        for source in app.event_sources:
            self._connect(source, Function(source.name, app.handler_map[source.name]))

    def start(self) -> None:
        """Run every schedule once, which sends what an earlier run left, then all in threads."""
        loops: list[Callable[[], None]] = [self._schedule]
        sources: list[Source] = [*self.streams, *self.queues]
        loops += [self._loop_of(source) for source in sources]
        self._threads = [threading.Thread(target=loop, daemon=True) for loop in loops]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Take nothing more; handlers under way finish, what streams have gathered is handled."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        for stream in self.streams:
            if stream.window:
                stream.finish()

    def tick(self) -> None:
        """Run every schedule now."""
        for function in self.schedules:
            event = scheduled_event(function.name, datetime.now(UTC))
            try:
                function.invoke(event)
            except Exception as error:  # noqa: BLE001  # the next minute tries again
                LOG.warning("%s: %s", function.name, type(error).__name__)

    @contextmanager
    def holding(self, *names: str) -> Iterator[None]:
        """These queues' functions take nothing meanwhile; what came in is handled afterwards."""
        queues = [each for each in self.queues if each.function.name in names]
        for queue in queues:
            queue.hold()
        try:
            yield
        finally:
            for queue in queues:
                queue.held = False

    def settle(self, timeout: float = 30.0) -> None:
        """Wait until nothing is under way: stream read, queues empty. TimeoutError names the rest.

        A queue that is held back is not waited for, nor what a stream gathers for minutes.
        """
        deadline = time.monotonic() + timeout
        quiet = 0
        while quiet < 2:
            self._demand_time(deadline, timeout)
            asked, done = time.monotonic(), self._invocations()
            time.sleep(0.1)
            has_read = all(stream.last_empty >= asked for stream in self._prompt)
            idle = has_read and done == self._invocations() and not self._under_way()
            quiet = quiet + 1 if idle else 0

    def catch_up(self, at_most: int, timeout: float = 30.0) -> None:
        """Wait until what has happened so far is in the queues, and no more than `at_most` messages.

        TimeoutError names them. A queue that is held back is not counted.
        """
        asked = time.monotonic()
        while any(each.carried_until < asked for each in self._prompt) or self._many(at_most):
            self._demand_time(asked + timeout, timeout)
            time.sleep(0.2)

    @property
    def _prompt(self) -> list[StreamSource]:
        """Streams that are carried at once."""
        return [stream for stream in self.streams if not stream.window]

    def _connect(self, source: Any, function: Function) -> None:
        self.functions[source.name] = function
        retry = self._retry_seconds
        match source:
            case ScheduledEventConfig():
                self.schedules.append(function)
            case DynamoDBEventConfig():
                settings = self._settings(source.name)
                stream = StreamSource(function, self._place, settings, retry_seconds=retry)
                self.streams.append(stream)
            case SQSEventConfig():
                settings = self._settings(source.name)
                self.queues.append(
                    QueueSource(
                        function,
                        self._place,
                        settings["Queue"],
                        batch_size=settings["BatchSize"],
                        retry_seconds=retry,
                    )
                )
            case CloudWatchEventConfig():
                arn = event_queue(self._place, to_cfn_resource_name(source.name))
                self.queues.append(RuleSource(function, self._place, arn, retry_seconds=retry))
            case _:
                raise TypeError(f"{source.name}: {type(source).__name__} is not pumped")

    def _settings(self, name: str) -> dict[str, Any]:
        declared = functions()["Resources"].get(to_cfn_resource_name(name))
        if declared is None:
            raise LookupError(f"{name}: infra/functions.yaml does not say where its events are")
        (source,) = declared["Properties"]["Events"].values()
        resolved: dict[str, Any] = self._place.resolved(source["Properties"])
        return resolved

    def _loop_of(self, source: Source) -> Callable[[], None]:
        def loop() -> None:
            while not self._stopping.is_set():
                try:
                    source.poll(self._stopping.is_set)
                except Exception as error:  # noqa: BLE001  # the emulator may be restarting
                    LOG.exception("a source failed: %s", type(error).__name__)
                    self._stopping.wait(1)

        return loop

    def _schedule(self) -> None:
        self.tick()
        while not self._stopping.wait(self._tick_seconds):
            self.tick()

    def _invocations(self) -> int:
        return sum(function.invocations for function in self.functions.values())

    def _under_way(self) -> dict[str, int]:
        """What is being handled; only where that is nothing, what waits in the queues: a call each."""
        busy = {name: each.busy for name, each in self.functions.items() if each.busy}
        return busy or self._waiting()

    def _waiting(self) -> dict[str, int]:
        waiting = {each.function.name: each.waiting for each in self.queues if not each.held}
        return {name: count for name, count in waiting.items() if count}

    def _many(self, at_most: int) -> bool:
        """Whether more messages than that wait; no queue is asked once they do."""
        left = at_most
        for each in self.queues:
            left -= 0 if each.held else each.waiting
            if left < 0:
                return True
        return False

    def _demand_time(self, deadline: float, timeout: float) -> None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"not settled after {timeout} s: {self._under_way()}")
