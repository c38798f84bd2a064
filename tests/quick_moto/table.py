"""The table: a query looks at what it may find, a transaction keeps what it may change."""

import copy
from collections.abc import Iterator
from inspect import signature
from typing import Any

import pytest
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

_query = Table.query
_INDEX_NAME = list(signature(Table.query).parameters).index("index_name") - 2
_update_item = DynamoDBBackend.update_item
_transact_write_items = DynamoDBBackend.transact_write_items


def quicken(patched: pytest.MonkeyPatch) -> None:
    """moto sorts the whole table for each query, copies it for each write of a transaction, and keeps
    every item and copy there ever was.

    Here an item is copied when an update is about to change it in place, and at no other time: who
    has seen an item has it for good.
    """
    for model in (Table, Item):
        patched.setattr(
            model, "__new__", lambda kind, *_, **__: object.__new__(kind), raising=False
        )
    patched.setattr(Table, "all_items", _all_items)
    patched.setattr(Table, "query", _query_of_some)
    patched.setattr(DynamoDBBackend, "update_item", _copy_on_write)
    patched.setattr(DynamoDBBackend, "transact_write_items", _all_or_nothing)


def _all_items(self: Any) -> list[Any]:
    found = [item for items in self.items.values() for item in items.values()]
    found.sort(key=lambda item: (item.hash_key.value, item.range_key.value))
    return found


def _query_of_some(self: Any, hash_key: Any, *rest: Any, **named: Any) -> Any:
    """A query, of a table that has no other items than could be found."""
    index, narrow = rest[_INDEX_NAME], copy.copy(self)
    if index is None:
        narrow.items = {hash_key: self.items.get(hash_key, {})}
    elif hash_key is not None:
        attribute = self.get_index(index).schema[0]["AttributeName"]
        narrow.items = {None: dict(enumerate(_with(self, attribute, hash_key.value)))}
    return _query(narrow, hash_key, *rest, **named)


def _with(table: Any, name: str, value: str) -> Iterator[Any]:
    for items in table.items.values():
        for item in items.values():
            found = item.attrs.get(name)
            if found is not None and found.value == value:
                yield item


def _copy_on_write(self: Any, table_name: str, key: Any, *rest: Any, **named: Any) -> Any:
    items = self.get_table(table_name).items.get(DynamoType(key["pk"]), {})
    own = DynamoType(key["sk"])
    if own not in items:
        return _update_item(self, table_name, key, *rest, **named)
    before, items[own] = items[own], copy.deepcopy(items[own])
    try:
        return _update_item(self, table_name, key, *rest, **named)
    except Exception:
        items[own] = before
        raise


def _all_or_nothing(self: Any, transact_items: list[dict[str, Any]]) -> None:
    """The transaction; when it fails, the partitions it names are as they were."""
    table, partitions = _touched(self, transact_items)
    kept = {each: dict(table.items[each]) for each in partitions if each in table.items}
    table.__deepcopy__ = lambda _memo: table  # what moto would put back
    try:
        _transact_write_items(self, transact_items)
    except Exception:
        for each in partitions:
            if each in kept:
                table.items[each] = kept[each]
            else:
                table.items.pop(each, None)
        raise
    finally:
        del table.__deepcopy__


def _touched(backend: Any, transact_items: list[dict[str, Any]]) -> tuple[Any, set[Any]]:
    ops = [op for item in transact_items for op in item.values()]
    (name,) = {op["TableName"] for op in ops}
    keys = [op.get("Key") or op["Item"] for op in ops]
    return backend.get_table(name), {DynamoType(key["pk"]) for key in keys}
