"""Does what the plan says, by use cases, and carries events as AWS may: late, twice, in any order.

A reminder is compared with the oracle as it goes: none comes that is not expected, none is missing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from chalicelib.messaging.models import Reminders
from chalicelib.platform import queues
from chalicelib.platform.clock import from_iso
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.outbox import OutboxItem
from chalicelib.platform.store import Record, join
from tests import tables

from .oracle import Oracle, Visit
from .practice import Practice
from .providers import Sent

LATEST = timedelta(minutes=25)
"""So long an event may be on its way, and hours to come once more."""
AGAIN = 0.1
"""How often something comes once more."""
SIGNED = "encounter.signed"
"""Told by the driver, for there is no note: what else listens would look for one."""
JUDGED = ("messaging", "reporting", "scheduling")
"""What these make of events is compared with the oracle."""
CARRIED_OUT = ("series.ordered", SIGNED)
"""Scheduling's own; calendars listen on its queue too."""
REMINDED = "reminder of your appointment"
"""What tells a reminder from a confirmation, a fee's notice or whatever else goes to a patient."""


@dataclass
class Driver:
    """The practice at work; `wide`: every consumer hears of what happens, not only the judged."""

    practice: Practice
    chance: Random
    sent: list[Sent]
    wide: bool
    oracle: Oracle = field(default_factory=Oracle)
    after: dict[str, Callable[[Event], None]] = field(default_factory=dict)
    """What to look at once an event of a type was heard."""
    asked: set[str] = field(default_factory=set)
    """Messages that could not go, of which the front desk was told."""
    _coming: list[tuple[datetime, Event]] = field(default_factory=list)
    _due: dict[str, datetime] = field(default_factory=dict)
    _earlier: list[tuple[str, str]] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return self.practice.at.world.clock.now()

    def do(self, use_case: Callable[[Context], Any]) -> Any:
        """One use case, committed; what it tells is on its way."""
        with self.practice.at.working() as context:
            made = use_case(context)
            context.work.commit()
        self._collect()
        return made

    def signed(self, visit: Visit) -> None:
        """The encounter of a visit is signed: what tells scheduling that it is over."""
        told = self.practice.at.world.clock.now()
        event_id, practice_id = f"evt_signed_{visit.id}", self.practice.at.practice_id
        data = {"appointment_id": visit.id, "patient_id": visit.person.id}
        self._coming.append((told, Event(event_id, SIGNED, practice_id, visit.id, 1, told, data)))

    def wait_until(self, instant: datetime) -> None:
        """Time passes. What was told is heard before a reminder falls due."""
        while (due := min(self._due.values(), default=instant)) < instant:
            self._deliver(until=max(due, self.now + LATEST))
            if min(self._due.values(), default=instant) == due:
                self._pass(due + timedelta(seconds=self.chance.randrange(60)))
                self._remind()
        self._deliver(until=instant)
        self._pass(instant)

    def settle(self) -> None:
        """All that is on its way arrives, and all that falls due has done."""
        while self._coming or self._due:
            self.wait_until(self.now + timedelta(days=1))

    def _collect(self) -> None:
        for row in tables.take_out(join(self.practice.at.practice_id, "outbox")):
            event = OutboxItem.from_raw_data(row).event()
            if event.type == "task.wanted" and event.data["kind"] == "message_not_sent":
                assert event.subject not in self.asked, "asked for twice"
                self.asked.add(event.subject)
            self._coming.append((self.now + self.chance.random() * LATEST, event))
            if self.chance.random() < AGAIN:
                later = timedelta(hours=self.chance.random() * 50)
                self._coming.append((self.now + later, event))

    def _pass(self, instant: datetime) -> None:
        clock = self.practice.at.world.clock
        clock.instant = max(clock.instant, instant)

    def _deliver(self, *, until: datetime) -> None:
        """What has come by then, in any order."""
        while ready := [each for each in self._coming if each[0] <= until]:
            self._coming = [each for each in self._coming if each[0] > until]
            self.chance.shuffle(ready)
            for _, event in ready:
                self._hear(event)
            self._collect()

    def _hear(self, event: Event) -> None:
        """To each queue that listens, to some of them twice."""
        for domain in queues.listening_to(event.type):
            if self._is_told(domain, event.type):
                for _ in range(1 + (self.chance.random() < AGAIN)):
                    queues._all()[domain].handle(event.to_json())
        assert not self._reminders_sent(), "nothing that happens reminds at once"
        visit = self.oracle.visits.get(event.subject)
        if visit is not None and event.type.startswith("appointment."):
            what = event.type.removeprefix("appointment.")
            starts = from_iso(event.data["starts_at"])
            self.oracle.hears(visit, event.subject_version, what, starts, self.now)
            self._looks_ahead(visit)
        if event.type in self.after:
            self.after[event.type](event)

    def _is_told(self, domain: str, event_type: str) -> bool:
        if self.wide and event_type != SIGNED:
            return True
        return domain in JUDGED and (domain != "scheduling" or event_type in CARRIED_OUT)

    def _looks_ahead(self, visit: Visit) -> None:
        """When the next step is due, in the table as by the oracle."""
        heard = self.oracle.heard[visit.id]
        expected = heard.steps[0][0] if heard.steps else None
        reminders = self._reminders_of(visit)
        found = from_iso(reminders.duesk[:-1]) if reminders.duesk else None
        assert found == expected, (visit, heard)
        self._due.pop(visit.id, None)
        if found is not None:
            self._due[visit.id] = found

    def _reminders_of(self, visit: Visit) -> Reminders:
        key = Reminders.key(self.practice.at.practice_id, visit.id)
        record = Record.from_raw_data(tables.row(*key))
        assert isinstance(record, Reminders)
        return record

    def _remind(self) -> None:
        """What is due comes, some of it twice or thrice, and some that came before."""
        due = [each for each, at in self._due.items() if at <= self.now]
        self.chance.shuffle(due)
        for visit_id in due:
            self._remind_of(self.oracle.visits[visit_id])
        self._collect()

    def _remind_of(self, visit: Visit) -> None:
        body = queues.due_message("appointment_reminder", self._reminders_of(visit))
        bodies = [body] * (1 + (self.chance.random() < AGAIN) * self.chance.randint(1, 2))
        if self._earlier and self.chance.random() < AGAIN:
            again, earlier = self.chance.choice(self._earlier)
            if self._due.get(again, self.now + LATEST) > self.now:  # else it would be in time
                bodies.insert(0, earlier)
        self._earlier.append((visit.id, body))
        for each in bodies:
            queues._all()["messaging"].handle(each)
        step = self.oracle.falls_due(visit, self.now)
        assert step is not None
        assert (visit.id, *step) not in self.oracle.reminded, "reminded of twice"
        assert visit.status == "booked", "reminded of what is over"
        assert visit.starts > self.now
        assert not visit.is_here
        found = self._reminders_sent()
        sent = [(each.address, visit.text in each.text) for each in found]
        assert sent == ([(visit.person.address, True)] if visit.person.address else []), (
            visit,
            found,
        )
        self.oracle.reminded[visit.id, *step] = "sent" if sent else "skipped"
        self._looks_ahead(visit)

    def _reminders_sent(self) -> list[Sent]:
        """Since this was asked last."""
        found = [each for each in self.sent if REMINDED in each.text]
        self.sent.clear()
        return found
