"""What psychotherapy notes refuse."""

from ..platform.errors import Conflict, Damaged, Forbidden


class PsychotherapyNoteLocked(Conflict):
    """A signed note: an addendum corrects it."""

    code = "psychotherapy_note_locked"
    title = "The note is signed; add an addendum instead"


class PsychotherapyNoteNotSigned(Conflict):
    """An addendum and a release are of what is signed."""

    code = "psychotherapy_note_not_signed"
    title = "The note is not signed yet"


class PsychotherapyNoteDamaged(Damaged):
    """It does not open under its author's key, or is not what was signed."""

    code = "psychotherapy_note_damaged"
    title = "This note is not what was written; it is not shown"


class TwoPeople(Forbidden):
    """Who asked for a release does not approve it."""

    code = "two_people"
    title = "Somebody else has to approve this release"


class ReleaseNotOpen(Conflict):
    """Not approved, approved already, over, or read already."""

    code = "release_not_open"
    title = "This release cannot be used"
