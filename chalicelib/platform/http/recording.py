"""The one audit entry of a request, served or refused."""

from contextlib import AbstractContextManager

from .. import log
from ..audit import REPLAYED, SERVED, AuditEntry, amendment_of, entry_of
from ..context import PUBLIC_KIND, Context, SystemContext
from ..denials import minute_of
from ..errors import DomainError, TooManyRequests
from ..ids import derived_id_at
from ..overlap import Waiting, while_waiting
from ..rates import source_of
from ..runtime import runtime
from ..store import append, practice_scope, system_scope
from .endpoint import Endpoint


def commit_scope(context: Context) -> AbstractContextManager[None]:
    """The keys that the request's own writes may have."""
    if isinstance(context, SystemContext) or not context.practice_id:
        own = [context.practice_id] if context.practice_id else []
        return system_scope(*own, *sorted(context.trace.reach))
    return practice_scope(context.practice_id)


class Recording:
    """The one entry of a request, under one id however often it is tried.

    A read of a known patient's record writes it meanwhile; what that did not know is amended.
    """

    def __init__(self, endpoint: Endpoint, context: Context) -> None:
        self.wanted = endpoint.audited
        self._denials = endpoint.audited or not endpoint.public
        self._endpoint = endpoint
        self._context = context
        self._id = context.new_id("aud")
        self._started: tuple[AuditEntry, Waiting[None]] | None = None

    def entry(self, outcome: str = SERVED) -> AuditEntry:
        return entry_of(
            self._context,
            entry_id=self._id,
            action=self._endpoint.name,
            permission=self._endpoint.permission,
            outcome=outcome,
        )

    def start(self, patient_id: str) -> None:
        if self.wanted:
            self._context.concerns(patient_id)
            entry = self.entry()
            self._started = (entry, while_waiting(append, entry))

    def finish(self) -> None:
        """The request was served; Unavailable (503) if that cannot be written down."""
        if self.wanted:
            self._write(SERVED)

    def replay(self, subjects: set[str] | None) -> None:
        """The first answer was shown again."""
        if self.wanted:
            self._context.concerns(*subjects or ())
            self._write(REPLAYED)

    def refuse(self, refusal: DomainError) -> None:
        """The request was refused. An entry that is there already, of a lost answer, stays."""
        if _is_rate(refusal) and self._started is None:
            self.refuse_once_a_minute(refusal)
        elif self._denials:
            self._write(refusal.code)

    def refuse_once_a_minute(self, refusal: DomainError) -> None:
        """As `refuse`, of what costs its caller nothing to repeat: one entry a minute and caller.

        A caller is a session, where it is over; an actor, where they call too often; for somebody
        unknown the address. The entry has the minute's time, and the first request's action.
        """
        if not self._denials:
            return
        context, code = self._context, refusal.code
        caller = [self.entry(code).pk, code, "" if _is_rate(refusal) else context.actor.session_id]
        if context.actor.kind == PUBLIC_KIND:
            caller.append(source_of(context.source))
        times = runtime().denials.count(" ".join(caller), context.now())
        if not times:
            known = {"practice_id": context.practice_id, "actor_id": context.actor.id}
            log.warning("refused again", request_id=context.request_id, code=code, **known)
            return
        self._id = derived_id_at("aud", minute_of(context.now()), *caller)
        entry = self.entry(code)
        entry.times = times if times > 1 else None
        with commit_scope(context):
            append(entry)

    def _write(self, outcome: str) -> None:
        if self._started is None:
            with commit_scope(self._context):
                append(self.entry(outcome))
            return
        entry, written = self._started
        written.result()
        trace = self._context.trace
        known = entry.outcome, set(entry.subjects or ()), entry.why or "", entry.break_glass or ""
        if known != (outcome, trace.subjects, trace.why, trace.break_glass):
            append(amendment_of(entry, outcome, trace))


def _is_rate(refusal: DomainError) -> bool:
    return isinstance(refusal, TooManyRequests)
