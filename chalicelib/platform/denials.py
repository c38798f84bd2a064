"""Refusals that anybody can repeat at will: one entry of the audit a caller and minute (ADR 12).

The entry says how many it stands for: itself, and those since the one before that left none. Each of
those is a line of the log. Counted in the warm function; that two functions write one entry and not
two is the doing of its id.
"""

from collections import OrderedDict
from datetime import datetime
from threading import Lock

MOST_CALLERS = 10_000


class Denials:
    """At most `most` callers are remembered; who was not refused for longest is counted anew."""

    def __init__(self, *, most: int = MOST_CALLERS) -> None:
        self._most = most
        self._left_out: OrderedDict[str, tuple[datetime, int]] = OrderedDict()
        self._turn = Lock()

    def __len__(self) -> int:
        return len(self._left_out)

    def count(self, caller: str, now: datetime) -> int:
        """One more refusal: how many the entry to be written stands for, 0 where none is to be."""
        minute = minute_of(now)
        with self._turn:
            last, left_out = self._left_out.pop(caller, (None, 0))
            self._left_out[caller] = (minute, left_out + 1 if last == minute else 0)
            if len(self._left_out) > self._most:
                self._left_out.popitem(last=False)
            return 0 if last == minute else left_out + 1


def minute_of(instant: datetime) -> datetime:
    """When its minute began."""
    return instant.replace(second=0, microsecond=0)
