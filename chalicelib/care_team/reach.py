"""What of a patient's record the caller sees: the one rule that every path asks.

A tagged record is shown to the patient's care team, and to who broke the glass. To all others it
is as if it were not there: left out of what lists it, 404 where it is named. The system at work on
events sees all. Who bills sees the codes of tagged visits, not what was said there.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from ..identity.permissions import Permission
from ..platform.context import SYSTEM_KIND, Context
from ..platform.errors import NotFound
from ..platform.http import Brings
from ..platform.store import Key, Record, find, find_brought, find_many
from .membership import is_on_team, opening_of
from .models import CareTeam

R = TypeVar("R", bound=Record)
Tags = Collection[str] | None


@dataclass(frozen=True, slots=True)
class Reach:
    """The caller's, into one patient's record. `opening` is the break-glass by which it is wider."""

    context: Context
    on_team: bool
    opening: str = ""

    def sees(self, tags: Tags) -> bool:
        """Whether a record with these tags is shown; the audit learns by which break-glass."""
        if not tags or self.on_team:
            return True
        if self.opening:
            self.context.trace.break_glass = self.opening
        return bool(self.opening)

    def sees_codes(self, tags: Tags) -> bool:
        """Whether its diagnoses and procedures are."""
        return self.context.allows(Permission.READ_BILLED_NOTES) or self.sees(tags)


def reach_of(context: Context, team: Record | None) -> Reach:
    """The caller's reach into the record of the patient whose team this is."""
    if context.actor.kind == SYSTEM_KIND:
        return Reach(context, on_team=True)
    if not isinstance(team, CareTeam):
        return Reach(context, on_team=False)
    who, now = context.actor.id, context.now()
    return Reach(context, is_on_team(team.members, who, now), opening_of(team.openings, who, now))


def read_reach(context: Context, patient_id: str) -> Reach:
    """One GetItem."""
    return reach_of(context, find(CareTeam, CareTeam.key(context.practice_id, patient_id)))


def find_reached(
    context: Context, patient_id: str, keys: Iterable[Key], *, anew: bool = False
) -> tuple[Reach, dict[Key, Record]]:
    """The records at `keys`, and what the caller may see of them.

    One BatchGet of what the route did not bring, or, `anew`, of all.
    """
    team_key = CareTeam.key(context.practice_id, patient_id)
    wanted = [team_key, *keys]
    found = find_many(wanted, consistent=True) if anew else find_brought(context, wanted)
    return reach_of(context, found.pop(team_key, None)), found


def get_shown(context: Context, patient_id: str, kind: type[R], key: Key) -> R:
    """The patient's record at `key`; NotFound where there is none, or none for the caller."""
    reach, found = find_reached(context, patient_id, [key])
    record = found.get(key)
    if not isinstance(record, kind) or not reach.sees(getattr(record, "sensitivity", None)):
        raise NotFound
    return record


def bringing(key: Callable[[str, str, str], Key], part: str) -> Brings:
    """For a route's `brings`: the record that `part` of its path names, and the care team."""

    def keys(practice_id: str, path: Mapping[str, str]) -> tuple[Key, ...]:
        patient_id = path["patient_id"]
        return key(practice_id, patient_id, path[part]), CareTeam.key(practice_id, patient_id)

    return keys
