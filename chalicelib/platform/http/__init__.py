"""The edge: what a route declares, and how a request becomes a use case and an answer."""

from .endpoint import PUBLIC, Brings, Document, Endpoint, Routes, endpoints
from .paging import Page, PageQuery, filtered_page, open_cursor, seal_cursor
from .problems import body_of
from .values import (
    INK,
    WEEKDAYS,
    AddressValue,
    Answer,
    Body,
    Flag,
    Instant,
    Line,
    LocalDateTime,
    LocalTime,
    MoneyValue,
    Query,
    Short,
    Text,
    Weekday,
    Words,
)

__all__ = [
    "INK",
    "PUBLIC",
    "WEEKDAYS",
    "AddressValue",
    "Answer",
    "Body",
    "Brings",
    "Document",
    "Endpoint",
    "Flag",
    "Instant",
    "Line",
    "LocalDateTime",
    "LocalTime",
    "MoneyValue",
    "Page",
    "PageQuery",
    "Query",
    "Routes",
    "Short",
    "Text",
    "Weekday",
    "Words",
    "body_of",
    "endpoints",
    "filtered_page",
    "open_cursor",
    "seal_cursor",
]
