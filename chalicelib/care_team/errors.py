"""What care teams refuse."""

from ..platform.errors import Conflict, Forbidden


class NotOnCareTeam(Forbidden):
    """Only who is on the care team changes it, and marks records as sensitive."""

    code = "not_on_care_team"
    title = "You are not on this patient's care team"


class OwnMembership(Forbidden):
    """Nobody prolongs or changes their own place on a care team."""

    code = "own_membership"
    title = "Somebody else on the team has to change your place on it"


class OnCareTeam(Conflict):
    """They are on it: nothing is closed to them."""

    code = "on_care_team"
    title = "You are on this patient's care team"


class CareTeamChanged(Conflict):
    """Somebody else changed it at the same moment."""

    code = "care_team_changed"
    title = "The care team has just been changed; try again"
