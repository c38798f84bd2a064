"""How much may be tried: by one source, for one contact, at one practice. Counted before it is done.

In the table, so that all functions count together, as sign-ups are; addresses stand there as HMACs.
"""

from collections.abc import Iterable
from typing import NamedTuple

from ..platform.context import Context
from ..platform.errors import TooManyRequests
from ..platform.rates import source_of
from ..platform.store import Record, UnitOfWork
from .models import BookingAttempts

MINUTES, HOUR, DAY = 600, 3_600, 86_400
HOLDS = {"source": {MINUTES: 10, DAY: 40}, "practice": {MINUTES: 60, DAY: 600}}
CODES = {
    "source": {HOUR: 15, DAY: 45},
    "contact": {HOUR: 5, DAY: 10},
    "practice": {HOUR: 200, DAY: 1_000},
}


class _Cap(NamedTuple):
    kind: str
    subject: str
    seconds: int
    most: int


def count_hold(context: Context) -> None:
    """One more hold. TooManyRequests (429), with how long to wait, above a cap."""
    _count(context, _caps("hold", HOLDS, context))


def count_code(context: Context, address: str) -> None:
    """One more code to this address, whoever's it is. TooManyRequests (429)."""
    _count(context, _caps("code", CODES, context, contact=address.casefold()))


def _caps(
    what: str, caps: dict[str, dict[int, int]], context: Context, **named: str
) -> Iterable[_Cap]:
    subjects = {"source": source_of(context.source), "practice": context.practice_id, **named}
    for kind, spans in caps.items():
        for seconds, most in spans.items():
            yield _Cap(f"{what} {kind}", subjects[kind], seconds, most)


def _count(context: Context, caps: Iterable[_Cap]) -> None:
    now, work = int(context.now().timestamp()), UnitOfWork()
    for cap in caps:
        span = now // cap.seconds
        ends = (span + 1) * cap.seconds
        work.update(
            BookingAttempts,
            BookingAttempts.key(cap.kind, cap.subject, cap.seconds, span),
            actions=[
                Record.kind.set(BookingAttempts.KIND),
                Record.schema.set(BookingAttempts.SCHEMA),
                Record.version.add(1),
                BookingAttempts.attempts.add(1),
                BookingAttempts.expires_at.set(ends + DAY),
            ],
            condition=Record.pk.does_not_exist() | (BookingAttempts.attempts < cap.most),
            refusal=TooManyRequests("Too many bookings from there", retry_after=ends - now),
        )
    work.commit()
