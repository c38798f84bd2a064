"""What who bills may read of a visit: its note once there are charges, of a sensitive one the codes."""

from ..care_team.reach import find_reached
from ..clinical.models import Encounter
from ..clinical.notes import Documented, read_documented
from ..platform.context import Context
from ..platform.errors import NotFound
from ..platform.store import find
from .charging import charge_id_of
from .models import Charge

WHY = "billed"


def read_billed_encounter(
    context: Context, patient_id: str, encounter_id: str
) -> tuple[Encounter, Documented | None]:
    """An encounter that has charges; with its note, unless it is for the care team alone.

    NotFound for one that was not billed, as for none. The audit says why it was read.
    """
    context.concerns(patient_id)
    context.trace.why = WHY
    charge = Charge.key(context.practice_id, patient_id, charge_id_of(encounter_id, 1))
    if find(Charge, charge) is None:
        raise NotFound
    key = Encounter.key(context.practice_id, patient_id, encounter_id)
    reach, found = find_reached(context, patient_id, [key])
    encounter = found.get(key)
    if not isinstance(encounter, Encounter):
        raise NotFound
    if not reach.sees(encounter.sensitivity):
        return encounter, None
    return encounter, read_documented(context, patient_id, encounter_id)
