"""A family's visits, one after the other with one practitioner, booked in one act or not at all."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from ..patients.authorizations import standings_of
from ..platform.context import Context
from ..platform.errors import FieldError, Invalid, invalid_field
from ..platform.overlap import while_waiting
from ..platform.store import Key, Record, find_many
from .authorizing import authorize
from .booking import new_appointment
from .events import tell
from .free_slots import SlotDemand
from .holds.lapsing import end_lapsed
from .judging import LONGEST, Judged, judge
from .models import Appointment
from .occupants import occupant_of
from .placing import present, refuse_missing
from .progress import Status
from .schemas import BookingRequest, FamilyBooking
from .sessions.models import GroupSession
from .set_up.models import AppointmentType
from .taking import exchange


def book_family(context: Context, body: FamilyBooking) -> list[Appointment]:
    """Book the members in order, each as the one before ends, buffers between them; those of one
    type with seats sit in one session.

    Errors as booking's, with the member's place before the field. All are booked, or none. Invalid
    (422) for visits that take more than 8 hours together.
    """
    _refuse_twice(body)
    made: list[Appointment] = []
    days: dict[Key, Record] = {}
    for place, request in enumerate(_requests(context, body)):
        standings = while_waiting(standings_of, context, request.patient_id)
        sessions = {key: each for key, each in days.items() if isinstance(each, GroupSession)}
        judged = _judged(context, request, place, sessions)
        appointment = new_appointment(context, context.new_id("apt"), request, judged)
        appointment.step(Status.BOOKED, context.now(), context.actor.id)
        context.work.create(appointment)
        authorize(context, appointment, standings.result())
        made.append(appointment)
        days |= judged.found
    come = [occupant_of(each) for each in made]
    gone = end_lapsed(context, come, days)
    exchange(context, come=come, gone=gone, days=days)
    for appointment in made:
        tell(context, "booked", appointment)
    return made


def _refuse_twice(body: FamilyBooking) -> None:
    seen: set[str] = set()
    for place, member in enumerate(body.members):
        if member.patient_id in seen:
            field = f"members.{place}.patient_id"
            raise invalid_field(field, "named_twice", "This patient is named twice")
        seen.add(member.patient_id)


def _requests(context: Context, body: FamilyBooking) -> Iterator[BookingRequest]:
    """What each member's booking asks for: the types say when it starts."""
    keys = [AppointmentType.key(context.practice_id, each.type_id) for each in body.members]
    found = find_many(keys)
    refuse_missing(
        found,
        *((f"members.{at}.type_id", AppointmentType, key) for at, key in enumerate(keys)),
    )
    _refuse_too_long([present(found, AppointmentType, key).demand() for key in keys])
    before: AppointmentType | None = None
    starts = body.starts_at
    for member, key in zip(body.members, keys, strict=True):
        kind = present(found, AppointmentType, key)
        if before is not None and not (kind.id == before.id and kind.capacity > 1):
            free_from = before.demand().claim(starts)[1]
            starts = free_from + timedelta(minutes=kind.minutes_before)
        before = kind
        yield BookingRequest(
            patient_id=member.patient_id,
            type_id=member.type_id,
            practitioner_id=body.practitioner_id,
            location_id=body.location_id,
            room_id=body.room_id,
            starts_at=starts,
            bill_to=body.bill_to,
            reason=member.reason,
        )


def _refuse_too_long(demands: Iterable[SlotDemand]) -> None:
    """One condition of the store holds no more buckets of their practitioner's day."""
    minutes = sum(each.before + each.length + each.after for each in demands)
    if timedelta(minutes=minutes) > LONGEST:
        raise invalid_field("members", "too_long", "Together they take at most 8 hours")


def _judged(
    context: Context, request: BookingRequest, place: int, sessions: Mapping[Key, GroupSession]
) -> Judged:
    try:
        return judge(context, request, reason=request.reason, opened=sessions)
    except Invalid as refusal:
        errors = tuple(
            FieldError(f"members.{place}.{bad.field}", bad.code, bad.message)
            for bad in refusal.errors
        )
        raise type(refusal)(refusal.detail, errors=errors) from None
