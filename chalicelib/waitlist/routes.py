"""Routes of the waiting list."""

from ..identity.permissions import Permission
from ..platform.context import Context, SystemContext
from ..platform.http import PUBLIC, Page, Routes
from . import answering, by_hand, offer_links, policy, wishes
from .schemas import (
    OfferAnswer,
    OfferLinkAnswered,
    OfferLinkView,
    OfferRequest,
    OfferView,
    PolicyBody,
    PolicyView,
    WaitingView,
    WaitlistQuery,
    WishBody,
    WishRequest,
    WishView,
    WishWithOffers,
)

routes = Routes("waitlist")
WISH = "/v1/waitlist/{wish_id}"


@routes.get("/v1/practice/waitlist", permission=Permission.READ_PRACTICE)
def read_waitlist_policy(context: Context) -> PolicyView:
    """For how long an offer stands. Version 0 before it is first set."""
    return PolicyView.model_validate(policy.read_policy(context))


@routes.put("/v1/practice/waitlist", permission=Permission.MANAGE_PRACTICE)
def set_waitlist_policy(context: Context, body: PolicyBody) -> PolicyView:
    """Set for how long an offer stands; the first time, send `If-Match: "0"`.

    It stands shorter where the patient would not have the time to come that they asked for.
    """
    return PolicyView.model_validate(policy.set_policy(context, body))


@routes.get("/v1/waitlist", permission=Permission.READ_SCHEDULE)
def list_waitlist(context: Context, query: WaitlistQuery) -> Page[WaitingView]:
    """Who waits, who is offered first first; with `patient_id` all wishes of one patient."""
    items, cursor = wishes.list_waiting(context, query)
    return Page[WaitingView].model_validate({"items": items, "next_cursor": cursor})


@routes.post("/v1/waitlist", permission=Permission.BOOK_APPOINTMENT, status=201)
def add_wish(context: Context, body: WishRequest) -> WishView:
    """Put somebody on the waiting list. What becomes free from now on is offered to them by itself.

    With `appointment_id` the visit is moved when they accept; without, one is booked.
    """
    return WishView.model_validate(wishes.add_wish(context, body))


@routes.get(WISH, permission=Permission.READ_SCHEDULE)
def read_wish(context: Context, wish_id: str) -> WishWithOffers:
    """A wish, and all that was offered to it."""
    found = wishes.read_wish(context, wish_id)
    shown = WishView.model_validate(found.wish).model_dump()
    return WishWithOffers.model_validate({**shown, "history": found.history})


@routes.put(WISH, permission=Permission.BOOK_APPOINTMENT)
def change_wish(context: Context, wish_id: str, body: WishBody) -> WishView:
    """Replace what is wished for; it keeps its place. 409 `wish_over`."""
    return WishView.model_validate(wishes.change_wish(context, wish_id, body))


@routes.delete(WISH, permission=Permission.BOOK_APPOINTMENT)
def withdraw_wish(context: Context, wish_id: str) -> None:
    """The patient waits no more; what they are offered goes to the next. 409 `wish_over`."""
    wishes.withdraw_wish(context, wish_id)


@routes.post(f"{WISH}/offers", permission=Permission.BOOK_APPOINTMENT, status=201)
def offer_time(context: Context, wish_id: str, body: OfferRequest) -> OfferView:
    """Offer a time by hand: it is held, and the patient is told, or you call them (`by_phone`).

    409 `slot_taken`, `offer_open`, `offered_before`, `quiet_hours`, `wish_over`.
    """
    return OfferView.model_validate(by_hand.offer_by_hand(context, wish_id, body))


@routes.post(f"{WISH}/offers/{{offer_id}}", permission=Permission.BOOK_APPOINTMENT)
def answer_offer(context: Context, wish_id: str, offer_id: str, body: OfferAnswer) -> OfferView:
    """Answer for a patient who told you; accepting books at once. 409 `offer_spent`."""
    return OfferView.model_validate(answering.answer_offer(context, wish_id, offer_id, body.answer))


@routes.get("/v1/offer-links/{secret}", permission=PUBLIC)
def read_offer_link(context: SystemContext, secret: str) -> OfferLinkView:
    """The time that a link offers: when, where, until when, and a first name. Changes nothing."""
    return OfferLinkView.model_validate(offer_links.read_link(context, secret))


@routes.post("/v1/offer-links/{secret}", permission=PUBLIC, idempotent=True)
def answer_offer_link(context: SystemContext, secret: str, body: OfferAnswer) -> OfferLinkAnswered:
    """Take the time, which books it, or leave it to the next; once.

    409 `offer_spent` for an offer that was answered, has expired or was taken back.
    """
    return OfferLinkAnswered(answer=offer_links.answer_link(context, secret, body.answer))
