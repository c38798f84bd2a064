"""From records to what clients get: the page with its challenge, a hold, a code, a request."""

from typing import Any

from ..billing.missed_visits.terms import MissKind
from ..platform.context import Context, SystemContext
from ..platform.money import Money
from ..practices.service import zone_of
from . import bot_check
from .models import BookingSession, Visitor
from .offering import Starts, online_starts, read_offer
from .schemas import CodeSent, OfferView, OnlineHoldView, OnlineSlotQuery, RequestView
from .sessions import Open, open_page, secret_of
from .visitors import MOST_CODES, good_until

_OF_A_TYPE = (
    "id", "name", "minutes", "modality", "online", "notice_hours", "bookable_days", "cancel_hours",
)  # fmt: skip


def offer_view(context: SystemContext, slug: str) -> OfferView:
    """What the page at an address shows. NotFound without one."""
    with open_page(context, slug) as opened:
        return OfferView.model_validate(_offer(opened))


def starts(context: SystemContext, slug: str, asked: OnlineSlotQuery) -> Starts:
    """Its free starts."""
    with open_page(context, slug) as opened:
        return online_starts(opened.context, opened.page, asked)


def hold_view(_context: Context, session: BookingSession) -> OnlineHoldView:
    """A slot that is kept, and the secret that opens it."""
    zone = zone_of(session.time_zone)
    return OnlineHoldView(
        secret=secret_of(session),
        starts_at=session.start.astimezone(zone),
        ends_at=session.ends_at.astimezone(zone),
        until=session.until,
    )


def code_view(_context: Context, session: BookingSession) -> CodeSent:
    """The same for whoever it is."""
    return CodeSent(
        channel=session.visitor.channel,
        good_until=good_until(session),
        codes_left=MOST_CODES - session.codes,
    )


def request_view(_context: Context, session: BookingSession) -> RequestView:
    """Who was declined, and for what."""
    visitor: Visitor = session.visitor
    own = ("id", "status", "why", "type_id", "practitioner_id", "location_id", "starts_at")
    return RequestView.model_validate(
        {
            **{name: getattr(session, name) for name in own},
            "family_name": visitor.family,
            "given_name": visitor.given,
            "birth_date": visitor.birth_date,
            "channel": visitor.channel,
            "address": visitor.address,
            "reason": visitor.reason,
        }
    )


def _offer(opened: Open) -> dict[str, Any]:
    context, practice, page = opened.context, opened.practice, opened.page
    offer = read_offer(context, page)

    def price(amount: int) -> Money | None:
        return Money(amount, practice.currency) if amount else None

    return {
        "practice": practice.name,
        "phone": practice.phone,
        "currency": practice.currency,
        "policy": page.policy,
        "new_patients": page.new_patients,
        "channels": offer.channels,
        "hold_minutes": page.hold_minutes,
        "types": [
            {
                **{name: getattr(each, name) for name in _OF_A_TYPE},
                "late_cancel_fee": price(offer.terms.fee_of(MissKind.LATE_CANCEL, each.id)),
                "no_show_fee": price(offer.terms.fee_of(MissKind.NO_SHOW, each.id)),
                "deposit": price(each.deposit),
            }
            for each in offer.types
        ],
        "practitioners": [
            {
                "id": each.practitioner_id,
                "name": each.name,
                "new_patients": each.new_patients,
                "location_ids": offer.works_at[each.practitioner_id],
            }
            for each in offer.practitioners
        ],
        "locations": offer.locations,
        "reasons": offer.reasons,
        "challenge": {
            "challenge": bot_check.new_challenge(context),
            "bits": bot_check.BITS,
            "wait_seconds": int(bot_check.WAIT.total_seconds()),
            "captcha_site_key": bot_check.site_key(context),
        },
    }
