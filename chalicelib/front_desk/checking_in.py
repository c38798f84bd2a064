"""Checking in: the patient's progress, and beside it what is missing."""

from dataclasses import dataclass

from ..platform.context import Context
from ..scheduling import arrivals
from ..scheduling.models import Appointment
from .readiness import Readiness, readiness_of


@dataclass(frozen=True, slots=True)
class CheckedIn:
    appointment: Appointment
    readiness: Readiness


def check_in(context: Context, appointment_id: str) -> CheckedIn:
    """Errors as scheduling's. What is missing hinders nobody: the front desk decides."""
    appointment = arrivals.check_in(context, appointment_id)
    return CheckedIn(appointment, readiness_of(context, appointment))
