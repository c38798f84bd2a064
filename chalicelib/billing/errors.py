"""What billing refuses."""

from ..platform.errors import Conflict, Invalid


class NothingToInvoice(Conflict):
    """The encounter has no charge that the patient still owes and no invoice asks for."""

    code = "nothing_to_invoice"
    title = "There is nothing of this visit to invoice"


class NotCharged(Conflict):
    """The encounter has no charges: it is not signed, or its charges are being made."""

    code = "not_charged"
    title = "This visit has no charges yet"


class WrongCurrency(Invalid):
    """An amount in another currency than the practice's."""

    code = "wrong_currency"
    title = "The practice works in another currency"


class DuplicateFee(Invalid):
    """A fee schedule names a code once."""

    code = "duplicate_fee"
    title = "A code stands twice in the fee schedule"


class FeeScheduleTooLarge(Invalid):
    """More codes and words than one item holds (400 KB)."""

    code = "fee_schedule_too_large"
    title = "The fee schedule is too large"


class AccountChanged(Conflict):
    """Another posting moved the same charge or payment meanwhile; send the request again."""

    code = "account_changed"
    title = "The account changed meanwhile; please retry"
