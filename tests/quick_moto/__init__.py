"""moto, quicker and one call at a time, with the same answers."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from moto.core.botocore_stubber import BotocoreStubber

from . import expressions, items, requests, table, updates

_WITHOUT_EFFECT = {"dynamodb", "sts", "secretsmanager"}
_calls: Counter[str] = Counter()


def calls_beside_the_table() -> int:
    """How many calls had an effect anywhere else."""
    return sum(many for service, many in _calls.items() if service not in _WITHOUT_EFFECT)


def quicken(patched: pytest.MonkeyPatch) -> None:
    """From here on moto takes a quarter of its time, and answers the same (test_quick_moto.py)."""
    for part in (items, table, expressions, updates, requests):
        part.quicken(patched)
    _one_at_a_time(patched)


@contextmanager
def as_it_comes(patched: pytest.MonkeyPatch) -> Iterator[None]:
    """moto unquickened, meanwhile."""
    patched.undo()
    try:
        yield
    finally:
        quicken(patched)


def _one_at_a_time(patched: pytest.MonkeyPatch) -> None:
    process = BotocoreStubber.process_request

    def in_turn(self: Any, request: Any) -> Any:
        with requests.TURN:
            _calls[request.url.partition("://")[2].partition(".")[0]] += 1
            return requests.answered(request) or process(self, request)

    patched.setattr(BotocoreStubber, "process_request", in_turn)
