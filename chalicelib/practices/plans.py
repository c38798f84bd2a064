"""What a practice can buy: prices and limits, as data. Prices are minor units of USD a month."""

from dataclasses import dataclass
from enum import StrEnum

CURRENCY = "USD"
TRIAL = "trial"
GB = 1_000_000_000


class Limit(StrEnum):
    """What a plan bounds. Seats are members, invited ones too; messages are of one UTC month."""

    SEATS = "seats"
    MESSAGES = "messages"
    STORAGE_BYTES = "storage_bytes"


@dataclass(frozen=True, slots=True)
class Plan:
    """`per_provider` is for each practitioner who signed an encounter in the month."""

    code: str
    per_provider: int
    seats: int
    messages: int
    storage_bytes: int

    def allowed(self, limit: Limit) -> int:
        allowed: int = getattr(self, limit.value)
        return allowed


PLANS = {
    plan.code: plan
    for plan in (
        Plan(TRIAL, 0, 15, 500, 5 * GB),
        Plan("solo", 9_900, 5, 1_000, 25 * GB),
        Plan("clinic", 12_900, 30, 5_000, 100 * GB),
        Plan("group", 14_900, 250, 50_000, 1_000 * GB),
    )
}
FOR_SALE = tuple(code for code in PLANS if code != TRIAL)
