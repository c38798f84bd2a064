"""`python -m infra.ops resume PRACTICE --by WHO --reason WHY`. What waited goes on within a minute."""

from collections.abc import Sequence

from chalicelib.practices.suspension import resume_practice

from .practice_work import decide


def run(arguments: Sequence[str]) -> int:
    return decide("resume", arguments, resume_practice, done="active")
