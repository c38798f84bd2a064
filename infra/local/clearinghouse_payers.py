"""The simulator's checks and the payers behind it: who is rejected, and who is paid what."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date

from chalicelib.platform.identifiers import is_npi
from infra.local.clearinghouse_277ca import Acknowledged
from infra.local.clearinghouse_835 import FORWARD_BALANCE, Payment
from infra.local.clearinghouse_adjudication import AdjudicatedClaim, adjudicate, reversal
from infra.local.clearinghouse_intake import Party, SubmittedClaim
from infra.local.clearinghouse_rules import ClearinghouseRules, PayerAdjustment

_ACCEPTED_BY_CLEARINGHOUSE = ("A1:20",)
_ACCEPTED_BY_PAYER = ("A2:20:PR",)


class Payers:
    """What the payers remember: claims by number, payments by their own control number."""

    def __init__(self, rules: ClearinghouseRules) -> None:
        self._rules = rules
        self._seen: set[tuple[str, str, str]] = set()
        self._in_force: dict[str, AdjudicatedClaim] = {}
        self._carried: dict[tuple[str, str], PayerAdjustment] = {}

    def check(self, claim: SubmittedClaim) -> tuple[bool, tuple[str, ...]]:
        """The clearinghouse's own edits: accepted or not, and its claim statuses (STC01)."""
        faults = tuple(self._clearinghouse_faults(claim))
        return not faults, faults or _ACCEPTED_BY_CLEARINGHOUSE

    def take(self, claim: SubmittedClaim, seed: str) -> Acknowledged:
        """The payer's front end: rejected with a reason, or accepted under a control number."""
        faults = tuple(self._payer_faults(claim))
        if faults:
            return Acknowledged(claim, accepted=False, statuses=faults)
        number = int(hashlib.sha256(f"{seed}#{claim.number}".encode()).hexdigest()[:15], 16)
        control_number = f"P{number % 10**13:013d}"
        return Acknowledged(
            claim, accepted=True, statuses=_ACCEPTED_BY_PAYER, control_number=control_number
        )

    def pay(
        self, payer: Party, payee: Party, taken: Sequence[Acknowledged], *, trace: str, on: date
    ) -> Payment:
        """Adjudicate the claims of one payee and pay them, less what it owes from before."""
        claims = tuple(result for item in taken for result in self._results(item))
        key = (payer.identifier, payee.identifier)
        adjustments = list(self._rules.payer_adjustments)
        if key in self._carried:
            adjustments.append(self._carried.pop(key))
        payment = Payment(payer, payee, claims, tuple(adjustments), trace, on)
        if payment.balance < 0:
            self._carried[key] = PayerAdjustment(FORWARD_BALANCE, trace, -payment.balance)
        return payment

    def _clearinghouse_faults(self, claim: SubmittedClaim) -> Iterator[str]:
        """A7 with the claim status code: 562 NPI, 153 payer id, 477 diagnosis pointer."""
        if not is_npi(claim.billing.identifier):
            yield "A7:562:85"
        if claim.rendering and not is_npi(claim.rendering.identifier):
            yield "A7:562:82"
        if not self._rules.knows_payer(claim.payer.identifier):
            yield "A7:153:PR"
        known = {str(place) for place in range(1, claim.diagnoses + 1)}
        if not all(line.pointers and known.issuperset(line.pointers) for line in claim.lines):
            yield "A7:477"

    def _payer_faults(self, claim: SubmittedClaim) -> Iterator[str]:
        """A3 33 subscriber not found; A7 464 the original claim's control number is unknown."""
        if not self._rules.knows_member(claim):
            yield "A3:33:IL"
        if claim.frequency in ("7", "8"):
            original = self._in_force.get(claim.original_reference)
            if original is None or _owner(original.claim) != _owner(claim):
                yield "A7:464"

    def _results(self, item: Acknowledged) -> Iterator[AdjudicatedClaim]:
        """What one claim brings: a payment or denial, after a reversal if it corrects another."""
        claim = item.claim
        corrects = claim.original_reference if claim.frequency in ("7", "8") else ""
        original = self._in_force.pop(corrects, None)
        if original:
            yield reversal(original)
            self._seen.discard(_key(original.claim))
        if claim.frequency == "8":
            return
        result = adjudicate(
            claim,
            item.control_number,
            rules=self._rules,
            duplicate=_key(claim) in self._seen or bool(corrects and not original),
            corrects=corrects,
        )
        self._seen.add(_key(claim))
        self._in_force[item.control_number] = result
        yield result


def _owner(claim: SubmittedClaim) -> tuple[str, str]:
    return claim.payer.identifier, claim.billing.identifier


def _key(claim: SubmittedClaim) -> tuple[str, str, str]:
    return *_owner(claim), claim.number
