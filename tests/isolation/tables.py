"""moto's table, past its API: read, kept and put back in no time."""

import copy
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from moto.backends import get_backend
from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

from chalicelib.platform.config import settings

Row = dict[str, Any]
Rows = dict[tuple[str, str], Row]
Image = dict[Any, dict[Any, Any]]
_PLAIN = {"S", "N", "SS", "NS", "BOOL"}


def quicken(patched: pytest.MonkeyPatch) -> None:
    """From here on moto takes less than half its time, and answers the same.

    moto copies the whole table for each write of a transaction: here it copies the two dicts that
    hold the items, and an item only when an update is about to change it in place. It looks every
    attribute of every item up under all the names it might have, and sorts the table for a query.
    """
    _copy_on_write(patched)
    _serialize_at_once(patched)

    def all_items(self: Any) -> list[Any]:
        found = (item for items in self.items.values() for item in items.values())
        return sorted(found, key=lambda item: (item.hash_key.value, item.range_key.value))

    patched.setattr(Table, "all_items", all_items)


def _serialize_at_once(patched: pytest.MonkeyPatch) -> None:
    """An attribute's value is stored as it goes over the wire; all but bytes and nested ones."""
    serialize = BaseJSONSerializer._serialize_type_structure

    def at_once(self: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
        if shape.name == "AttributeValue" and isinstance(value, dict) and value.keys() <= _PLAIN:
            serialized[self.get_serialized_name(shape, key)] = value
        else:
            serialize(self, serialized, value, shape, key)

    patched.setattr(BaseJSONSerializer, "_serialize_type_structure", at_once)


def _copy_on_write(patched: pytest.MonkeyPatch) -> None:
    change = DynamoDBBackend.update_item

    def update_item(self: Any, table_name: str, key: Any, *rest: Any, **named: Any) -> Any:
        items = self.get_table(table_name).items.get(DynamoType(key["pk"]), {})
        own = DynamoType(key["sk"])
        if own in items:
            items[own] = copy.deepcopy(items[own])
        return change(self, table_name, key, *rest, **named)

    def copied(self: Any, _memo: Any) -> Any:
        other = copy.copy(self)
        other.items = defaultdict(dict, _of(self.items))
        return other

    patched.setattr(DynamoDBBackend, "update_item", update_item)
    patched.setattr(Table, "__deepcopy__", copied, raising=False)


def image() -> Image:
    """The table as it is now."""
    return _of(_table().items)


def put_back(kept: Image) -> None:
    """The table is again what it was."""
    _table().items = defaultdict(dict, _of(kept))


def rows() -> Rows:
    """Every item as it is stored, by its key."""
    return _wire(image())


def changed_since(kept: Image) -> Iterator[tuple[Row | None, Row | None]]:
    """What was stored then and what is stored now, of each item that is not the same."""
    before, now = _wire(kept, but=image()), _wire(image(), but=kept)
    for key in sorted(before.keys() | now.keys()):
        if before.get(key) != now.get(key):
            yield before.get(key), now.get(key)


def _wire(kept: Image, *, but: Image | None = None) -> Rows:
    """Items as they go over the wire; without those that are the very same in `but`."""
    same: Image = but or {}
    return {
        (item.hash_key.value, item.range_key.value): item.to_json()["Attributes"]
        for partition, items in kept.items()
        for own, item in items.items()
        if same.get(partition, {}).get(own) is not item
    }


def _table() -> Any:
    return get_backend("dynamodb")["123456789012"]["us-east-1"].tables[settings().table]


def _of(items: Image) -> Image:
    return {partition: dict(found) for partition, found in items.items()}
