"""Times as ratios within one run: CPU of ours over a yardstick, interleaved, with A/A noise.

CPU time, not the clock on the wall: two busy cores then do not change the answer much. What the
yardstick differs from itself by, measured the same way, is the noise a ratio is printed with.
"""

import gc
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

Clock = Callable[[], float]
Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Ratio:
    """The median of ours over the yardstick, and the median deviation of yardstick to yardstick."""

    value: float
    noise: float
    rounds: int


@dataclass(frozen=True, slots=True)
class Microseconds:
    """The median CPU of one run of ours, and the median deviation of a sample from it."""

    value: float
    noise: float
    rounds: int


def cpu_microseconds(
    work: Work, *, rounds: int = 30, repeats: int = 50, clock: Clock = time.process_time
) -> Microseconds:
    """CPU of one run of `work`, over samples of `repeats` runs. One round is not counted."""
    if rounds < 1:
        raise ValueError(f"{rounds} rounds")
    gc.collect()
    _spent(work, repeats, clock)
    samples = [_spent(work, repeats, clock) / repeats * 1e6 for _ in range(rounds)]
    middle = median(samples)
    noise = median(abs(sample / middle - 1) for sample in samples) if middle else 0.0
    return Microseconds(middle, noise, rounds)


def cpu_ratio(
    ours: Work,
    yardstick: Work,
    *,
    rounds: int = 30,
    repeats: int = 1,
    clock: Clock = time.process_time,
) -> Ratio:
    """CPU of `ours` over that of `yardstick`, each run `repeats` times a sample.

    `clock` is `time.process_time`, which counts every thread's work, or `time.thread_time`.
    One round warms both up and is not counted.
    """

    gc.collect()

    def timed(work: Work) -> Callable[[], float]:
        return lambda: _spent(work, repeats, clock)

    return _interleaved(timed(ours), timed(yardstick), rounds=rounds)


def import_ratio(
    ours: str,
    yardstick: str,
    *,
    rounds: int = 9,
    directory: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Ratio:
    """CPU of a fresh interpreter running the statement `ours` over one running `yardstick`.

    The start of a bare interpreter, its median over the same rounds, is taken off both.
    RuntimeError with the interpreter's complaint when a statement fails.
    """
    bare_starts: list[float] = []

    def started(statement: str) -> float:
        return _interpreter(statement, directory, environment)

    def bare() -> float:
        bare_starts.append(started("pass"))
        return median(bare_starts)

    return _interleaved(
        lambda: started(ours) - bare(), lambda: started(yardstick) - bare(), rounds=rounds
    )


def _interleaved(ours: Clock, yardstick: Clock, *, rounds: int) -> Ratio:
    """Each round takes yardstick, ours, yardstick: what drifts slowly falls on both alike."""
    if rounds < 1:
        raise ValueError(f"{rounds} rounds")
    ours()
    yardstick()
    ratios, deviations = [], []
    for _ in range(rounds):
        first, own, second = yardstick(), ours(), yardstick()
        ratios.append(own / ((first + second) / 2))
        deviations.append(abs(second / first - 1))
    return Ratio(median(ratios), median(deviations), rounds)


def _spent(work: Work, repeats: int, clock: Clock) -> float:
    start = clock()
    for _ in range(repeats):
        work()
    return clock() - start


def _interpreter(
    statement: str, directory: Path | None, environment: Mapping[str, str] | None
) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", statement],
        cwd=directory,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(f"{statement!r}: {done.stderr.strip()}")
    return (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)
