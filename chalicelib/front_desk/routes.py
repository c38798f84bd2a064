"""Routes of the front desk: checking in, and what is missing for it."""

from typing import Self

from ..identity.permissions import Permission
from ..platform.context import Context
from ..platform.http import Routes
from ..scheduling.appointments import with_appointment
from ..scheduling.schemas import AppointmentView
from . import checking_in, readiness
from .schemas import ReadinessView

routes = Routes("front_desk")


class CheckedInView(AppointmentView):
    """The appointment, and what its patient is still to be asked for."""

    readiness: ReadinessView

    @classmethod
    def of(cls, checked_in: checking_in.CheckedIn) -> Self:
        view = AppointmentView.model_validate(checked_in.appointment)
        shown = ReadinessView.model_validate(checked_in.readiness)
        return cls.model_construct(**dict(view), readiness=shown)


@routes.post(
    "/v1/appointments/{appointment_id}/check-in",
    permission=Permission.BOOK_APPOINTMENT,
    brings=with_appointment,
)
def check_in(context: Context, appointment_id: str) -> CheckedInView:
    """The patient is at the desk; says what is missing.

    409 `not_booked`, `progress_not_possible`, `not_yet_today`.
    """
    return CheckedInView.of(checking_in.check_in(context, appointment_id))


@routes.get(
    "/v1/appointments/{appointment_id}/readiness",
    permission=Permission.BOOK_APPOINTMENT,
    brings=with_appointment,
)
def read_readiness(context: Context, appointment_id: str) -> ReadinessView:
    """What a visit still lacks: forms, consents, coverage, what is owed, authorisation."""
    return ReadinessView.model_validate(readiness.read_readiness(context, appointment_id))
