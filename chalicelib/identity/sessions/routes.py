"""Routes of signing in and of one's sessions, and the keys that tokens are signed with."""

from ...platform.context import Context, SystemContext
from ...platform.http import PUBLIC, Document, Page, PageQuery, Routes
from ..permissions import Permission
from . import my_sessions, second_steps, signing_in, switching, unlocking
from .opening import Granted
from .schemas import (
    ChallengeView,
    MeView,
    MyPracticeList,
    MyPracticeView,
    MySessionView,
    Refresh,
    SecondStep,
    SessionView,
    SignedIn,
    SignIn,
    StepUp,
    SwitchBody,
    Unlock,
)
from .second_steps import Asked
from .signing_keys import jwk_set

routes = Routes("identity")


@routes.post("/v1/sessions", permission=PUBLIC, status=201)
def sign_in(context: SystemContext, body: SignIn) -> SignedIn:
    """Sign in. Where a second factor is enrolled, the answer is `second_step` and no session.

    401 `wrong_credentials` for an unknown e-mail and a wrong password alike; 429 `guessing_slowed`
    after failed attempts, for the right password too.
    """
    return _signed_in(signing_in.sign_in(context, body))


@routes.post("/v1/sessions/mfa", permission=PUBLIC, status=201)
def finish_sign_in(context: SystemContext, body: SecondStep) -> SignedIn:
    """The second step of a sign-in, or a passkey instead of password and code.

    401 `wrong_code` for whatever is wrong, over or used; 429 `guessing_slowed` for codes.
    """
    return _signed_in(signing_in.finish_sign_in(context, body))


@routes.post("/v1/sessions/challenge", permission=PUBLIC, status=201)
def ask_for_passkey(context: SystemContext) -> ChallengeView:
    """A challenge for a passkey: to sign in, to step up, or to unlock."""
    return ChallengeView.model_validate(second_steps.ask_for_passkey(context))


@routes.post("/v1/sessions/refresh", permission=PUBLIC)
def refresh_session(context: SystemContext, body: Refresh) -> SessionView:
    """New tokens for a refresh token. Used twice, it ends the session.

    401 `session_locked` after an idle time: unlock it. With `attempt`, a retry is told from a
    second use: the same token and attempt get the same tokens again for a minute.
    """
    return SessionView.of(signing_in.refresh(context, body.refresh_token, attempt=body.attempt))


@routes.post("/v1/sessions/step-up", permission=Permission.READ_SELF, idempotent=False)
def step_up(context: SystemContext, body: StepUp) -> None:
    """Give a second factor again; it holds for five minutes. 401 `wrong_code`."""
    unlocking.step_up(context, body)


@routes.post("/v1/sessions/unlock", permission=PUBLIC)
def unlock_session(context: SystemContext, body: Unlock) -> SessionView:
    """Resume a session that was idle too long, as the same session with new tokens.

    By a passkey, or by the password and a code where a factor is enrolled. 401 `wrong_credentials`,
    `wrong_code`, or `unauthenticated` for a session that is over.
    """
    return SessionView.of(unlocking.unlock(context, body))


@routes.post("/v1/sessions/sign-out", permission=Permission.READ_SELF, idempotent=False)
def sign_out(context: Context) -> None:
    """End this session."""
    signing_in.sign_out(context)


@routes.get("/v1/me", permission=Permission.READ_SELF)
def read_me(context: Context) -> MeView:
    """Who you are here, and what you may do."""
    return MeView(
        user_id=context.actor.id,
        practice_id=context.practice_id,
        session_id=context.actor.session_id,
        permissions=sorted(context.permissions),
        server_time=context.now(),
    )


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


def _signed_in(answer: Granted | Asked) -> SignedIn:
    if isinstance(answer, Asked):
        return SignedIn(second_step=ChallengeView.model_validate(answer))
    return SignedIn.model_validate(SessionView.of(answer))
