"""The certificate of an erasure, for the custodian."""

from ..identity.errors import LinkSpent
from ..identity.links import link_id_of
from ..identity.models import Link
from ..platform.context import SystemContext
from ..platform.store import find
from .erasing import CERTIFICATE
from .models import Erasure


def read_certificate(context: SystemContext, token: str) -> Erasure:
    """What the mailed link leads to, as often as it is followed. LinkSpent (422)."""
    link_id = link_id_of(token)
    link = find(Link, Link.key(link_id)) if link_id else None
    if link is None or link.purpose != CERTIFICATE or link.ends_at <= context.now():
        raise LinkSpent
    with context.entering(link.practice_id, f"custodian:{link.id}"):
        erasure = find(Erasure, Erasure.key(link.practice_id))
    if erasure is None:
        raise LinkSpent
    return erasure
