"""`python -m tests.benchmarks [--counts]`: run every row, print and keep the results.

Exact counts always, ratios of times without `--counts`. Exit 1 if a row passes its limit.
"""

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path

import tests.benchmarks as package

from .report import RESULTS, Result, table, write
from .rows import ROWS, OpenBench, Rows, run_counts, run_ratios, run_unlike

WORLD = f"{package.__name__}.world"


def main(arguments: Sequence[str]) -> int:
    """Import every `rows_*.py`, and run them in the worlds that `world.open_bench` opens."""
    options = _parser().parse_args(arguments)
    _import_rows()
    open_bench: OpenBench = importlib.import_module(WORLD).open_bench
    return run(ROWS, open_bench, counts_only=options.counts)


def run(rows: Rows, open_bench: OpenBench, *, counts_only: bool, path: Path = RESULTS) -> int:
    """Run the rows, print the table, write `path`: 0 if all passed, 1 if not or if none was run."""
    counts = run_counts(rows, open_bench)
    ratios = None if counts_only else _full(rows, open_bench, counts)
    results = [*counts, *(ratios or [])]
    sys.stdout.write(table(results))
    write(counts, ratios, path)
    return 0 if rows.counts and all(result.passed for result in results) else 1


def _full(rows: Rows, open_bench: OpenBench, counts: list[Result]) -> list[Result]:
    """What takes too long for a gate: the counts beside a thousand sign-ups, and the times."""
    return [run_unlike(rows, open_bench, counts), *run_ratios(rows, open_bench)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--counts", action="store_true", help="exact counts only, no timing")
    return parser


def _import_rows() -> None:
    for module in pkgutil.iter_modules(package.__path__):
        if module.name.startswith("rows_"):
            importlib.import_module(f"{package.__name__}.{module.name}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
