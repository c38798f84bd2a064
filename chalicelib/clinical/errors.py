"""What the clinical record refuses."""

from ..platform.errors import Conflict, Damaged, Forbidden, Invalid


class EncounterLocked(Conflict):
    """A signed encounter, or one entered in error, with its note and codes: an addendum corrects it."""

    code = "encounter_locked"
    title = "The encounter is locked; add an addendum instead"


class EncounterNotSigned(Conflict):
    """An addendum is for what is signed; before that, change the note itself."""

    code = "encounter_not_signed"
    title = "The encounter is not signed yet; change its note instead"


class TooManyAddenda(Conflict):
    """An encounter holds a hundred addenda at most."""

    code = "too_many_addenda"
    title = "The encounter has as many addenda as it can hold"


class NotYourEncounter(Forbidden):
    """Only the practitioner who saw the patient signs."""

    code = "not_your_encounter"
    title = "Only the practitioner of this encounter signs it"


class NoteInvalid(Invalid):
    """What is filled in does not fit the note's template."""

    code = "note_invalid"
    title = "The note does not fit its template"


class MissingForSigning(Invalid):
    """A draft may be incomplete, a signed note may not."""

    code = "missing_for_signing"
    title = "Something is missing before this can be signed"


class CodesInvalid(Invalid):
    """A diagnosis or procedure that could not stand on a claim."""

    code = "codes_invalid"
    title = "A code cannot be used on this date of service"


class NoteDamaged(Damaged):
    """A note whose hash is not that of what was signed, or that cannot be read at all."""

    code = "note_damaged"
    title = "This note is not what was signed; it is not shown"
