"""The edge: what a route declares, and how a request becomes a use case and an answer."""

from .endpoint import PUBLIC, Brings, Document, Endpoint, Routes, endpoints
from .paging import Page, PageQuery, open_cursor, seal_cursor
from .problems import body_of
from .values import (
    INK,
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
    Words,
)

__all__ = [
    "INK",
    "PUBLIC",
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
    "Words",
    "body_of",
    "endpoints",
    "open_cursor",
    "seal_cursor",
]
