"""The first step of a booking: a start that was offered is kept for some minutes."""

from datetime import datetime, timedelta

from ..platform.context import Context, SystemContext
from ..platform.errors import invalid_field
from ..platform.ids import derived_id
from ..platform.store import find
from ..scheduling.errors import SlotTaken
from ..scheduling.found_slots import FreeSlot
from ..scheduling.holds.holding import hold_slot
from ..scheduling.holds.models import SlotHold
from ..scheduling.holds.schemas import SlotHoldRequest
from .attempts import count_hold
from .bot_check import demand_person, demand_work
from .days import hold_on_day
from .errors import BookingUnderWay, ChallengeUsed
from .models import BookingPage, BookingSession
from .offering import NOT_OFFERED, free_starts, is_at, online_type
from .schemas import OnlineHoldBody
from .sessions import open_page

FORGOTTEN_AFTER = timedelta(days=2)


def hold_online(context: SystemContext, slug: str, body: OnlineHoldBody) -> BookingSession:
    """Keep a start. A challenge holds one: sent again with it, the same request has the same answer.

    BotSuspected (422); TooManyRequests (429); Invalid (422) naming what is not online, or a start too
    soon or too far; SlotTaken, ChallengeUsed (409).
    """
    with open_page(context, slug) as opened:
        within, page = opened.context, opened.page
        demand_work(within, body)
        session_id = derived_id("obs", body.challenge)
        known = find(
            BookingSession, BookingSession.key(within.practice_id, session_id), consistent=True
        )
        if known is not None:
            return _same(known, body)
        demand_person(within, body)
        count_hold(within)
        start = _start(within, page, body)
        until = within.now() + timedelta(minutes=page.hold_minutes)
        hold = _hold(within, body, start, until, session_id)
        session = BookingSession(
            *BookingSession.key(within.practice_id, session_id),
            hold_id=hold.id,
            type_id=body.type_id,
            practitioner_id=body.practitioner_id,
            location_id=body.location_id,
            time_zone=str(start.starts_at.tzinfo),
            starts_at=start.starts_at,
            ends_at=start.ends_at,
            until=until,
            expires_at=int((until + FORGOTTEN_AFTER).timestamp()),
        )
        hold_on_day(within, page, session)
        within.work.create(session, refusal=BookingUnderWay())
        return session


def _same(known: BookingSession, body: OnlineHoldBody) -> BookingSession:
    asked = body.type_id, body.practitioner_id, body.location_id, body.starts_at
    if asked != (known.type_id, known.practitioner_id, known.location_id, known.start):
        raise ChallengeUsed
    return known


def _start(context: Context, page: BookingPage, body: OnlineHoldBody) -> FreeSlot:
    """The start as it is offered now; SlotTaken where it is not, which does not say by whom."""
    kind = online_type(context, body.type_id)
    if body.practitioner_id not in page.shown:
        raise invalid_field("practitioner_id", "not_found", "They are not booked online")
    if body.starts_at < context.now() + timedelta(hours=kind.notice_hours):
        raise invalid_field("starts_at", "too_soon", "Too soon to be booked online")
    if body.starts_at > context.now() + timedelta(days=kind.bookable_days + 1):
        raise invalid_field("starts_at", "too_far_ahead", "Too far ahead to be booked online")
    day = body.starts_at.astimezone(context.tenant.zone).date()
    around = day - timedelta(days=1), day + timedelta(days=1)
    offered = free_starts(
        context, page, kind, [body.practitioner_id],
        first=around[0], last=around[1], location_id=body.location_id,
    )  # fmt: skip
    found = next((each for each in offered if is_at(each, body.starts_at)), None)
    if found is None:
        raise SlotTaken(errors=(NOT_OFFERED,))
    return found


def _hold(
    context: Context, body: OnlineHoldBody, start: FreeSlot, until: datetime, session_id: str
) -> SlotHold:
    asked = {
        "practitioner_id": body.practitioner_id,
        "location_id": body.location_id,
        "type_id": body.type_id,
        "starts_at": body.starts_at,
        "room_id": start.room_id,
        "resource_ids": list(start.resource_ids),
    }
    return hold_slot(
        context, SlotHoldRequest.model_validate(asked), until=until, reason_id=session_id
    )
