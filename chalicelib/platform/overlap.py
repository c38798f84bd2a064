"""Calls that run beside the request's own: a few threads, each with the request's context variables."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import copy_context
from functools import cache
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=8, thread_name_prefix="beside")


def beside(call: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> Future[T]:
    """Start `call` now; `.result()` gives what it returned or raises what it raised."""
    context = copy_context()
    return _pool().submit(lambda: context.run(call, *arguments, **named))


@contextmanager
def until_done(*calls: Future[Any] | None) -> Iterator[None]:
    """Leave only when these calls are over; what they raised is dropped.

    A Lambda function stands still from its answer on: what it left running is lost.
    """
    try:
        yield
    finally:
        wait([call for call in calls if call is not None])
