"""Routes of one's own sessions and practices, and the keys that tokens are signed with."""

from ..platform.context import Context, SystemContext
from ..platform.http import PUBLIC, Document, Page, PageQuery, Routes
from . import my_sessions, switching
from .permissions import Permission
from .schemas import (
    MyPracticeList,
    MyPracticeView,
    MySessionView,
    SessionView,
    SwitchBody,
)
from .signing_keys import jwk_set

routes = Routes("identity")


@routes.get("/.well-known/jwks.json", permission=PUBLIC, audited=False)
def read_signing_keys(context: SystemContext) -> Document:  # noqa: ARG001  # every route takes it
    """The public keys of access tokens, as a JWK Set (RFC 7517)."""
    return Document("application/json", jwk_set())


@routes.get("/v1/sessions", permission=Permission.READ_SELF)
def list_my_sessions(context: SystemContext, query: PageQuery) -> Page[MySessionView]:
    """Your sessions that are not over, in every practice you work in, newest first."""
    found = my_sessions.list_my_sessions(context, query)
    items = [MySessionView.of(session, context) for session in found.items]
    return Page(items=items, next_cursor=found.next_cursor)


@routes.post("/v1/sessions/{session_id}/end", permission=Permission.READ_SELF, idempotent=False)
def end_my_session(context: SystemContext, session_id: str) -> None:
    """End one of your sessions; its tokens are refused from the next request on."""
    my_sessions.end_my_session(context, session_id)


@routes.post("/v1/sessions/sign-out-everywhere", permission=Permission.READ_SELF, idempotent=False)
def sign_out_everywhere(context: SystemContext) -> None:
    """End all your sessions, in every practice; this one too."""
    my_sessions.sign_out_everywhere(context)


@routes.post(
    "/v1/members/{user_id}/sign-out", permission=Permission.MANAGE_MEMBERS, idempotent=False
)
def sign_out_member(context: Context, user_id: str) -> None:
    """End all sessions of a member in this practice."""
    my_sessions.sign_out_member(context, user_id)


@routes.post("/v1/sessions/switch", permission=Permission.READ_SELF, status=201, idempotent=False)
def switch_practice(context: SystemContext, body: SwitchBody) -> SessionView:
    """A session in another practice you work in, without signing in again.

    It ends when this one would. 403 `own_sign_in_required` if a practice's identity provider signed
    you in here, 403 `step_up_required` if the other practice wants a second factor first.
    """
    return SessionView.of(switching.switch_practice(context, body.practice_id))


@routes.get("/v1/me/practices", permission=Permission.READ_SELF)
def list_my_practices(context: SystemContext) -> MyPracticeList:
    """The practices you may switch to."""
    items = [
        MyPracticeView(
            practice_id=each.practice.id,
            name=each.practice.name,
            roles=sorted(each.member.roles),
            current=each.practice.id == context.practice_id,
        )
        for each in switching.list_my_practices(context)
    ]
    return MyPracticeList(items=items)
