"""The visit that these tests begin with."""

from tests.http.telehealth.video import at

__all__ = ["at"]
