"""Attributes and items: compared, measured and copied without going round by every type there is."""

import base64
from typing import Any

import pytest
from moto.dynamodb import responses
from moto.dynamodb.exceptions import ItemSizeTooLarge
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.utilities import dynamo_to_dict

_AS_STORED = {"S", "BOOL"}
_NEVER_CHANGED = {"S", "N", "BOOL", "B", "NULL"}
_LIMIT = 405_000
_cast_value = DynamoType.cast_value.fget  # type: ignore[attr-defined]  # a property
_size = DynamoType.size


def quicken(patched: pytest.MonkeyPatch) -> None:
    """Most attributes are strings: those are compared as such. An item is measured once, not once
    an attribute, and its copy shares the attributes that nothing changes in place."""
    for name, function in (
        ("__init__", _typed),
        ("__hash__", lambda own: hash(own.value if own.type == "S" else own.cast_value)),
        ("__eq__", _equals),
        ("__ne__", lambda own, other: not _equals(own, other)),
        ("__lt__", _is_less),
        ("__deepcopy__", _copied_attribute),
        ("cast_value", property(_cast)),
        ("size", _measured),
    ):
        patched.setattr(DynamoType, name, function)
    patched.setattr(Item, "__init__", _filled)
    patched.setattr(Item, "__deepcopy__", _copied_item)
    patched.setattr(Item, "size", _measured_item)
    patched.setattr(responses, "dynamo_to_dict", plain)


def _typed(self: Any, given: Any) -> None:
    if type(given) is DynamoType:
        kind, value = given.type, given.value
    else:
        ((kind, value),) = list(given.items())[:1]
    if kind == "L":
        value = [DynamoType(each) for each in value]
    elif kind == "M":
        value = {name: DynamoType(each) for name, each in value.items()}
    self.type, self.value = kind, value


def _equals(self: Any, other: Any) -> bool:
    if self.type != other.type:
        return False
    same: bool = (
        self.value == other.value if self.type == "S" else self.cast_value == other.cast_value
    )
    return same


def _is_less(self: Any, other: Any) -> bool:
    less: bool = (
        self.value < other.value
        if self.type == other.type == "S"
        else self.cast_value < other.cast_value
    )
    return less


def _cast(self: Any) -> Any:
    return self.value if self.type in _AS_STORED else _cast_value(self)


def _measured(self: Any) -> int:
    if self.type == "S":
        return len(self.value) if self.value.isascii() else len(self.value.encode())
    size: int = _size(self)
    return size


def _measured_item(self: Any) -> int:
    """An item is not changed once it is stored; a query measures each that it looks at."""
    size: int | None = getattr(self, "measured", None)
    if size is None:
        size = sum(len(name.encode()) + value.size() for name, value in self.attrs.items())
        self.measured = size
    return size


def _copied_attribute(self: Any, _memo: Any) -> Any:
    if self.type in _NEVER_CHANGED:
        return self
    copied = DynamoType.__new__(DynamoType)
    copied.type = self.type
    match self.type:
        case "L":
            copied.value = [_copied_attribute(each, None) for each in self.value]
        case "M":
            copied.value = {
                name: _copied_attribute(each, None) for name, each in self.value.items()
            }
        case _:
            copied.value = list(self.value)
    return copied


def _filled(self: Any, hash_key: Any, range_key: Any, attrs: dict[str, Any]) -> None:
    self.hash_key, self.range_key, self.attrs = hash_key, range_key, _unlimited()
    size = 0
    for name, value in attrs.items():
        attribute = DynamoType(value)
        size += len(name.encode()) + attribute.size()
        dict.__setitem__(self.attrs, name, attribute)
    if size > _LIMIT:
        raise ItemSizeTooLarge


def _copied_item(self: Any, _memo: Any) -> Any:
    copied: Any = object.__new__(Item)
    copied.hash_key, copied.range_key, copied.attrs = self.hash_key, self.range_key, _unlimited()
    dict.update(
        copied.attrs, {name: _copied_attribute(each, None) for name, each in self.attrs.items()}
    )
    return copied


def _unlimited() -> Any:
    """For attributes that were measured."""
    return LimitedSizeDict.__new__(LimitedSizeDict)


def plain(found: Any) -> Any:
    """moto's `dynamo_to_dict`."""
    kind = type(found)
    if kind is DynamoType:
        return {found.type: _plain_value(found)}
    if kind in (dict, LimitedSizeDict):
        return {name: plain(each) for name, each in found.items()}
    if kind is list:
        return [plain(each) for each in found]
    return found if kind in (str, int, float, bool) else dynamo_to_dict(found)


def _plain_value(attribute: Any) -> Any:
    value = attribute.value
    match attribute.type:
        case "L":
            return [plain(each) for each in value]
        case "M":
            return {name: plain(each) for name, each in value.items()}
        case "B":
            return _bytes(value)
        case "BS":
            return [_bytes(each) for each in value]
        case _:
            return value


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else base64.b64decode(value)
