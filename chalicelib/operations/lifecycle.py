"""What operations decide about a practice: the practice's own use cases, by an operator."""

from ..platform.context import SystemContext
from ..practices.capabilities import Capability
from ..practices.clearances import refuse_clearance, verify_clearance
from ..practices.models import Practice
from ..practices.suspension import resume_practice, suspend_practice
from .acting import acting_in
from .schemas import ClearanceDecision


def suspend(context: SystemContext, practice_id: str, reason: str) -> Practice:
    with acting_in(context, practice_id) as there:
        return suspend_practice(there, by=context.actor.id, reason=reason)


def resume(context: SystemContext, practice_id: str, reason: str) -> Practice:
    with acting_in(context, practice_id) as there:
        return resume_practice(there, by=context.actor.id, reason=reason)


def decide_clearance(context: SystemContext, practice_id: str, body: ClearanceDecision) -> Practice:
    """Verify or refuse a capability. BillingIdentityMissing (409)."""
    capability, by = Capability(body.capability), context.actor.id
    with acting_in(context, practice_id) as there:
        if body.verdict == "verified":
            return verify_clearance(there, capability, by=by, licence=body.licence)
        reason = body.reason or "could not be verified"
        return refuse_clearance(there, capability, by=by, licence=body.licence, reason=reason)
