"""The link of an offer: what it shows, which names no reason, and what it does, once.

Looking at it changes nothing: mail filters and previews follow every link.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from ..messaging.visit_texts import language_of
from ..patients.models import Patient
from ..platform.context import Actor, Context, SystemContext
from ..platform.errors import NotFound
from ..platform.ids import PracticeId, UserId
from ..platform.runtime import runtime
from ..platform.store import find_many
from ..practices.models import ACTIVE, Location, Practice
from .answering import take_answer
from .models import offer_id_of
from .offer_tokens import OfferToken, offer_token
from .standing import Standing, find_standing


@dataclass(frozen=True, slots=True)
class OfferShown:
    """What whoever holds the link may see."""

    practice: str
    location: str
    phone: str | None
    first_name: str | None
    language: str
    starts_at: datetime
    time_zone: str
    until: datetime
    moves: bool
    status: str
    open: bool


def read_link(context: SystemContext, secret: str) -> OfferShown:
    """The time that a link offers. NotFound for a link that we did not make."""
    with _practice_of(context, secret) as (inside, standing):
        offer, practice_id = standing.offer, inside.practice_id
        keys = (
            Practice.key(practice_id),
            Location.key(practice_id, offer.location_id),
            Patient.key(practice_id, offer.patient_id),
        )
        practice, location, patient = map(find_many(keys, consistent=True).get, keys)
        if not (
            isinstance(practice, Practice)
            and isinstance(location, Location)
            and isinstance(patient, Patient)
        ):
            raise NotFound
        return OfferShown(
            practice.name,
            location.name,
            location.phone or practice.phone,
            patient.name.preferred or patient.name.given,
            language_of(patient.language, practice.locale),
            offer.local_start,
            offer.time_zone,
            offer.local_until,
            standing.wish.appointment_id is not None,
            offer.status,
            offer.is_open(inside.now()),
        )


def answer_link(context: SystemContext, secret: str, answer: str) -> str:
    """Take the time, or leave it: once. NotFound; OfferSpent (409); a booking's errors."""
    with _practice_of(context, secret) as (inside, standing):
        take_answer(inside, standing, answer)
        return answer


@contextmanager
def _practice_of(context: SystemContext, secret: str) -> Iterator[tuple[Context, Standing]]:
    """At work in the practice that offers, in the request's own unit of work; NotFound while nobody
    signs in there."""
    token = offer_token(secret)
    if token is None:
        raise NotFound
    with context.entering(token.practice_id, _actor_of(token)):
        tenant = runtime().tenant_of(PracticeId(token.practice_id))
        if tenant.status != ACTIVE:
            raise NotFound
        inside = Context(
            tenant=tenant,
            actor=Actor(UserId(_actor_of(token)), context.actor.kind),
            permissions=frozenset(),
            request_id=context.request_id,
            clock=context.clock,
            ids=context.ids,
            work=context.work,
            trace=context.trace,
        )
        standing = find_standing(inside, token.wish_id, offer_id_of(token.wish_id, token.number))
        if standing is None:
            raise NotFound
        yield inside, standing


def _actor_of(token: OfferToken) -> str:
    return f"link:{offer_id_of(token.wish_id, token.number)}"
