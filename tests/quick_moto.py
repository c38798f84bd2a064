"""moto, quicker and one call at a time, with the same answers."""

import copy
import threading
from collections import Counter, defaultdict
from typing import Any

import pytest
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

_WITHOUT_EFFECT = {"dynamodb", "sts", "secretsmanager"}
_calls: Counter[str] = Counter()
_PLAIN = {"S", "N", "SS", "NS", "BOOL"}


def calls_beside_the_table() -> int:
    """How many calls had an effect anywhere else."""
    return sum(many for service, many in _calls.items() if service not in _WITHOUT_EFFECT)


def quicken(patched: pytest.MonkeyPatch) -> None:
    """From here on moto takes less than half its time, and answers the same.

    moto copies the whole table for each write of a transaction: here it copies the two dicts that
    hold the items, and an item only when an update is about to change it in place. It looks every
    attribute of every item up under all the names it might have, and sorts the table for a query.
    A transaction that fails puts the whole table back, with what other threads wrote meanwhile:
    here one call waits for the other.
    """
    _copy_on_write(patched)
    _serialize_at_once(patched)
    _one_at_a_time(patched)

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


def _one_at_a_time(patched: pytest.MonkeyPatch) -> None:
    process, turn = BotocoreStubber.process_request, threading.RLock()

    def in_turn(self: Any, request: Any) -> Any:
        with turn:
            _calls[request.url.partition("://")[2].partition(".")[0]] += 1
            return process(self, request)

    patched.setattr(BotocoreStubber, "process_request", in_turn)


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
        other.items = defaultdict(dict, {own: dict(found) for own, found in self.items.items()})
        return other

    patched.setattr(DynamoDBBackend, "update_item", update_item)
    patched.setattr(Table, "__deepcopy__", copied, raising=False)
