"""Booking: the visit and its event in one transaction with the time it takes."""

from collections.abc import Mapping
from datetime import datetime

from ..patients.models import Patient
from ..platform.context import Context
from ..platform.errors import invalid_field
from ..platform.store import Key, Record, find_many
from .events import tell
from .models import Appointment, AppointmentType
from .placing import (
    Place,
    bookable_start,
    present,
    refuse_elsewhere,
    refuse_missing,
    refuse_outside_hours,
)
from .progress import Progress, Status
from .schemas import BookingRequest
from .taking import take


def book_appointment(context: Context, body: BookingRequest) -> Appointment:
    """Book a visit; provider, room and patient are taken with it, buffers included.

    SlotTaken (409) names who is taken. Invalid (422): a record that is not there, a room that is
    missing or elsewhere, a deceased patient, a start in the past or off the grid;
    OutsideAvailability.
    """
    place = Place(context.practice_id, body.practitioner_id, body.location_id, body.room_id)
    type_key = AppointmentType.key(context.practice_id, body.type_id)
    patient_key = Patient.key(context.practice_id, body.patient_id)
    context.concerns(body.patient_id)
    refuse_elsewhere(context, body.location_id)
    starts = bookable_start(context, body.starts_at)
    found = find_many([*place.keys(), type_key, patient_key], consistent=True)
    refuse_missing(
        found, ("type_id", AppointmentType, type_key), ("patient_id", Patient, patient_key)
    )
    kind = present(found, AppointmentType, type_key)
    patient = present(found, Patient, patient_key)
    appointment = _appointment(context, body, kind=kind, patient=patient)
    _stand(appointment, place, found, kind=kind, starts=starts)
    appointment.step(Status.BOOKED, context.now(), context.actor.id)
    context.work.create(appointment)
    take(context, appointment.holds())
    tell(context, "booked", appointment)
    return appointment


def _appointment(
    context: Context, body: BookingRequest, *, kind: AppointmentType, patient: Patient
) -> Appointment:
    if kind.needs_room and body.room_id is None:
        raise invalid_field("room_id", "missing", "This type of appointment needs a room")
    if patient.deceased:
        raise invalid_field("patient_id", "deceased", "The patient is recorded as deceased")
    return Appointment(
        *Appointment.key(context.practice_id, context.new_id("apt")),
        status=Status.BOOKED,
        progress=Progress.NONE,
        patient_id=body.patient_id,
        patient_name=patient.full_name,
        practitioner_id=body.practitioner_id,
        room_id=body.room_id,
        type_id=body.type_id,
        title=kind.name,
        bill_to=body.bill_to or kind.bill_to,
    )


def _stand(
    appointment: Appointment,
    place: Place,
    found: Mapping[Key, Record],
    *,
    kind: AppointmentType,
    starts: datetime,
) -> None:
    location = place.location(found)
    demand = kind.demand()
    refuse_outside_hours(place.availability(found), location, demand=demand, starts=starts)
    appointment.stand(starts, demand, location_id=location.id, time_zone=location.time_zone)
