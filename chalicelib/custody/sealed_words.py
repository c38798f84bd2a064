"""Psychotherapy notes on their way: opened of this deployment's seal, and under another's again."""

from ..platform.store import Key, Record, Row
from ..psychotherapy.models import PsychotherapyNote
from ..psychotherapy.notes import digest_of, sealed_for, words_of
from .kinds import SEALED


def with_words(row: Row) -> Row:
    """A sealed record with its `text` in place of the seal; it leaves under the custodian's key only."""
    if row["kind"]["S"] not in SEALED or "sealed" not in row:
        return row
    opened = {name: value for name, value in row.items() if name not in ("sealed", "sha256")}
    record = Record.from_raw_data(row)
    words = words_of(record)  # type: ignore[arg-type]  # the kind says what it is
    return {**opened, "text": {"S": words}}


def with_own_seal(row: Row) -> Row:
    """The reverse, at the place that the row has now."""
    if row["kind"]["S"] not in SEALED or "text" not in row:
        return row
    sealed = sealed_for(_key(row), row["text"]["S"])
    shut = {name: value for name, value in row.items() if name != "text"}
    if row["kind"]["S"] == PsychotherapyNote.KIND and "signed_at" in row:
        shut["sha256"] = {"S": digest_of(sealed)}
    return {**shut, "sealed": {"S": sealed}}


def _key(row: Row) -> Key:
    return Key(row["pk"]["S"], row["sk"]["S"])
