"""The one table: records, keys, reads, and the unit of work that writes."""

from .attributes import (
    DateAttribute,
    GzipTextAttribute,
    InstantAttribute,
    IntegerAttribute,
    IntegerSetAttribute,
    ValueAttribute,
)
from .guard import OutOfScope, practice_scope, system_scope
from .keys import SYSTEM, IdInKey, Key, join
from .reading import Results, find, find_many, get, query, query_all
from .record import Record
from .unit_of_work import TooLarge, UnitOfWork, append

__all__ = [
    "SYSTEM",
    "DateAttribute",
    "GzipTextAttribute",
    "IdInKey",
    "InstantAttribute",
    "IntegerAttribute",
    "IntegerSetAttribute",
    "Key",
    "OutOfScope",
    "Record",
    "Results",
    "TooLarge",
    "UnitOfWork",
    "ValueAttribute",
    "append",
    "find",
    "find_many",
    "get",
    "join",
    "practice_scope",
    "query",
    "query_all",
    "system_scope",
]
