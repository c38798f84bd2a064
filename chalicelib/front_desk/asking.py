"""Which forms a booking asks of its patient."""

from ..forms.copies import ask_for, needed
from ..forms.service import list_forms
from ..platform.context import Context
from ..platform.events import Event
from ..platform.store import find_many
from ..scheduling.models import Appointment
from ..scheduling.progress import Status
from ..scheduling.set_up.models import AppointmentType


def ask_for_forms(context: Context, event: Event) -> None:
    """What the visit needs and the patient has no valid copy of on its day is outstanding.

    Nothing for a visit that is off meanwhile. A practice without forms costs one Query.
    """
    forms = list_forms(context)
    if not forms:
        return
    appointment_key = Appointment.key(context.practice_id, event.subject)
    type_key = AppointmentType.key(context.practice_id, event.data["type_id"])
    found = find_many([appointment_key, type_key], consistent=True)
    appointment, kind = found.get(appointment_key), found.get(type_key)
    if not isinstance(appointment, Appointment) or appointment.status != Status.BOOKED:
        return
    named = kind.form_ids or () if isinstance(kind, AppointmentType) else ()
    ask_for(
        context,
        appointment.patient_id,
        appointment.id,
        forms=needed(forms, named),
        day=appointment.day,
    )
