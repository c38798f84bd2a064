"""Posting one claim's adjudication: 835 values and charges in, ledger entries out. Pure.

Rules (005010X221A1 §1.10.2; X12 RFI 1423 on CLP02; the practice's own on write-offs):
- paid (SVC03) lowers what insurance owes; PR makes the amount the patient's, unless another payer
  follows, for whom it stays pending;
- CO is written off only for `ContractualReasons`; every other CO, PI, CR and OA stays pending as an
  open item: a denial is work, not a write-off, and never the patient's;
- a second or third payer's OA-23 restates what the one before decided and moves nothing; what had
  been made the patient's goes back as far as this payer settles it, and contractual amounts are
  written off only as far as anything is left;
- the claim's own CAS come out of its lines' payments, in proportion;
- a reversal (CLP02 22) negates what the former posting did, entry by entry;
- then the patient's unapplied credit, oldest first, pays the patient's share of these charges.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from chalicelib.billing.posting_values import (
    Adjustment,
    ChargeBalance,
    Credit,
    Entry,
    EntryKind,
    OpenItem,
    OpenKind,
    Posting,
    RemittedClaim,
    RemittedLine,
    not_taken_back,
)

REVERSAL, PREDETERMINATION = "22", "25"
FORWARDED = frozenset({"19", "20", "21"})
LATER_PAYER = frozenset({"2", "3", "20", "21"})


class NotPostable(ValueError):
    """The adjudication does not fit the charges: a biller must look, nothing may be posted."""


@dataclass(frozen=True, slots=True)
class ContractualReasons:
    """CO reasons that the practice's contracts write off: always, or on a line that paid.

    The default: the fee schedule (45; in old files 42, A2), sequestration (253), legislated and
    incentive programmes (237, 144); reductions for several procedures (59) on a paid line.
    """

    always: frozenset[str] = frozenset({"42", "45", "144", "237", "253", "A2"})
    when_paid: frozenset[str] = frozenset({"59"})


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
    """Post `claim` onto its `charges`; order of charges and of `credits` is oldest first.

    `earlier` are this claim's entries so far, for a reversal; `next_payer` says that a further
    coverage will be billed (CLP02 19–21 say so themselves). A predetermination posts nothing.
    NotPostable: lines or claim out of balance, a line of an unknown charge, a reversal that does
    not match what was posted.
    """
    entries: list[Entry] = []
    items: list[OpenItem] = []
    if claim.status == REVERSAL:
        entries = _reversal(claim, earlier)
    elif claim.status != PREDETERMINATION:
        lines = _settled_lines(claim, charges)
        for charge in charges:
            mine = tuple(line for line in lines if line.charge_id == charge.charge_id)
            forwarded = next_payer or claim.status in FORWARDED
            later = claim.status in LATER_PAYER
            settlement = _Settlement(charge, mine, reasons, forwarded=forwarded, later=later)
            entries += settlement.entries()
            items += settlement.open_items()
        entries += apply_credits([charge.after(entries) for charge in charges], credits)
    after = tuple(charge.after(entries) for charge in charges)
    items += [
        OpenItem(OpenKind.PATIENT_OVERPAID, charge.charge_id, -charge.patient_due)
        for charge in after
        if charge.patient_due < 0
    ]
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
                entries.append(_payment(charge_id, amount, credit.payment_id))
    return entries


def spread(amount: int, weights: Sequence[int]) -> list[int]:
    """`amount` in whole units in proportion to `weights` (≥ 0), by largest remainder, exactly.

    No share exceeds its weight while `amount` does not exceed their sum. All zero: evenly.
    """
    if amount < 0:
        return [-share for share in spread(-amount, weights)]
    used = list(weights) if any(weights) else [1] * len(weights)
    total = sum(used)
    shares = [amount * weight // total for weight in used]
    by_remainder = sorted(range(len(used)), key=lambda n: (-(amount * used[n] % total), n))
    for place in by_remainder[: amount - sum(shares)]:
        shares[place] += 1
    return shares


@dataclass(frozen=True, slots=True)
class _Settlement:
    """What one adjudication does to one charge, by the lines that name it."""

    charge: ChargeBalance
    lines: tuple[RemittedLine, ...]
    reasons: ContractualReasons
    forwarded: bool
    later: bool

    def entries(self) -> list[Entry]:
        paid = [
            Entry(EntryKind.INSURANCE_PAYMENT, self.charge.charge_id, line.paid)
            for line in self.lines
            if line.paid
        ]
        patient = [] if self.forwarded else self._entries(EntryKind.PATIENT_RESPONSIBILITY, "PR")
        contractual = self._entries(EntryKind.CONTRACTUAL_ADJUSTMENT, "written off")
        if not self.later:
            return [*paid, *contractual, *patient]
        settled = sum(entry.amount for entry in (*paid, *patient)) + self._passed_on()
        pool = self.charge.insurance_pending + self.charge.patient_share
        contractual = _at_most(pool - settled, contractual)
        needed = settled + sum(entry.amount for entry in contractual)
        return [*self._taken_back(needed), *paid, *contractual, *patient]

    def open_items(self) -> list[OpenItem]:
        pending = self.charge.after(self.entries()).insurance_pending - self._passed_on()
        items: list[OpenItem] = []
        for line, adjustment in self._adjustments("open"):
            kind = OpenKind.REDUCED if line.paid else OpenKind.DENIED
            left = max(0, pending - sum(item.amount for item in items))
            amount = min(adjustment.amount, left) if self.later else adjustment.amount
            items.append(
                OpenItem(kind, line.charge_id, amount, adjustment.group, adjustment.reason)
            )
        rest = pending - sum(item.amount for item in items)
        if rest:
            items.append(OpenItem(OpenKind.UNEXPLAINED, self.charge.charge_id, rest))
        return items

    def _passed_on(self) -> int:
        """What the next payer is asked for."""
        return sum(a.amount for _, a in self._adjustments("PR")) if self.forwarded else 0

    def _taken_back(self, needed: int) -> list[Entry]:
        """The patient's share as far as this payer settles more than was pending."""
        back = min(self.charge.patient_share, needed - self.charge.insurance_pending)
        kind = EntryKind.PATIENT_RESPONSIBILITY
        return [Entry(kind, self.charge.charge_id, -back)] if back > 0 else []

    def _entries(self, kind: EntryKind, fate: str) -> list[Entry]:
        return [
            Entry(kind, line.charge_id, a.amount, a.group, a.reason)
            for line, a in self._adjustments(fate)
            if a.amount
        ]

    def _adjustments(self, fate: str) -> Iterator[tuple[RemittedLine, Adjustment]]:
        for line in self.lines:
            for adjustment in line.adjustments:
                if self._fate(line, adjustment) == fate:
                    yield line, adjustment

    def _fate(self, line: RemittedLine, adjustment: Adjustment) -> str:
        if adjustment.group == "PR":
            return "PR"
        if adjustment.group == "OA" and adjustment.reason == "23" and self.later:
            return "restated"
        reasons = self.reasons.always | (self.reasons.when_paid if line.paid else frozenset())
        return "written off" if adjustment.group == "CO" and adjustment.reason in reasons else "open"
