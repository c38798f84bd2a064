"""The directory of practices: what operations see of each without entering it."""

from ..platform.context import Context, SystemContext
from ..platform.errors import NotFound, Stale
from ..platform.http import Page, PageQuery, open_cursor, seal_cursor
from ..platform.store import UnitOfWork, find, get, query, system_scope
from ..practices.models import Practice
from .models import DirectoryEntry
from .schemas import DirectoryView


def note_practice(context: Context) -> None:
    """Put the practice into the directory as it is now. A delivery that comes late changes nothing.

    A unit of work of its own: the directory belongs to no practice.
    """
    practice = get(Practice, Practice.key(context.practice_id), consistent=True)
    key, work = DirectoryEntry.key(practice.id), UnitOfWork()
    with system_scope():
        entry = find(DirectoryEntry, key, consistent=True)
        if entry is not None and entry.practice_version >= practice.version:
            return
        now = DirectoryEntry(*key) if entry is None else entry
        now.name, now.status, now.country = practice.name, practice.status, practice.country
        now.practice_version = practice.version
        if entry is None:
            work.create(now, refusal=Stale())
        else:
            work.save(now)
        work.commit()


def note_storage(context: Context, mark: int) -> None:
    """The directory shows which mark of its plan's storage the practice has reached."""
    key, work = DirectoryEntry.key(context.practice_id), UnitOfWork()
    with system_scope():
        entry = find(DirectoryEntry, key, consistent=True)
        if entry is None:
            return
        entry.storage_mark = mark
        work.save(entry)
        work.commit()


def list_practices(context: SystemContext, asked: PageQuery) -> Page[DirectoryView]:
    """All practices, the newest first."""
    page = query(
        DirectoryEntry.key("prc").pk,
        limit=asked.limit,
        start=open_cursor(context, asked.cursor),
        newest_first=True,
    )
    views = [DirectoryView.model_validate(entry) for entry in page.records]
    return Page(items=views, next_cursor=seal_cursor(context, page.next_key))


def demand_practice(practice_id: str) -> DirectoryEntry:
    """NotFound for an id that no practice has."""
    entry = find(DirectoryEntry, DirectoryEntry.key(practice_id), consistent=True)
    if entry is None:
        raise NotFound
    return entry
