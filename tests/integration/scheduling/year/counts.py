"""What each operation costs, by our own meter, on days far apart: it must not grow with the year."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

import boto3

from chalicelib.platform.store.connection import connection
from tests.benchmarks.meter import Meter

OPERATIONS = {
    "book",
    "reschedule",
    "cancel",
    "hold",
    "book held",
    "check in",
    "no-show",
    "day",
    "flow board",
    "free slots",
}
Cost = tuple[int, int, float]
"""Calls, WRU, RRU. How many calls are under way together the budget's rows measure, on a machine that
is not busy (tests/benchmarks)."""


@dataclass
class Counts:
    """Operation → day → cost."""

    found: dict[str, dict[date, Cost]] = field(default_factory=lambda: defaultdict(dict))

    @contextmanager
    def of(self, operation: str, day: date) -> Iterator[None]:
        """Measure what is done meanwhile."""
        meter, table = Meter(boto3.client("dynamodb"), latency=0), connection().connection.client
        meter.attach(table)
        try:
            with meter.measure(operation) as measured:
                yield
        finally:
            meter.detach(table)
        assert not measured.filtered
        self.found[operation][day] = len(measured.calls), measured.wru, measured.rru

    def are_constant(self) -> None:
        """Each operation costs on each day what it cost on the first."""
        assert set(self.found) == OPERATIONS
        for operation, days in self.found.items():
            assert len(days) > 1, "measured once is not constant"
            assert len(set(days.values())) == 1, (operation, days)
            assert any(next(iter(days.values()))[1:]), (operation, "nothing was measured")
