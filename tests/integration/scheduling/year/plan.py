"""What a quarter brings, drawn by chance: who books when, who moves, who cancels, who does not come."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from heapq import heappop, heappush
from itertools import count

from tests import tables

from .acts import Acts
from .oracle import DAY, Visit
from .standing import takes_what_stands

NO_SHOW, MOVED, CANCELLED_EARLY, CANCELLED_LATE = 0.08, 0.12, 0.05, 0.04
WALK_IN, SERIES, BY_SEARCH, HELD, TAKEN = 0.04, 0.01, 0.02, 0.03, 0.02
"""Of all that is booked; `TAKEN` is asked for where somebody else is."""
DESK_OPENS, DESK_HOURS = time(13, tzinfo=UTC), 9
LEAD_DAYS = 15
"""Weekdays ahead, at most."""
WEEKS = 5
"""Occurrences of a series."""
TRIES = 200


class Quarter:
    """From the first day to the last, all that happens at its instant."""

    def __init__(self, acts: Acts, first: date, last: date, many: int) -> None:
        self.acts, self.chance = acts, acts.driver.chance
        days = [first + DAY * each for each in range((last - first).days + 1)]
        self.days = [each for each in days if each.weekday() < 5]
        self._agenda: list[tuple[datetime, int, Callable[[], None]]] = []
        self._numbers = count()
        self._month = first.month
        ahead = [min(LEAD_DAYS, len(self.days) - at) for at in range(len(self.days))]
        for at, day in enumerate(self.days):
            so_far, now = sum(ahead[:at]), sum(ahead[: at + 1])
            self._plan_day(day, many * now // sum(ahead) - many * so_far // sum(ahead))
        acts.lives, acts.comes = self.live, self.comes

    def play(self) -> None:
        """To the end, and until all has come to rest."""
        while self._agenda:
            instant, _, act = heappop(self._agenda)
            self.acts.driver.wait_until(instant)
            if instant.month != self._month:
                self._month = instant.month
                takes_what_stands(self.acts.driver.oracle)
                tables.forget("audit")
            act()
        self.acts.driver.settle()
        takes_what_stands(self.acts.driver.oracle)

    def _plan_day(self, day: date, many: int) -> None:
        opens = datetime.combine(day, DESK_OPENS)
        for _ in range(many):
            at = opens + timedelta(minutes=self.chance.randrange(DESK_HOURS * 60))
            self._at(at, self._books)
        if day.weekday() in (0, 3):
            self._at(opens - timedelta(minutes=1), self.acts.looks_at_a_day)
        earlier = [each for each in self.days if each < day]
        if day == self.days[-1] or not earlier or day.month != earlier[-1].month:
            self._at(opens + timedelta(hours=1), self.acts.at_the_annex)

    def _at(self, instant: datetime, act: Callable[[], None]) -> None:
        heappush(self._agenda, (instant, next(self._numbers), act))

    def _books(self) -> None:
        """One more appointment, or a series of them; who finds no time goes elsewhere."""
        drawn = self.chance.random()
        if drawn < WALK_IN and self.acts.walks_in():
            return None
        ahead = self._days_ahead()
        if drawn < WALK_IN + SERIES and self.acts.orders_series(ahead, self.days[-1], WEEKS):
            return None
        for _ in range(TRIES):
            asked = self.acts.asks(self.chance.choice(ahead))
            if asked is None:
                continue
            if self.chance.random() < TAKEN:
                self.acts.is_refused(asked)
            way = self.chance.random()
            if way < BY_SEARCH:
                self.acts.finds(asked)
            held = self.acts.holds(asked) if way > 1 - HELD else ""
            return self.live(self.acts.books_held(asked, held) if held else self.acts.books(asked))
        return None

    def _days_ahead(self) -> list[date]:
        today = self.acts.driver.now.date()
        return [each for each in self.days if each >= today][:LEAD_DAYS]

    def live(self, visit: Visit, *, moves: bool = True) -> None:
        """What becomes of a visit from now on."""
        now, drawn = self.acts.driver.now, self.chance.random()
        left = visit.starts - now
        early = left - timedelta(hours=25)
        if drawn < NO_SHOW:
            return self._at(visit.starts + timedelta(minutes=20), lambda: self.acts.misses(visit))
        drawn -= NO_SHOW
        if drawn < MOVED and moves and left > timedelta(hours=2):
            at = now + (left - timedelta(hours=1)) * self.chance.random()
            return self._at(_whole(at), lambda: self._moves(visit))
        drawn -= MOVED
        if 0 <= drawn < CANCELLED_EARLY and early > timedelta(0):
            at = now + early * self.chance.random()
            return self._at(_whole(at), lambda: self.acts.cancels(visit))
        drawn -= CANCELLED_EARLY
        if 0 <= drawn < CANCELLED_LATE:
            latest = min(left, timedelta(hours=20))
            at = visit.starts - latest * self.chance.random()
            return self._at(_whole(at), lambda: self.acts.cancels(visit))
        return self.comes(visit)

    def comes(self, visit: Visit) -> None:
        """To the desk about the time, and the provider signs afterwards."""
        at = visit.starts + timedelta(minutes=self.chance.randint(-10, 10))
        if not visit.is_here:
            self._at(max(at, self.acts.driver.now), lambda: self.acts.arrives(visit))
        over = visit.starts + timedelta(minutes=visit.kind.minutes + self.chance.randint(15, 90))
        self._at(over, lambda: self.acts.driver.signed(visit))

    def _moves(self, visit: Visit) -> None:
        """To another day and perhaps another provider of the place; who finds no time comes."""
        ahead, now = self._days_ahead(), self.acts.driver.now
        for _ in range(TRIES):
            asked = self.acts.asks(self.chance.choice(ahead), visit=visit)
            if asked is not None and asked.starts > now + timedelta(hours=1):
                self.acts.moves(visit, asked)
                return self.live(visit, moves=self.chance.random() < 0.2)
        return self.comes(visit)


def _whole(instant: datetime) -> datetime:
    return instant.replace(microsecond=0)
