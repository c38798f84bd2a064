"""A CSV of practices to create: read row by row, each good or with what is wrong of it (RFC 4180)."""

import csv
import io
from dataclasses import dataclass

COLUMNS = ("practice_name", "country", "time_zone", "currency", "locale", "name", "email")
MOST_ROWS = 200


class BrokenTable(ValueError):
    """The table as a whole cannot be read; its text says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row by its line in the file (the header is line 1); `problem` is empty for a good one."""

    line: int
    values: dict[str, str]
    problem: str = ""


def read_rows(text: str) -> list[Row]:
    """The rows of the table. BrokenTable for a header that lacks a column, or more than 200 rows."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        header = [name.strip().casefold() for name in next(reader, [])]
        _demand_columns(header)
        rows = [_row(header, reader.line_num, cells) for cells in reader if any(cells)]
    except csv.Error as error:
        raise BrokenTable(f"line {reader.line_num}: {error}") from error
    if len(rows) > MOST_ROWS:
        raise BrokenTable(f"{len(rows)} rows; at most {MOST_ROWS} at once")
    return rows


def _demand_columns(header: list[str]) -> None:
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise BrokenTable(f"line 1: no column {', '.join(missing)}")
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        raise BrokenTable(f"line 1: {', '.join(repeated)} stands twice")


def _row(header: list[str], line: int, cells: list[str]) -> Row:
    if len(cells) != len(header):
        return Row(line, {}, f"{len(cells)} cells, the header has {len(header)}")
    given = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
    values = {name: given[name] for name in COLUMNS}
    empty = [name for name, value in values.items() if not value]
    return Row(line, values, f"{', '.join(empty)} is empty" if empty else "")
