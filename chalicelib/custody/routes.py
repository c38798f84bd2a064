"""Routes of what leaves with a practice."""

from ..identity.permissions import Permission
from ..platform.context import Context, SystemContext
from ..platform.http import PUBLIC, PageQuery, Routes
from . import certificates, closing, erasures, holds, requesting
from .schemas import (
    CertificateBody,
    ClosingBody,
    ClosingView,
    ErasureView,
    ExportFilePage,
    ExportFileView,
    ExportPage,
    ExportView,
    HoldBody,
    HoldList,
    HoldView,
    ReceiptBody,
    ReceiptView,
)

routes = Routes("custody")


@routes.post("/v1/exports", permission=Permission.REQUEST_EXPORT, status=201)
def request_export(context: Context) -> ExportView:
    """Ask for an export of everything that the practice keeps here.

    An owner who gave a second factor in the last five minutes has approved it with that; else an
    owner has to. 409 `export_under_way`; `plan_limit_reached` for a further copy while the plan's
    storage is full and an export of the last thirty days can be fetched.
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


@routes.post("/v1/practice/closing", permission=Permission.CLOSE_PRACTICE, status=201, step_up=True)
def close_practice(context: SystemContext, body: ClosingBody) -> ClosingView:
    """Close the practice: read only from now on, thirty days of grace, and a final export.

    The custodian confirms that they hold the export by a mailed link. Sent again, it names another
    custodian, who gets a new export. 409 `practice_not_open`.
    """
    return ClosingView.model_validate(closing.close_practice(context, body))


@routes.get("/v1/practice/closing", permission=Permission.CLOSE_PRACTICE)
def read_closing(context: Context) -> ClosingView:
    """How the practice closes. 404 while it does not."""
    return ClosingView.model_validate(closing.read_closing(context))


@routes.post("/v1/practice/closing/cancel", permission=Permission.CLOSE_PRACTICE, step_up=True)
def cancel_closing(context: Context) -> None:
    """Go on as before. 409 `grace_over` after the thirty days."""
    closing.cancel_closing(context)


@routes.post("/v1/custodians/receipts", permission=PUBLIC, idempotent=True)
def confirm_receipt(context: SystemContext, body: ReceiptBody) -> ReceiptView:
    """The custodian confirms, by the mailed link, that they hold the final export.

    422 `link_spent`; 422 naming `manifest_sha256` if it is another export's.
    """
    return ReceiptView.of(closing.confirm_receipt(context, body))


@routes.post("/v1/custodians/certificates", permission=PUBLIC)
def read_certificate(context: SystemContext, body: CertificateBody) -> ErasureView:
    """The certificate of an erasure, by the link that was mailed to the custodian. 422 `link_spent`."""
    return ErasureView.of(certificates.read_certificate(context, body.token))


@routes.post("/v1/legal-holds", permission=Permission.KEEP_RECORDS, status=201)
def place_hold(context: Context, body: HoldBody) -> HoldView:
    """Forbid the destruction of a patient's records, or of all."""
    return HoldView.model_validate(holds.place_hold(context, body))


@routes.get("/v1/legal-holds", permission=Permission.KEEP_RECORDS)
def list_holds(context: Context) -> HoldList:
    """Every hold."""
    return HoldList.model_validate({"items": holds.list_holds(context)})


@routes.delete("/v1/legal-holds/{hold_id}", permission=Permission.KEEP_RECORDS, step_up=True)
def lift_hold(context: Context, hold_id: str) -> None:
    """Lift a hold."""
    holds.lift_hold(context, hold_id)


@routes.post("/v1/patients/{patient_id}/erasure", permission=Permission.KEEP_RECORDS, step_up=True)
def erase_patient(context: Context, patient_id: str) -> ErasureView:
    """Destroy what is kept of a patient, once the law lets it go.

    409 `retention_forbids` names the day from which on it may; 409 `under_legal_hold`.
    """
    return ErasureView.of(erasures.erase_patient(context, patient_id))
