"""What one adjudication does to one charge. Pure; the rules are listed in `posting_rules`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from chalicelib.billing.posting_values import (
    Adjustment,
    ChargeBalance,
    Entry,
    EntryKind,
    OpenItem,
    OpenKind,
    RemittedLine,
)


@dataclass(frozen=True, slots=True)
class ContractualReasons:
    """CO reasons that the practice's contracts write off: always, or on a line that paid.

    The default: the fee schedule (45; in old files 42, A2), sequestration (253), legislated and
    incentive programmes (237, 144); on a paid line the reduction for several procedures (59).
    """

    always: frozenset[str] = frozenset({"42", "45", "144", "237", "253", "A2"})
    when_paid: frozenset[str] = frozenset({"59"})


class _Fate(Enum):
    PATIENT = auto()
    WRITTEN_OFF = auto()
    RESTATED = auto()
    OPEN = auto()


@dataclass(frozen=True, slots=True)
class Settlement:
    """`lines` are those of the charge; `later`: another payer decided before; `forwarded`: another
    payer follows.
    """

    charge: ChargeBalance
    lines: tuple[RemittedLine, ...]
    reasons: ContractualReasons
    later: bool
    forwarded: bool

    def entries(self) -> list[Entry]:
        """What to append: taken back from the patient, paid, written off, made the patient's."""
        paid = [
            Entry(EntryKind.INSURANCE_PAYMENT, self.charge.charge_id, line.paid)
            for line in self.lines
            if line.paid
        ]
        patient = self._entries(EntryKind.PATIENT_RESPONSIBILITY, _Fate.PATIENT)
        patient = [] if self.forwarded else patient
        written_off = self._entries(EntryKind.CONTRACTUAL_ADJUSTMENT, _Fate.WRITTEN_OFF)
        if not self.later:
            return [*paid, *written_off, *patient]
        settled = _sum([*paid, *patient]) + self._passed_on()
        pool = self.charge.insurance_pending + self.charge.patient_share
        written_off = _at_most(pool - settled, written_off)
        return [*self._taken_back(settled + _sum(written_off)), *paid, *written_off, *patient]

    def open_items(self) -> list[OpenItem]:
        """What stays pending without a payer to follow; a later payer's restated sums are cut."""
        left = self.charge.after(self.entries()).insurance_pending - self._passed_on()
        items: list[OpenItem] = []
        for line, adjustment in self._adjustments(_Fate.OPEN):
            kind = OpenKind.REDUCED if line.paid else OpenKind.DENIED
            amount = min(adjustment.amount, max(0, left)) if self.later else adjustment.amount
            left -= amount
            items.append(
                OpenItem(kind, line.charge_id, amount, adjustment.group, adjustment.reason)
            )
        if left:
            items.append(OpenItem(OpenKind.UNEXPLAINED, self.charge.charge_id, left))
        return items

    def _passed_on(self) -> int:
        """What the next payer is asked for."""
        return sum(a.amount for _, a in self._adjustments(_Fate.PATIENT)) if self.forwarded else 0

    def _taken_back(self, settled: int) -> list[Entry]:
        """The patient's share, as far as this payer settles more than was pending."""
        back = min(self.charge.patient_share, settled - self.charge.insurance_pending)
        kind = EntryKind.PATIENT_RESPONSIBILITY
        return [Entry(kind, self.charge.charge_id, -back)] if back > 0 else []

    def _entries(self, kind: EntryKind, fate: _Fate) -> list[Entry]:
        return [
            Entry(kind, line.charge_id, a.amount, a.group, a.reason)
            for line, a in self._adjustments(fate)
            if a.amount
        ]

    def _adjustments(self, fate: _Fate) -> Iterator[tuple[RemittedLine, Adjustment]]:
        for line in self.lines:
            for adjustment in line.adjustments:
                if self._fate_of(adjustment, line) is fate:
                    yield line, adjustment

    def _fate_of(self, adjustment: Adjustment, line: RemittedLine) -> _Fate:
        if adjustment.group == "PR":
            return _Fate.PATIENT
        if adjustment.group == "OA" and adjustment.reason == "23" and self.later:
            return _Fate.RESTATED
        reduced = line.paid != 0 and adjustment.reason in self.reasons.when_paid
        contractual = adjustment.reason in self.reasons.always or reduced
        return _Fate.WRITTEN_OFF if adjustment.group == "CO" and contractual else _Fate.OPEN


def _at_most(left: int, entries: Sequence[Entry]) -> list[Entry]:
    """The entries cut so that together they do not exceed what is left."""
    kept: list[Entry] = []
    for entry in entries:
        amount = min(entry.amount, max(0, left))
        left -= amount
        if amount:
            kept.append(replace(entry, amount=amount))
    return kept


def _sum(entries: Sequence[Entry]) -> int:
    return sum(entry.amount for entry in entries)
