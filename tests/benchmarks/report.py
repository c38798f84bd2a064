"""Benchmark results: a table for people, and `results.json` in an order that diffs well."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results.json")
HEADINGS = ("name", "measured", "limit", "ratio", "unit", "A/A noise", "")


@dataclass(frozen=True, slots=True)
class Result:
    """One measured figure and the limit it must not pass. `noise` is for ratios of times."""

    name: str
    measured: float
    limit: float
    unit: str
    noise: float | None = None

    @property
    def ratio(self) -> float | None:
        """Measured over limit; None where nothing is allowed."""
        return self.measured / self.limit if self.limit else None

    @property
    def passed(self) -> bool:
        return self.measured <= self.limit


def table(results: Sequence[Result]) -> str:
    """The results as aligned text, one a line under a heading."""
    lines = [HEADINGS, *(_cells(result) for result in results)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    return "\n".join(_aligned(line, widths) for line in lines) + "\n"


def write(counts: Iterable[Result], ratios: Iterable[Result] | None, path: Path = RESULTS) -> None:
    """Write both sections; `ratios` None keeps those of the last full run."""
    kept = _section(path, "ratios") if ratios is None else [_record(result) for result in ratios]
    content = {"counts": [_record(result) for result in counts], "ratios": kept}
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _section(path: Path, name: str) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    section: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))[name]
    return section


def _record(result: Result) -> dict[str, Any]:
    record: dict[str, Any] = {
        "name": result.name,
        "measured": _rounded(result.measured),
        "limit": _rounded(result.limit),
        "ratio": _rounded(result.ratio),
        "unit": result.unit,
        "passed": result.passed,
    }
    return record if result.noise is None else {**record, "noise": _rounded(result.noise)}


def _cells(result: Result) -> tuple[str, ...]:
    return (
        result.name,
        _text(result.measured),
        _text(result.limit),
        _text(result.ratio),
        result.unit,
        "" if result.noise is None else f"±{result.noise:.1%}",
        "ok" if result.passed else "OVER",
    )


def _aligned(line: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
    return "  ".join([first, *others]).rstrip()


def _text(figure: float | None) -> str:
    return "-" if figure is None else f"{_rounded(figure):g}"


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 3)
