"""An offer: the hold, its record, and that the patient has it, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..patients.models import Patient
from ..platform import outbox
from ..platform.context import Context
from ..platform.store import Key, Record
from ..scheduling.buckets import serial_from, serial_numbers
from ..scheduling.holds.holding import hold_slot
from ..scheduling.holds.schemas import SlotHoldRequest
from ..scheduling.models import Appointment
from ..scheduling.progress import Progress, Status
from .errors import WishChanged
from .matching import Freed, Opening
from .models import OFFERED, Offer, WaitingPatient, Wish
from .openings import FreeTime


@dataclass(frozen=True, slots=True)
class Candidate:
    """A wish, what it could be offered, and whose it is.

    `taken` are the patient's buckets near by; `visit` is the later visit that is to be moved, if it
    is still booked: what it takes itself does not hinder.
    """

    wish: Wish
    openings: Sequence[Opening]
    patient: Patient | None
    waiting: WaitingPatient
    taken: frozenset[int]
    visit: Appointment | None

    @classmethod
    def of(
        cls,
        practice_id: str,
        wish: Wish,
        openings: Sequence[Opening],
        found: Mapping[Key, Record],
        free: FreeTime,
    ) -> "Candidate":
        """By what was read: the keys of `keys_of`."""
        patient_id = wish.patient_id
        patient = found.get(Patient.key(practice_id, patient_id))
        waiting_key = WaitingPatient.key(practice_id, patient_id)
        waiting = found.get(waiting_key)
        visit = found.get(_visit_key(practice_id, wish)) if wish.appointment_id else None
        booked = isinstance(visit, Appointment) and visit.status == Status.BOOKED
        own = set(serial_numbers(free.taken_by(found, patient_id)))
        if isinstance(visit, Appointment) and booked:
            starts, ends = visit.demand.claim(visit.starts_at)
            own -= set(range(serial_from(starts), serial_from(ends)))
        return cls(
            wish,
            openings,
            patient if isinstance(patient, Patient) else None,
            waiting if isinstance(waiting, WaitingPatient) else WaitingPatient(*waiting_key),
            frozenset(own),
            visit if isinstance(visit, Appointment) and booked else None,
        )

    @staticmethod
    def keys_of(practice_id: str, wish: Wish, free: FreeTime) -> set[Key]:
        """What has to be read of it."""
        keys = {
            Patient.key(practice_id, wish.patient_id),
            WaitingPatient.key(practice_id, wish.patient_id),
            *free.days_of(wish.patient_id),
        }
        return keys | ({_visit_key(practice_id, wish)} if wish.appointment_id else set())

    def may_be_offered(self, freed: Freed, opening: Opening) -> bool:
        """They were not offered it before, are free then, and have no earlier visit to be moved."""
        if self.visit is not None and (
            self.visit.progress != Progress.NONE or self.visit.starts_at <= opening.starts_at
        ):
            return False
        span = opening.starts_at, opening.ends_at
        return not self.waiting.was_offered(freed.practitioner_id, *span) and self._is_free(opening)

    def _is_free(self, opening: Opening) -> bool:
        starts = opening.starts_at - timedelta(minutes=opening.minutes_before)
        ends = opening.ends_at + timedelta(minutes=opening.minutes_after)
        return self.taken.isdisjoint(range(serial_from(starts), serial_from(ends)))


def make_offer(
    context: Context,
    candidate: Candidate,
    freed: Freed,
    opening: Opening,
    *,
    until: datetime,
    time_zone: str,
    by_phone: bool = False,
) -> Offer:
    """Stage it. Errors are a hold's; WishChanged (409) where something came between.

    The patient's own time is held too, but for who moves a later visit: that may lie beside it.
    """
    wish = candidate.wish
    offer_id = wish.next_offer_id()
    asked = _asked(candidate, freed, opening)
    hold = hold_slot(context, asked, until=until, reason_id=offer_id)
    offer = Offer(
        *Offer.key(context.practice_id, wish.id, offer_id),
        number=wish.offers,
        patient_id=wish.patient_id,
        practitioner_id=hold.practitioner_id,
        location_id=hold.location_id,
        type_id=hold.type_id,
        starts_at=hold.starts_at,
        ends_at=hold.ends_at,
        time_zone=time_zone,
        slot_hold_id=hold.id,
        by_phone=by_phone,
        made_at=context.now(),
        made_by=context.actor.id,
    )
    offer.open_until(until)
    _stage(context, candidate, offer)
    return offer


def _asked(candidate: Candidate, freed: Freed, opening: Opening) -> SlotHoldRequest:
    return SlotHoldRequest(
        practitioner_id=freed.practitioner_id,
        location_id=freed.location_id,
        type_id=candidate.wish.type_id,
        starts_at=opening.starts_at,
        room_id=opening.room_id,
        resource_ids=list(opening.resource_ids),
        patient_id=None if candidate.visit else candidate.wish.patient_id,
    )


def _stage(context: Context, candidate: Candidate, offer: Offer) -> None:
    """The offer is the wish's and the patient's, and is told."""
    wish, waiting = candidate.wish, candidate.waiting
    context.work.create(offer, refusal=WishChanged())
    wish.status, wish.offer_id = OFFERED, offer.id
    context.work.save(wish, refusal=WishChanged())
    waiting.take(offer, context.now())
    if waiting.version == 0:
        context.work.create(waiting, refusal=WishChanged())
    else:
        context.work.save(waiting, refusal=WishChanged())
    data = {"wish_id": wish.id, "patient_id": wish.patient_id}
    outbox.publish(context, "waitlist_offer.made", offer.id, offer.version, **data)


def _visit_key(practice_id: str, wish: Wish) -> Key:
    return Appointment.key(practice_id, wish.appointment_id)
