"""The item every domain's records are: keys, kind, schema, version, and room for unknown attributes."""

from functools import cache
from typing import Any, ClassVar, NamedTuple, Self

from pynamodb.attributes import Attribute, UnicodeAttribute
from pynamodb.connection.table import TableConnection
from pynamodb.exceptions import AttributeNullError
from pynamodb.models import Model

from .. import late
from .attributes import IntegerAttribute
from .connection import connection
from .keys import Key

_kinds: dict[str, type["Record"]] = {}


class Record(Model):
    """A stored item. A domain's class names its `KIND` and builds its keys in one place.

    Attributes this release does not know are kept as they were read and written back.
    A class whose stored shape changed raises `SCHEMA` and upgrades older items in `upgraded`.
    """

    class Meta:
        table_name = "set by the connection"

    KIND: ClassVar[str] = ""
    SCHEMA: ClassVar[int] = 1

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = UnicodeAttribute()
    schema = IntegerAttribute()
    version = IntegerAttribute()
    gs1pk = UnicodeAttribute(null=True)
    gs1sk = UnicodeAttribute(null=True)
    gs2pk = UnicodeAttribute(null=True)
    gs2sk = UnicodeAttribute(null=True)
    duepk = UnicodeAttribute(null=True)
    duesk = UnicodeAttribute(null=True)
    expires_at = IntegerAttribute(null=True)

    _unknown: dict[str, Any]

    def __init__(self, *key: str, **attributes: Any) -> None:
        shape = _shape_of(type(self))
        if unknown := attributes.keys() - shape.own.keys():
            raise ValueError(f"{type(self).__name__} has no {', '.join(sorted(unknown))}")
        self._unknown = {}
        self.attribute_values = {**shape.defaults, **attributes}
        if key:
            self.pk, self.sk = key
            self.kind, self.schema, self.version = self.KIND, self.SCHEMA, 0

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if cls.KIND:
            other = _kinds.setdefault(cls.KIND, cls)
            if (other.__module__, other.__qualname__) != (cls.__module__, cls.__qualname__):
                raise TypeError(f"kind {cls.KIND!r} is {other.__qualname__}'s")

    @property
    def item_key(self) -> Key:
        return Key(self.pk, self.sk)

    @classmethod
    def upgraded(cls, values: dict[str, Any], _schema: int) -> dict[str, Any]:
        """The stored values of an older schema in today's shape."""
        return values

    @classmethod
    def _get_connection(cls) -> TableConnection:
        return connection()

    @classmethod
    def _instantiate(cls, attribute_values: dict[str, Any]) -> Self:
        narrow = _class_of(attribute_values.get("kind", {}).get("S", ""), cls)
        stored = int(attribute_values.get("schema", {}).get("N", narrow.SCHEMA))
        if stored < narrow.SCHEMA:
            attribute_values = narrow.upgraded(attribute_values, stored)
        record = narrow.__new__(narrow)
        record.deserialize(attribute_values)
        return record  # type: ignore[return-value]  # the kind says which class it is

    def deserialize(self, attribute_values: dict[str, dict[str, Any]]) -> None:
        """Be what is stored."""
        shape = _shape_of(type(self))
        self._unknown, self.attribute_values = {}, dict(shape.defaults)
        for stored_name, value in attribute_values.items():
            if stored_name not in shape.stored:
                self._unknown[stored_name] = value
            elif "NULL" not in value:
                name, attribute = shape.stored[stored_name]
                self.attribute_values[name] = attribute.deserialize(attribute.get_value(value))

    def serialize(self, null_check: bool = True) -> dict[str, dict[str, Any]]:
        """What is stored. AttributeNullError for an attribute that has to be there and is not."""
        item, values = dict(self._unknown), self.attribute_values
        for name, attribute in _shape_of(type(self)).own.items():
            value = values.get(name)
            sent = None if value is None else attribute.serialize(value)
            if sent is not None:
                item[attribute.attr_name] = {attribute.attr_type: sent}
            elif null_check and not attribute.null:
                raise AttributeNullError(name)
        return item


def _class_of(kind: str, otherwise: type[Record]) -> type[Record]:
    """Of a kind that this release knows, its class, wherever that is; else `otherwise`."""
    if kind not in _kinds:
        for module in late.kinds().get(kind, ()):
            late.import_late(module)
    return _kinds.get(kind, otherwise)


class _Shape(NamedTuple):
    """A record class by its own names and by the stored ones; its defaults are constants.

    With it a record is made, read and written at a quarter of what PynamoDB's containers, which
    hold maps as well, take for each attribute.
    """

    own: dict[str, Attribute[Any]]
    stored: dict[str, tuple[str, Attribute[Any]]]
    defaults: dict[str, Any]


@cache
def _shape_of(kind: type[Record]) -> _Shape:
    own = kind.get_attributes()
    return _Shape(
        own,
        {attribute.attr_name: (name, attribute) for name, attribute in own.items()},
        {name: each.default for name, each in own.items() if each.default is not None},
    )
