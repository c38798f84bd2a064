"""What scheduling tells: ids, codes, dates and instants of an appointment."""

from ..platform import outbox
from ..platform.clock import iso
from ..platform.context import Context
from .models import Appointment


def tell(context: Context, what: str, appointment: Appointment, **more: str) -> None:
    """Stage `appointment.<what>`, after the appointment itself is staged.

    The data: patient_id, practitioner_id, location_id, type_id, starts_at (UTC), time_zone, day (the
    local date at the location), bill_to, and `more`.
    """
    outbox.publish(
        context,
        f"appointment.{what}",
        appointment.id,
        appointment.version,
        patient_id=appointment.patient_id,
        practitioner_id=appointment.practitioner_id,
        location_id=appointment.location_id,
        type_id=appointment.type_id,
        starts_at=iso(appointment.starts_at),
        time_zone=appointment.time_zone,
        day=appointment.day.isoformat(),
        bill_to=appointment.bill_to,
        **more,
    )
