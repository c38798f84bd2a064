"""Texting to a number, in all practices at once: ended by a stop word, and taken up again.

Neither a practice nor a person is named by these records: a number is kept as an HMAC of it.
"""

from datetime import datetime

from ..platform.clock import iso
from ..platform.context import Context
from ..platform.store import UnitOfWork, append, find, query, system_scope
from .models import StoppedNumber, TextedVisit

MOST_VISITS = 10
"""How many visits a number is looked at for, the last texted first."""


def may_be_texted(_context: Context, number: str) -> bool:
    """Whether nobody has asked from this number for an end to texts."""
    with system_scope():
        stopped = find(StoppedNumber, StoppedNumber.key(number), consistent=True)
    return stopped is None or not stopped.stopped


def note_texted(context: Context, number: str, appointment_id: str, *, until: datetime) -> None:
    """Keep which visit a text was about, for whoever answers it."""
    at = iso(context.now())
    visit = TextedVisit(
        *TextedVisit.key(number, at, context.practice_id, appointment_id),
        expires_at=int(until.timestamp()),
    )
    with system_scope():
        append(visit)


def visits_texted(number: str) -> list[TextedVisit]:
    """What the number was texted about, the last first."""
    with system_scope():
        found = query(TextedVisit.partition(number), newest_first=True, limit=MOST_VISITS)
    return list(found.records)


def stop_texting(number: str, at: datetime) -> None:
    """Nobody texts this number from now on."""
    _set(number, at, stopped=True)


def resume_texting(number: str, at: datetime) -> None:
    """Who has the patient's consent may text it again."""
    _set(number, at, stopped=False)


def _set(number: str, at: datetime, *, stopped: bool) -> None:
    """The last word counts, in whatever order words come."""
    key = StoppedNumber.key(number)
    with system_scope():
        known = find(StoppedNumber, key, consistent=True)
        if known is not None and known.said_at >= at:
            return
        if known is None and not stopped:
            return
        work = UnitOfWork()
        record = known or StoppedNumber(*key)
        record.stopped, record.said_at = stopped, at
        if known is None:
            work.create(record)
        else:
            work.save(record)
        work.commit()
