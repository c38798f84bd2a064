"""Routes of downtime packs."""

from ..identity.permissions import Permission
from ..platform.context import Context, SystemContext
from ..platform.http import PUBLIC, Document, Routes
from . import fetching, links, plan
from .models import DowntimePlan
from .schemas import (
    DowntimeLinkBody,
    DowntimeLinkList,
    DowntimeLinkView,
    DowntimeLinkWithUrl,
    DowntimePlanBody,
    DowntimePlanView,
)

routes = Routes("downtime")
PLAN = "/v1/practice/downtime-plan"
LINKS = "/v1/locations/{location_id}/downtime-links"
PREPARE = Permission.PREPARE_DOWNTIME


@routes.get(PLAN, permission=PREPARE, step_up=True)
def read_downtime_plan(context: Context) -> DowntimePlanView:
    """The passphrase of the downtime packs, by when they are made, and for how long they are kept."""
    return _view(plan.read_plan(context))


@routes.put(PLAN, permission=PREPARE, step_up=True)
def set_downtime_plan(context: Context, body: DowntimePlanBody) -> DowntimePlanView:
    """Set it; each location gets a pack within minutes, and each evening. 422 for a weak passphrase.

    The first time, send `If-Match: "0"`. Packs that are there keep their passphrase.
    """
    return _view(plan.set_plan(context, body))


@routes.get(LINKS, permission=PREPARE)
def list_downtime_links(context: Context, location_id: str) -> DowntimeLinkList:
    """Who can fetch a location's packs, by which links; never their URLs. And the packs there are."""
    return DowntimeLinkList.model_validate(links.links_of(context, location_id))


@routes.post(LINKS, permission=PREPARE, status=201, idempotent=False, step_up=True)
def add_downtime_link(
    context: Context, location_id: str, body: DowntimeLinkBody
) -> DowntimeLinkWithUrl:
    """A link to a location's newest pack; `url` is shown this once. 409 `too_many_downtime_links`."""
    link, url = links.add_link(context, location_id, body)
    return DowntimeLinkWithUrl(**DowntimeLinkView.model_validate(link).model_dump(), url=url)


@routes.delete(f"{LINKS}/{{link_id}}", permission=PREPARE)
def revoke_downtime_link(context: Context, location_id: str, link_id: str) -> None:
    """Revoke a link: its URL fetches nothing from now on."""
    links.revoke_link(context, location_id, link_id)


@routes.get("/v1/downtime-packs/{secret}", permission=PUBLIC, content_type="text/html")
def read_downtime_pack(context: SystemContext, secret: str) -> Document:
    """The newest pack of a location: a file that opens offline, with the practice's passphrase.

    For whoever has the link. 404 for any other, and before the first pack.
    """
    return fetching.fetch_pack(context, secret)


def _view(found: DowntimePlan) -> DowntimePlanView:
    return DowntimePlanView(
        version=found.version,
        passphrase=plan.passphrase_of(found),
        hour=found.hour,
        kept_days=found.kept_days,
    )
