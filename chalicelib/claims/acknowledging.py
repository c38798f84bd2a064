"""What the clearinghouse and the payer say of a claim before it is adjudicated: 999 and 277CA.

A claim that was sent again keeps its number (CLM01). An answer therefore counts only for the attempt
that it names: by the functional group (999), by the batch (277CA, TRN of the receiver = our BHT03).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ..platform.context import Context
from ..platform.store import find
from . import states
from .models import Claim, Step, Submission, claim_id_by
from .submission import note_sent, publish
from .x12.claim_acknowledgement import (
    ClaimAcknowledgement,
    ClaimAcknowledgementSet,
    LevelAcknowledgement,
    Verdict,
)
from .x12.implementation_acknowledgement import ImplementationAcknowledgement
from .x12.segments import is_count

CLEARINGHOUSE, PAYER = "clearinghouse", "payer"
EVENT_OF = {states.REJECTED: "claim.rejected", states.ACCEPTED: "claim.accepted"}
RECEIVER, PROVIDER = "21", "19"


@dataclass(frozen=True, slots=True)
class _Said:
    """What one answer says of one claim. `attempts`: those it is about; empty if it tells none."""

    told: str
    source: str
    codes: tuple[str, ...]
    attempts: frozenset[int]
    payer_control_number: str = ""


def take_999(context: Context, answer: ImplementationAcknowledgement) -> None:
    """The syntax of a file we sent was accepted or rejected: its claim is received or rejected.

    A group that is not ours changes nothing.
    """
    if not is_count(answer.group_control_number):
        return
    key = Submission.key(context.practice_id, int(answer.group_control_number))
    submission = find(Submission, key, consistent=True)
    if submission is None:
        return
    codes = answer.fault_codes or answer.error_codes
    told = states.RECEIVED if answer.is_accepted else states.REJECTED
    said = _Said(told, CLEARINGHOUSE, codes, frozenset({submission.attempt}))
    _take(context, submission.claim_id, said)


def take_277ca(context: Context, answer: ClaimAcknowledgementSet) -> None:
    """Each claim was accepted or rejected, by the clearinghouse or by the payer.

    A receiver or billing provider that is rejected takes its claims with it: those that are listed,
    and the one that the batch names, if it is not.
    """
    source = answer.source
    hop = PAYER if source is not None and source.role == "PR" else CLEARINGHOUSE
    batches = _batches(answer.levels)
    rejected = [
        level
        for level in answer.levels
        if level.level in (RECEIVER, PROVIDER) and level.verdict is Verdict.REJECTED
    ]
    for listed in answer.claims:
        claim_id = claim_id_by(listed.control_number)
        above = [level for level in rejected if _is_over(level, listed)]
        said = _of_claim(listed, above, hop, batches.get(claim_id or "", frozenset()))
        if claim_id and said:
            _take(context, claim_id, said)
    named = {claim_id_by(listed.control_number) for listed in answer.claims}
    for claim_id, attempts in batches.items():
        if rejected and claim_id not in named:
            _take(context, claim_id, _Said(states.REJECTED, hop, _codes(rejected), attempts))


def _of_claim(
    listed: ClaimAcknowledgement,
    above: list[LevelAcknowledgement],
    hop: str,
    attempts: frozenset[int],
) -> _Said | None:
    if above or listed.verdict is Verdict.REJECTED:
        told = states.REJECTED
    elif listed.verdict is Verdict.ACCEPTED:
        told = states.ACCEPTED if hop == PAYER else states.FORWARDED
    else:
        return None
    codes = _codes([listed, *above])
    return _Said(told, hop, codes, attempts, listed.payer_claim_control_number)


def _is_over(level: LevelAcknowledgement, listed: ClaimAcknowledgement) -> bool:
    """Whether the claim hangs from this level: a provider's claims name it."""
    own = level.party.id if level.party else ""
    return level.level == RECEIVER or own == listed.provider_id


def _batches(levels: Iterable[LevelAcknowledgement]) -> dict[str, frozenset[int]]:
    """Claim → attempts, as our batches name them: `{claim number}-{attempt}`."""
    named: dict[str, set[int]] = {}
    for level in levels:
        number, _, attempt = level.trace_number.rpartition("-")
        claim_id = claim_id_by(number)
        if claim_id and is_count(attempt):
            named.setdefault(claim_id, set()).add(int(attempt))
    return {claim_id: frozenset(attempts) for claim_id, attempts in named.items()}


def _codes(given: Iterable[ClaimAcknowledgement | LevelAcknowledgement]) -> tuple[str, ...]:
    statuses = (
        status for each in given for information in each.statuses for status in information.statuses
    )
    return tuple(dict.fromkeys(f"{status.category}:{status.code}" for status in statuses))


def _take(context: Context, claim_id: str, said: _Said) -> None:
    """Move the claim on; each step is a transaction. An answer about another attempt is dropped.

    An attempt that is answered was sent, even if we died before we noted it.
    """
    claim = find(Claim, Claim.key(context.practice_id, claim_id), consistent=True)
    if claim is None or (said.attempts and claim.attempt not in said.attempts):
        return
    context.concerns(claim.patient_id)
    if claim.status == states.READY and said.attempts:
        note_sent(context, claim)
        context.work.commit()
    state = states.after_acknowledgement(claim.status, said.told)
    if state is None:
        return
    if said.payer_control_number:
        claim.payer_control_number = said.payer_control_number
    claim.move(context.practice_id, Step(context.now(), state, said.source, said.codes))
    context.work.save(claim)
    if state in EVENT_OF:
        publish(context, claim, EVENT_OF[state])
    context.work.commit()
