"""Links to a location's newest pack: made, listed, revoked."""

from typing import NamedTuple

from ..identity.secret_urls import Named, secret_of
from ..platform.config import settings
from ..platform.context import Context
from ..platform.errors import NotFound
from ..platform.store import find, get, query_all
from ..practices.service import read_location
from .errors import NoDowntimePlan, TooManyDowntimeLinks
from .models import PURPOSE, DowntimeLink, DowntimePack, DowntimePlan
from .schemas import DowntimeLinkBody

MOST_LINKS = 10


class WithUrl(NamedTuple):
    """A link with the URL that only its maker sees, once."""

    link: DowntimeLink
    url: str


class OfLocation(NamedTuple):
    """The links of a location, and its packs, the newest first."""

    links: list[DowntimeLink]
    packs: list[DowntimePack]


def links_of(context: Context, location_id: str) -> OfLocation:
    """NotFound without such a location, and where the caller does not work. One Query."""
    _demand_location(context, location_id)
    found = list(query_all(DowntimePack.partition(context.practice_id, location_id)))
    packs = [each for each in found if isinstance(each, DowntimePack)]
    return OfLocation([each for each in found if isinstance(each, DowntimeLink)], packs[::-1])


def add_link(context: Context, location_id: str, body: DowntimeLinkBody) -> WithUrl:
    """A link to whatever pack is newest. NoDowntimePlan, TooManyDowntimeLinks (409)."""
    known = links_of(context, location_id).links
    if find(DowntimePlan, DowntimePlan.key(context.practice_id)) is None:
        raise NoDowntimePlan
    if len(known) >= MOST_LINKS:
        raise TooManyDowntimeLinks
    named = Named(context.practice_id, location_id, context.new_id("dtl"))
    link = DowntimeLink(
        *DowntimeLink.key(*named),
        label=body.label,
        created_by=context.actor.id,
        created_at=context.now(),
    )
    context.work.create(link)
    return WithUrl(link, f"{settings().public_url}/v1/downtime-packs/{secret_of(PURPOSE, named)}")


def revoke_link(context: Context, location_id: str, link_id: str) -> None:
    """Its URL opens nothing from now on."""
    _demand_location(context, location_id)
    link = get(DowntimeLink, DowntimeLink.key(context.practice_id, location_id, link_id))
    context.work.remove(context.matching(link))


def _demand_location(context: Context, location_id: str) -> None:
    if not context.allows_at(location_id):
        raise NotFound
    read_location(context, location_id)
