"""Recurrence rules of RFC 5545 → local times, by dateutil. Pure.

A rule is read in the location's local time: a visit at nine is at nine on either side of a change of
clocks.
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import islice

MOST_OCCURRENCES = 104
FURTHEST = timedelta(days=5 * 365)
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY")
PARTS = ("FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST")


class BadRule(ValueError):
    """Not a rule that a series can follow; `code` says why."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


def occurrences(rule: str, starts: datetime) -> list[datetime]:
    """The naive local times of `FREQ=WEEKLY;BYDAY=TU;COUNT=10` from the naive `starts` on.

    BadRule: not a rule; no COUNT or UNTIL; over 104; none within five years, or not all of COUNT.
    """
    parts = _parts(rule)
    count, until = parts.pop("COUNT", None), parts.pop("UNTIL", None)
    if (count is None) == (until is None):
        raise BadRule("endless", "Give either COUNT or UNTIL")
    wanted = MOST_OCCURRENCES + 1 if count is None else _count(count)
    last = starts + FURTHEST if until is None else min(_until(until), starts + FURTHEST)
    if unknown := parts.keys() - set(PARTS):
        raise BadRule("bad_rule", f"A series has no {', '.join(sorted(unknown))}")
    if parts.get("FREQ") not in FREQUENCIES:
        raise BadRule("bad_rule", "FREQ is DAILY, WEEKLY or MONTHLY")
    _refuse_standing_still(parts)
    found = list(islice(_times(parts, starts, last), wanted))
    if len(found) > MOST_OCCURRENCES:
        raise BadRule("too_many", f"At most {MOST_OCCURRENCES} occurrences")
    if not found:
        raise BadRule("never", "The rule has no occurrence within five years")
    if count is not None and len(found) < wanted:
        raise BadRule("too_far_ahead", "Some of them are over five years away")
    return found


def _refuse_standing_still(parts: dict[str, str]) -> None:
    """An INTERVAL of 0 never leaves its first day, and dateutil looks for the next one for ever."""
    interval = parts.get("INTERVAL", "1")
    if not interval.isascii() or not interval.isdigit() or not int(interval):
        raise BadRule("bad_rule", "INTERVAL is a number from 1 on")


def _parts(rule: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in rule.upper().removeprefix("RRULE:").split(";")]
    parts = {name: value for name, _, value in pairs}
    if len(parts) < len(pairs) or not all(value for _, _, value in pairs):
        raise BadRule("bad_rule", "A rule is NAME=VALUE pairs with ; between, each name once")
    return parts


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not int(text):
        raise BadRule("bad_rule", "COUNT is a number from 1 on")
    if len(text) > 4 or int(text) > MOST_OCCURRENCES:
        raise BadRule("too_many", f"At most {MOST_OCCURRENCES} occurrences")
    return int(text)


def _until(text: str) -> datetime:
    """The end of that local day."""
    try:
        return datetime.combine(datetime.strptime(text[:8], "%Y%m%d").date(), time.max)  # noqa: DTZ007
    except ValueError:
        raise BadRule("bad_rule", "UNTIL is a date: 20261231") from None


def _times(parts: dict[str, str], starts: datetime, last: datetime) -> Iterator[datetime]:
    from dateutil.rrule import rrule, rrulestr  # only a series needs it

    text = ";".join(f"{name}={value}" for name, value in parts.items())
    try:
        rule = rrulestr(text, dtstart=starts)
        yield from rule.replace(until=last) if isinstance(rule, rrule) else ()
    except (ValueError, KeyError, TypeError, IndexError, OverflowError) as error:
        raise BadRule("bad_rule", str(error) or "Not a recurrence rule") from None
