"""The botocore client of the table, without what no call of the table needs (ADR 21).

botocore takes most of a request's CPU. What is left out here is work whose outcome is always the
same. It is said with botocore's private names where it has no others; its version is pinned, and
tests compare what is sent and understood with what an ordinary client sends and understands.
"""

from typing import Any, Final

from botocore.config import Config
from botocore.parsers import JSONParser, ResponseParserFactory
from botocore.serialize import JSONSerializer

from .aws import USER_AGENT
from .overlap import run_waiting

ATTRIBUTE: Final = "AttributeValue"
PLAIN: Final = frozenset({"S", "N", "BOOL", "NULL", "SS", "NS"})
"""Kinds of values that stand in JSON as they stand in Python; B is base64, M and L hold others."""


def prepare(session: Any) -> None:
    """Before the client of this botocore session is made: its name, and how it reads answers."""
    session.set_default_client_config(Config(user_agent=USER_AGENT))
    session.register_component("response_parser_factory", _OneParser())


def lighten(client: Any) -> None:
    """How it writes requests, where it sends them, and what it does until the answer comes."""
    client._serializer = TableSerializer()
    client._ruleset_resolver = None  # one region, one endpoint: that of the client's own `meta`
    pools = client._endpoint.http_session._pool_classes_by_scheme
    for scheme, pool in pools.items():
        connects = type("Waits", (_Waits, pool.ConnectionCls), {})
        pools[scheme] = type(pool.__name__, (pool,), {"ConnectionCls": connects})


class TableParser(JSONParser):
    """Takes plain values as they are; botocore looks each up among ten kinds."""

    def _handle_structure(self, shape: Any, value: Any) -> Any:
        if shape.name == ATTRIBUTE and value and PLAIN.issuperset(value):
            return value
        return super()._handle_structure(shape, value)

    def _handle_map(self, shape: Any, value: Any) -> Any:
        if shape.value.name != ATTRIBUTE:
            return super()._handle_map(shape, value)
        return {name: self._handle_structure(shape.value, held) for name, held in value.items()}


class TableSerializer(JSONSerializer):
    """As `TableParser`, on the way out."""

    def _serialize_type_structure(self, serialized: Any, value: Any, shape: Any, key: Any) -> None:
        if shape.name == ATTRIBUTE and PLAIN.issuperset(value):
            serialized[key] = value
        else:
            super()._serialize_type_structure(serialized, value, shape, key)


class _OneParser(ResponseParserFactory):
    """botocore makes a parser for each answer."""

    def __init__(self) -> None:
        super().__init__()
        self._parser: TableParser | None = None

    def create_parser(self, protocol_name: str) -> Any:  # noqa: ARG002  # the table speaks one
        if self._parser is None:
            self._parser = TableParser(**self._defaults)
        return self._parser


class _Waits:
    """A connection that has sent its request, and has not read the answer yet.

    Were botocore not to ask this any more, what waits would run when its result is wanted.
    """

    def getresponse(self) -> Any:
        run_waiting()
        return super().getresponse()  # type: ignore[misc]  # urllib3's
