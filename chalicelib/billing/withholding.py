"""Money of visits that only a care team sees: the amounts are the practice's, the codes are not shown."""

from collections.abc import Iterable

from ..care_team.reach import find_reached
from ..clinical.models import Encounter
from ..identity.permissions import Permission
from ..platform.context import Context


def withheld_visits(
    context: Context, patient_id: str, encounter_ids: Iterable[str]
) -> frozenset[str]:
    """Those of a patient's encounters whose codes the caller may not see. One BatchGet a hundred.

    Who bills sees all codes, and nothing is read.
    """
    if context.allows(Permission.READ_BILLED_NOTES):
        return frozenset()
    keys = [Encounter.key(context.practice_id, patient_id, each) for each in set(encounter_ids)]
    reach, found = find_reached(context, patient_id, keys)
    return frozenset(
        each.id
        for each in found.values()
        if isinstance(each, Encounter) and not reach.sees(each.sensitivity)
    )
