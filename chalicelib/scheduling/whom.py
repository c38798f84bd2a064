"""With whom a search for slots looks: those named, the same as before, or everybody."""

from collections import Counter

from ..platform.context import Context
from ..platform.errors import invalid_field
from ..platform.store import find, find_many, query
from .models import Appointment
from .progress import Status
from .schemas import SlotQuery

RECENT = 50
SEEN = (Status.BOOKED, Status.FULFILLED)


def asked_practitioners(context: Context, asked: SlotQuery) -> list[str] | None:
    """The ids, the first of them the first named; None: everybody who works.

    Invalid (422): several ways to say who; an appointment that is not there; a patient who has
    been with nobody; together with fewer than two.
    """
    named = list(dict.fromkeys(asked.practitioner_id.split(","))) if asked.practitioner_id else []
    _refuse_unclear(asked, named)
    if asked.same_as:
        return [_practitioner_of(context, asked.same_as)]
    if asked.usual and asked.patient_id:
        return [_usual_practitioner(context, asked.patient_id)]
    return named or None


def _refuse_unclear(asked: SlotQuery, named: list[str]) -> None:
    if asked.same_as and (named or asked.usual):
        raise invalid_field("same_as", "several_ways", "Say in one way who it is with")
    if asked.usual and named:
        raise invalid_field("usual", "several_ways", "Say in one way who it is with")
    if asked.usual and not asked.patient_id:
        raise invalid_field("usual", "no_patient", "Whose usual practitioner? Give patient_id")
    if asked.together and len(named) < 2:  # the two of "together"
        raise invalid_field("together", "fewer_than_two", "Name those who take part together")


def _practitioner_of(context: Context, appointment_id: str) -> str:
    appointment = find(Appointment, Appointment.key(context.practice_id, appointment_id))
    if appointment is None or not context.allows_at(appointment.location_id):
        raise invalid_field("same_as", "not_found", "No such appointment")
    context.concerns(appointment.patient_id)
    return appointment.practitioner_id


def _usual_practitioner(context: Context, patient_id: str) -> str:
    """With whom most of their latest visits were, booked ones too; of several the latest."""
    partition, begins = Appointment.of_patient(context.practice_id, patient_id)
    rows = query(partition, begins=begins, index="gs2", limit=RECENT, newest_first=True).records
    found = find_many(row.item_key for row in rows)
    visits = [found[row.item_key] for row in rows if row.item_key in found]
    seen = Counter(
        visit.practitioner_id
        for visit in visits
        if isinstance(visit, Appointment)
        and visit.status in SEEN
        and context.allows_at(visit.location_id)
    )
    if not seen:
        raise invalid_field("usual", "nobody_yet", "The patient has been with nobody yet")
    return seen.most_common(1)[0][0]
