"""Posting one claim's adjudication: 835 values and charges in, ledger entries out. Pure.

Rules (005010X221A1 §1.10.2; X12 RFI 1423: a denial is told by CAS, not by CLP02; the practice's
own on write-offs):
- the payment lowers what insurance owes; PR makes its amount the patient's, unless another payer
  follows, for whom it stays pending;
- CO is written off for `ContractualReasons` only; every other CO, and PI, CR and OA, stays pending
  as an open item: a denial is work, neither a write-off nor the patient's;
- of a second or third payer, OA-23 restates what was decided before and moves nothing; what had
  been made the patient's comes back as far as this payer settles it; contractual amounts are
  written off only as far as anything is left;
- the claim's own CAS come out of its lines' payments in proportion (`settled_lines`);
- a reversal (CLP02 22) negates what the claim's former posting did, entry by entry;
- then the patient's unapplied credit, oldest first, pays the patient's part of these charges.
"""

from collections.abc import Sequence

from chalicelib.billing.posting_values import (
    ChargeBalance,
    Credit,
    Entry,
    EntryKind,
    NotPostable,
    OpenItem,
    OpenKind,
    Posting,
    RemittedClaim,
    not_taken_back,
)
from chalicelib.billing.settled_lines import settled_lines
from chalicelib.billing.settlement import ContractualReasons, Settlement

REVERSAL, PREDETERMINATION = "22", "25"
LATER_PAYER = frozenset({"2", "3", "20", "21"})
FORWARDED = frozenset({"19", "20", "21"})
DEFAULT_REASONS = ContractualReasons()


def post_claim(
    claim: RemittedClaim,
    charges: Sequence[ChargeBalance],
    *,
    credits: Sequence[Credit] = (),
    earlier: Sequence[Entry] = (),
    next_payer: bool = False,
    reasons: ContractualReasons = DEFAULT_REASONS,
) -> Posting:
    """Post `claim` onto its `charges`; charges and `credits` come oldest first.

    `earlier`: all entries that this claim's postings made, for a reversal. `next_payer`: a further
    coverage will be billed (CLP02 19 to 21 say so themselves). A predetermination posts nothing.
    NotPostable: out of balance, an unknown charge, a reversal of what was not posted.
    """
    if claim.status == REVERSAL:
        entries, items = _reversal(claim, earlier), list[OpenItem]()
    elif claim.status == PREDETERMINATION:
        entries, items = [], []
    else:
        entries, items = _adjudication(claim, charges, next_payer=next_payer, reasons=reasons)
        entries += apply_credits([charge.after(entries) for charge in charges], credits)
    after = tuple(charge.after(entries) for charge in charges)
    items += (
        OpenItem(OpenKind.PATIENT_OVERPAID, charge.charge_id, -charge.patient_due)
        for charge in after
        if charge.patient_due < 0
    )
    return Posting(tuple(entries), after, _credits_after(credits, entries), tuple(items))


def apply_credits(charges: Sequence[ChargeBalance], credits: Sequence[Credit]) -> list[Entry]:
    """The patient's unapplied money onto what the patient owes, both oldest first."""
    due = {charge.charge_id: charge.patient_due for charge in charges}
    entries: list[Entry] = []
    for credit in credits:
        left = credit.unapplied
        for charge_id, owed in due.items():
            amount = min(left, owed)
            if amount > 0:
                left -= amount
                due[charge_id] -= amount
                kind = EntryKind.PATIENT_PAYMENT
                entries.append(Entry(kind, charge_id, amount, payment_id=credit.payment_id))
    return entries


def _adjudication(
    claim: RemittedClaim,
    charges: Sequence[ChargeBalance],
    *,
    next_payer: bool,
    reasons: ContractualReasons,
) -> tuple[list[Entry], list[OpenItem]]:
    lines = settled_lines(claim, charges)
    settlements = [
        Settlement(
            charge,
            tuple(line for line in lines if line.charge_id == charge.charge_id),
            reasons,
            later=claim.status in LATER_PAYER,
            forwarded=next_payer or claim.status in FORWARDED,
        )
        for charge in charges
    ]
    return (
        [entry for settlement in settlements for entry in settlement.entries()],
        [item for settlement in settlements for item in settlement.open_items()],
    )


def _reversal(claim: RemittedClaim, earlier: Sequence[Entry]) -> list[Entry]:
    standing = not_taken_back(earlier)
    paid = sum(e.amount for e in standing if e.kind is EntryKind.INSURANCE_PAYMENT)
    if claim.paid != -paid:
        raise NotPostable(f"a reversal of {-claim.paid} where {paid} is posted")
    return [-entry for entry in reversed(standing)]


def _credits_after(credits: Sequence[Credit], entries: Sequence[Entry]) -> tuple[Credit, ...]:
    """The given credits, and behind them those that a reversal set free, as they stand now."""
    left = {credit.payment_id: credit.unapplied for credit in credits}
    for entry in entries:
        if entry.payment_id:
            left[entry.payment_id] = left.get(entry.payment_id, 0) + entry.credit
    return tuple(Credit(payment_id, unapplied) for payment_id, unapplied in left.items())
