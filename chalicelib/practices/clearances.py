"""What operations open for a practice, capability by capability, once they have verified it.

A clearance holds for the NPI and TIN it was given for: a practice that changes either is
unverified again, and is verified again if it changes back.
"""

from collections.abc import Iterable

from ..platform import outbox
from ..platform.context import Context
from ..platform.errors import FieldError
from ..platform.store import get
from .capabilities import Capability
from .errors import BillingIdentityMissing, NotCleared
from .models import VERIFIED, BillingIdentity, Clearance, Practice
from .schemas import ClearanceRequest

REQUESTED, REFUSED = "requested", "refused"


def is_cleared(context: Context, capability: Capability) -> bool:
    return capability in context.tenant.cleared


def demand_cleared(context: Context, capability: Capability) -> None:
    """NotCleared (409), naming the capability, unless operations have verified it."""
    if not is_cleared(context, capability):
        raise NotCleared(errors=(FieldError(capability, "not_cleared", "Not verified yet"),))


def list_clearances(context: Context) -> list[Clearance]:
    """What was asked for, and what came of it."""
    return list(get(Practice, Practice.key(context.practice_id)).clearances or ())


def request_clearance(context: Context, body: ClearanceRequest) -> list[Clearance]:
    """Ask operations to verify; what is verified for this NPI and TIN stays so.

    BillingIdentityMissing (409) while there is no NPI and TIN.
    """
    practice, identity = _identified(context)
    cleared = practice.cleared
    asked = [
        _clearance(
            context,
            capability,
            identity,
            status=REQUESTED,
            by=context.actor.id,
            licence=body.licence,
        )
        for capability in body.capabilities
        if capability not in cleared
    ]
    _record(context, practice, asked)
    outbox.publish(context, "practice.clearance_requested", practice.id, practice.version)
    return list(practice.clearances or ())


def verify_clearance(
    context: Context, capability: Capability, *, by: str, licence: str, reason: str = ""
) -> Practice:
    """Operations have verified NPI, TIN and licence: the capability is open from the commit on."""
    practice, identity = _identified(context)
    given = _clearance(
        context, capability, identity, status=VERIFIED, by=by, licence=licence, reason=reason
    )
    _record(context, practice, [given])
    outbox.publish(
        context, "practice.cleared", practice.id, practice.version, capability=capability
    )
    return practice


def refuse_clearance(
    context: Context, capability: Capability, *, by: str, licence: str, reason: str
) -> Practice:
    """Operations could not verify it, or take it back; the practice sees the reason."""
    practice, identity = _identified(context)
    given = _clearance(
        context, capability, identity, status=REFUSED, by=by, licence=licence, reason=reason
    )
    _record(context, practice, [given])
    return practice


def _identified(context: Context) -> tuple[Practice, BillingIdentity]:
    practice = get(Practice, Practice.key(context.practice_id))
    if practice.billing is None:
        raise BillingIdentityMissing
    return practice, practice.billing


def _clearance(
    context: Context, capability: Capability, identity: BillingIdentity, **found: str
) -> Clearance:
    """`found`: status, licence, by, and reason if there is one."""
    return Clearance(
        capability=capability.value,
        npi=identity.npi,
        tin=identity.tin,
        at=context.now(),
        **found,
    )


def _record(context: Context, practice: Practice, given: Iterable[Clearance]) -> None:
    known = {each.capability: each for each in practice.clearances or ()}
    known |= {each.capability: each for each in given}
    practice.clearances = tuple(known[name] for name in sorted(known))
    context.work.save(practice)
