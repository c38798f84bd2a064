"""Routes of online booking: the practice's page, for anybody; its set-up, for staff."""

from ..identity.permissions import Permission
from ..platform.context import Context, SystemContext
from ..platform.http import PUBLIC, Routes
from . import booking, holding, moving, page, presenting, requests, standing, visitors
from .schemas import (
    BookingPageBody,
    BookingPageView,
    CodeBody,
    CodeSent,
    MoveBody,
    MoveChoices,
    MovedVisit,
    MoveQuery,
    OfferView,
    OnlineBookingView,
    OnlineHoldBody,
    OnlineHoldView,
    OnlineSlotList,
    OnlineSlotQuery,
    RequestView,
    VisitorBody,
)

routes = Routes("online_booking")
PAGE = "/v1/online-booking/{slug}"
BOOKING = "/v1/online-bookings/{secret}"
VISIT_STARTS = "/v1/visit-links/{secret}/slots"
SET_UP = "/v1/practice/online-booking"


@routes.get(SET_UP, permission=Permission.READ_PRACTICE)
def read_booking_page(context: Context) -> BookingPageView:
    """How the practice is booked online. Version 0 before it is first set: nothing is online."""
    return BookingPageView.model_validate(page.read_page(context))


@routes.put(SET_UP, permission=Permission.MANAGE_PRACTICE)
def set_booking_page(context: SystemContext, body: BookingPageBody) -> BookingPageView:
    """Replace it. Types say themselves who books them online, and how far ahead.

    The first time, send `If-Match: "0"`. 409 `slug_taken`.
    """
    return BookingPageView.model_validate(page.set_page(context, body))


@routes.get(f"{SET_UP}/{{booking_id}}", permission=Permission.BOOK_APPOINTMENT)
def read_booking_request(context: Context, booking_id: str) -> RequestView:
    """Who was declined online, and why: the task `online_booking_declined` names it. For 30 days."""
    return presenting.request_view(context, requests.read_request(context, booking_id))


@routes.get(PAGE, permission=PUBLIC, audited=False)
def read_offer(context: SystemContext, slug: str) -> OfferView:
    """What a practice offers online, its policy, and a challenge to solve. Read it for each booking."""
    return presenting.offer_view(context, slug)


@routes.get(f"{PAGE}/slots", permission=PUBLIC, audited=False)
def find_online_slots(context: SystemContext, slug: str, query: OnlineSlotQuery) -> OnlineSlotList:
    """Free starts over up to 14 days that the page's rules allow; nothing else of the schedule."""
    return OnlineSlotList.model_validate(presenting.starts(context, slug, query))


@routes.post(PAGE, permission=PUBLIC, status=201)
def hold_online(context: SystemContext, slug: str, body: OnlineHoldBody) -> OnlineHoldView:
    """Keep a free start for some minutes. A challenge holds one: the same again is answered the same.

    422 `bot_suspected`: read the page again. 409 `slot_taken`, `challenge_used`,
    `booking_under_way`, `schedule_changed`: try again. 429 `too_many_requests`.
    """
    return presenting.hold_view(context, holding.hold_online(context, slug, body))


@routes.get(BOOKING, permission=PUBLIC)
def read_online_booking(context: SystemContext, secret: str) -> OnlineBookingView:
    """A booking as it stands, for whoever has its secret. 404 for any other."""
    return OnlineBookingView.model_validate(standing.read_booking(context, secret))


@routes.post(BOOKING, permission=PUBLIC)
def say_who_comes(context: SystemContext, secret: str, body: VisitorBody) -> CodeSent:
    """Say who comes; six digits go to the contact given, whoever it is. Again, for another code.

    409 `hold_lapsed`, `booking_over`, `too_many_codes`; 429 `too_many_requests`.
    """
    return presenting.code_view(context, visitors.take_visitor(context, secret, body))


@routes.post(f"{BOOKING}/verify", permission=PUBLIC)
def verify_online_booking(context: SystemContext, secret: str, body: CodeBody) -> OnlineBookingView:
    """Give the code. `booked`, or `declined`: the practice has to be called, and has a task.

    422 `code_wrong`; 409 `code_spent`, `no_code_yet`, `hold_lapsed`, `slot_taken`,
    `booking_under_way`.
    """
    return OnlineBookingView.model_validate(booking.verify(context, secret, body))


@routes.get(VISIT_STARTS, permission=PUBLIC)
def find_slots_for_visit(context: SystemContext, secret: str, query: MoveQuery) -> MoveChoices:
    """Where a visit may move by its link, and until when it is cancelled in time. Changes nothing."""
    return MoveChoices.model_validate(moving.choices_of(context, secret, query))


@routes.post(VISIT_STARTS, permission=PUBLIC)
def move_visit(context: SystemContext, secret: str, body: MoveBody) -> MovedVisit:
    """Move a visit by its link to a start that was offered. The link is spent; the answer has a new one.

    The same again is answered the same.

    409 `not_movable`: ask the practice; `slot_taken`, `visit_link_spent`, `schedule_changed`.
    """
    return MovedVisit.model_validate(moving.move_visit(context, secret, body))
