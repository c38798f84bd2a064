"""The meter: listens to AWS clients by botocore's events, and prices every DynamoDB call.

    meter = Meter(reader=another_dynamodb_client)
    meter.attach(client)
    with meter.measure("book") as m:
        ...
    m.round_trips, m.rru, m.wru

Before and after each write the meter reads the items itself, consistently, with `reader`: a client
of its own that has neither the meter's events nor the application's. What another thread writes to
the same item at the same moment is charged to either.
"""

import copy
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from .charges import narrowed
from .measurement import DYNAMODB, Call, Classifier, Measurement, puts_only
from .pricer import Prepared, Pricer

__all__ = ["Call", "Measurement", "Meter", "Unfinished", "puts_only"]

LATENCY = 0.005
_PENDING = "unit_meter"
_READ_AUDIT = puts_only("audit")


class Unfinished(RuntimeError):
    """A measurement ended while a call was under way: its units would have been lost."""


@dataclass(slots=True, eq=False)
class _Pending:
    measurements: tuple[Measurement, ...]
    service: str
    operation: str
    params: Mapping[str, Any]
    started: float
    prepared: Prepared = field(default_factory=Prepared)


class Meter:
    """Records and prices the calls of the clients attached to it, while something is measured.

    `latency` (seconds) is added to each call before it is sent, as a wire would: calls sent
    together then overlap however fast the engine answers, and sequential ones never do.
    `is_read_audit` says which calls write nothing but the audit entry of a read.
    """

    def __init__(
        self, reader: Any, *, latency: float = LATENCY, is_read_audit: Classifier = _READ_AUDIT
    ) -> None:
        self._pricer = Pricer(reader)
        self._latency = latency
        self._is_read_audit = is_read_audit
        self._open: tuple[Measurement, ...] = ()
        self._under_way: dict[int, _Pending] = {}
        self._clients: list[Any] = []
        self._lock = threading.Lock()

    def attach(self, client: Any) -> None:
        """Listen to a botocore or boto3 client of any service; twice is once."""
        if any(client is other for other in self._clients):
            return
        self._clients.append(client)
        events = client.meta.events
        events.register_last("before-parameter-build", self._asked)
        events.register_first("before-call", self._sent)
        events.register_first("after-call", self._answered)
        events.register_first("after-call-error", self._failed)

    def detach(self, client: Any) -> None:
        """Stop listening to a client. ValueError if it is not attached."""
        self._clients.remove(client)
        events = client.meta.events
        events.unregister("before-parameter-build", self._asked)
        events.unregister("before-call", self._sent)
        events.unregister("after-call", self._answered)
        events.unregister("after-call-error", self._failed)

    @contextmanager
    def measure(self, name: str) -> Iterator[Measurement]:
        """Collect the calls that begin in this block, of every thread; blocks may nest.

        Unfinished if another thread's call is still under way at its end.
        """
        measurement = Measurement(name, self._is_read_audit)
        with self._lock:
            self._open += (measurement,)
        try:
            yield measurement
        finally:
            with self._lock:
                self._open = tuple(other for other in self._open if other is not measurement)
        if late := self._late(measurement):
            raise Unfinished(f"{name}: {', '.join(late)}")

    def _late(self, measurement: Measurement) -> list[str]:
        with self._lock:
            self._under_way.pop(threading.get_ident(), None)
            calls = self._under_way.values()
            return [call.operation for call in calls if measurement in call.measurements]

    def _asked(self, params: Mapping[str, Any], model: Any, context: Any, **_: Any) -> None:
        started, measurements = time.perf_counter(), self._open
        if not measurements:
            return
        service = model.service_model.service_name
        kept = copy.deepcopy(params) if service == DYNAMODB else dict(params)
        context[_PENDING] = _Pending(measurements, service, model.name, kept, started)

    def _sent(self, context: Any, **_: Any) -> None:
        pending = context.get(_PENDING)
        if pending is None:
            return
        with self._lock:
            self._under_way[threading.get_ident()] = pending
        if pending.service == DYNAMODB:
            pending.prepared = self._pricer.prepare(pending.operation, pending.params)
        time.sleep(self._latency)

    def _answered(self, parsed: Mapping[str, Any], context: Any, **_: Any) -> None:
        finished, pending = time.perf_counter(), context.get(_PENDING)
        if pending is not None:
            error = parsed.get("Error", {}).get("Code")
            self._record(pending, parsed, finished, error=error)

    def _failed(self, exception: Exception, context: Any, **_: Any) -> None:
        finished, pending = time.perf_counter(), context.get(_PENDING)
        if pending is not None:
            self._record(pending, {}, finished, error=type(exception).__name__)

    def _record(
        self, pending: _Pending, answer: Mapping[str, Any], finished: float, *, error: str | None
    ) -> None:
        dynamodb = pending.service == DYNAMODB
        operation, params = pending.operation, pending.params
        call = Call(
            service=pending.service,
            operation=operation,
            params=params,
            response=copy.deepcopy(answer) if dynamodb else answer,
            started=pending.started,
            finished=finished,
            thread=threading.get_ident(),
            error=error,
            filtered=dynamodb and narrowed(operation, params),
            charges=self._pricer.charges(
                operation, params, prepared=pending.prepared, answer=answer, error=error
            )
            if dynamodb
            else (),
        )
        with self._lock:
            self._under_way.pop(call.thread, None)
            for measurement in pending.measurements:
                measurement.calls.append(call)
