"""Overbooking: a permission of its own, with a reason that the audit has too."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ..identity.permissions import Permission
from ..platform.context import Context
from .models import Appointment
from .progress import OverbookReason, Status

STANDING = (Status.BOOKED, Status.FULFILLED)


def may_overbook(context: Context, reason: OverbookReason | None) -> bool:
    """Whether a visit may stand beside its provider's others. Forbidden without the permission."""
    if reason is None:
        return False
    context.demand(Permission.OVERBOOK)
    context.trace.why = reason
    return True


@dataclass(frozen=True, slots=True)
class OverbookedCount:
    practitioner_id: str
    visits: int


def overbooked_by_provider(day: Iterable[Appointment]) -> list[OverbookedCount]:
    """How many visits of a day stand beside others, practitioner by practitioner."""
    counted = Counter(
        each.practitioner_id for each in day if each.overbooked and each.status in STANDING
    )
    return [OverbookedCount(each, visits) for each, visits in sorted(counted.items())]
