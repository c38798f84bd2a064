"""No noisy neighbour: token buckets in the warm function, one a practice, API key or address.

A function serves one request at a time, so a caller whose calls fill one function is slowed there
while the others go on; the stage's own throttle (infra/functions.yaml) holds the sum.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv6Address, ip_address
from math import ceil
from threading import Lock

from .config import Rate, settings
from .errors import TooManyRequests

MOST_OWNERS = 10_000
PREFIX_OF_A_HOST = 64
"""Whoever has one IPv6 address has 2^64 of them: a bucket holds the whole prefix."""


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: datetime


class Buckets:
    """A bucket an owner: `burst` calls at once, and `per_second` from then on.

    At most `most` owners are remembered; who was not seen for longest starts with a full one again.
    """

    def __init__(self, rate: Rate, *, most: int = MOST_OWNERS) -> None:
        self._rate = rate
        self._most = most
        self._held: OrderedDict[str, _Bucket] = OrderedDict()
        self._turn = Lock()

    def __len__(self) -> int:
        return len(self._held)

    def take(self, owner: str, now: datetime) -> None:
        """One call of `owner`. TooManyRequests (429) says when the next one will pass."""
        with self._turn:
            bucket = self._held.pop(owner, None) or _Bucket(self._rate.burst, now)
            self._held[owner] = bucket
            if len(self._held) > self._most:
                self._held.popitem(last=False)
            self._refill(bucket, now)
            if bucket.tokens < 1:
                wait = (1 - bucket.tokens) / self._rate.per_second
                raise TooManyRequests(retry_after=max(1, ceil(wait)))
            bucket.tokens -= 1

    def _refill(self, bucket: _Bucket, now: datetime) -> None:
        seconds = max(0.0, (now - bucket.at).total_seconds())
        bucket.tokens = min(self._rate.burst, bucket.tokens + seconds * self._rate.per_second)
        bucket.at = now


@dataclass(frozen=True, slots=True)
class Rates:
    """The buckets of a process: an own set for each kind of caller, so that none empties another's."""

    practices: Buckets = field(default_factory=lambda: Buckets(settings().practice_rate))
    api_keys: Buckets = field(default_factory=lambda: Buckets(settings().api_key_rate))
    sources: Buckets = field(default_factory=lambda: Buckets(settings().source_rate))


def source_of(address: str) -> str:
    """Who counts as one source: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or f"{int(parsed) >> (128 - PREFIX_OF_A_HOST):x}::/64")
    return str(parsed)
