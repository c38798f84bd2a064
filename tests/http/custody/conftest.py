"""A practice that bills."""

from tests.builders.billing import clinic

__all__ = ["clinic"]
