"""Who opened this chart, and what did this person open: one Query each."""

import csv
from datetime import datetime, time, timedelta
from io import StringIO
from typing import Any

from ..patients.registration import read_patient
from ..platform.audit import AuditAmendment, AuditEntry
from ..platform.clock import iso
from ..platform.context import Context
from ..platform.errors import NotFound, invalid_field
from ..platform.http import Page, PageQuery, endpoints, open_cursor, seal_cursor
from ..platform.ids import first_id_at, instant_of
from ..platform.store import Key, join, query, query_all
from .actors import Known, demand_actor, known_of
from .models import Access
from .noting import ROW
from .schemas import AccessView, ActivityQuery, ActivityView, ReportQuery

LONGEST = timedelta(days=366)
MOST_ROWS = 10_000
COLUMNS = ("when", "who", "what", "outcome", "emergency access")


def list_accesses(context: Context, patient_id: str, asked: PageQuery) -> Page[AccessView]:
    """Newest first. NotFound for a patient the practice has not."""
    read_patient(context, patient_id)
    page = query(
        _partition(context, patient_id),
        limit=asked.limit,
        start=open_cursor(context, asked.cursor),
        newest_first=True,
    )
    known = known_of(context, (row.actor_id for row in page.records))
    items = [_view(row, known.get(row.actor_id)) for row in page.records]
    return Page(items=items, next_cursor=seal_cursor(context, page.next_key))


def write_access_report(context: Context, patient_id: str, asked: ReportQuery) -> str:
    """The patient's own list as CSV: roles instead of names, times in the practice's zone.

    Every cell is made of our own words, so none is a formula. Invalid for more than 366 days or
    10,000 rows.
    """
    read_patient(context, patient_id)
    rows = []
    for row in query_all(_partition(context, patient_id), between=_range(context, asked)):
        rows.append(row)
        if len(rows) > MOST_ROWS:
            raise invalid_field("until", "too_long", "More than 10,000 accesses: ask for less")
    known = known_of(context, (row.actor_id for row in rows))
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows:
        when = row.at.astimezone(context.tenant.zone).strftime("%Y-%m-%d %H:%M")
        who = known[row.actor_id].role if row.actor_id in known else "automatic processing"
        emergency = "yes" if row.break_glass else "no"
        writer.writerow((when, who, words_of(row.action), row.outcome, emergency))
    return out.getvalue()


def list_activity(
    context: Context, actor_id: str, asked: ActivityQuery, *, kind: str
) -> Page[ActivityView]:
    """A member's (`usr`) or a key's (`key`) requests of a month, newest first.

    NotFound for nobody of the practice, and for somebody of another kind.
    """
    if not actor_id.startswith(f"{kind}_"):
        raise NotFound
    month = asked.month or iso(context.now())[:7]
    demand_actor(context, actor_id, [month])
    page = query(
        AuditEntry.key(context.practice_id, actor_id, month, "aud").pk,
        limit=asked.limit + 1,
        start=open_cursor(context, asked.cursor),
        newest_first=True,
    )
    items: list[ActivityView] = []
    last, taken = None, 0
    amendments: dict[str, AuditAmendment] = {}
    for place, record in enumerate(page.records, 1):
        if isinstance(record, AuditAmendment):
            amendments[record.id] = record
        elif len(items) < asked.limit:
            items.append(_activity(record, amendments.get(record.id)))
            last, taken = record.item_key, place
    more = last is not None and (taken < len(page.records) or page.next_key is not None)
    return Page(items=items, next_cursor=seal_cursor(context, _start_after(last) if more else None))


def words_of(action: str) -> str:
    """An action in words: its route's summary, or the event's type that the system worked on."""
    known = next((each.summary for each in endpoints() if each.name == action), None)
    return (known or action.replace(".", " ").replace("_", " ")).rstrip(".")


def _view(row: Access, actor: Known | None) -> AccessView:
    told = {each: getattr(row, each) for each in ROW}
    return AccessView(
        **told,
        id=row.id,
        at=row.at,
        actor_name=actor.name if actor else row.actor_id,
        key_made_by=actor.made_by if actor else None,
        description=words_of(row.action),
    )


def _activity(entry: AuditEntry, amendment: AuditAmendment | None) -> ActivityView:
    last = amendment or entry
    told = {each: getattr(entry, each) for each in ROW if each not in ("actor_id", "outcome")}
    told |= {each: getattr(last, each) or told[each] for each in ("why", "break_glass")}
    return ActivityView(
        **told,
        id=entry.id,
        at=instant_of(entry.id),
        outcome=last.outcome,
        description=words_of(entry.action),
        patient_ids=sorted(last.subjects or ()),
        times=entry.times or 1,
    )


def _range(context: Context, asked: ReportQuery) -> tuple[str, str]:
    if not asked.from_day <= asked.until_day < asked.from_day + LONGEST:
        raise invalid_field("until", "out_of_range", "From 1 to 366 days, until not before from")
    zone = context.tenant.zone
    first = datetime.combine(asked.from_day, time(), zone)
    last = datetime.combine(asked.until_day + timedelta(days=1), time(), zone)
    return _sort_key(first), _sort_key(last)


def _sort_key(instant: datetime) -> str:
    return join(iso(instant)[:7], first_id_at("aud", instant))


def _partition(context: Context, patient_id: str) -> str:
    return join(context.practice_id, "accesses", patient_id)


def _start_after(key: Key | None) -> dict[str, Any] | None:
    return None if key is None else {"pk": {"S": key.pk}, "sk": {"S": key.sk}}
