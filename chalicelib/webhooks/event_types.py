"""Which events a practice's own systems can be told of, and what of each.

Ids, codes and instants, as the events themselves: who wants more reads it with an API key.
"""

from enum import StrEnum

_APPOINTMENT = ("patient_id", "practitioner_id", "location_id", "type_id", "starts_at", "day")
TEST = "webhook.test"


class EventType(StrEnum):
    """What a webhook can ask for."""

    APPOINTMENT_BOOKED = "appointment.booked"
    APPOINTMENT_RESCHEDULED = "appointment.rescheduled"
    APPOINTMENT_CANCELLED = "appointment.cancelled"
    APPOINTMENT_NO_SHOW = "appointment.no_show"
    APPOINTMENT_REINSTATED = "appointment.reinstated"
    APPOINTMENT_CHECKED_IN = "appointment.checked_in"
    APPOINTMENT_COMPLETED = "appointment.completed"
    ENCOUNTER_SIGNED = "encounter.signed"
    PAYMENT_TAKEN = "payment.taken"


def told_of(event_type: str, data: dict[str, str]) -> dict[str, str]:
    """What of an event's data a subscriber is told."""
    told = {
        EventType.ENCOUNTER_SIGNED: ("patient_id", "practitioner_id", "appointment_id"),
        EventType.PAYMENT_TAKEN: ("patient_id",),
    }.get(EventType(event_type), _APPOINTMENT)
    return {name: data[name] for name in told if name in data}
