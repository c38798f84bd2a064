"""What is refused of fees for missed visits."""

from ...platform.errors import Conflict


class NotMissed(Conflict):
    """The visit was neither missed nor cancelled late, or was reinstated since."""

    code = "not_missed"
    title = "This visit was not missed"


class AlreadyCharged(Conflict):
    """The miss was charged, whether the fee stands or was waived."""

    code = "already_charged"
    title = "This missed visit has been charged"


class NotChargeable(Conflict):
    """The policy it was booked under, or the patient's payer, does not allow a fee."""

    code = "not_chargeable"
    title = "No fee may be charged for this missed visit"


class PayerUnknown(Conflict):
    """Nobody knows what kind of plan covers the patient: say it, or correct the payer."""

    code = "payer_unknown"
    title = "The kind of the patient's plan is not known; say which it is"


class AlreadyWaived(Conflict):
    """A fee is waived once."""

    code = "already_waived"
    title = "This fee has been waived"
