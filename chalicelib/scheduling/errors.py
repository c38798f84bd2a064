"""What scheduling refuses."""

from ..platform.errors import Conflict, FieldError, Invalid, Stale, Unavailable

_RESOURCES = {
    "pra": ("practitioner_id", "provider_taken", "The provider is taken at this time"),
    "rom": ("room_id", "room_taken", "The room is taken at this time"),
    "eqp": ("resource_ids", "equipment_taken", "The equipment is taken at this time"),
    "pat": ("patient_id", "patient_taken", "The patient has another appointment at this time"),
}


class SlotTaken(Conflict):
    """A resource is taken at the time asked for; `errors` names it."""

    code = "slot_taken"
    title = "This time is taken"

    @classmethod
    def by(cls, *resource_ids: str) -> "SlotTaken":
        """That these resources (`pra_…`, `rom_…`, `eqp_…`, `pat_…`) are taken."""
        fields = (_RESOURCES[resource_id.partition("_")[0]] for resource_id in resource_ids)
        return cls(errors=tuple(FieldError(*field) for field in fields))


NONE_FREE = FieldError("resource_ids", "none_free", "Nothing of the kind it needs is free then")


class SetUpFull(Conflict):
    """The practice has as many of these as it can have."""

    code = "set_up_full"
    title = "There are as many of these as there can be"


class ScheduleChanged(Conflict):
    """Another booking wrote one of the days between our read and our write; nothing was changed."""

    code = "schedule_changed"
    title = "Another booking changed this day at the same moment; try again"


PASSING = (Unavailable, ScheduleChanged, Stale)
"""What off a queue is no answer: the message comes again."""


class HoldLapsed(Conflict):
    """The hold's time is over: the slot is anybody's."""

    code = "hold_lapsed"
    title = "This hold has lapsed"


class SeriesUnderWay(Conflict):
    """The series' last order is being carried out."""

    code = "series_under_way"
    title = "The series is being booked or changed; try again in a moment"


class NotBooked(Conflict):
    """The appointment was cancelled, missed or fulfilled: it no longer changes."""

    code = "not_booked"
    title = "The appointment is no longer booked"


class NotEnded(Conflict):
    """It was neither cancelled nor missed: there is nothing to take back."""

    code = "not_ended"
    title = "The appointment was neither cancelled nor missed"


class VisitUnderWay(Conflict):
    """The patient's progress stands against it."""

    code = "visit_under_way"
    title = "The visit is under way"


class NotYetToday(Conflict):
    """The visit is on a later day: somebody else's of today is meant, or another of theirs."""

    code = "not_yet_today"
    title = "This visit is not today"


class ProgressNotPossible(Conflict):
    """The patient does not go from where they are to there."""

    code = "progress_not_possible"
    title = "The patient's progress does not lead there"


class RoomOccupied(Conflict):
    """Another patient is in the room; the error's message is their appointment's id, if it is known."""

    code = "room_occupied"
    title = "Another patient is in this room"


class OutsideAvailability(Invalid):
    """The visit with its buffers does not lie within the provider's hours at the location."""

    code = "outside_availability"
    title = "The provider does not work at this time"


class SessionFull(SlotTaken):
    """All seats of the group session are taken."""

    code = "session_full"
    title = "This session is full"


class SessionCancelled(Conflict):
    """The group session was cancelled before."""

    code = "session_cancelled"
    title = "This session is cancelled"


class SessionTooLarge(Conflict):
    """A transaction does not hold as many seats: they are moved one by one, by hand."""

    code = "session_too_large"
    title = "This session has too many seats to be moved whole"
