"""The one audit entry of a request, served or refused."""

from concurrent.futures import Future
from contextlib import AbstractContextManager

from ..audit import SERVED, AuditEntry, entry_of
from ..context import Context, SystemContext
from ..errors import DomainError
from ..overlap import beside
from ..store import UnitOfWork, append, practice_scope, system_scope
from .endpoint import Endpoint


def commit_scope(context: Context) -> AbstractContextManager[None]:
    """The keys that the request's own writes may have."""
    if isinstance(context, SystemContext) or not context.practice_id:
        own = [context.practice_id] if context.practice_id else []
        return system_scope(*own, *sorted(context.trace.reach))
    return practice_scope(context.practice_id)


class Recording:
    """The one entry of a request. A read of a known patient's record writes it meanwhile."""

    def __init__(self, endpoint: Endpoint, context: Context, source_ip: str) -> None:
        self.wanted = endpoint.audited
        self._endpoint = endpoint
        self._context = context
        self._source_ip = source_ip
        self._started: tuple[AuditEntry, Future[None]] | None = None

    def entry(self, outcome: str = SERVED) -> AuditEntry:
        return entry_of(
            self._context,
            action=self._endpoint.name,
            permission=self._endpoint.permission,
            source_ip=self._source_ip,
            outcome=outcome,
        )

    def start(self, patient_id: str) -> None:
        if self.wanted:
            self._context.concerns(patient_id)
            entry = self.entry()
            self._started = (entry, beside(append, entry))

    def finish(self) -> None:
        if not self.wanted:
            return
        if self._started is None:
            with commit_scope(self._context):
                append(self.entry())
            return
        entry, written = self._started
        written.result()
        if set(entry.subjects or ()) != self._context.trace.subjects:
            self._amend(entry, SERVED)

    def refuse(self, refusal: DomainError) -> None:
        if not self.wanted:
            return
        if self._started is None:
            with commit_scope(self._context):
                append(self.entry(refusal.code))
            return
        entry, written = self._started
        written.result()
        self._amend(entry, refusal.code)

    def _amend(self, entry: AuditEntry, outcome: str) -> None:
        entry.outcome = outcome
        entry.subjects = set(self._context.trace.subjects) or None
        work = UnitOfWork()
        work.save(entry)
        work.commit()
