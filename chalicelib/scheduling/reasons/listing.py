"""The practice's own list of reasons for a visit."""

from ...platform.context import Context
from ...platform.errors import Stale, invalid_field
from ...platform.store import find
from .models import ListedReason, VisitReasons
from .schemas import VisitReasonsBody


def read_visit_reasons(context: Context) -> VisitReasons:
    """Empty, at version 0, while none were set."""
    key = VisitReasons.key(context.practice_id)
    return find(VisitReasons, key) or VisitReasons(*key)


def set_visit_reasons(context: Context, body: VisitReasonsBody) -> VisitReasons:
    """Replace the list. Invalid (422) names a code that is there twice."""
    listed = context.matching(read_visit_reasons(context))
    seen: set[str] = set()
    for at, each in enumerate(body.reasons):
        if each.code in seen:
            raise invalid_field(f"reasons.{at}.code", "repeated", "This code is there already")
        seen.add(each.code)
    listed.reasons = tuple(ListedReason(each.code, each.display) for each in body.reasons)
    if listed.version == 0:
        context.work.create(listed, refusal=Stale())
    else:
        context.work.save(listed)
    return listed
