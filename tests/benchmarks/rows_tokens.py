"""What a token costs: verified when it is first seen, and found again after that."""

from itertools import cycle

from chalicelib.identity.sessions import tokens
from chalicelib.identity.sessions.tokens import AccessClaims, issue_access_token, read_access_token

from .rows import Bench, ratio
from .timing import Microseconds, cpu_microseconds
from .world import START, Clinic

MORE_THAN_ARE_KEPT = 1_200


@ratio("verify an access token, first sight", limit=150)
def first_sight(bench: Bench[Clinic]) -> Microseconds:
    kept = tokens._verified.cache_info().maxsize
    assert kept is not None
    assert kept < MORE_THAN_ARE_KEPT
    strange = cycle([_token(number) for number in range(MORE_THAN_ARE_KEPT)])
    return cpu_microseconds(lambda: read_access_token(next(strange), START))


@ratio("verify an access token, seen before", limit=2)
def seen_before(bench: Bench[Clinic]) -> Microseconds:
    token = _token(0)
    return cpu_microseconds(lambda: read_access_token(token, START), repeats=1_000)


def _token(number: int) -> str:
    claims = AccessClaims(
        f"usr_{number:026}", f"prc_{number:026}", f"ses_{number:026}", 2, ("pwd", "otp"), START
    )
    return issue_access_token(claims, START)
