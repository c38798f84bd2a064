"""Routes of sign-up."""

from ...platform.context import SystemContext
from ...platform.http import PUBLIC, Routes
from ..schemas import LinkBody
from . import sign_up
from .schemas import SignedUp, SignUp, Verified

routes = Routes("identity")


@routes.post("/v1/practices", permission=PUBLIC, status=201, idempotent=True)
def create_practice(context: SystemContext, body: SignUp) -> SignedUp:
    """Sign a practice up. The owner gets a link by e-mail.

    409 `email_taken`, 422 `weak_password`, 429 `too_many_requests` where too many come from one
    network or one mail domain. A practice that is not verified within 30 days is forgotten.
    """
    return SignedUp.model_validate(sign_up.sign_up(context, body))


@routes.post("/v1/practices/verify", permission=PUBLIC, idempotent=True)
def verify_practice(context: SystemContext, body: LinkBody) -> Verified:
    """Verify the owner's e-mail by the mailed link; the practice is active from then on."""
    practice = sign_up.verify_email(context, body.token)
    return Verified(practice_id=practice.id, status=practice.status)
