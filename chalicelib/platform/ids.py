"""Prefixed, time-ordered ids: `pat_` + ULID (48 bits of milliseconds, 80 random bits)."""

import re
import secrets
import threading
from datetime import UTC, datetime
from hashlib import sha256
from random import Random
from typing import NewType

from .clock import Clock

PracticeId = NewType("PracticeId", str)
UserId = NewType("UserId", str)
PatientId = NewType("PatientId", str)

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base 32
ULID_LENGTH = 26
_ID = re.compile(rf"[a-z]{{3}}_[{ALPHABET}]{{{ULID_LENGTH}}}")
_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]


class Ids:
    """Makes ids; within one millisecond each is greater than the last."""

    def __init__(self, clock: Clock, *, seed: int | None = None) -> None:
        self._clock = clock
        self._random = Random(seed) if seed is not None else secrets.SystemRandom()
        self._last = 0
        self._lock = threading.Lock()

    def new(self, prefix: str) -> str:
        """`new("pat")` → `pat_01JDE…`, 30 characters."""
        milliseconds = int(self._clock.now().timestamp() * 1000)
        with self._lock:
            value = (milliseconds << 80) | self._random.getrandbits(80)
            if value >> 80 == self._last >> 80:
                value = self._last + 1 + self._random.getrandbits(32)
            self._last = value
        return f"{prefix}_{_encode(value)}"


def is_id(text: str) -> bool:
    """Whether it has an id's shape; what a caller puts where an id belongs may be anything."""
    return _ID.fullmatch(text) is not None


def derived_id(prefix: str, *parts: str) -> str:
    """An id that follows from `parts`: the same effect of the same event has the same id."""
    digest = sha256("\x1f".join(parts).encode()).digest()
    return f"{prefix}_{_encode(int.from_bytes(digest[:16], 'big'))}"


def derived_id_at(prefix: str, instant: datetime, *parts: str) -> str:
    """As `derived_id`, and it sorts among the ids that are made at `instant`."""
    digest = sha256("\x1f".join(parts).encode()).digest()
    random = int.from_bytes(digest[:10], "big")
    return f"{prefix}_{_encode((int(instant.timestamp() * 1000) << 80) | random)}"


def instant_of(identifier: str) -> datetime:
    """When an id was made, to the millisecond."""
    return datetime.fromtimestamp((number_of(identifier) >> 80) / 1000, UTC)


def number_of(identifier: str) -> int:
    """The 128 bits of an id, without its prefix: for where 30 characters are too many."""
    value = 0
    for letter in identifier.rpartition("_")[2]:
        value = value * 32 + ALPHABET.index(letter)
    return value


def id_of(prefix: str, number: int) -> str:
    """The reverse of `number_of`."""
    return f"{prefix}_{_encode(number)}"


def first_id_at(prefix: str, instant: datetime) -> str:
    """Sorts before every id made from `instant` on, and after all made before: for ranges of keys."""
    return f"{prefix}_{_encode(int(instant.timestamp() * 1000) << 80)}"


def _encode(value: int) -> str:
    return "".join(_PAIRS[value >> shift & 1023] for shift in range(120, -1, -10))
