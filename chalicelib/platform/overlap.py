"""Calls that run beside the request's own, with the request's context variables.

`beside` runs in one of a few threads. `while_waiting` runs in the request's own, between a call of
the table and its answer: no thread is woken, and none fights another for the interpreter, which
costs more than a small write does.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import copy_context
from functools import cache
from typing import Any, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=8, thread_name_prefix="beside")


def beside(call: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> Future[T]:
    """Start `call` now; `.result()` gives what it returned or raises what it raised."""
    context = copy_context()
    return _pool().submit(lambda: context.run(call, *arguments, **named))


class Waiting(Generic[T]):
    """A call that runs once: when this thread waits for the table, or when its result is wanted."""

    def __init__(self, call: Callable[[], T]) -> None:
        self._call: Callable[[], T] | None = call
        self._future: Future[T] = Future()

    def run(self) -> None:
        call, self._call = self._call, None
        if call is None:
            return
        try:
            self._future.set_result(call())
        except Exception as error:  # noqa: BLE001  # it is raised where the result is wanted
            self._future.set_exception(error)

    def result(self) -> T:
        """What it returned; raises what it raised."""
        self.run()
        return self._future.result()


class _Waitings(threading.local):
    def __init__(self) -> None:
        self.calls: list[Waiting[Any]] = []


_waitings = _Waitings()


def while_waiting(call: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> Waiting[T]:
    """Run `call` once the next call of the table is sent, before its answer is read."""
    context = copy_context()
    waiting = Waiting(lambda: context.run(call, *arguments, **named))
    _waitings.calls.append(waiting)
    return waiting


def run_waiting() -> None:
    """This thread has nothing to do: what waits for that runs now."""
    while _waitings.calls:
        _waitings.calls.pop(0).run()


@contextmanager
def until_done(*calls: Future[Any] | None) -> Iterator[None]:
    """Leave only when these calls are over, and all that wait; what they raised is dropped.

    A Lambda function stands still from its answer on: what it left running is lost.
    """
    try:
        yield
    finally:
        run_waiting()
        wait([call for call in calls if call is not None])
