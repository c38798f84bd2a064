"""A practice that operations create: active at once, its owner invited by mail."""

from ...platform import outbox
from ...platform.context import SystemContext
from ...practices.models import ACTIVE, Practice
from ..joining import new_user, stage_member
from ..links import stage_link
from ..permissions import Role
from .schemas import NewPractice
from .sign_up import check_practice


def found_practice(context: SystemContext, body: NewPractice) -> Practice:
    """The practice and its owner. EmailTaken (409), Invalid (422) naming what cannot be."""
    check_practice(body)
    user = new_user(context, email=body.email, name=body.name)
    practice = Practice(
        *Practice.key(context.new_id("prc")),
        name=body.practice_name,
        status=ACTIVE,
        country=body.country,
        time_zone=body.time_zone,
        currency=body.currency,
        locale=body.locale,
        owner_id=user.id,
    )
    with context.entering(practice.id):
        context.work.create(practice)
        stage_member(
            context,
            practice.id,
            user.id,
            person=(body.name, body.email),
            roles={Role.OWNER},
            status="invited",
        )
        stage_link(context, practice.id, user.id, purpose="invite")
        outbox.publish_for(context, practice.id, "practice.founded", practice.id, 1)
    return practice
