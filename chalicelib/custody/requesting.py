"""Asking for an export, approving it, and fetching it."""

from datetime import timedelta
from typing import NamedTuple

from ..identity.permissions import Permission
from ..platform.aws import client
from ..platform.config import settings
from ..platform.context import Context
from ..platform.errors import StepUpRequired
from ..platform.http import PageQuery, open_cursor, seal_cursor
from ..platform.store import Results, get, query
from ..practices.limits import demand_room
from ..practices.plans import Limit
from ..practices.usage import storage_used
from .errors import ExportNotReady, ExportNotWaiting, ExportUnderWay
from .exporting import object_key, start_export
from .models import READY, REQUESTED, RUNNING, Export, ExportFile

LINK_SECONDS = 900
RECENT = timedelta(days=30)


class HandedOut(NamedTuple):
    """A file of an export, and where it can be fetched for a quarter of an hour."""

    name: str
    size: int
    sha256: str
    records: int | None
    url: str


def request_export(context: Context) -> Export:
    """Ask for an export of everything; an owner with a fresh second factor approves it with that.

    ExportUnderWay (409), then, while another is being written. PlanLimitReached (409) where the
    plan's storage is full and one of the last thirty days can be fetched: a copy of everything more.
    """
    _demand_room(context)
    export = new_export(context)
    if context.allows(Permission.APPROVE_EXPORT) and _stepped_up(context):
        _approve(context, export)
    context.work.create(export)
    return export


def approve_export(context: Context, export_id: str) -> Export:
    """Let it be written. ExportNotWaiting, ExportUnderWay (409)."""
    export = read_export(context, export_id)
    if export.state != REQUESTED:
        raise ExportNotWaiting
    _approve(context, export)
    context.work.save(export, refusal=ExportNotWaiting())
    return export


def read_export(context: Context, export_id: str) -> Export:
    return get(Export, Export.key(context.practice_id, export_id))


def list_exports(context: Context, page: PageQuery) -> tuple[list[Export], str | None]:
    """Newest first."""
    found = query(
        Export.key(context.practice_id, "exp_0").pk,
        newest_first=True,
        limit=page.limit,
        start=open_cursor(context, page.cursor),
    )
    return found.records, seal_cursor(context, found.next_key)


def hand_out(
    context: Context, export_id: str, page: PageQuery
) -> tuple[list[HandedOut], str | None]:
    """The files with links to fetch them. ExportNotReady (409)."""
    export = read_export(context, export_id)
    if export.state != READY:
        raise ExportNotReady
    found: Results = query(
        ExportFile.key(context.practice_id, export_id, 0).pk,
        limit=page.limit,
        start=open_cursor(context, page.cursor),
    )
    files = [
        HandedOut(each.name, each.size, each.sha256, each.records, link_to(each.object_key))
        for each in found.records
    ]
    return files, seal_cursor(context, found.next_key)


def manifest_link(context: Context, export_id: str) -> str:
    """Where the manifest can be fetched."""
    return link_to(object_key(context.practice_id, export_id, "manifest.json"))


def link_to(key: str) -> str:
    """A signed link to an object of the practice, good for a quarter of an hour."""
    url: str = client("s3").generate_presigned_url(
        "get_object",
        Params={"Bucket": settings().files_bucket, "Key": key},
        ExpiresIn=LINK_SECONDS,
    )
    return url


def new_export(context: Context) -> Export:
    """An export that waits for approval; not staged."""
    return Export(
        *Export.key(context.practice_id, context.new_id("exp")),
        state=REQUESTED,
        requested_by=context.actor.id,
        requested_at=context.now(),
    )


def _demand_room(context: Context) -> None:
    newest = query(Export.key(context.practice_id, "exp_0").pk, newest_first=True, limit=50).records
    since = context.now() - RECENT
    if any(each.state == READY and each.ready_at > since for each in newest):
        demand_room(context, Limit.STORAGE_BYTES, storage_used(context))


def _approve(context: Context, export: Export) -> None:
    partition = Export.key(context.practice_id, "exp_0").pk
    newest = query(partition, newest_first=True, limit=50, consistent=True).records
    if any(other.state == RUNNING for other in newest):
        raise ExportUnderWay
    export.approved_by, export.approved_at = context.actor.id, context.now()
    start_export(context, export)


def _stepped_up(context: Context) -> bool:
    try:
        context.demand_step_up()
    except StepUpRequired:
        return False
    return True
