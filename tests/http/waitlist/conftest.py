"""A clinic with a waiting list."""

from tests.builders.waitlist import at

__all__ = ["at"]
