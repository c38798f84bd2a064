"""What DynamoDB charges, from its published rules: item sizes, read, write and index units.

Sources are topics of the Amazon DynamoDB Developer Guide:
[Sizes] "DynamoDB item sizes and formats"; [Reads], [Writes] "DynamoDB read and write operations";
[GSI] "Using Global Secondary Indexes in DynamoDB", "Provisioned throughput considerations";
[Transactions] "DynamoDB transactions: how it works", "Capacity management for transactions".

Items are in the low-level form: `{"pk": {"S": "a"}, "n": {"N": "1"}}`. Sizes are bytes.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from chalicelib.platform.store.sizes import Item, Value, item_size, number_size, value_size

__all__ = [
    "Consistency",
    "Index",
    "Item",
    "index_write_units",
    "item_size",
    "number_size",
    "read_units",
    "value_size",
    "write_units",
]

READ_STEP = 4096
WRITE_STEP = 1024


class Consistency(Enum):
    """Read units for each started 4 KB ([Reads])."""

    EVENTUAL = 0.5
    STRONG = 1.0
    TRANSACTIONAL = 2.0


@dataclass(frozen=True, slots=True)
class Index:
    """A global secondary index. `projected` names its attributes, keys included; None is ALL."""

    name: str
    keys: tuple[str, ...]
    projected: frozenset[str] | None

    def entry(self, item: Item | None) -> Item | None:
        """What the index holds of the item: None where a key attribute is missing (sparse)."""
        if item is None or any(key not in item for key in self.keys):
            return None
        if self.projected is None:
            return item
        return {name: value for name, value in item.items() if name in self.projected}


def read_units(size: int, consistency: Consistency) -> float:
    """Units of one read of `size` bytes, rounded up to 4 KB; nothing found pays for one ([Reads]).

    A Query or Scan page is one read of the sum of its items; GetItem and each item of a
    BatchGetItem or TransactGetItems are reads of their own.
    """
    return max(1, _steps(size, READ_STEP)) * consistency.value


def write_units(before: Item | None, after: Item | None, *, transactional: bool = False) -> int:
    """Units on the table of a put, update, delete or check ([Writes]).

    The larger of both images, rounded up to 1 KB, 1 at least: for a failed condition `after` is
    what was to be written, for a condition check both are the item checked. Twice that in a
    transaction, to prepare and to commit ([Transactions]).
    """
    size = max(item_size(before or {}), item_size(after or {}))
    return max(1, _steps(size, WRITE_STEP)) * (2 if transactional else 1)


def index_write_units(index: Index, before: Item | None, after: Item | None) -> int:
    """Units on one index of a write ([GSI]), the same within and outside a transaction.

    A new entry: one put. Gone: one delete. Another key: a delete and a put. Another projected
    value: one update, by the larger. An unchanged entry, or none before and after: nothing.
    """
    old, new = index.entry(before), index.entry(after)
    if old is None and new is None:
        return 0
    if old is None or new is None:
        return write_units(old, new)
    if any(old[key] != new[key] for key in index.keys):
        return write_units(old, None) + write_units(None, new)
    return 0 if _comparable(old) == _comparable(new) else write_units(old, new)


def _steps(size: int, step: int) -> int:
    return -(-size // step)


def _comparable(item: Item) -> dict[str, Any]:
    return {name: _comparable_value(value) for name, value in item.items()}


def _comparable_value(value: Value) -> tuple[str, Any]:
    ((kind, content),) = value.items()
    match kind:
        case "SS" | "NS" | "BS":
            return kind, frozenset(content)
        case "L":
            return kind, [_comparable_value(element) for element in content]
        case "M":
            return kind, _comparable(content)
    return kind, content
