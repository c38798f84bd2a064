"""A freed time is offered to who waits: held for the best match, then told by a message.

What stands in the table decides, not what an event says: a time that is held or booked meanwhile is
not offered, so that events may come again, late, and in any order. Each offer is committed by itself.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ..messaging.channels import is_written_to
from ..messaging.plan import read_plan
from ..messaging.planning import zone_of
from ..messaging.reminder_times import QuietHours
from ..platform.clock import from_iso
from ..platform.context import Context
from ..platform.errors import Invalid, Stale, Unavailable
from ..platform.events import Event
from ..platform.store import find, find_many, query
from ..practices.models import UNVERIFIED
from ..scheduling.errors import ScheduleChanged, SlotTaken
from ..scheduling.models import Appointment
from .errors import WishChanged
from .making import Candidate, make_offer
from .matching import LEAST_TO_ANSWER, Freed, Opening, answer_until, matches
from .models import WAITING, NightlySlot, Wish
from .mornings import NotNow, leave_for_later
from .openings import free_time
from .policy import read_policy

PAGE = 50
ATTEMPTS = 4
"""How often it begins anew where somebody came between."""


def offer_freed(context: Context, freed: Freed, slot: NightlySlot | None = None) -> None:
    """Offer what is free of it until nobody is left whom it fits. Safe to repeat.

    An unverified practice offers nothing. `slot` is this time, where it was left until now.
    """
    refused = 0
    while refused < ATTEMPTS:
        run = _Run(context, freed)
        try:
            if not run.offers_once():
                leave_for_later(context, freed, run.night, slot)
                return
        except (ScheduleChanged, SlotTaken, WishChanged, Stale):
            context.work.discard()
            refused += 1
    raise Unavailable(retry_after=5)


def offer_time_of(context: Context, event: Event) -> None:
    """As `offer_freed`, of the time that `slot.freed` tells of; not to whose visit it was."""
    data = event.data
    key = Appointment.key(context.practice_id, event.subject)
    visit = find(Appointment, key) if event.subject.startswith("apt_") else None
    freed = Freed(
        data["practitioner_id"],
        data["location_id"],
        from_iso(data["starts_at"]),
        from_iso(data["ends_at"]),
        given_up_by=visit.patient_id if visit else None,
    )
    offer_freed(context, freed)


class _Run:
    """One search for the best match, and the offer to it."""

    def __init__(self, context: Context, freed: Freed) -> None:
        self.night: list[NotNow] = []
        self._context, self._freed, self._now = context, freed, context.now()

    def offers_once(self) -> bool:
        """Whether somebody was offered something."""
        context, freed = self._context, self._freed
        if freed.ends_at <= self._now or context.tenant.status == UNVERIFIED:
            return False
        self._free = free_time(context, freed)
        if self._free.location is None:
            return False
        self._policy, self._quiet = read_policy(context), read_plan(context).quiet
        return any(self._is_offered(each) for each in self._candidates())

    def _candidates(self) -> Iterator[Candidate]:
        """Whoever waits for something like it, in order, and what they could be offered."""
        start = None
        while True:
            page = query(
                Wish.waiting_at(self._context.practice_id), index="gs1", limit=PAGE, start=start
            )
            found = find_many((each.item_key for each in page.records), consistent=True).values()
            wishes = [each for each in found if isinstance(each, Wish) and each.status == WAITING]
            openings = self._free.openings_of([each.type_id for each in wishes])
            zone, now = self._free.zone, self._now
            matched = list(matches(wishes, self._freed, openings, zone=zone, now=now))
            yield from self._known(matched)
            start = page.next_key
            if start is None:
                return

    def _known(self, matched: list[tuple[Wish, list[Opening]]]) -> Iterator[Candidate]:
        """With whom they are of: one BatchGet a page."""
        practice_id = self._context.practice_id
        keys = [Candidate.keys_of(practice_id, wish, self._free) for wish, _ in matched]
        found = find_many(set().union(*keys), consistent=True)
        for wish, openings in matched:
            yield Candidate.of(practice_id, wish, openings, found, self._free)

    def _is_offered(self, candidate: Candidate) -> bool:
        """Whether an offer to them was committed; not to who may not have one, or not now."""
        wish, waiting, patient = candidate.wish, candidate.waiting, candidate.patient
        if patient is None or not is_written_to(patient) or waiting.offer_id:
            return False
        if patient.id == self._freed.given_up_by:
            return False
        self._context.concerns(wish.patient_id)
        zone = zone_of(patient, self._free.zone.key)
        for opening in candidate.openings:
            if not candidate.may_be_offered(self._freed, opening):
                continue
            if self._quiet.hold(self._now, zone):
                self.night.append(_morning_of(wish, opening, self._quiet, zone, self._now))
                return False
            until = answer_until(
                opening.starts_at,
                now=self._now,
                minutes=self._policy.offer_minutes,
                notice_minutes=wish.notice_minutes,
            )
            if until is not None and self._is_made(candidate, opening, until):
                return True
        return False

    def _is_made(self, candidate: Candidate, opening: Opening, until: datetime) -> bool:
        """Whether it was committed. SlotTaken, ScheduleChanged if somebody else came between."""
        context = self._context
        try:
            make_offer(
                context,
                candidate,
                self._freed,
                opening,
                until=until,
                time_zone=self._free.zone.key,
            )
            context.work.commit()
        except Invalid:  # what was read has changed: hours, the patient
            context.work.discard()
            return False
        return True


def _morning_of(
    wish: Wish, opening: Opening, quiet: QuietHours, zone: ZoneInfo, now: datetime
) -> NotNow:
    """When they may be told after the quiet hours, in time to answer; none where it is too late."""
    last = opening.starts_at - timedelta(minutes=wish.notice_minutes) - LEAST_TO_ANSWER
    at = quiet.allowed(now, zone, before=last) if last > now else None
    return NotNow(wish.id, wish.patient_id, at if at is not None and at > now else None)
