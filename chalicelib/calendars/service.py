"""Calendar feeds: made and revoked by staff, for a practitioner or a patient."""

from typing import NamedTuple

from ..identity.secret_urls import Named, secret_of
from ..patients.registration import read_patient
from ..platform.config import settings
from ..platform.context import Context
from ..platform.store import get, query_all
from ..practices.service import read_practitioner
from .errors import TooManyFeeds
from .models import PURPOSE, CalendarFeed
from .schemas import FeedBody

MOST_FEEDS = 10


class WithUrl(NamedTuple):
    """A feed with the URL that only its maker sees, once."""

    feed: CalendarFeed
    url: str


def add_practitioner_feed(context: Context, practitioner_id: str, body: FeedBody) -> WithUrl:
    """A practitioner's, to give to them. NotFound without them; TooManyFeeds (409)."""
    read_practitioner(context, practitioner_id)
    return _add(context, practitioner_id, body)


def add_patient_feed(context: Context, patient_id: str, body: FeedBody) -> WithUrl:
    """A patient's, to give to them. NotFound without such a patient; TooManyFeeds (409)."""
    read_patient(context, patient_id)
    return _add(context, patient_id, body)


def feeds_of_practitioner(context: Context, practitioner_id: str) -> list[CalendarFeed]:
    read_practitioner(context, practitioner_id)
    return _feeds_of(context, practitioner_id)


def feeds_of_patient(context: Context, patient_id: str) -> list[CalendarFeed]:
    read_patient(context, patient_id)
    return _feeds_of(context, patient_id)


def revoke_practitioner_feed(context: Context, practitioner_id: str, feed_id: str) -> None:
    """Its URL opens nothing from now on."""
    read_practitioner(context, practitioner_id)
    _revoke(context, practitioner_id, feed_id)


def revoke_patient_feed(context: Context, patient_id: str, feed_id: str) -> None:
    read_patient(context, patient_id)
    _revoke(context, patient_id, feed_id)


def _feeds_of(context: Context, owner_id: str) -> list[CalendarFeed]:
    return list(query_all(CalendarFeed.partition(context.practice_id, owner_id), begins="feed#"))


def _add(context: Context, owner_id: str, body: FeedBody) -> WithUrl:
    if len(_feeds_of(context, owner_id)) >= MOST_FEEDS:
        raise TooManyFeeds
    named = Named(context.practice_id, owner_id, context.new_id("cal"))
    feed = CalendarFeed(
        *CalendarFeed.key(*named),
        owner_id=owner_id,
        named=body.named,
        created_by=context.actor.id,
        locations=set(context.locations) if context.locations is not None else None,
    )
    context.work.create(feed)
    return WithUrl(feed, f"{settings().public_url}/v1/calendars/{secret_of(PURPOSE, named)}")


def _revoke(context: Context, owner_id: str, feed_id: str) -> None:
    feed = get(CalendarFeed, CalendarFeed.key(context.practice_id, owner_id, feed_id))
    context.work.remove(context.matching(feed))
