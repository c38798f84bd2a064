"""Sending a claim: as an 837P file into the clearinghouse's mailbox on S3."""

from ..platform import outbox
from ..platform.aws import AwsError, client, error_code
from ..platform.config import settings
from ..platform.context import Context
from ..platform.errors import NotFound, Unavailable
from ..platform.store import find_many
from ..practices.capabilities import Capability
from ..practices.clearances import is_cleared
from . import states
from .models import Claim, ClaimBody, ClearinghouseAccount, Step
from .part2 import consent_missing, may_be_sent
from .payers import default_account
from .professional_claim import Contact, OrganizationName, ProfessionalClaim, Receiver, Submitter
from .scrub_findings import ScrubFinding, not_cleared
from .x12.writing import InterchangeHeader
from .x12.writing_837p import write_837p


def submit_claim(context: Context, claim_id: str) -> Claim | None:
    """Write the file, then note it in one transaction; None if the claim is past being sent.

    The file's key and its control numbers follow from the claim and its attempt: a second delivery
    finds the file there, or writes the same bytes to the same key. Three round trips.
    """
    practice_id = context.practice_id
    account_key = ClearinghouseAccount.key(practice_id)
    keys = Claim.key(practice_id, claim_id), ClaimBody.key(practice_id, claim_id), account_key
    claim, body, account = map(find_many(keys, consistent=True).get, keys)
    if not isinstance(claim, Claim) or not isinstance(body, ClaimBody):
        raise NotFound
    context.concerns(claim.patient_id)
    if claim.status != states.READY or body.content is None:
        return None
    if not is_cleared(context, Capability.CLAIMS):
        _hold_back(context, claim, not_cleared())
        return claim
    if not may_be_sent(context, claim, body):
        _hold_back(context, claim, consent_missing())
        return claim
    text = _written(
        context,
        claim,
        body=body.content,
        account=account
        if isinstance(account, ClearinghouseAccount)
        else default_account(practice_id),
    )
    file_key = f"{practice_id}/clearinghouse/outbound/{batch_of(claim)}.837"
    put_once(file_key, text.encode("ascii"))
    claim.sent_bytes = (claim.sent_bytes or 0) + len(text)
    note_sent(context, claim)
    return claim


def note_sent(context: Context, claim: Claim) -> None:
    """Stage that the claim's file is in the mailbox."""
    claim.move(context.practice_id, Step(context.now(), states.SUBMITTED, "practice"))
    context.work.save(claim)
    publish(context, claim, "claim.submitted")


def _hold_back(context: Context, claim: Claim, why: ScrubFinding) -> None:
    """What it rests on has ended since it was made: it waits where someone sees it."""
    claim.findings = (why,)
    step = Step(context.now(), states.NEEDS_ATTENTION, "practice", (why.code,))
    claim.move(context.practice_id, step)
    context.work.save(claim)


def batch_of(claim: Claim) -> str:
    """BHT03 of this attempt at sending the claim: the batch that a 277CA names."""
    return f"{claim.number}-{claim.attempt}"


def publish(context: Context, claim: Claim, event_type: str) -> None:
    """Tell what became of a claim."""
    outbox.publish(
        context,
        event_type,
        claim.id,
        claim.version,
        patient_id=claim.patient_id,
        payer_id=claim.payer_id,
        day=claim.day.isoformat(),
    )


def put_once(key: str, data: bytes) -> None:
    """Put an object that is not there yet; one that is there is left as it is.

    Unavailable, also where another put of it is under way, which may yet fail.
    """
    try:
        client("s3").put_object(
            Bucket=settings().mailbox_bucket, Key=key, Body=data, IfNoneMatch="*"
        )
    except AwsError as error:
        if error_code(error) != "PreconditionFailed":
            raise Unavailable(retry_after=5) from error


def _written(
    context: Context, claim: Claim, *, body: ProfessionalClaim, account: ClearinghouseAccount
) -> str:
    provider = body.billing_provider
    return write_837p(
        InterchangeHeader(
            sender_id=account.submitter_id,
            receiver_id=account.receiver_id,
            control_number=claim.control_number,
            group_control_number=claim.control_number,
            created=claim.steps[-1].at.astimezone(context.tenant.zone),
            usage="P" if account.usage == "P" else "T",
            acknowledgment_requested=True,
        ),
        [body],
        submitter=Submitter(
            name=provider.name,
            identifier=account.submitter_id,
            contact=provider.contact or Contact(name=_name(provider.name)),
        ),
        receiver=Receiver(name=account.receiver_name, identifier=account.receiver_id),
        reference=batch_of(claim),
    )


def _name(name: object) -> str:
    return name.name if isinstance(name, OrganizationName) else ""
