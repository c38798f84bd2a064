"""How a practice wants its packs: the passphrase, by when, for how long."""

from zoneinfo import ZoneInfo

from ..identity.credentials.common_passwords import is_common
from ..platform.context import Context
from ..platform.due import set_due
from ..platform.errors import Stale, invalid_field
from ..platform.keyring import seal, unseal
from ..platform.store import find, get
from ..practices.service import list_locations
from .models import NIGHT, DowntimePlan
from .nights import DAY, next_night
from .page import normal
from .schemas import DowntimePlanBody

SEALED_FOR = "downtime passphrase"
SHORTEST = 15


def read_plan(context: Context) -> DowntimePlan:
    """NotFound where none was set."""
    return get(DowntimePlan, DowntimePlan.key(context.practice_id))


def set_plan(context: Context, body: DowntimePlanBody) -> DowntimePlan:
    """Set it, whole. Invalid (422) for a weak passphrase.

    The evening that began last gets its packs within minutes, if it has none: of today, where this
    is done in the morning. Packs that are there keep the passphrase with which they were made.
    """
    key = DowntimePlan.key(context.practice_id)
    plan = context.matching(find(DowntimePlan, key, consistent=True) or DowntimePlan(*key))
    passphrase = normal(body.passphrase)
    if len(passphrase) < SHORTEST or is_common(passphrase.casefold()):
        told = f"At least {SHORTEST} characters that nobody guesses: several words"
        raise invalid_field("passphrase", "too_weak", told)
    plan.passphrase = seal(SEALED_FOR, passphrase, bound_to=context.practice_id)
    plan.hour, plan.kept_days = body.hour, body.kept_days
    set_due(plan, NIGHT, context.now())
    if plan.version == 0:
        plan.told_until = context.now() - DAY
        context.work.create(plan, refusal=Stale())
    else:
        context.work.save(plan)
    return plan


def passphrase_of(plan: DowntimePlan) -> str:
    return unseal(SEALED_FOR, plan.passphrase, bound_to=plan.practice_id)


def await_night(context: Context, plan: DowntimePlan) -> None:
    """Due with the next evening at the practice, or at one of its locations elsewhere."""
    zones = {ZoneInfo(each.time_zone) for each in list_locations(context)}
    zones.add(context.tenant.zone)
    set_due(plan, NIGHT, min(next_night(context.now(), plan.hour, zone) for zone in zones))
