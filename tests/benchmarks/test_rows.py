"""The frame: rows against their limits, the same at every scale, in a table and in JSON."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from .__main__ import run
from .charges import Charge
from .measurement import Call, Measurement
from .report import Result, table, write
from .rows import Bench, Rows, Scale, Within, run_counts, run_ratios
from .timing import Ratio

ONE, MANY = Scale(), Scale(practices=100)


def measured(*, wru: int = 4, filtered: bool = False) -> Measurement:
    charge = Charge("table", "Put", 100, wru=wru)
    call = Call("dynamodb", "PutItem", {}, {}, 0, 1, 1, filtered=filtered, charges=(charge,))
    return Measurement("row", calls=[call])


@contextmanager
def open_bench(scale: Scale) -> Iterator[Bench[Any]]:
    yield Bench(meter=None, world=None, scale=scale)  # type: ignore[arg-type]


def rows_of(answer: Callable[[Bench[Any]], Any], **limits: float) -> Rows:
    rows = Rows()
    rows.row("book", **limits)(answer)
    return rows


def test_a_row_gives_a_result_for_each_count_it_limits() -> None:
    rows = rows_of(lambda bench: measured(), round_trips=1, wru=3)

    results = run_counts(rows, open_bench, [ONE])

    assert results == [Result("book", 1, 1, "RT"), Result("book", 4, 3, "WRU")]
    assert [result.passed for result in results] == [True, False]
    assert results[1].ratio == pytest.approx(4 / 3)


def test_a_row_may_find_its_limit_by_what_it_measured() -> None:
    rows = rows_of(lambda bench: Within(measured(), {"wru": 2 * 1 + 6}), round_trips=1)

    assert run_counts(rows, open_bench, [ONE])[1] == Result("book", 4, 8, "WRU")


def test_a_row_with_filtered_reads_breaks_its_limit() -> None:
    rows = rows_of(lambda bench: measured(filtered=True), wru=4)

    assert run_counts(rows, open_bench, [ONE])[1] == Result("book", 1, 0, "filtered reads")


def test_counts_that_differ_at_another_scale_are_named_and_break_the_limit() -> None:
    same = rows_of(lambda bench: measured(), wru=9)
    grows = rows_of(lambda bench: measured(wru=4 + bench.scale.practices), wru=999)

    assert run_counts(same, open_bench, [ONE, MANY])[-1].passed
    last = run_counts(grows, open_bench, [ONE, MANY])[-1]
    assert (last.name, last.passed) == ("unlike at practices 100, patients 100: book WRU", False)


def test_a_row_without_a_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="no limit"):
        run_counts(rows_of(lambda bench: measured()), open_bench, [ONE])


def test_a_row_declared_twice_or_with_an_unknown_limit_is_refused() -> None:
    rows = rows_of(lambda bench: measured(), wru=1)

    with pytest.raises(ValueError, match="declared twice"):
        rows.ratio("book", limit=1)
    with pytest.raises(ValueError, match="seconds"):
        rows.row("other", seconds=1)


def test_a_ratio_keeps_its_noise() -> None:
    rows = Rows()
    rows.ratio("cold import", limit=1.7)(lambda bench: Ratio(1.6, 0.02, 9))

    assert run_ratios(rows, open_bench) == [Result("cold import", 1.6, 1.7, "×", noise=0.02)]


def test_no_ratios_open_no_world() -> None:
    def closed(scale: Scale) -> AbstractContextManager[Bench[Any]]:
        raise AssertionError(scale)

    assert run_ratios(Rows(), closed) == []


def test_the_table_is_aligned_and_names_what_is_over() -> None:
    text = table([Result("book", 4, 3, "WRU"), Result("cpu", 1.2345, 1.5, "×", noise=0.021)])

    assert text.splitlines() == [
        "name  measured  limit  ratio  unit  A/A noise",
        "book  4         3      1.333  WRU              OVER",
        "cpu   1.234     1.5    0.823  ×     ±2.1%      ok",
    ]


def test_a_run_of_counts_keeps_the_ratios_of_the_last_full_run(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    write([Result("book", 4, 18, "WRU")], [Result("cpu", 1.2, 1.5, "×", noise=0.02)], path)
    write([Result("book", 5, 18, "WRU")], None, path)

    content = json.loads(path.read_text())

    assert [record["measured"] for record in content["counts"]] == [5]
    assert content["ratios"] == [
        {
            "name": "cpu",
            "measured": 1.2,
            "limit": 1.5,
            "ratio": 0.8,
            "unit": "×",
            "passed": True,
            "noise": 0.02,
        }
    ]


@pytest.mark.parametrize(("limit", "status"), [(4, 0), (3, 1)])
def test_a_run_prints_writes_and_fails_by_its_limits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], limit: int, status: int
) -> None:
    path = tmp_path / "results.json"
    rows = rows_of(lambda bench: measured(), wru=limit)

    assert run(rows, open_bench, counts_only=True, path=path) == status
    assert "book" in capsys.readouterr().out
    assert len(json.loads(path.read_text())["counts"]) == 3


def test_a_ratio_over_its_limit_fails_a_full_run_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = rows_of(lambda bench: measured(), wru=4)
    rows.ratio("cpu", limit=1.5)(lambda bench: Ratio(1.6, 0.01, 3))
    path = tmp_path / "results.json"

    assert run(rows, open_bench, counts_only=True, path=path) == 0
    assert run(rows, open_bench, counts_only=False, path=path) == 1


def test_a_full_run_alone_compares_with_a_thousand_sign_ups(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "results.json"
    grows = rows_of(lambda bench: measured(wru=4 + (bench.scale.sign_ups > 0)), wru=9)

    assert run(grows, open_bench, counts_only=True, path=path) == 0
    assert run(grows, open_bench, counts_only=False, path=path) == 1
    assert "unlike at practices signed up 1000: book WRU" in capsys.readouterr().out
    (kept,) = json.loads(path.read_text())["ratios"]
    assert (kept["measured"], kept["passed"]) == (1, False)


def test_a_run_without_rows_fails(tmp_path: Path) -> None:
    assert run(Rows(), open_bench, counts_only=True, path=tmp_path / "results.json") == 1
