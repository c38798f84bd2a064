"""moto's table, past its API: read, kept and put back in no time.

moto copies the whole table for each write of a transaction; here it copies the two dicts that hold
the items, and an item only when an update is about to change it in place.
"""

import copy
from collections import defaultdict
from typing import Any

import pytest
from moto.backends import get_backend
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

from chalicelib.platform.config import settings

Rows = dict[tuple[str, str], dict[str, Any]]
Image = dict[Any, dict[Any, Any]]


def copy_on_write(patched: pytest.MonkeyPatch) -> None:
    """From here on copies of a table are cheap, and items are never changed in place."""
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
    return {
        (item.hash_key.value, item.range_key.value): item.to_json()["Attributes"]
        for items in _table().items.values()
        for item in items.values()
    }


def _table() -> Any:
    return get_backend("dynamodb")["123456789012"]["us-east-1"].tables[settings().table]


def _of(items: Image) -> Image:
    return {partition: dict(found) for partition, found in items.items()}
