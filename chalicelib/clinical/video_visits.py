"""Join and leave times of a video visit come onto its encounter.

They may be told before the encounter is there: then they wait beside the chart, and it takes them
over. Each of the two says in its transaction that the other has not come between.
"""

from ..platform.clock import from_iso
from ..platform.context import Context
from ..platform.errors import AlreadyDone, Unavailable
from ..platform.events import Event
from ..platform.ids import derived_id
from ..platform.store import Key, find, find_many
from .models import EarlyAttendance, Encounter
from .telehealth import Telehealth, attendance_of


def note_video_visit(context: Context, event: Event) -> None:
    """All that is known of it now, in place of what was known before; signed or not."""
    patient_id, version = event.data["patient_id"], event.subject_version
    context.concerns(patient_id)
    encounter_id = derived_id("enc", event.subject)
    key = Encounter.key(context.practice_id, patient_id, encounter_id)
    early_key = EarlyAttendance.key(context.practice_id, patient_id, encounter_id)
    found, known = find_many([key, early_key], consistent=True), _told(event)
    if key not in found:
        early = found.get(early_key)
        early = early if isinstance(early, EarlyAttendance) else EarlyAttendance(*early_key)
        _wait(context, early, known, version, key)
        return
    context.work.update(
        Encounter,
        key,
        actions=[Encounter.telehealth.set(known), Encounter.telehealth_version.set(version)],
        condition=Encounter.knows_less_of_video(version),
        refusal=AlreadyDone(),
    )


def take_over_attendance(context: Context, encounter: Encounter) -> None:
    """Stage that a new encounter has what is known of its video visit; Unavailable if that changes."""
    key = EarlyAttendance.key(context.practice_id, encounter.patient_id, encounter.id)
    early = find(EarlyAttendance, key, consistent=True)
    if early is None:
        none = EarlyAttendance.pk.does_not_exist()
        context.work.require(EarlyAttendance, key, condition=none, refusal=Unavailable())
        return
    encounter.telehealth = early.telehealth
    encounter.telehealth_version = early.telehealth_version
    context.work.remove(early, refusal=Unavailable())


def _wait(
    context: Context, early: EarlyAttendance, known: Telehealth, version: int, encounter: Key
) -> None:
    if early.version and early.telehealth_version >= version:
        raise AlreadyDone
    early.telehealth, early.telehealth_version = known, version
    if early.version:
        context.work.save(early, refusal=Unavailable())
    else:
        context.work.create(early, refusal=Unavailable())
    none = Encounter.pk.does_not_exist()
    context.work.require(Encounter, encounter, condition=none, refusal=Unavailable())


def _told(event: Event) -> Telehealth:
    data = event.data
    consented_at = data.get("consented_at")
    return Telehealth(
        attendance_of(data["stays"]),
        data.get("located_in"),
        from_iso(consented_at) if consented_at else None,
    )
