"""A remitted claim as lines that carry all of its money, the claim's own CAS included.

The payer pays CLP04, which is the lines' SVC03 less the claim's own adjustments (005010X221A1
§1.10.2.1.2): these come out of the lines' payments in proportion. A claim without lines (loop 2110
is not required) is spread over its charges, what earlier payers settled (OA-23) by what they did.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from chalicelib.billing.posting_values import (
    Adjustment,
    ChargeBalance,
    NotPostable,
    RemittedClaim,
    RemittedLine,
)


def settled_lines(claim: RemittedClaim, charges: Sequence[ChargeBalance]) -> list[RemittedLine]:
    """Lines of known charges that add up to CLP03 and CLP04.

    NotPostable: no charge, a line of an unknown charge, a line or the claim out of balance.
    """
    lines = list(claim.lines) or _lines_of_charges(claim, charges)
    known = {charge.charge_id for charge in charges}
    for line in lines:
        if line.charge_id not in known:
            raise NotPostable(f"the claim has no charge {line.charge_id!r}")
        if line.billed != line.paid + sum(a.amount for a in line.adjustments):
            raise NotPostable(f"the line of charge {line.charge_id} is out of balance")
    for adjustment in claim.adjustments:
        restated = not claim.lines and (adjustment.group, adjustment.reason) == ("OA", "23")
        before = [_settled_before(charge) for charge in charges] if restated else []
        lines = _with_share_of(adjustment, lines, before=before)
    sums = sum(line.billed for line in lines), sum(line.paid for line in lines)
    if sums != (claim.billed, claim.paid):
        raise NotPostable("the claim's charge and payment are not those of its lines")
    return lines


def spread(amount: int, weights: Iterable[int]) -> list[int]:
    """`amount` in whole units in proportion to `weights` (≥ 0), by largest remainder, exactly.

    No share exceeds its weight while `amount` does not exceed their sum. All zero: evenly.
    """
    if amount < 0:
        return [-share for share in spread(-amount, weights)]
    given = list(weights)
    used = given if any(given) else [1] * len(given)
    total = sum(used)
    shares = [amount * weight // total for weight in used]
    by_remainder = sorted(range(len(used)), key=lambda place: -(amount * used[place] % total))
    for place in by_remainder[: amount - sum(shares)]:
        shares[place] += 1
    return shares


def _lines_of_charges(claim: RemittedClaim, charges: Sequence[ChargeBalance]) -> list[RemittedLine]:
    if not charges:
        raise NotPostable("the claim has no charges")
    shares = spread(claim.billed, (charge.amount for charge in charges))
    return [
        RemittedLine(charge.charge_id, billed=share, paid=share)
        for charge, share in zip(charges, shares, strict=True)
    ]


def _settled_before(charge: ChargeBalance) -> int:
    return charge.amount - charge.insurance_pending - charge.patient_share


def _with_share_of(
    adjustment: Adjustment, lines: list[RemittedLine], *, before: list[int]
) -> list[RemittedLine]:
    """By what earlier payers settled, if known; else by what the lines pay; else by the charge."""
    choices = (before, [line.paid for line in lines])
    fitting = (w for w in choices if w and min(w) >= 0 and 0 <= adjustment.amount <= sum(w))
    shares = spread(adjustment.amount, next(fitting, [abs(line.billed) for line in lines]))
    return [
        replace(
            line,
            paid=line.paid - share,
            adjustments=(*line.adjustments, replace(adjustment, amount=share)),
        )
        if share
        else line
        for line, share in zip(lines, shares, strict=True)
    ]
