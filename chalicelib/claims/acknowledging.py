"""What the clearinghouse and the payer say of a claim before it is adjudicated: 999 and 277CA."""

from ..platform.context import Context
from ..platform.store import find
from . import states
from .models import Claim, Step, Submission
from .submission import publish
from .x12.claim_acknowledgement import ClaimAcknowledgement, ClaimAcknowledgementSet, Verdict
from .x12.implementation_acknowledgement import ImplementationAcknowledgement

CLEARINGHOUSE, PAYER = "clearinghouse", "payer"
EVENT_OF = {states.REJECTED: "claim.rejected", states.ACCEPTED: "claim.accepted"}


def take_999(context: Context, answer: ImplementationAcknowledgement) -> None:
    """The syntax of a file we sent was accepted or rejected: its claims are received or rejected.

    A group that is not ours changes nothing.
    """
    if not answer.group_control_number.isdigit():
        return
    key = Submission.key(context.practice_id, int(answer.group_control_number))
    submission = find(Submission, key, consistent=True)
    for claim_id in submission.claim_ids if submission else []:
        codes = (
            tuple(error.code for taken in answer.sets for error in taken.errors)
            or answer.error_codes
        )
        told = states.RECEIVED if answer.is_accepted else states.REJECTED
        _take(context, claim_id, told, source=CLEARINGHOUSE, codes=codes)


def take_277ca(context: Context, answer: ClaimAcknowledgementSet) -> None:
    """Each claim of the file was accepted or rejected, by the clearinghouse or by the payer."""
    source = answer.source
    hop = PAYER if source is not None and source.role == "PR" else CLEARINGHOUSE
    for acknowledgement in answer.claims:
        _take_claim(context, acknowledgement, hop)


def _take_claim(context: Context, said: ClaimAcknowledgement, hop: str) -> None:
    codes = tuple(
        f"{status.category}:{status.code}" for each in said.statuses for status in each.statuses
    )
    if said.verdict == Verdict.REJECTED:
        told = states.REJECTED
    elif said.verdict == Verdict.ACCEPTED:
        told = states.ACCEPTED if hop == PAYER else states.FORWARDED
    else:
        return
    _take(
        context,
        f"clm_{said.control_number}",
        told,
        source=hop,
        codes=codes,
        payer_control_number=said.payer_claim_control_number,
    )


def _take(
    context: Context,
    claim_id: str,
    told: str,
    *,
    source: str,
    codes: tuple[str, ...],
    payer_control_number: str = "",
) -> None:
    if "#" in claim_id:
        return
    claim = find(Claim, Claim.key(context.practice_id, claim_id), consistent=True)
    if claim is None:
        return
    state = states.after_acknowledgement(claim.status, told)
    if payer_control_number:
        claim.payer_control_number = payer_control_number
    if state is None:
        return
    claim.move(context.practice_id, Step(context.now(), state, source, codes))
    context.work.save(claim)
    if state in EVENT_OF:
        publish(context, claim, EVENT_OF[state])
    context.work.commit()
