"""The one table: records, keys, reads, and the unit of work that writes."""

from .attributes import (
    DateAttribute,
    GzipTextAttribute,
    GzipValueAttribute,
    InstantAttribute,
    IntegerAttribute,
    IntegerSetAttribute,
    ValueAttribute,
)
from .counting import next_number
from .guard import OutOfScope, practice_scope, system_scope
from .keys import SYSTEM, IdInKey, Key, PracticeInKey, join
from .reading import Results, find, find_brought, find_many, get, query, query_all, query_images
from .record import Record
from .sweeping import Row, Swept, destroy_rows, plant_row, sweep_page
from .unit_of_work import TooLarge, UnitOfWork, append

__all__ = [
    "SYSTEM",
    "DateAttribute",
    "GzipTextAttribute",
    "GzipValueAttribute",
    "IdInKey",
    "InstantAttribute",
    "IntegerAttribute",
    "IntegerSetAttribute",
    "Key",
    "OutOfScope",
    "PracticeInKey",
    "Record",
    "Results",
    "Row",
    "Swept",
    "TooLarge",
    "UnitOfWork",
    "ValueAttribute",
    "append",
    "destroy_rows",
    "find",
    "find_brought",
    "find_many",
    "get",
    "join",
    "next_number",
    "plant_row",
    "practice_scope",
    "query",
    "query_all",
    "query_images",
    "sweep_page",
    "system_scope",
]
