"""`python -m infra.ops suspend PRACTICE --by WHO --reason WHY`. Nobody signs in, its queues wait, its data stays."""

from collections.abc import Sequence

from chalicelib.practices.suspension import suspend_practice

from .practice_work import decide


def run(arguments: Sequence[str]) -> int:
    return decide("suspend", arguments, suspend_practice, done="suspended")
