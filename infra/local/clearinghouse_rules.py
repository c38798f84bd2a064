"""How the simulated clearinghouse and its payers decide: all that a demonstration may want to set."""

import re
from dataclasses import dataclass
from datetime import timedelta

from infra.local.clearinghouse_intake import SubmittedClaim

CONTRACTUAL, DUPLICATE, NOT_NECESSARY, NOT_AUTHORIZED = "45", "18", "50", "197"
DEDUCTIBLE, COINSURANCE, COPAY, NOT_COVERED = "1", "2", "3", "204"


@dataclass(frozen=True, slots=True)
class PayerAdjustment:
    """One PLB pair: reason (`L6` interest, `WO` recovery, `CS`, …), reference, cents.

    A positive amount lowers the payment (TR3 005010X221A1, PLB04).
    """

    reason: str
    reference: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearinghouseRules:
    """Prefixes of member and payer ids that decide a claim's fate, prices in cents, delays.

    `known_payers` None knows every payer whose id does not begin with `unknown_payer_prefix`.
    """

    name: str = "SIMULATED CLEARINGHOUSE"
    known_payers: frozenset[str] | None = None
    unknown_payer_prefix: str = "UNK"
    unknown_member_prefix: str = "REJ"
    denied_member_prefix: str = "DEN"
    deductible_member_prefix: str = "DED"
    waiting_member_prefix: str = "WAIT"
    denied_modifier: str = "GZ"
    allowed_percent: int = 80
    deductible: int = 5000
    copay: int = 2000
    coinsurance_percent: int = 20
    payer_adjustments: tuple[PayerAdjustment, ...] = ()
    until_acknowledged: timedelta = timedelta(seconds=5)
    until_checked: timedelta = timedelta(seconds=15)
    until_taken_by_payer: timedelta = timedelta(seconds=30)
    until_paid: timedelta = timedelta(seconds=60)

    def knows_payer(self, identifier: str) -> bool:
        """Whether the clearinghouse has a connection to this payer."""
        if self.known_payers is None:
            return not identifier.startswith(self.unknown_payer_prefix)
        return identifier in self.known_payers

    def knows_member(self, claim: SubmittedClaim) -> bool:
        """Whether the payer finds the subscriber."""
        return not claim.subscriber.identifier.startswith(self.unknown_member_prefix)

    def denies(self, claim: SubmittedClaim) -> bool:
        """Whether the payer processes the claim and pays nothing."""
        return claim.subscriber.identifier.startswith(self.denied_member_prefix)

    def answers_so_far(self, text: str) -> int | None:
        """How many answers to a file have come: `WAIT2…` as a member id stops after the second.

        None: all of them.
        """
        found = re.search(rf"\*MI\*{self.waiting_member_prefix}([0-9])", text)
        return int(found.group(1)) if found else None

    def deductible_of(self, claim: SubmittedClaim) -> int:
        """What the patient still owes of the year's deductible."""
        owes = claim.subscriber.identifier.startswith(self.deductible_member_prefix)
        return self.deductible if owes else 0

    def allowed(self, charge: int) -> int:
        """The contract price, rounded half up to the cent."""
        return _percent(charge, self.allowed_percent)

    def coinsurance(self, allowed: int) -> int:
        """The patient's part where no copay applies, rounded half up to the cent."""
        return _percent(allowed, self.coinsurance_percent)


def _percent(amount: int, percent: int) -> int:
    return (amount * percent + 50) // 100
