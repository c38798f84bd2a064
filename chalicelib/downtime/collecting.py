"""What a location needs for its next days: visits, and of who comes what a desk must know.

Two Queries, one for each day that is looked at, and one for each patient.
"""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from ..clinical.models import Allergy, Problem
from ..clinical.statuses import OVER, Verification
from ..patients.models import Patient
from ..platform.context import Context
from ..platform.store import query_all
from ..practices.models import Location
from ..practices.service import list_practitioners
from ..scheduling.models import Appointment
from ..scheduling.progress import Status
from ..scheduling.set_up.service import list_rooms
from .content import Day, Expected, Person

AHEAD = 8
"""Tomorrow, and the first day with visits in the week after it."""
WRONG = frozenset({Verification.REFUTED, Verification.ENTERED_IN_ERROR})
FIRST_OF_CHART, LAST_OF_CHART = "chart#intolerance#", "chart#problem#~"
"""Of a chart: allergies, who it is, problems. Encounters lie before that, the care team after it."""


def expected_days(context: Context, location: Location, night: date) -> tuple[Day, ...]:
    """Tomorrow as seen from `night`, even without visits, and the next day that has any."""
    names = {each.id: each.name for each in list_practitioners(context)}
    names |= {each.id: each.name for each in list_rooms(context)}
    zone = ZoneInfo(location.time_zone)
    found: list[Day] = []
    for ahead in range(1, AHEAD + 1):
        day = night + timedelta(days=ahead)
        booked = _booked(context, location, day)
        if booked or not found:
            visits = (_expected(context, each, zone, names) for each in booked)
            found.append(Day(day, tuple(visits)))
        if len(found) > 1:
            break
    return tuple(found)


def _booked(context: Context, location: Location, day: date) -> list[Appointment]:
    """As the day's index has them, by time."""
    partition = Appointment.on_day(context.practice_id, location.id, day)
    found: list[Appointment] = list(query_all(partition, index="gs1"))
    return [each for each in found if each.status == Status.BOOKED]


def _expected(
    context: Context, visit: Appointment, zone: ZoneInfo, names: dict[str, str]
) -> Expected:
    context.concerns(visit.patient_id)
    partition = Patient.key(context.practice_id, visit.patient_id).pk
    records = list(query_all(partition, between=(FIRST_OF_CHART, LAST_OF_CHART), consistent=True))
    patient = next((each for each in records if isinstance(each, Patient)), None)
    shown = [each for each in records if isinstance(each, Allergy | Problem) and _is_shown(each)]
    return Expected(
        visit.starts_at.astimezone(zone),
        visit.ends_at.astimezone(zone),
        _person(visit, patient),
        kind=visit.title,
        provider=names.get(visit.practitioner_id, ""),
        room=names.get(visit.room_id or "", ""),
        allergies=tuple(_allergy(each) for each in shown if isinstance(each, Allergy)),
        problems=tuple(_problem(each) for each in shown if isinstance(each, Problem)),
    )


def _person(visit: Appointment, patient: Patient | None) -> Person:
    if patient is None:
        return Person(visit.patient_name)
    return Person(
        patient.full_name,
        f"{patient.birth_date.isoformat()}, {patient.sex}; MRN {patient.mrn}",
        tuple(f"{phone.number} ({phone.use})" for phone in patient.phones),
        patient.email or "",
        tuple(
            f"{each.name} ({each.relationship}) {each.phone}" for each in patient.emergency_contacts
        ),
        patient.confidential_communication,
    )


def _is_shown(entry: Allergy | Problem) -> bool:
    """It holds, and is not for the care team alone."""
    over = entry.clinical_status in OVER or entry.verification_status in WRONG
    return not over and not entry.sensitivity


def _allergy(entry: Allergy) -> str:
    reactions = ", ".join(
        " ".join(filter(None, (each.severity, each.manifestation))) for each in entry.reactions
    )
    risk = "" if entry.criticality == "low" else f"{entry.criticality} risk"
    said = "; ".join(filter(None, (risk.replace("-", " "), reactions)))
    return f"{entry.substance} ({said})" if said else str(entry.substance)


def _problem(entry: Problem) -> str:
    return f"{entry.description} ({entry.code})" if entry.code else str(entry.description)
