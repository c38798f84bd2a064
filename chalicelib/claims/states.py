"""The states of a claim. Within a hop it never goes back; a payer's rejection wins (DOMAIN, Money)."""

NEEDS_ATTENTION = "needs_attention"
READY = "ready"
SUBMITTED = "submitted"
RECEIVED = "received"
FORWARDED = "forwarded"
ACCEPTED = "accepted"
REJECTED = "rejected"
DENIED = "denied"
PAID = "paid"
REVERSED = "reversed"

ALL = (
    NEEDS_ATTENTION,
    READY,
    SUBMITTED,
    RECEIVED,
    FORWARDED,
    ACCEPTED,
    REJECTED,
    DENIED,
    PAID,
    REVERSED,
)
_RANK = {SUBMITTED: 1, RECEIVED: 2, FORWARDED: 3, ACCEPTED: 4}
_ADJUDICATED = frozenset({DENIED, PAID, REVERSED})


def after_acknowledgement(current: str, told: str) -> str | None:
    """The state after a 999 or 277CA said `told`, or None where it changes nothing.

    A rejection after any acceptance wins; an acceptance after a rejection, or one that is behind
    what is known, changes nothing; an adjudicated claim is past all of them.
    """
    if current in {*_ADJUDICATED, REJECTED, told}:
        return None
    if told == REJECTED:
        return REJECTED if current in _RANK else None
    return told if _RANK.get(told, 0) > _RANK.get(current, 0) > 0 else None
