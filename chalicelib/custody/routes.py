"""Routes of what leaves with a practice."""

from ..identity.permissions import Permission
from ..platform.context import Context
from ..platform.http import PageQuery, Routes
from . import requesting
from .schemas import ExportFilePage, ExportFileView, ExportPage, ExportView

routes = Routes("custody")


@routes.post("/v1/exports", permission=Permission.REQUEST_EXPORT, status=201)
def request_export(context: Context) -> ExportView:
    """Ask for an export of everything that the practice keeps here.

    An owner who gave a second factor in the last five minutes has approved it with that; else an
    owner has to. 409 `export_under_way`.
    """
    return ExportView.of(requesting.request_export(context))


@routes.get("/v1/exports", permission=Permission.REQUEST_EXPORT)
def list_exports(context: Context, query: PageQuery) -> ExportPage:
    """Exports, newest first."""
    found, cursor = requesting.list_exports(context, query)
    return ExportPage(items=[ExportView.of(each) for each in found], next_cursor=cursor)


@routes.get("/v1/exports/{export_id}", permission=Permission.REQUEST_EXPORT)
def read_export(context: Context, export_id: str) -> ExportView:
    """How far an export is: `requested`, `running`, `ready` or `ended`, and what it holds."""
    return ExportView.of(requesting.read_export(context, export_id))


@routes.post("/v1/exports/{export_id}/approve", permission=Permission.APPROVE_EXPORT, step_up=True)
def approve_export(context: Context, export_id: str) -> ExportView:
    """Approve an export; it is written from then on.

    409 `export_not_waiting`, `export_under_way`.
    """
    return ExportView.of(requesting.approve_export(context, export_id))


@routes.get("/v1/exports/{export_id}/files", permission=Permission.APPROVE_EXPORT, step_up=True)
def list_export_files(context: Context, export_id: str, query: PageQuery) -> ExportFilePage:
    """The files of an export that is ready, with links good for a quarter of an hour.

    docs/export.md says what is in them. 409 `export_not_ready`.
    """
    found, cursor = requesting.hand_out(context, export_id, query)
    return ExportFilePage(
        items=[ExportFileView.model_validate(each) for each in found],
        next_cursor=cursor,
        manifest_url=requesting.manifest_link(context, export_id),
    )
