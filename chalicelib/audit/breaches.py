"""Breach scope: whose data was shown to somebody, or changed by them, in a window of time."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from ..platform.audit import REPLAYED, SERVED, AuditAmendment, AuditEntry
from ..platform.clock import iso
from ..platform.context import Context
from ..platform.errors import invalid_field
from ..platform.http import PageQuery, open_cursor, seal_cursor
from ..platform.ids import first_id_at, instant_of
from ..platform.store import query_all
from .actors import demand_actor
from .noting import PATIENT
from .schemas import BreachedPatient, BreachScope, BreachScopeView

LONGEST = timedelta(days=366)
SHOWN = (SERVED, REPLAYED)


def find_breach_scope(context: Context, body: BreachScope, page: PageQuery) -> BreachScopeView:
    """The exact patients, off the actor's own entries; a refused request showed nothing.

    NotFound for nobody of the practice, neither a person nor a key.
    Every page reads the window anew: one Query a month.
    """
    first, until = body.window
    if not first < until <= first + LONGEST:
        raise invalid_field("until", "out_of_range", "After from, at most 366 days")
    demand_actor(context, body.user_id, _months(first, until))
    bound = replace(context, binding=f"{context.binding} {body!r}")
    scope, requests = _scope_of(context, body)
    start = open_cursor(bound, page.cursor)
    after = start["after"] if start else ""
    rest = [each for each in sorted(scope, key=_patient_id) if each.patient_id > after]
    items = rest[: page.limit]
    more = {"after": items[-1].patient_id} if len(rest) > page.limit else None
    return BreachScopeView(
        patients=len(scope), requests=requests, items=items, next_cursor=seal_cursor(bound, more)
    )


def _scope_of(context: Context, body: BreachScope) -> tuple[list[BreachedPatient], int]:
    seen: dict[str, list[datetime]] = {}
    requests = 0
    for entry, subjects in _shown(context, body):
        concerned = [each for each in subjects if each.startswith(PATIENT)]
        requests += bool(concerned)
        for patient_id in concerned:
            seen.setdefault(patient_id, []).append(instant_of(entry.id))
    found = [
        BreachedPatient(
            patient_id=patient_id, requests=len(times), first_at=min(times), last_at=max(times)
        )
        for patient_id, times in seen.items()
    ]
    return found, requests


def _shown(context: Context, body: BreachScope) -> Iterator[tuple[AuditEntry, set[str]]]:
    """The entries that were served, with their subjects, as they turned out in the end."""
    entries: dict[str, AuditEntry] = {}
    ends: dict[str, AuditAmendment] = {}
    first, until = (first_id_at("aud", instant) for instant in body.window)
    for month in _months(*body.window):
        partition = AuditEntry.key(context.practice_id, body.user_id, month, first).pk
        for record in query_all(partition, between=(first, until), consistent=True):
            if isinstance(record, AuditAmendment):
                ends[record.id] = record
            else:
                entries[record.id] = record
    for entry in entries.values():
        last = ends.get(entry.id, entry)
        wanted = body.session_id in (None, entry.session_id)
        if wanted and last.outcome in SHOWN:
            yield entry, set(last.subjects or ())


def _months(first: datetime, until: datetime) -> list[str]:
    months, at, last = [], iso(first)[:7], iso(until)[:7]
    while at <= last:
        months.append(at)
        year, month = divmod(int(at[:4]) * 12 + int(at[5:]), 12)
        at = f"{year}-{month + 1:02d}"
    return months


def _patient_id(patient: BreachedPatient) -> str:
    return patient.patient_id
