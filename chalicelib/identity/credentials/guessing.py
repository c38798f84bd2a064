"""Guessing is slowed, by account and by source; nobody is locked out for good (ADR 0008).

An attempt is counted before it is judged, so that guesses made at once count too, and forgotten when
it was right. After five failures in a row each further one doubles the wait. A source that somebody
has signed in from with this account has a tally of its own: guesses from elsewhere do not slow it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ...platform.context import Context, SystemContext
from ...platform.keyring import token
from ...platform.rates import source_of
from ...platform.store import Record, UnitOfWork, find, find_many
from ..accounts import Account
from ..errors import GuessingSlowed
from ..notices import SIGN_IN_SLOWED, stage_notice
from .models import Guesses, SourceGuesses, Tally

PASSWORD, FACTOR, MAIL = "password", "factor", "mail"
FREE = 5
FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(hours=1)
FORGOTTEN = timedelta(days=1)
KEPT = timedelta(days=90)
KNOWN_SOURCES = 8
SPAN_SECONDS = 600
FREE_IN_SPAN = 50
TRIES = 3


class _CountedMeanwhile(GuessingSlowed):
    """Another attempt was counted between our read and our write."""

    code = "counted_meanwhile"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was counted, to be forgotten if it was right."""

    guesses: Guesses
    kinds: tuple[str, ...]
    source: str
    span: int
    notice: bool


def wait_after(failures: int) -> timedelta:
    """How long the next attempt waits: 2 s after the fifth failure in a row, then twice that, to 1 h."""
    if failures < FREE:
        return timedelta()
    return min(FIRST_WAIT * (1 << min(failures - FREE, 30)), LONGEST_WAIT)


def count_attempt(
    context: SystemContext, email: str, *kinds: str, account: Account | None
) -> Attempt:
    """Count an attempt at this address, at once. GuessingSlowed (429) while one has to wait."""
    for _ in range(TRIES):
        try:
            attempt = _counted(context, email, kinds)
            _write(context, attempt, account)
            return attempt
        except _CountedMeanwhile:
            continue
    raise GuessingSlowed(retry_after=1)


def stage_success(context: Context, attempt: Attempt, *, remember: bool) -> None:
    """Stage that the attempt was right: its kinds start anew; `remember` its source as known."""
    guesses = attempt.guesses
    tally = _tally_name(guesses, attempt.source)
    guesses.tallies = tuple(
        each
        for each in guesses.tallies or ()
        if each.kind not in attempt.kinds or each.source != tally
    )
    if remember:
        guesses.known = _with(guesses, attempt.source)
    context.work.save(guesses, refusal=GuessingSlowed(retry_after=1))
    if not tally:
        _stage_source(context.work, context.now(), attempt, by=-1)


def stage_fresh_start(context: SystemContext, email: str, *kinds: str) -> None:
    """Stage that nothing of these kinds failed: who follows a mailed link comes from a known source."""
    key = Guesses.key(email)
    guesses = find(Guesses, key, consistent=True) or Guesses(*key)
    source = _source(context)
    guesses.tallies = tuple(each for each in guesses.tallies or () if each.kind not in kinds)
    guesses.known = _with(guesses, source)
    guesses.expires_at = int((context.now() + KEPT).timestamp())
    if guesses.version:
        context.work.save(guesses, refusal=GuessingSlowed(retry_after=1))
    else:
        context.work.create(guesses, refusal=GuessingSlowed(retry_after=1))


def _counted(context: SystemContext, email: str, kinds: tuple[str, ...]) -> Attempt:
    now, source = context.now(), _source(context)
    span = int(now.timestamp()) // SPAN_SECONDS
    keys = [Guesses.key(email), SourceGuesses.key(source, span)]
    found = find_many(keys, consistent=True)
    stored, of_source = (found.get(key) for key in keys)
    guesses = stored if isinstance(stored, Guesses) else Guesses(*keys[0])
    tally = _tally_name(guesses, source)
    if not tally and isinstance(of_source, SourceGuesses) and of_source.failures >= FREE_IN_SPAN:
        raise GuessingSlowed(retry_after=(span + 1) * SPAN_SECONDS - int(now.timestamp()))
    notice = _add(guesses, kinds, tally, now)
    guesses.expires_at = int((now + KEPT).timestamp())
    return Attempt(guesses, kinds, source, span, notice)


def _add(guesses: Guesses, kinds: tuple[str, ...], source: str, now: datetime) -> bool:
    """One more failure of each kind; whether the account's owner should hear of it now."""
    kept = [each for each in guesses.tallies or () if each.failed_at + FORGOTTEN > now]
    notice = False
    for kind in kinds:
        last = next((each for each in kept if (each.kind, each.source) == (kind, source)), None)
        before = last or Tally(kind, source, 0, now)
        again_at = before.failed_at + wait_after(before.failures)
        if now < again_at:
            raise GuessingSlowed(retry_after=_seconds(again_at - now))
        kept = [each for each in kept if each is not last]
        kept.append(replace(before, failures=before.failures + 1, failed_at=now))
        notice = notice or (before.failures == FREE and kind != MAIL)
    known = set(guesses.known or ())
    guesses.tallies = tuple(each for each in kept if not each.source or each.source in known)
    return notice


def _write(context: SystemContext, attempt: Attempt, account: Account | None) -> None:
    """The owner of an account is told, once a row of failures, that somebody is guessing."""
    work = UnitOfWork()
    if attempt.guesses.version:
        work.save(attempt.guesses, refusal=_CountedMeanwhile())
    else:
        work.create(attempt.guesses, refusal=_CountedMeanwhile())
    if not _tally_name(attempt.guesses, attempt.source):
        _stage_source(work, context.now(), attempt, by=1)
    if not attempt.notice or account is None or not account.workplaces:
        work.commit()
        return
    with context.visiting(account.workplaces[0].practice_id):
        stage_notice(context, account, SIGN_IN_SLOWED, work=work)
        work.commit()


def _stage_source(work: UnitOfWork, now: datetime, attempt: Attempt, *, by: int) -> None:
    """Sums commute: no attempt from a busy source waits for another."""
    work.update(
        SourceGuesses,
        SourceGuesses.key(attempt.source, attempt.span),
        actions=[
            Record.kind.set(SourceGuesses.KIND),
            Record.schema.set(SourceGuesses.SCHEMA),
            Record.version.add(1),
            SourceGuesses.failures.add(by),
            SourceGuesses.expires_at.set(int(now.timestamp()) + 2 * SPAN_SECONDS),
        ],
        condition=Record.kind.does_not_exist() | (Record.kind == SourceGuesses.KIND),
        refusal=GuessingSlowed(retry_after=1),
    )


def _source(context: Context) -> str:
    return token("source", source_of(context.source))


def _with(guesses: Guesses, source: str) -> tuple[str, ...]:
    others = [each for each in guesses.known or () if each != source]
    return (source, *others)[:KNOWN_SOURCES]


def _tally_name(guesses: Guesses, source: str) -> str:
    return source if source in (guesses.known or ()) else ""


def _seconds(wait: timedelta) -> int:
    return -int(-wait.total_seconds() // 1)
