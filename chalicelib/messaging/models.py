"""Plans of reminders, the reminders of an appointment, and what was sent to whom and how it went."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from ..platform.due import clear_due, set_due
from ..platform.keyring import token
from ..platform.store import (
    SYSTEM,
    IdInKey,
    InstantAttribute,
    IntegerAttribute,
    Key,
    PracticeInKey,
    Record,
    ValueAttribute,
    join,
)
from .purposes import Purpose
from .reminder_times import DEFAULT_QUIET, DEFAULT_STEPS, PlannedStep, QuietHours, Step

SENDING, SENT, FAILED, UNKNOWN, NOT_SENT = "sending", "sent", "failed", "unknown", "not_sent"
SKIPPED, RECEIVED = "skipped", "received"
DELIVERED, UNDELIVERED = "delivered", "undelivered"
BOUNCED, COMPLAINED = "bounced", "complained"
REMINDER, UNANSWERED = "appointment_reminder", "message_unanswered"
NOTICE, SERIES_NOTICE = "visit_notice", "series_notice"
"""What falls due: the next step of an appointment's reminders; a message that is still `sending`; what
became of a visit, or of a series of them."""
CONFIRMED, CANCEL_ASKED, CANCELLED, MOVE_WANTED = "confirmed", "cancel_asked", "cancelled", "move"
"""What a patient answered."""
ANSWERED_WITHIN = timedelta(minutes=2)
"""Twice as long as the function that asks a provider lives."""


@dataclass(frozen=True, slots=True)
class StepsOfType:
    """The steps of one appointment type."""

    type_id: str
    steps: tuple[Step, ...]


class ReminderPlan(Record):
    """How a practice reminds: steps, for all appointment types and for some, and quiet hours.

    `notices`: whether patients are told of what is booked, moved and cancelled.
    """

    KIND = "reminder_plan"

    steps = ValueAttribute(tuple[Step, ...], default=DEFAULT_STEPS)
    by_type = ValueAttribute(tuple[StepsOfType, ...], default=())
    quiet_hours = ValueAttribute(QuietHours, null=True)
    notices = BooleanAttribute(default=True)

    @classmethod
    def key(cls, practice_id: str) -> Key:
        """`prc_1#` / `reminder-plan#`."""
        return Key(join(practice_id), "reminder-plan#")

    @property
    def quiet(self) -> QuietHours:
        return self.quiet_hours or DEFAULT_QUIET

    def steps_of(self, type_id: str) -> tuple[Step, ...]:
        """Those of the type where it has its own, even none; else the practice's."""
        own: Mapping[str, tuple[Step, ...]] = {each.type_id: each.steps for each in self.by_type}
        steps: tuple[Step, ...] = self.steps
        return own.get(type_id, steps)


class OwnText(Record):
    """A practice's own wording for one purpose, channel and language."""

    KIND = "message_text"
    BEGINS = "message-text#"

    subject = UnicodeAttribute(null=True)
    text = UnicodeAttribute()

    @classmethod
    def key(cls, practice_id: str, purpose: str, channel: str, language: str) -> Key:
        """`prc_1#` / `message-text#sms#es#` for the reminder, `message-text#booked#sms#es#` for others:
        all of a practice's in one Query."""
        named = [] if purpose == Purpose.REMINDER else [str(purpose)]
        return Key(join(practice_id), f"{cls.BEGINS}{join(*named, channel, language)}")

    @property
    def name(self) -> tuple[str, str, str]:
        """Purpose, channel and language."""
        *named, channel, language = self.sk.removeprefix(self.BEGINS).rstrip("#").split("#")
        return (named[0] if named else Purpose.REMINDER), channel, language


class Reminders(Record):
    """The reminders of one appointment that are still to come; due with the first of them.

    `appointment_version` is the newest that was heard of: what is told of an older one is dropped.
    `answer` is what the patient said of the visit as it stands, `spent` the steps whose link is used;
    `since_version` is the one from which on it stands at its time and place.
    """

    KIND = "reminders"

    appointment_id = IdInKey("apt")
    practice_id = PracticeInKey()
    appointment_version = IntegerAttribute()
    since_version = IntegerAttribute(null=True)
    patient_id = UnicodeAttribute()
    location_id = UnicodeAttribute()
    starts_at = InstantAttribute()
    ends_at = InstantAttribute(null=True)
    time_zone = UnicodeAttribute()
    steps = ValueAttribute(tuple[PlannedStep, ...], default=())
    over = BooleanAttribute(default=False)
    by_video = BooleanAttribute(null=True)
    answer = UnicodeAttribute(null=True)
    spent = ValueAttribute(tuple[str, ...], default=())

    @classmethod
    def key(cls, practice_id: str, appointment_id: str) -> Key:
        """`prc_1#apt_2#` / `reminders#`: beside the appointment."""
        return Key(join(practice_id, appointment_id), "reminders#")

    @property
    def start(self) -> datetime:
        """When the visit begins, in UTC."""
        at: datetime = self.starts_at
        return at

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def link_version(self) -> int:
        """What links and messages about it name; its other changes leave them good."""
        version: int = self.since_version or self.appointment_version
        return version

    def stand(self, version: int, starts_at: datetime, location_id: str, *, over: bool) -> None:
        """As the appointment is now; at another time or place an answer to what it was before is none."""
        same = not self.over and (self.starts_at, self.location_id) == (starts_at, location_id)
        self.since_version = self.link_version if same else version
        self.appointment_version, self.over = version, over
        self.starts_at, self.location_id = starts_at, location_id
        if not same:
            self.answer, self.spent = None, ()

    def wait_for(self, steps: tuple[PlannedStep, ...]) -> None:
        """These are to come; due with the first."""
        self.steps = tuple(sorted(steps, key=lambda step: step.at))
        if steps:
            set_due(self, REMINDER, self.steps[0].at)
        else:
            clear_due(self)


class VisitNotice(Record):
    """What a patient is told of one visit as it stands, and what they were told of it last.

    `appointment_version` is the newest that was heard of, `fresh` whether its booking was; due while
    what it says differs from what was told. `asks`: the front desk has a task where it cannot go.
    """

    KIND = "visit_notice"

    appointment_id = IdInKey("apt")
    practice_id = PracticeInKey()
    appointment_version = IntegerAttribute(default=0)
    patient_id = UnicodeAttribute()
    location_id = UnicodeAttribute()
    starts_at = InstantAttribute()
    ends_at = InstantAttribute(null=True)
    time_zone = UnicodeAttribute()
    by_video = BooleanAttribute(null=True)
    status = UnicodeAttribute()
    fresh = BooleanAttribute(default=False)
    asks = BooleanAttribute(default=False)
    told = UnicodeAttribute(null=True)
    told_start = InstantAttribute(null=True)
    told_version = IntegerAttribute(default=0)
    told_order = UnicodeAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, appointment_id: str) -> Key:
        """`prc_1#apt_2#` / `notice#`: beside the appointment."""
        return Key(join(practice_id, appointment_id), "notice#")

    @property
    def start(self) -> datetime:
        at: datetime = self.starts_at
        return at

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def has_told(
        self, version: int, status: str, starts_at: datetime | None, order: str = ""
    ) -> None:
        """The patient knows of it so, unless they know a newer version; by an order of its series.

        Without a start, as it was booked.
        """
        if version >= self.told_version:
            self.told_version, self.told, self.told_start = version, status, starts_at
            self.told_order = order or None


class SeriesNotice(Record):
    """What a patient is told of an order of a series, instead of one message a visit."""

    KIND = "series_notice"

    practice_id = PracticeInKey()
    series_id = IdInKey("srs")
    order = UnicodeAttribute()
    verb = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    location_id = UnicodeAttribute()
    time_zone = UnicodeAttribute()
    appointment_ids = ValueAttribute(tuple[str, ...])

    @classmethod
    def key(cls, practice_id: str, series_id: str, order: str) -> Key:
        """`prc_1#srs_2#` / `notice#srs_2.3#`: beside the series."""
        return Key(join(practice_id, series_id), join("notice", order))


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a message: a status, when, by which channel, and a reason's code."""

    status: str
    at: datetime
    channel: str = ""
    reason: str = ""


class Message(Record):
    """One message to a patient. `sending` is stored before the provider is asked.

    `unknown`: still `sending` minutes later, or the provider did not answer. Nobody knows whether it
    went out, and it is never sent again by itself. `not_sent`: it surely did not, and is sent later.
    `failed`: refused by every channel there is; `skipped`: none may be used; `reason` says why.
    `received`: a text of the patient's, whose `words` are kept, and which `reply` it got.
    """

    KIND = "message"

    id = IdInKey("msg")
    channel = UnicodeAttribute()
    template = UnicodeAttribute()
    status = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    patient_id = UnicodeAttribute()
    cause = UnicodeAttribute()
    provider_id = UnicodeAttribute(null=True)
    staged_at = InstantAttribute()
    act_by = InstantAttribute(null=True)
    asked_by = UnicodeAttribute(null=True)
    words = UnicodeAttribute(null=True)
    reply = UnicodeAttribute(null=True)
    history = ValueAttribute(tuple[Change, ...], default=())

    @classmethod
    def key(cls, practice_id: str, message_id: str) -> Key:
        """`prc_1#msg_2#` / `message#`."""
        return Key(join(practice_id, message_id), "message#")

    @classmethod
    def of_patient(cls, practice_id: str, patient_id: str) -> str:
        """gs2 `prc_1#pat_2#message#` / `2026-03-02T14:00:00.000000Z#msg_3#`: newest last."""
        return join(practice_id, patient_id, "message")

    @property
    def tried(self) -> frozenset[str]:
        """The channels that will not carry it."""
        return frozenset(
            each.channel
            for each in self.history
            if each.status in (FAILED, SKIPPED) and each.channel
        )

    def become(self, status: str, at: datetime, *, reason: str = "") -> None:
        """Its status from now on; noted with the time. One that is being sent falls due soon."""
        self.status, self.reason = status, reason or None
        self.note(status, at, reason=reason)
        if status == SENDING:
            set_due(self, UNANSWERED, at + ANSWERED_WITHIN)
        else:
            clear_due(self)

    def note(self, status: str, at: datetime, *, reason: str = "", channel: str = "") -> None:
        """Note what happened, whatever its status."""
        change = Change(status, at.replace(microsecond=0), channel or self.channel, reason)
        self.history = (*self.history, change)


class SuppressedAddress(Record):
    """An address that this practice writes to no more: it bounced, or its owner complained.

    A consent that is recorded later opens it again.
    """

    KIND = "suppressed_address"

    reason = UnicodeAttribute()
    since = InstantAttribute()
    patient_id = UnicodeAttribute()
    message_id = UnicodeAttribute()

    @classmethod
    def key(cls, practice_id: str, address: str) -> Key:
        """`prc_1#suppressed#<HMAC of practice and address, 32 hex>#` / `address#`."""
        hashed = token("suppressed", practice_id, address.lower())
        return Key(join(practice_id, "suppressed", hashed), "address#")


class StoppedNumber(Record):
    """What was said last from a telephone number: no more texts, of any practice, or texts again."""

    KIND = "stopped_number"

    stopped = BooleanAttribute()
    said_at = InstantAttribute()

    @classmethod
    def key(cls, number: str) -> Key:
        """`sys#stopped#<HMAC of the number, 32 hex>#` / `number#`."""
        return Key(join(SYSTEM, "stopped", token("number", number)), "number#")


class TextedVisit(Record):
    """A visit that a number was texted about: whom an answer is for. Gone when the visit is past."""

    KIND = "texted_visit"

    practice_id = PracticeInKey()
    appointment_id = IdInKey("apt")

    @classmethod
    def partition(cls, number: str) -> str:
        """`sys#texted#<HMAC of the number, 32 hex>#`."""
        return join(SYSTEM, "texted", token("number", number))

    @classmethod
    def key(cls, number: str, at: str, practice_id: str, appointment_id: str) -> Key:
        """`sys#texted#<HMAC>#` / `2026-03-02T14:00:00.000000Z#prc_1#apt_2#`: newest last."""
        return Key(cls.partition(number), join(at, practice_id, appointment_id))
