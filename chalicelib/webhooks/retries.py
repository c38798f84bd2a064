"""When a delivery that was not taken is tried again (Standard Webhooks, "Deliverability and reliability")."""

from datetime import timedelta

WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
OFF_AFTER = timedelta(days=5)
"""A webhook that has taken nothing for so long is switched off."""
LONGEST_REST = timedelta(minutes=30)
GONE = 410
"""Whoever answers so wants no more."""


def wait_after(attempts: int) -> timedelta | None:
    """How long after the `attempts`th attempt the next one comes; None if that was the last."""
    return WAITS[attempts - 1] if attempts <= len(WAITS) else None


def rest_after(failing_for: timedelta) -> timedelta:
    """How long a webhook that did not answer is left alone: as long as it has failed, half an hour at most.

    Each attempt at one that is down holds a worker for seconds that others' deliveries wait for.
    """
    return min(failing_for, LONGEST_REST)


def is_taken(status: int | None) -> bool:
    """Whether a delivery with this answer has been taken: 2xx. A redirect is not followed."""
    return status is not None and 200 <= status < 300
