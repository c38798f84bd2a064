"""The tables behind a metered client: their keys, their indexes, and their items as stored now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .pricing import Index, Item

BATCH = 100


@dataclass(frozen=True, slots=True)
class Table:
    """The definition that DescribeTable answers, as far as it has a price."""

    name: str
    keys: tuple[str, ...]
    indexes: tuple[Index, ...]

    def index(self, name: str) -> Index:
        """The index of that name. LookupError if the table has none."""
        for index in self.indexes:
            if index.name == name:
                return index
        raise LookupError(f"index {name!r} of table {self.name!r}")


@dataclass(frozen=True, slots=True)
class Address:
    """Where one item lies: its table and its primary key."""

    table: str
    key: tuple[tuple[str, str, Any], ...]


Images = Mapping[Address, Item]


@dataclass(frozen=True, slots=True)
class Tables:
    """Reads definitions and images with a DynamoDB client of its own, which no meter listens to."""

    reader: Any
    _known: dict[str, Table] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Table:
        """The definition, asked once. ValueError for a local index: its writes are not priced."""
        if name not in self._known:
            self._known[name] = _table(self.reader.describe_table(TableName=name)["Table"])
        return self._known[name]

    def address(self, table: str, item: Item) -> Address:
        """The address of an item, or of its key alone."""
        names = self[table].keys
        return Address(table, tuple((name, *_scalar(item[name])) for name in names))

    def images(self, addresses: Iterable[Address]) -> Images:
        """The items there are at these addresses, read consistently."""
        wanted = list(dict.fromkeys(addresses))
        found: dict[Address, Item] = {}
        for start in range(0, len(wanted), BATCH):
            found.update(self._batch(wanted[start : start + BATCH]))
        return found

    def _batch(self, addresses: list[Address]) -> dict[Address, Item]:
        found: dict[Address, Item] = {}
        pending = _requests(addresses)
        while pending:
            answer = self.reader.batch_get_item(RequestItems=pending)
            for name, items in answer["Responses"].items():
                found.update((self.address(name, item), item) for item in items)
            pending = answer.get("UnprocessedKeys")
        return found


def _requests(addresses: list[Address]) -> dict[str, Any]:
    requests: dict[str, Any] = {}
    for address in addresses:
        request = requests.setdefault(address.table, {"ConsistentRead": True, "Keys": []})
        request["Keys"].append({name: {kind: value} for name, kind, value in address.key})
    return requests


def _scalar(value: Mapping[str, Any]) -> tuple[str, Any]:
    ((kind, content),) = value.items()
    return kind, content


def _table(described: Mapping[str, Any]) -> Table:
    if described.get("LocalSecondaryIndexes"):
        raise ValueError(f"table {described['TableName']!r} has a local secondary index")
    keys = _key_names(described)
    indexes = described.get("GlobalSecondaryIndexes") or []
    return Table(described["TableName"], keys, tuple(_index(index, keys) for index in indexes))


def _index(described: Mapping[str, Any], table_keys: tuple[str, ...]) -> Index:
    keys, projection = _key_names(described), described["Projection"]
    projected = None
    if projection["ProjectionType"] != "ALL":
        projected = frozenset([*keys, *table_keys, *(projection.get("NonKeyAttributes") or [])])
    return Index(described["IndexName"], keys, projected)


def _key_names(described: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(part["AttributeName"] for part in described["KeySchema"])
