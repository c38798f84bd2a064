"""moto's table, past its API: read, kept and put back in no time."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from moto.backends import get_backend
from moto.dynamodb.models.dynamo_type import DynamoType

from chalicelib.platform.config import settings

Row = dict[str, Any]
Rows = dict[tuple[str, str], Row]
Image = dict[Any, dict[Any, Any]]


def image() -> Image:
    """The table as it is now."""
    return _of(table().items)


def put_back(kept: Image) -> None:
    """The table is again what it was."""
    table().items = defaultdict(dict, _of(kept))


def is_same(one: Image, other: Image) -> bool:
    """Whether the very same items lie in both: an item is copied before it is changed."""
    return _ids(one) == _ids(other)


def forget(kind: str) -> None:
    """As if no item of this kind had ever been written."""
    for found in table().items.values():
        for own, item in list(found.items()):
            if item.attrs["kind"].value == kind:
                del found[own]


def rows() -> Rows:
    """Every item as it is stored, by its key."""
    return _wire(image())


def of_kind(*kinds: str) -> list[Row]:
    """Every item of one of these kinds, as it is stored."""
    return [
        _row(item)
        for found in table().items.values()
        for item in found.values()
        if item.attrs["kind"].value in kinds
    ]


def row(pk: str, sk: str) -> Row:
    """One item that is there, as it is stored."""
    return _row(table().items[DynamoType({"S": pk})][DynamoType({"S": sk})])


def take_out(pk: str) -> list[Row]:
    """What lies in one partition, in order; it is gone."""
    found = table().items.pop(DynamoType({"S": pk}), {}).values()
    return [_row(item) for item in sorted(found, key=lambda item: item.range_key.value)]


def changed_since(kept: Image) -> Iterator[tuple[Row | None, Row | None]]:
    """What was stored then and what is stored now, of each item that is not the same."""
    now_kept = image()
    before, now = _wire(kept, but=now_kept), _wire(now_kept, but=kept)
    for key in sorted(before.keys() | now.keys()):
        if before.get(key) != now.get(key):
            yield before.get(key), now.get(key)


def _wire(kept: Image, *, but: Image | None = None) -> Rows:
    """Items as they go over the wire; without those that are the very same in `but`."""
    same = _ids(but or {})
    return {
        (item.hash_key.value, item.range_key.value): _row(item)
        for found in kept.values()
        for item in found.values()
        if id(item) not in same
    }


def _ids(kept: Image) -> set[int]:
    return {id(item) for found in kept.values() for item in found.values()}


def _row(item: Any) -> Row:
    """An item is never changed once it is stored (quick_moto): its row is made once."""
    row: Row | None = getattr(item, "row", None)
    if row is None:
        row = item.row = item.to_json()["Attributes"]
    return dict(row)


def table() -> Any:
    """moto's own table."""
    return get_backend("dynamodb")["123456789012"]["us-east-1"].tables[settings().table]


def _of(items: Image) -> Image:
    return {partition: dict(found) for partition, found in items.items()}
