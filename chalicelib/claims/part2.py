"""Claims of a programme under 42 CFR Part 2: no payer hears of them before the patient has consented."""

from ..billing.models import Charge
from ..patients.models import Patient
from ..patients.part2 import has_consented
from ..patients.part2_notice import NOTICE
from ..platform import outbox
from ..platform.context import Context
from ..platform.store import find_many, get, query_all
from . import states
from .models import Claim, ClaimBody, claim_id_of
from .scrub_findings import ScrubFinding, error

MISSING = "part2_consent_missing"
TOLD_AT_ONCE = 80
"""A transaction holds 100 items; a claim that is told of twice is made anew once."""


def consent_missing() -> ScrubFinding:
    """What keeps such a claim from being sent (42 CFR 2.31, 2.33)."""
    text = "The patient's consent to the use of Part 2 records is not on file"
    return error(MISSING, "patient.consents.part2", text)


def may_be_sent(context: Context, claim: Claim, body: ClaimBody) -> bool:
    """False for a Part 2 claim whose patient has revoked since it was made. One GetItem for those."""
    if body.content is None or body.content.note != NOTICE:
        return True
    return has_consented(get(Patient, Patient.key(context.practice_id, claim.patient_id)))


def waits_for_consent(claim: Claim) -> bool:
    """It needs attention for the want of a consent, and for nothing else."""
    errors = {each.code for each in claim.findings or () if each.severity == "error"}
    return claim.status == states.NEEDS_ATTENTION and errors == {MISSING}


def tell_waiting(context: Context, patient_id: str) -> None:
    """Stage an event for each of the patient's claims that waits for the consent just recorded."""
    context.concerns(patient_id)
    partition = Patient.key(context.practice_id, patient_id).pk
    charges: list[Charge] = list(query_all(partition, begins="money#charge#", consistent=True))
    billed = {(each.encounter_id, each.coverage_id) for each in charges if each.coverage_id}
    keys = [Claim.key(context.practice_id, claim_id_of(*each)) for each in sorted(billed)]
    waiting = [
        claim
        for claim in (find_many(keys, consistent=True) if keys else {}).values()
        if isinstance(claim, Claim) and waits_for_consent(claim)
    ]
    for at, claim in enumerate(waiting):
        outbox.publish(context, "claim.consented", claim.id, claim.version)
        if at % TOLD_AT_ONCE == TOLD_AT_ONCE - 1:
            context.work.commit()
