"""The practice that these tests begin with."""

from tests.http.downtime.packing import at, few_rounds

__all__ = ["at", "few_rounds"]
