"""Routes of missed visits: the policy, and a patient's fees."""

from ...identity.permissions import Permission
from ...platform.context import Context
from ...platform.http import Routes
from . import policy, waiving
from .schemas import (
    FeeBody,
    FeeView,
    MissedVisitPolicyBody,
    MissedVisitPolicyView,
    WaiverBody,
)

routes = Routes("missed_visits")


@routes.get("/v1/missed-visit-policy", permission=Permission.READ_PRACTICE)
def read_missed_visit_policy(context: Context) -> MissedVisitPolicyView:
    """What visits cost that are missed or cancelled late; version 0 while nothing was set."""
    return MissedVisitPolicyView.of(policy.read_policy(context), context.tenant.currency)


@routes.put("/v1/missed-visit-policy", permission=Permission.MANAGE_FEES)
def change_missed_visit_policy(
    context: Context, body: MissedVisitPolicyBody
) -> MissedVisitPolicyView:
    """Replace the policy. A visit is judged by the one that held when it was booked."""
    return MissedVisitPolicyView.of(policy.change_policy(context, body), context.tenant.currency)


@routes.post("/v1/patients/{patient_id}/fees", permission=Permission.WRITE_CHARGES, status=201)
def charge_missed_visit(context: Context, patient_id: str, body: FeeBody) -> FeeView:
    """Charge a missed visit that a task asks about; most are charged by themselves.

    409 `not_missed`, `already_charged`, `payer_unknown`, `not_chargeable`.
    """
    return FeeView.of(waiving.charge_fee(context, patient_id, body), context.tenant.currency)


@routes.get("/v1/patients/{patient_id}/fees/{fee_id}", permission=Permission.TAKE_PAYMENT)
def read_missed_visit_fee(context: Context, patient_id: str, fee_id: str) -> FeeView:
    """A fee, and what is still owed of it."""
    return FeeView.of(waiving.read_fee(context, patient_id, fee_id), context.tenant.currency)


@routes.post("/v1/patients/{patient_id}/fees/{fee_id}/waive", permission=Permission.WRITE_CHARGES)
def waive_missed_visit_fee(
    context: Context, patient_id: str, fee_id: str, body: WaiverBody
) -> FeeView:
    """Waive a fee; what was paid of it becomes the patient's credit.

    409 `already_waived`, `account_changed`.
    """
    fee = waiving.waive_fee(context, patient_id, fee_id, body.reason)
    return FeeView.of(fee, context.tenant.currency)
