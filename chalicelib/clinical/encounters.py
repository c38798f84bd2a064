"""Encounters: how a visit begins, its codes, and the list of what waits for a signature."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ..care_team.models import CareTeam
from ..care_team.reach import get_shown, reach_of
from ..care_team.team import tag
from ..patients.models import Patient
from ..patients.part2 import note_part2_record
from ..patients.registration import read_patient
from ..platform.context import Context
from ..platform.errors import AlreadyDone, Stale, Unavailable, invalid_field
from ..platform.events import Event
from ..platform.http import open_cursor, seal_cursor
from ..platform.ids import derived_id
from ..platform.store import find, find_many, query
from ..practices.service import is_part2_provider, read_billing_parties, read_practitioner
from .coding import CodedReason, diagnoses_of, wrong_pointers
from .errors import CodesInvalid, EncounterLocked
from .models import ENTERED_IN_ERROR, IN_PROGRESS, Encounter, Note
from .schemas import EncounterChange, EncounterStart, OpenEncounterQuery, SensitivityBody
from .video_visits import take_over_attendance

AHEAD = timedelta(minutes=5)
"""How far a client's clock may be before ours."""


@dataclass(frozen=True, slots=True)
class OpenEncounter:
    """An encounter on its practitioner's list of unsigned notes."""

    id: str
    patient_id: str
    patient_name: str
    status: str
    started_at: datetime


def start_encounter(context: Context, patient_id: str, body: EncounterStart) -> Encounter:
    """A visit without an appointment, and its empty note.

    NotFound for the patient; Invalid naming a practitioner or location that is not there, or a
    start that is still to come. The date of service is that of the clock at the location.
    """
    context.concerns(patient_id)
    read_patient(context, patient_id)
    if not context.allows_at(body.location_id):
        raise invalid_field("practitioner_id", "not_found", "No such practitioner or location")
    practice, practitioner, location = read_billing_parties(
        context, body.practitioner_id, body.location_id
    )
    started_at = body.started_at or context.now()
    if started_at > context.now() + AHEAD:
        raise invalid_field("started_at", "in_future", "The visit has not begun")
    encounter = Encounter(
        *Encounter.key(context.practice_id, patient_id, context.new_id("enc")),
        practitioner_id=practitioner.id,
        location_id=location.id,
        started_at=started_at,
        day=started_at.astimezone(ZoneInfo(location.time_zone)).date(),
        reason=body.reason,
        bill_to=body.bill_to,
    )
    tag(context, patient_id, encounter, body.sensitivity, practitioner=practitioner.user_id)
    if practice.part2_programme or practitioner.part2_programme:
        _mark_part2(context, encounter)
    _create(context, encounter, refusal=Stale())
    return encounter


def start_at_check_in(
    context: Context, event: Event, code: CodedReason | None, words: str | None
) -> Encounter:
    """The encounter of an appointment, once: its id follows from the appointment's.

    `code` and `words` say why the patient comes: events do not.
    """
    data = event.data
    context.concerns(data["patient_id"])
    encounter_id = derived_id("enc", event.subject)
    encounter = Encounter(
        *Encounter.key(context.practice_id, data["patient_id"], encounter_id),
        practitioner_id=data["practitioner_id"],
        location_id=data["location_id"],
        appointment_id=event.subject,
        started_at=event.occurred_at,
        day=date.fromisoformat(data["day"]),
        bill_to=data["bill_to"],
        reason=words,
        reason_code=code,
    )
    if is_part2_provider(context, encounter.practitioner_id):
        _mark_part2(context, encounter)
    if data.get("modality") == "video":
        take_over_attendance(context, encounter)
    _create(context, encounter, refusal=AlreadyDone())
    return encounter


def give_reason(
    context: Context, event: Event, code: CodedReason | None, words: str | None
) -> None:
    """The visit's reason was changed after check-in. Nothing once the encounter is signed.

    Unavailable, so that the message comes again, while it is not there yet.
    """
    patient_id = event.data["patient_id"]
    context.concerns(patient_id)
    key = Encounter.key(context.practice_id, patient_id, derived_id("enc", event.subject))
    encounter = find(Encounter, key, consistent=True)
    if encounter is None:
        raise Unavailable(retry_after=1)
    if encounter.status == IN_PROGRESS:
        _change(context, encounter, reason=words, reason_code=code)


def read_shown(context: Context, patient_id: str, encounter_id: str) -> Encounter:
    """An encounter that the caller may see. NotFound."""
    context.concerns(patient_id)
    key = Encounter.key(context.practice_id, patient_id, encounter_id)
    return get_shown(context, patient_id, Encounter, key)


def read_open(context: Context, patient_id: str, encounter_id: str) -> Encounter:
    """An encounter that may still be changed. NotFound, EncounterLocked (409)."""
    encounter = read_shown(context, patient_id, encounter_id)
    if encounter.status != IN_PROGRESS:
        raise EncounterLocked
    return encounter


def change_encounter(
    context: Context, patient_id: str, encounter_id: str, body: EncounterChange
) -> Encounter:
    """Replace its codes, checked by the date of service. CodesInvalid (422) names each wrong field."""
    encounter = context.matching(read_open(context, patient_id, encounter_id))
    diagnoses, wrong = diagnoses_of([each.code for each in body.diagnoses], encounter.day)
    procedures = [each.procedure() for each in body.procedures]
    wrong += wrong_pointers(procedures, len(body.diagnoses))
    if wrong:
        raise CodesInvalid(errors=tuple(wrong))
    _change(
        context,
        encounter,
        diagnoses=tuple(diagnoses),
        procedures=tuple(procedures),
        reason=body.reason,
        bill_to=body.bill_to or encounter.bill_to,
    )
    return encounter


def mark_sensitive(
    context: Context, patient_id: str, encounter_id: str, body: SensitivityBody
) -> Encounter:
    """Give it its tags, signed or not: they say who sees it, and are no part of what was signed.

    NotOnCareTeam (403).
    """
    encounter = context.matching(read_shown(context, patient_id, encounter_id))
    condition = (Encounter.version == encounter.version) & encounter.tags_as_read()
    practitioner = read_practitioner(context, encounter.practitioner_id)
    tag(context, patient_id, encounter, body.sensitivity, practitioner=practitioner.user_id)
    actions = encounter.changing(sensitivity=encounter.sensitivity)
    context.work.update(
        Encounter, encounter.item_key, actions=actions, condition=condition, refusal=Stale()
    )
    return encounter


def enter_in_error(context: Context, patient_id: str, encounter_id: str) -> Encounter:
    """It was begun by mistake: it stays, locked, and nobody is asked to sign it."""
    encounter = read_open(context, patient_id, encounter_id)
    _change(context, encounter, status=ENTERED_IN_ERROR, gs1pk=None, gs1sk=None)
    return encounter


def open_encounters(
    context: Context, asked: OpenEncounterQuery
) -> tuple[list[OpenEncounter], str | None]:
    """A practitioner's encounters that wait for a signature, the longest waiting first.

    Who is limited to locations sees those that happen there: it is a list of work, not a chart.
    One Query of the index, and one BatchGet for the names and for what the caller may see.
    """
    page = query(
        Encounter.open_of(context.practice_id, asked.practitioner_id),
        index="gs1",
        limit=asked.limit,
        start=open_cursor(context, asked.cursor),
    )
    found = _shown(context, page.records)
    return found, seal_cursor(context, page.next_key)


def _mark_part2(context: Context, encounter: Encounter) -> None:
    """It is a Part 2 programme's for good, whatever becomes of the provider."""
    encounter.part2_programme = True
    note_part2_record(context, encounter.patient_id)


def _create(context: Context, encounter: Encounter, *, refusal: Stale | AlreadyDone) -> None:
    encounter.list_as_open(context.practice_id)
    note_key = Note.key(context.practice_id, encounter.patient_id, encounter.id)
    context.work.create(encounter, refusal=refusal)
    context.work.create(Note(*note_key, encounter_id=encounter.id), refusal=refusal)


def _change(context: Context, encounter: Encounter, **changes: object) -> None:
    condition = encounter.at_version()
    context.work.update(
        Encounter,
        encounter.item_key,
        actions=encounter.changing(**changes),
        condition=condition,
        refusal=Stale(),
    )


def _shown(context: Context, rows: Sequence[Encounter]) -> list[OpenEncounter]:
    """What the table says of the rows of the index, without what is closed to the caller."""
    practice_id = context.practice_id
    keys = [
        key
        for row in rows
        for key in (
            row.item_key,
            Patient.key(practice_id, row.patient_id),
            CareTeam.key(practice_id, row.patient_id),
        )
    ]
    records = find_many(keys, consistent=True) if keys else {}
    shown: list[OpenEncounter] = []
    for row in rows:
        encounter = records.get(row.item_key)
        patient = records.get(Patient.key(practice_id, row.patient_id))
        reach = reach_of(context, records.get(CareTeam.key(practice_id, row.patient_id)))
        if not isinstance(encounter, Encounter) or encounter.status != IN_PROGRESS:
            continue
        if context.allows_at(encounter.location_id) and reach.sees(encounter.sensitivity):
            name = patient.full_name if isinstance(patient, Patient) else ""
            shown.append(
                OpenEncounter(row.id, row.patient_id, name, encounter.status, encounter.started_at)
            )
    context.concerns(*(each.patient_id for each in shown))
    return shown
