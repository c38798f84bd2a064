"""Evening has come somewhere: one pack is asked for, for each location where it has, once."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from ..platform import outbox
from ..platform.clock import iso
from ..platform.context import Context
from ..platform.due import clear_due, set_due
from ..platform.store import find_many
from ..practices.models import Location
from ..practices.service import list_locations
from .models import FAILED, LATE, READY, WANTED, DowntimePack, DowntimePlan
from .nights import last_night, night_at
from .plan import await_night

LATE_AFTER = timedelta(minutes=45)
"""A pack that is not there by then: somebody has to know before the morning."""
AT_ONCE = 30
"""Locations whose packs are asked for in one transaction: two items each."""


def begin_night(context: Context, plan: DowntimePlan) -> None:
    """Ask for the packs of every location whose evening has begun since it was last looked at.

    None in a practice that closes: it is read only, and what is exported is what there is.
    """
    now = context.now()
    if plan.duesk is None or plan.duesk > f"{iso(now)}#":
        return
    if context.tenant.read_only:
        clear_due(plan)
        context.work.save(plan)
        return
    wanted = [
        DowntimePack(*DowntimePack.key(context.practice_id, location.id, night), night=night)
        for location in list_locations(context)
        if (night := _night_of(location, plan, context)) is not None
    ]
    known = find_many([each.item_key for each in wanted], consistent=True) if wanted else {}
    missing = [each for each in wanted if each.item_key not in known]
    for at, pack in enumerate(missing, 1):
        _ask(context, pack)
        if at % AT_ONCE == 0:
            context.work.commit()
    plan.told_until = now
    await_night(context, plan)
    context.work.save(plan)


def give_up(context: Context, pack: DowntimePack) -> None:
    """It should have been there: a manager has to know. It may still come."""
    if pack.status == READY:
        return
    pack.status = FAILED
    clear_due(pack)
    context.work.save(pack)
    outbox.publish(
        context,
        "task.wanted",
        pack.location_id,
        pack.version,
        queue="practice",
        kind="downtime_pack_failed",
    )


def _night_of(location: Location, plan: DowntimePlan, context: Context) -> date | None:
    """The night that has begun there since the plan was last looked at."""
    now, zone = context.now(), ZoneInfo(location.time_zone)
    night = last_night(now, plan.hour, zone)
    return night if plan.told_until < night_at(night, plan.hour, zone) else None


def _ask(context: Context, pack: DowntimePack) -> None:
    pack.status = WANTED
    set_due(pack, LATE, context.now() + LATE_AFTER)
    context.work.create(pack)
    outbox.publish(
        context,
        "downtime_pack.wanted",
        pack.location_id,
        pack.version,
        night=pack.night.isoformat(),
    )
