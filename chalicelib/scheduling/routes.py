"""Routes of scheduling; set-up and holds have rooms of their own."""

from ..identity.permissions import Permission
from ..platform.context import Context
from ..platform.http import Page, PageQuery, Routes
from . import (
    appointments,
    arrivals,
    booking,
    changing,
    conflicts,
    family,
    finding,
    flow_board,
    reinstating,
)
from .progress import Progress
from .schemas import (
    AppointmentList,
    AppointmentView,
    BookedView,
    BookingRequest,
    Cancellation,
    ConflictList,
    ConflictQuery,
    DayQuery,
    DayView,
    FamilyBooking,
    FlowBoardView,
    ProgressChange,
    Reinstatement,
    RescheduleRequest,
    SlotList,
    SlotQuery,
)

routes = Routes("scheduling")


@routes.get("/v1/slots", permission=Permission.READ_SCHEDULE)
def find_slots(context: Context, query: SlotQuery) -> SlotList:
    """Free slots of everybody, or of up to twenty practitioners, from now on; 28 days at once."""
    return SlotList.model_validate(finding.find_slots(context, query))


@routes.post("/v1/appointments", permission=Permission.BOOK_APPOINTMENT, status=201)
def book_appointment(context: Context, body: BookingRequest) -> BookedView:
    """Book a slot. Tells how many visits the payer's authorisation still allows.

    409 `slot_taken` names in `errors` the provider, room or patient that is taken;
    422 `outside_availability`.
    """
    return BookedView.model_validate(booking.book_appointment(context, body))


@routes.post("/v1/family-appointments", permission=Permission.BOOK_APPOINTMENT, status=201)
def book_family(context: Context, body: FamilyBooking) -> AppointmentList:
    """Book a family back to back: all of them, or none. Errors as booking's, by member."""
    return AppointmentList.model_validate({"items": family.book_family(context, body)})


@routes.get("/v1/appointments/{appointment_id}", permission=Permission.READ_SCHEDULE)
def read_appointment(context: Context, appointment_id: str) -> AppointmentView:
    """One appointment."""
    return AppointmentView.model_validate(appointments.read_appointment(context, appointment_id))


@routes.post("/v1/appointments/{appointment_id}/reschedule", permission=Permission.BOOK_APPOINTMENT)
def reschedule_appointment(
    context: Context, appointment_id: str, body: RescheduleRequest
) -> BookedView:
    """Move an appointment; its own time does not hinder it.

    409 `slot_taken`, `not_booked`, `visit_under_way`; `schedule_changed`: try again.
    """
    return BookedView.model_validate(changing.reschedule(context, appointment_id, body))


@routes.post("/v1/appointments/{appointment_id}/cancel", permission=Permission.BOOK_APPOINTMENT)
def cancel_appointment(
    context: Context, appointment_id: str, body: Cancellation
) -> AppointmentView:
    """Cancel an appointment; its time is free again. 409 `not_booked`, `visit_under_way`."""
    return AppointmentView.model_validate(changing.cancel(context, appointment_id, body.reason))


@routes.post("/v1/appointments/{appointment_id}/no-show", permission=Permission.BOOK_APPOINTMENT)
def mark_no_show(context: Context, appointment_id: str) -> AppointmentView:
    """The patient did not come; the time is free again. 409 `not_booked`, `visit_under_way`."""
    return AppointmentView.model_validate(changing.mark_no_show(context, appointment_id))


@routes.post("/v1/appointments/{appointment_id}/reinstate", permission=Permission.BOOK_APPOINTMENT)
def reinstate_appointment(
    context: Context, appointment_id: str, body: Reinstatement
) -> AppointmentView:
    """Take back a cancellation or no-show that was entered in error; a fee for it goes too.

    409 `not_ended`; `slot_taken`, if its time is another's by now.
    """
    return AppointmentView.model_validate(
        reinstating.reinstate(context, appointment_id, body.overbook)
    )


@routes.post("/v1/appointments/{appointment_id}/progress", permission=Permission.BOOK_APPOINTMENT)
def record_progress(context: Context, appointment_id: str, body: ProgressChange) -> AppointmentView:
    """How far the patient has come, and in which room they are.

    409 `not_booked`, `progress_not_possible`; `room_occupied` names who is there by the appointment.
    """
    progress = Progress(body.progress)
    return AppointmentView.model_validate(
        arrivals.record_progress(context, appointment_id, progress, room_id=body.room_id)
    )


@routes.get("/v1/locations/{location_id}/day", permission=Permission.READ_SCHEDULE)
def read_location_day(context: Context, location_id: str, query: DayQuery) -> DayView:
    """The day at a location: every appointment that starts on it."""
    return DayView.model_validate(appointments.day_at_location(context, location_id, query.day))


@routes.get(
    "/v1/practitioners/{practitioner_id}/availability/conflicts",
    permission=Permission.READ_SCHEDULE,
)
def find_conflicts(context: Context, practitioner_id: str, query: ConflictQuery) -> ConflictList:
    """The booked visits that leave, holidays or changed hours hit, each with a slot to move it to.

    Reschedule those that should move: an offer is not held.
    """
    found = conflicts.find_conflicts(context, practitioner_id, query)
    return ConflictList.model_validate({"items": found})


@routes.get("/v1/locations/{location_id}/flow", permission=Permission.READ_SCHEDULE)
def read_flow_board(context: Context, location_id: str, query: DayQuery) -> FlowBoardView:
    """The flow board of a day at a location: who is where, since when, and how long they wait."""
    return FlowBoardView.model_validate(flow_board.flow_board(context, location_id, query.day))


@routes.get("/v1/patients/{patient_id}/appointments", permission=Permission.READ_SCHEDULE)
def list_patient_appointments(
    context: Context, patient_id: str, query: PageQuery
) -> Page[AppointmentView]:
    """A patient's appointments, the latest first."""
    found = appointments.appointments_of_patient(context, patient_id, query)
    return Page[AppointmentView].model_validate(found)
