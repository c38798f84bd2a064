"""Benchmark rows and how they are run. Modules named `rows_*.py` in this package register them:

    @row("book", round_trips=1, wru=18)
    def book(bench: Bench[World]) -> Measurement:
        with bench.meter.measure("book") as m:
            bench.world.book()
        return m.beyond_authentication

    @ratio("read a chart, CPU over bare botocore", limit=1.5)
    def read_chart(bench: Bench[World]) -> Ratio:
        return cpu_ratio(bench.world.read_chart, bench.world.read_chart_barely)

Each count row is run at every scale: its counts must be the same at all of them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from .measurement import Measurement
from .meter import Meter
from .report import Result
from .timing import Microseconds, Ratio

W = TypeVar("W")
UNLIKE = "counts"
COUNTS = {"round_trips": "RT", "total_round_trips": "RT", "rru": "RRU", "wru": "WRU"}


@dataclass(frozen=True, slots=True)
class Scale:
    """How much lies in the table beside what a row touches."""

    practices: int = 1
    patients: int = 100
    sign_ups: int = 0

    def __str__(self) -> str:
        if self.sign_ups:
            return f"practices signed up {self.sign_ups}"
        return f"practices {self.practices}, patients {self.patients}"


SCALES = (Scale(), Scale(practices=100), Scale(patients=5_000))
THOUSAND = Scale(sign_ups=1_000)
"""Real sign-ups take a minute or two: `make bench` alone runs at this one."""


@dataclass(frozen=True, slots=True)
class Bench(Generic[W]):
    """What a row gets: the meter, attached to the world's clients, and the world at a scale."""

    meter: Meter
    world: W
    scale: Scale = SCALES[0]


OpenBench = Callable[[Scale], AbstractContextManager[Bench[Any]]]


@dataclass(frozen=True, slots=True)
class Within:
    """A row's answer whose limits depend on what was measured: they add to the row's own."""

    measurement: Measurement
    limits: Mapping[str, float]


CountRow = Callable[[Bench[Any]], Measurement | Within]
RatioRow = Callable[[Bench[Any]], Ratio | Microseconds]


@dataclass(frozen=True, slots=True)
class Rows:
    """A registry of rows, in the order they were declared; names are unique."""

    counts: dict[str, tuple[CountRow, dict[str, float]]] = field(default_factory=dict)
    ratios: dict[str, tuple[RatioRow, float]] = field(default_factory=dict)

    def row(self, name: str, /, **limits: float) -> Callable[[CountRow], CountRow]:
        """Declare exact counts: a limit for each of COUNTS that the budget names."""
        self._check(name, limits)

        def register(function: CountRow) -> CountRow:
            self.counts[name] = (function, limits)
            return function

        return register

    def ratio(self, name: str, /, *, limit: float) -> Callable[[RatioRow], RatioRow]:
        """Declare a ratio of times, or a time in µs of CPU, run by `make bench` alone."""
        self._check(name, {})

        def register(function: RatioRow) -> RatioRow:
            self.ratios[name] = (function, limit)
            return function

        return register

    def _check(self, name: str, limits: Mapping[str, float]) -> None:
        if name in self.counts or name in self.ratios:
            raise ValueError(f"row {name!r} is declared twice")
        if unknown := set(limits) - set(COUNTS):
            raise ValueError(f"row {name!r} limits {sorted(unknown)}")


ROWS = Rows()
row, ratio = ROWS.row, ROWS.ratio


def run_counts(rows: Rows, open_bench: OpenBench, scales: Sequence[Scale] = SCALES) -> list[Result]:
    """Every count at the first scale against its limit, then how many differ at each other one."""
    first, *others = scales
    results = _counts_at(rows, open_bench, first)
    return results + [run_unlike(rows, open_bench, results, scale) for scale in others]


def run_unlike(
    rows: Rows, open_bench: OpenBench, counts: Sequence[Result], scale: Scale = THOUSAND
) -> Result:
    """How many counts differ at a scale from `counts`, which others were measured at."""
    found = {_key(result): result.measured for result in _counts_at(rows, open_bench, scale)}
    reference = {_key(each): each.measured for each in counts if each.unit != UNLIKE}
    differing = sorted(key for key in reference | found if reference.get(key) != found.get(key))
    names = f": {'; '.join(' '.join(key) for key in differing)}" if differing else ""
    return Result(f"unlike at {scale}{names}", len(differing), 0, UNLIKE)


def run_ratios(rows: Rows, open_bench: OpenBench, scale: Scale = SCALES[0]) -> list[Result]:
    """Every ratio against its limit; none opens no world."""
    if not rows.ratios:
        return []
    with open_bench(scale) as bench:
        return [
            _ratio_result(name, function(bench), limit)
            for name, (function, limit) in rows.ratios.items()
        ]


def _counts_at(rows: Rows, open_bench: OpenBench, scale: Scale) -> list[Result]:
    with open_bench(scale) as bench:
        return [
            result
            for name, (function, limits) in rows.counts.items()
            for result in _count_results(name, function(bench), limits)
        ]


def _count_results(
    name: str, answer: Measurement | Within, limits: Mapping[str, float]
) -> Iterator[Result]:
    judged = answer if isinstance(answer, Within) else Within(answer, {})
    limits = {**limits, **judged.limits}
    if not limits:
        raise ValueError(f"row {name!r} has no limit")
    for count, limit in limits.items():
        yield Result(name, getattr(judged.measurement, count), limit, COUNTS[count])
    if judged.measurement.filtered:
        yield Result(name, len(judged.measurement.filtered), 0, "filtered reads")


def _ratio_result(name: str, measured: Ratio | Microseconds, limit: float) -> Result:
    unit = "µs CPU" if isinstance(measured, Microseconds) else "×"
    return Result(name, measured.value, limit, unit, noise=measured.noise)


def _key(result: Result) -> tuple[str, str]:
    return result.name, result.unit
