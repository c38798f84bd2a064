"""One request, whole: caller → permission → first answer → parse → use case → commit → answer."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from chalice.app import Response

from .. import log, metrics
from ..clock import monotonic
from ..context import PUBLIC_KIND, Actor, Context, SystemContext, Tenant
from ..errors import (
    Bearer,
    DomainError,
    Forbidden,
    PracticeClosing,
    PracticeSuspended,
    TooManyRequests,
    Unauthenticated,
    told_of,
)
from ..ids import PracticeId, UserId
from ..overlap import until_done
from ..rates import source_of
from ..runtime import Caller, runtime
from ..store import SYSTEM, Key, UnitOfWork, find_many, practice_scope, system_scope
from .endpoint import Endpoint, Served
from .idempotency import StoredAnswer, fingerprint, stage_answer
from .problems import InternalError
from .recording import Recording, commit_scope
from .reply import Reply, refused, replayed, reply_of, response_of, to_store
from .request import Asked, arguments, asked_of, in_background, source_ip

NOBODY = Caller(
    Tenant(PracticeId(""), "", "UTC", "", "", ""),
    Actor(UserId("anonymous"), PUBLIC_KIND),
    frozenset(),
)


def serve(
    endpoint: Endpoint, function: Callable[..., Any], request: Served, path: dict[str, str]
) -> Response:
    """Never raises: a refusal is a problem, a defect a 500 without details."""
    started = monotonic()
    request_id = runtime().ids.new("req")
    try:
        reply = _serve(endpoint, function, request, path, request_id)
    except DomainError as refusal:
        reply = refused(refusal, request_id)
    except Exception as error:  # noqa: BLE001  # the last line of defence
        log.failure("request failed", error, request_id=request_id, endpoint=endpoint.name)
        reply = refused(InternalError(), request_id)
    metrics.request_served(endpoint.name, status=reply.status, seconds=monotonic() - started)
    return response_of(reply, request, request_id)


def _serve(
    endpoint: Endpoint,
    function: Callable[..., Any],
    request: Served,
    path: dict[str, str],
    request_id: str,
) -> Reply:
    asked = asked_of(endpoint, request, path)
    key, raw_path = asked.idempotency_key, asked.path
    try:
        caller = _caller(endpoint, request, asked, path, request_id)
    except (Unauthenticated, TooManyRequests) as refusal:
        _record_stranger(endpoint, asked, refusal, request_id)
        raise
    context = _context(endpoint, asked, caller, request_id)
    audit = Recording(endpoint, context)
    with until_done(caller.meanwhile), _scope(endpoint, context):
        try:
            if context.tenant.paused:
                raise PracticeSuspended
            if context.tenant.read_only and not endpoint.of_a_closing_practice:
                raise PracticeClosing
            if not endpoint.public and not context.allows(endpoint.permission):
                raise Forbidden
            if endpoint.step_up:
                context.demand_step_up()
            if asked.fault is not None:
                raise asked.fault
            body = request.raw_body or b""
            print_of = fingerprint(request.method, raw_path, body) if key else ""
            for first in caller.beside.values():
                if isinstance(first, StoredAnswer) and first.still_holds(context.clock, print_of):
                    audit.replay(first.subjects)
                    return replayed(first)
            if endpoint.reads and "patient_id" in path:
                audit.start(path["patient_id"])
            answer = function(context, **arguments(endpoint, request, path))
            reply = reply_of(endpoint, answer, raw_path)
            if context.work.empty and not key:
                audit.finish()
                return reply
            return _commit(context, audit, reply, key, print_of)
        except DomainError as refusal:
            audit.refuse(refusal)
            raise
        except Exception:
            audit.refuse(InternalError())
            raise


def _commit(
    context: Context, audit: Recording, reply: Reply, key: str | None, print_of: str
) -> Reply:
    """A refusal gives way to the answer that the same request has had meanwhile, or just now."""
    with commit_scope(context):
        if audit.wanted:
            context.work.create(audit.entry())
        if key:
            stored = to_store(context, reply, key, print_of)
            stage_answer(context, stored)
        try:
            context.work.commit()
        except DomainError:
            first = find_many([stored.item_key], consistent=True) if key else {}
            for answer in first.values():
                if isinstance(answer, StoredAnswer) and answer.still_holds(context.clock, print_of):
                    audit.replay(answer.subjects)
                    return replayed(answer)
            raise
        return reply


def _caller(
    endpoint: Endpoint,
    request: Served,
    asked: Asked,
    path: dict[str, str],
    request_id: str,
) -> Caller:
    key = asked.idempotency_key
    if endpoint.public:
        _admit(request)
        return _nobody(key)
    scheme, _, token = (request.headers.get("authorization") or "").partition(" ")

    def beside(practice_id: str, user_id: str) -> Iterator[Key]:
        if key is not None:
            yield StoredAnswer.key(practice_id, user_id, key)
        if endpoint.brings is not None and asked.fault is None:
            yield from endpoint.brings(practice_id, path)

    try:
        return runtime().authenticate(
            token if scheme.lower() == "bearer" else "",
            runtime().clock,
            beside,
            background=in_background(request),
            source=source_ip(request),
        )
    except Unauthenticated as refusal:
        if token and refusal.bearer is None:
            log.warning("token refused", request_id=request_id, endpoint=endpoint.name)
            metrics.token_refused()
        _admit(request, refusal.bearer)
        raise


def _admit(request: Served, bearer: Bearer | None = None) -> None:
    """One more call of nobody we let in: TooManyRequests (429) where its address sends too many."""
    with told_of(bearer):
        runtime().rates.sources.take(source_of(source_ip(request)), runtime().clock.now())


def _nobody(key: str | None) -> Caller:
    if key is None:
        return NOBODY
    stored = StoredAnswer.key(SYSTEM, NOBODY.actor.id, key)
    with system_scope():
        return replace(NOBODY, beside=dict(find_many([stored], consistent=True)))


def _record_stranger(
    endpoint: Endpoint, asked: Asked, refusal: DomainError, request_id: str
) -> None:
    """Of a token that is ours its practice's audit hears; of too many calls of nobody, ours.

    A token that is not ours names nobody: what it says of itself is not written down.
    """
    bearer, known = refusal.bearer, NOBODY
    if bearer is not None:
        known = replace(
            NOBODY,
            tenant=replace(NOBODY.tenant, id=PracticeId(bearer.practice_id)),
            actor=Actor(UserId(bearer.actor_id), session_id=bearer.session_id),
        )
    elif isinstance(refusal, Unauthenticated):
        return
    context = _context(endpoint, asked, known, request_id)
    Recording(endpoint, context).refuse_once_a_minute(refusal)


def _context(endpoint: Endpoint, asked: Asked, caller: Caller, request_id: str) -> Context:
    kind = SystemContext if endpoint.system else Context
    query = [(name, value) for name, value in asked.query if name != "cursor"]
    return kind(
        tenant=caller.tenant,
        actor=caller.actor,
        permissions=caller.permissions,
        request_id=request_id,
        clock=runtime().clock,
        ids=runtime().ids,
        work=UnitOfWork(),
        if_match=asked.if_match,
        binding=f"{caller.tenant.id} {caller.actor.id} {endpoint.method} {asked.path} {query}",
        source=asked.source,
        brought=caller.beside,
        user_agent=asked.user_agent,
        locations=caller.locations,
    )


def _scope(endpoint: Endpoint, context: Context) -> AbstractContextManager[None]:
    if endpoint.system or endpoint.public:
        return system_scope(*([context.practice_id] if context.practice_id else []))
    return practice_scope(context.practice_id)
