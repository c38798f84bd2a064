"""moto's table, past its API: read, kept and put back in no time."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from moto.backends import get_backend

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
    filled = [{pk: found for pk, found in each.items() if found} for each in (one, other)]
    return filled[0].keys() == filled[1].keys() and all(
        found.keys() == filled[1][pk].keys()
        and all(filled[1][pk][own] is item for own, item in found.items())
        for pk, found in filled[0].items()
    )


def forget(kind: str) -> None:
    """As if no item of this kind had ever been written."""
    for found in table().items.values():
        for own, item in list(found.items()):
            if item.to_json()["Attributes"]["kind"]["S"] == kind:
                del found[own]


def rows() -> Rows:
    """Every item as it is stored, by its key."""
    return _wire(image())


def changed_since(kept: Image) -> Iterator[tuple[Row | None, Row | None]]:
    """What was stored then and what is stored now, of each item that is not the same."""
    now_kept = image()
    before, now = _wire(kept, but=now_kept), _wire(now_kept, but=kept)
    for key in sorted(before.keys() | now.keys()):
        if before.get(key) != now.get(key):
            yield before.get(key), now.get(key)


def _wire(kept: Image, *, but: Image | None = None) -> Rows:
    """Items as they go over the wire; without those that are the very same in `but`."""
    same = {id(item) for found in (but or {}).values() for item in found.values()}
    return {
        (item.hash_key.value, item.range_key.value): item.to_json()["Attributes"]
        for found in kept.values()
        for item in found.values()
        if id(item) not in same
    }


def table() -> Any:
    """moto's own table."""
    return get_backend("dynamodb")["123456789012"]["us-east-1"].tables[settings().table]


def _of(items: Image) -> Image:
    return {partition: dict(found) for partition, found in items.items()}
