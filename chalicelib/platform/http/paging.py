"""Lists: `?limit=&cursor=`. A cursor is encrypted, bound to practice, user and query, good for 24 h."""

import json
from datetime import timedelta
from typing import Any, Generic, TypeVar

from pydantic import Field

from ..clock import from_iso, iso
from ..context import Context
from ..errors import BadRequest
from ..keyring import seal, unseal
from .values import Answer, Query

T = TypeVar("T")
GOOD_FOR = timedelta(hours=24)


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
