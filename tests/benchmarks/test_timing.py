"""Ratios of times, on a clock of the test's own, and of real imports."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from .timing import cpu_microseconds, cpu_ratio, import_ratio


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now

    def spend(self, *costs: float) -> Callable[[], None]:
        """Work that takes these times in turn, the last one for ever."""
        left = self._left(costs)

        def work() -> None:
            self.now += next(left)

        return work

    @staticmethod
    def _left(costs: tuple[float, ...]) -> Iterator[float]:
        yield from costs
        while True:
            yield costs[-1]


def test_a_ratio_is_ours_over_the_yardstick() -> None:
    clock = Clock()

    found = cpu_ratio(clock.spend(3), clock.spend(2), rounds=5, repeats=4, clock=clock)

    assert (found.value, found.noise, found.rounds) == (1.5, 0, 5)


def test_the_first_run_of_both_is_not_counted() -> None:
    clock = Clock()

    found = cpu_ratio(clock.spend(500, 3), clock.spend(90, 2), rounds=3, clock=clock)

    assert found.value == 1.5


def test_one_slow_round_does_not_move_the_median() -> None:
    clock = Clock()

    found = cpu_ratio(clock.spend(3, 3, 70, 3), clock.spend(2), rounds=5, clock=clock)

    assert found.value == 1.5


def test_what_the_yardstick_differs_from_itself_is_the_noise() -> None:
    clock = Clock()
    yardstick = clock.spend(2, 2.0, 2.5, 2.0, 2.5, 2.0, 2.5)

    found = cpu_ratio(clock.spend(4.5), yardstick, rounds=3, clock=clock)

    assert (found.value, found.noise) == (2, 0.25)


def test_no_rounds_are_refused() -> None:
    with pytest.raises(ValueError, match="0 rounds"):
        cpu_ratio(lambda: None, lambda: None, rounds=0)


def test_more_work_takes_more_cpu() -> None:
    found = cpu_ratio(lambda: sum(range(400_000)), lambda: sum(range(40_000)), rounds=7)

    assert found.value > 3


def test_an_import_is_compared_without_the_start_of_the_interpreter() -> None:
    work = "sum(range({}))"

    found = import_ratio(work.format(9_000_000), work.format(3_000_000), rounds=3)

    assert 2 < found.value < 4.5


def test_a_statement_that_fails_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="no_such_module"):
        import_ratio("import no_such_module", "pass", rounds=1)


def test_a_statement_sees_the_environment_it_is_given() -> None:
    statement = "import os; assert os.environ['REGION'] == 'x'; sum(range(10**6))"

    assert import_ratio(statement, statement, rounds=1, environment={"REGION": "x"}).rounds == 1


def test_a_time_is_of_one_run_the_first_round_not_counted() -> None:
    clock = Clock()

    found = cpu_microseconds(
        clock.spend(9, 9, 3e-6, 3e-6, 4e-6, 4e-6, 2e-6), rounds=3, repeats=2, clock=clock
    )

    assert (round(found.value, 6), round(found.noise, 6), found.rounds) == (3, 0.333333, 3)


def test_no_rounds_of_a_time_are_refused() -> None:
    with pytest.raises(ValueError, match="0 rounds"):
        cpu_microseconds(lambda: None, rounds=0)
