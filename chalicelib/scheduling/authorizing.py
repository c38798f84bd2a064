"""Under which authorisation a visit is: it uses one of its visits from the booking on.

Cancelled, missed or moved out of its days, it does not. Booking warns, and never refuses: what is
left is told, below zero where more is booked than the payer allows.
"""

from collections.abc import Sequence

from ..patients.authorizations import Standing, standing_for, standings_of
from ..patients.models import AuthorizedVisit
from ..platform.context import Context
from ..platform.store import find_many, query_all
from .models import Appointment, VisitsLeft
from .progress import Status

INSURANCE = "insurance"
COUNTED = (Status.BOOKED, Status.FULFILLED)


def authorize(context: Context, appointment: Appointment, standings: Sequence[Standing]) -> None:
    """Stage that the visit is under what covers it as it stands now, and note what is left then.

    One that still covers it stays.
    """
    before = appointment.authorization_id
    chosen = _chosen(appointment, standings)
    if chosen is None or chosen.authorization.id != before:
        release(context, appointment)
    if chosen is None:
        return
    if chosen.authorization.id != before:
        appointment.authorization_id = chosen.authorization.id
        context.work.create(_use(appointment))
    under = chosen.appointment_ids | {appointment.id}
    appointment.visits_left = VisitsLeft(
        chosen.authorization.id,
        chosen.authorization.number,
        chosen.authorization.visits_allowed - len(under),
    )


def release(context: Context, appointment: Appointment) -> None:
    """Stage that the visit is under none."""
    if appointment.authorization_id is not None:
        use = _use(appointment)
        use.version = 1
        context.work.remove(use)
        appointment.authorization_id = None


def authorize_what_is_booked(context: Context, patient_id: str) -> None:
    """An authorisation was recorded: visits that are under none come under it, each by itself.

    In the order in which they are, those made already too. Safe to repeat.
    """
    for appointment in _unauthorized(context, patient_id):
        authorize(context, appointment, standings_of(context, patient_id))
        if appointment.authorization_id is not None:
            context.work.save(appointment)
        context.work.commit()


def _unauthorized(context: Context, patient_id: str) -> list[Appointment]:
    partition, begins = Appointment.of_patient(context.practice_id, patient_id)
    keys = [each.item_key for each in query_all(partition, begins=begins, index="gs2")]
    found = find_many(keys, consistent=True).values()
    visits = [each for each in found if isinstance(each, Appointment)]
    wanting = [each for each in visits if not each.authorization_id and each.status in COUNTED]
    return sorted(wanting, key=lambda each: each.starts_at)


def _chosen(appointment: Appointment, standings: Sequence[Standing]) -> Standing | None:
    if appointment.bill_to != INSURANCE:
        return None
    covered = appointment.type_id, appointment.day
    mine = [each for each in standings if each.authorization.id == appointment.authorization_id]
    stays = next((each for each in mine if each.covers(*covered)), None)
    return stays or standing_for(standings, *covered)


def _use(appointment: Appointment) -> AuthorizedVisit:
    return AuthorizedVisit(
        *AuthorizedVisit.key(
            appointment.practice_id,
            appointment.patient_id,
            str(appointment.authorization_id),
            appointment.id,
        )
    )
