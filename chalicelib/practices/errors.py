"""What practices refuse."""

from ..platform.errors import Conflict, Invalid


class BadIdentifier(Invalid):
    """An NPI, TIN or taxonomy code that its check digit or form gives away as wrong."""

    code = "bad_identifier"
    title = "This identifier is not valid"


class AgreementNotAccepted(Conflict):
    """No patient's data before the owner has accepted the business associate agreement."""

    code = "agreement_not_accepted"
    title = "The owner has to accept the business associate agreement first"


class AgreementSuperseded(Conflict):
    """A newer version of the agreement is out, or the text differs from the one that is."""

    code = "agreement_superseded"
    title = "Read and accept the current version of the agreement"


class BillingIdentityMissing(Conflict):
    """There is no NPI and TIN to verify."""

    code = "billing_identity_missing"
    title = "Say who bills first: NPI and TIN"


class NotCleared(Conflict):
    """Operations have not verified the practice for this; `errors[]` names the capability."""

    code = "not_cleared"
    title = "This opens once your practice has been verified for it"


class NotActive(Conflict):
    """Only an active practice is suspended."""

    code = "practice_not_active"
    title = "This practice is not active"


class NotSuspended(Conflict):
    """Only a suspended practice resumes."""

    code = "practice_not_suspended"
    title = "This practice is not suspended"


class PlanLimitReached(Conflict):
    """The plan holds no more; `errors[]` names the limit, `detail` what is used and allowed."""

    code = "plan_limit_reached"
    title = "Your plan's limit is reached"


class PaymentOverdue(Conflict):
    """An invoice is late, or the trial is over: nothing is added until that is settled."""

    code = "payment_overdue"
    title = "Settle your subscription first; everything else goes on working"
