"""Lists: `?limit=&cursor=`. A cursor is encrypted, bound to practice, user and query, good for 24 h."""

import json
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, Generic, TypeVar

from pydantic import Field

from ..clock import from_iso, iso
from ..context import Context
from ..errors import BadRequest
from ..keyring import seal, unseal
from ..store import Key, Results
from .values import Answer, Query

T = TypeVar("T")
GOOD_FOR = timedelta(hours=24)
MOST_PAGES = 10
"""How many pages of an index one page of a filtered list looks through."""


class PageQuery(Query):
    """What every list takes."""

    limit: int = Field(default=50, ge=1, le=200, description="Most items in one page")
    cursor: str | None = Field(
        default=None, max_length=2_000, description="`next_cursor` of the page before"
    )


class Page(Answer, Generic[T]):
    """One page of a list; `next_cursor` is null on the last."""

    items: list[T]
    next_cursor: str | None = None


def open_cursor(context: Context, cursor: str | None) -> dict[str, Any] | None:
    """The key a page starts after. BadRequest for a cursor of another practice, user or query."""
    if cursor is None:
        return None
    stored = json.loads(unseal("cursor", cursor, bound_to=context.binding))
    if from_iso(stored["until"]) < context.now():
        raise BadRequest("The cursor has expired; start the list again")
    key: dict[str, Any] = stored["key"]
    return key


def seal_cursor(context: Context, key: dict[str, Any] | None) -> str | None:
    """The cursor for the page after `key`; None on the last page."""
    if key is None:
        return None
    stored = json.dumps({"until": iso(context.now() + GOOD_FOR), "key": key}, separators=(",", ":"))
    return seal("cursor", stored, bound_to=context.binding)


def filtered_page(
    context: Context,
    asked: PageQuery,
    page_of: Callable[[dict[str, Any] | None, int], Results],
    shown: Callable[[list[Key]], Iterable[T]],
) -> tuple[list[T], str | None]:
    """A page of what an index lists (`page_of` a start and a limit) and the table decides (`shown`).

    Where filters leave little, it may be short of its limit.
    """
    start, items = open_cursor(context, asked.cursor), list[T]()
    for _ in range(MOST_PAGES):
        page = page_of(start, asked.limit - len(items))
        items += shown([each.item_key for each in page.records])
        start = page.next_key
        if start is None or len(items) >= asked.limit:
            break
    return items, seal_cursor(context, start)
