"""What the waiting list stores: wishes, offers, what a patient was offered, a practice's policy."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from ..platform.clock import iso
from ..platform.due import clear_due, set_due
from ..platform.ids import derived_id
from ..platform.store import (
    DateAttribute,
    IdInKey,
    InstantAttribute,
    IntegerAttribute,
    Key,
    PracticeInKey,
    Record,
    ValueAttribute,
    join,
)
from .matching import URGENCIES, DaySpan, Freed

WAITING, OFFERED, BOOKED = "waiting", "offered", "booked"
WITHDRAWN, CLOSED = "withdrawn", "closed"
"""A wish's `status`; a closed one says why in `reason`."""
OPEN, ACCEPTED, DECLINED, EXPIRED = "open", "accepted", "declined", "expired"
UNREACHABLE, TAKEN_BACK = "unreachable", "taken_back"
"""An offer's `status`."""
WISH_LAPSES, OFFER_EXPIRES, MAY_BE_TOLD = "waitlist_wish", "waitlist_offer", "waitlist_slot"
"""What falls due: the end of a wish, of an offer, of the night in which nobody is told."""
OFFER_MINUTES = 30


class Wish(Record):
    """What a patient waits for. Empty lists take anything.

    `appointment_id` is a later visit that is to be moved, not to be had a second time;
    `earlier_than` is when it begins. On the list of those who wait while it is not over.
    """

    KIND = "waitlist_wish"

    id = IdInKey("wsh")
    practice_id = PracticeInKey()
    status = UnicodeAttribute(default=WAITING)
    patient_id = UnicodeAttribute()
    type_id = UnicodeAttribute()
    practitioner_ids = ValueAttribute(tuple[str, ...], default=())
    location_ids = ValueAttribute(tuple[str, ...], default=())
    weekdays = ValueAttribute(tuple[str, ...], default=())
    times = ValueAttribute(tuple[DaySpan, ...], default=())
    first_day = DateAttribute(null=True)
    last_day = DateAttribute(null=True)
    keep_until = DateAttribute()
    urgency = UnicodeAttribute()
    notice_minutes = IntegerAttribute()
    source = UnicodeAttribute()
    appointment_id = UnicodeAttribute(null=True)
    earlier_than = InstantAttribute(null=True)
    since = InstantAttribute()
    entered_by = UnicodeAttribute()
    offers = IntegerAttribute(default=0)
    offer_id = UnicodeAttribute(null=True)
    booked_id = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, wish_id: str) -> Key:
        """`prc_1#wsh_2#` / `wish#`: its offers lie beside it."""
        return Key(join(practice_id, wish_id), "wish#")

    @classmethod
    def waiting_at(cls, practice_id: str) -> str:
        """gs1 `prc_1#waitlist#` / `0#2026-03-02T14:00:00.000000Z#wsh_2#`: who is offered first."""
        return join(practice_id, "waitlist")

    @classmethod
    def of_patient(cls, practice_id: str, patient_id: str) -> str:
        """gs2 `prc_1#pat_3#wishes#` / `2026-03-02T14:00:00.000000Z#wsh_2#`: past ones too."""
        return join(practice_id, patient_id, "wishes")

    @property
    def over(self) -> bool:
        return self.status not in (WAITING, OFFERED)

    def stand(self, lapses_at: datetime) -> None:
        """On the lists it belongs on now; it falls due when it lapses."""
        self.gs2pk = self.of_patient(self.practice_id, self.patient_id)
        self.gs2sk = join(iso(self.since), self.id)
        self.gs1pk = self.waiting_at(self.practice_id)
        self.gs1sk = join(str(URGENCIES.index(self.urgency)), iso(self.since), self.id)
        set_due(self, WISH_LAPSES, lapses_at)

    def end(self, status: str, reason: str | None = None) -> None:
        """It waits no more."""
        self.status, self.reason, self.offer_id = status, reason, None
        self.gs1pk = self.gs1sk = None
        clear_due(self)

    def next_offer_id(self) -> str:
        """The id of its next offer: it follows from the wish, and so does the offer's link."""
        self.offers += 1
        return offer_id_of(self.id, self.offers)


class Offer(Record):
    """A time that is held for somebody who waits, until they answer or it expires.

    It is told by a message, or `by_phone`. `appointment_id` is what came of it.
    """

    KIND = "waitlist_offer"

    id = IdInKey("ofr")
    practice_id = PracticeInKey()
    wish_id = IdInKey("wsh")
    number = IntegerAttribute()
    status = UnicodeAttribute(default=OPEN)
    patient_id = UnicodeAttribute()
    practitioner_id = UnicodeAttribute()
    location_id = UnicodeAttribute()
    type_id = UnicodeAttribute()
    starts_at = InstantAttribute()
    ends_at = InstantAttribute()
    time_zone = UnicodeAttribute()
    slot_hold_id = UnicodeAttribute()
    until = InstantAttribute()
    by_phone = BooleanAttribute(default=False)
    made_at = InstantAttribute()
    made_by = UnicodeAttribute()
    answered_at = InstantAttribute(null=True)
    answered_by = UnicodeAttribute(null=True)
    appointment_id = UnicodeAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, wish_id: str, offer_id: str) -> Key:
        """`prc_1#wsh_2#` / `offer#ofr_3#`: beside its wish."""
        return Key(join(practice_id, wish_id), join("offer", offer_id))

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def local_start(self) -> datetime:
        return self.starts_at.astimezone(self.zone)

    @property
    def local_end(self) -> datetime:
        return self.ends_at.astimezone(self.zone)

    @property
    def local_until(self) -> datetime:
        return self.until.astimezone(self.zone)

    def open_until(self, until: datetime) -> None:
        self.until = until
        set_due(self, OFFER_EXPIRES, until)

    def is_open(self, now: datetime) -> bool:
        return self.status == OPEN and now < self.until

    def end(self, status: str, at: datetime, by: str) -> None:
        self.status, self.answered_at, self.answered_by = status, at, by
        clear_due(self)


@dataclass(frozen=True, slots=True)
class OfferedTime:
    """A practitioner's time that somebody was offered."""

    practitioner_id: str
    starts_at: datetime
    ends_at: datetime


class WaitingPatient(Record):
    """What a patient is offered now, and the times to come that they were offered before.

    One item for all their wishes, so that of two offers at once one is refused.
    """

    KIND = "waitlist_patient"

    offer_id = UnicodeAttribute(null=True)
    offered = ValueAttribute(tuple[OfferedTime, ...], default=())

    @classmethod
    def key(cls, practice_id: str, patient_id: str) -> Key:
        """`prc_1#pat_2#` / `waitlist#`."""
        return Key(join(practice_id, patient_id), "waitlist#")

    def was_offered(self, practitioner_id: str, starts_at: datetime, ends_at: datetime) -> bool:
        return any(
            each.practitioner_id == practitioner_id
            and starts_at < each.ends_at
            and each.starts_at < ends_at
            for each in self.offered
        )

    def take(self, offer: Offer, now: datetime) -> None:
        """They are offered this; times that have passed are forgotten."""
        coming = (each for each in self.offered if each.ends_at > now)
        mine = OfferedTime(offer.practitioner_id, offer.starts_at, offer.ends_at)
        self.offered, self.offer_id = (*coming, mine), offer.id


class WaitlistPolicy(Record):
    """How a practice offers: for how many minutes an offer stands."""

    KIND = "waitlist_policy"

    offer_minutes = IntegerAttribute(default=OFFER_MINUTES)

    @classmethod
    def key(cls, practice_id: str) -> Key:
        """`prc_1#` / `waitlist-policy#`."""
        return Key(join(practice_id), "waitlist-policy#")


class NightlySlot(Record):
    """A freed time that only people wait for who are not written to now: offered when they may be."""

    KIND = "waitlist_slot"

    practice_id = PracticeInKey()
    practitioner_id = UnicodeAttribute()
    location_id = UnicodeAttribute()
    starts_at = InstantAttribute()
    ends_at = InstantAttribute()
    given_up_by = UnicodeAttribute(attr_name="patient_id", null=True)

    @classmethod
    def key(cls, practice_id: str, freed: Freed) -> Key:
        """`prc_1#waitlist-slot#pra_2#` / `2026-03-02T14:00:00.000000Z#2026-03-02T14:30:00.000000Z#loc_3#`."""
        span = iso(freed.starts_at), iso(freed.ends_at)
        return Key(
            join(practice_id, "waitlist-slot", freed.practitioner_id),
            join(*span, freed.location_id),
        )

    @property
    def freed(self) -> Freed:
        place = self.practitioner_id, self.location_id
        return Freed(*place, self.starts_at, self.ends_at, self.given_up_by)


def offer_id_of(wish_id: str, number: int) -> str:
    return derived_id("ofr", wish_id, str(number))
