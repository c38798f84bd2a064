"""Time, injected: nothing else in the product reads the clock."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Gives the current instant, aware, in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class SetClock:
    """A clock that stands still until it is moved: tests, demo data, replay."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant

    def advance(self, **by: float) -> None:
        self.instant += timedelta(**by)


def monotonic() -> float:
    """Seconds for deadlines and durations only."""
    return time.monotonic()


def pause(seconds: float) -> None:
    """Wait, for retries with jitter."""
    time.sleep(seconds)


def iso(instant: datetime) -> str:
    """UTC, microseconds, `Z`: sorts as text. ValueError for a naive datetime."""
    if instant.tzinfo is None:
        raise ValueError("a naive datetime has no place here")
    return f"{instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def from_iso(text: str) -> datetime:
    """The reverse of `iso`. ValueError for what is no instant with a zone."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant names its zone")
    return instant.astimezone(UTC)
