"""A clinic that calls patients in again."""

from tests.builders.waitlist import at

__all__ = ["at"]
