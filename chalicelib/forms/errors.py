"""What forms refuse."""

from ..platform.errors import Conflict


class TooManyForms(Conflict):
    """A practice has a hundred forms; those no longer used count too."""

    code = "too_many_forms"
    title = "This practice has as many forms as it can have"


class NothingToWithdraw(Conflict):
    """The patient has not given this consent, or has withdrawn it."""

    code = "nothing_to_withdraw"
    title = "There is no consent to withdraw"


class FormHistoryFull(Conflict):
    """A hundred copies of one form have been recorded of one patient."""

    code = "form_history_full"
    title = "No more copies of this form can be recorded for this patient"


class FormChanged(Conflict):
    """Someone else recorded this form of the patient meanwhile."""

    code = "form_changed"
    title = "This form of the patient has changed meanwhile; read it and try again"
