"""Posting a payer's decision onto the charges of one claim."""

from collections.abc import Sequence

from ..platform.context import Context
from .ledger import read_account, record
from .posting_rules import post_claim
from .posting_values import Posting, RemittedClaim


def post_adjudication(
    context: Context,
    patient_id: str,
    claim: RemittedClaim,
    *,
    claim_id: str,
    charge_ids: Sequence[str],
    source_id: str,
) -> Posting:
    """Stage what one adjudication does to the patient's account: one Query, no commit.

    The patient's unapplied money pays the share that falls to them. NotPostable if the decision
    does not fit the charges; AccountChanged at the commit if another posting came between.
    """
    account = read_account(context, patient_id)
    wanted = set(charge_ids)
    posting = post_claim(
        claim,
        [charge.balance for charge in account.charges if charge.id in wanted],
        credits=[payment.left for payment in account.payments],
        earlier=[
            movement
            for entry in account.entries
            if entry.claim_id == claim_id
            for movement in entry.movements
        ],
    )
    record(context, account, posting.entries, source_id=source_id, claim_id=claim_id)
    return posting
