"""When reminders are sent: so long before a visit, and out of the patient's quiet hours. Pure.

A step is counted by the location's clock where it is of days, so that two days before nine o'clock
is nine o'clock whatever the clocks do between, and by the hours that pass where it is of hours.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS, HOURS = "days", "hours"
_MINUTE = timedelta(minutes=1)
_MOST_MINUTES = 25 * 60
"""The longest local day."""


@dataclass(frozen=True, slots=True)
class Step:
    """`before` days or hours ahead of a visit."""

    before: int
    unit: str

    @property
    def name(self) -> str:
        """`2d`, `2h`: what tells the steps of a plan apart."""
        return f"{self.before}{self.unit[0]}"

    def instant(self, starts_at: datetime, zone: ZoneInfo) -> datetime:
        """When it is, in UTC. A wall time that a day lacks is the one an hour (or so) later."""
        if self.unit == DAYS:
            return (starts_at.astimezone(zone) - timedelta(days=self.before)).astimezone(UTC)
        return starts_at.astimezone(UTC) - timedelta(hours=self.before)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """No message from `starts` to `ends` as the patient's clock shows them; over midnight, too."""

    starts: time
    ends: time

    def hold(self, instant: datetime, zone: ZoneInfo) -> bool:
        """Whether it is quiet at this instant."""
        at = instant.astimezone(zone).time()
        if self.starts < self.ends:
            return self.starts <= at < self.ends
        return at >= self.starts or at < self.ends

    def allowed(self, instant: datetime, zone: ZoneInfo, *, before: datetime) -> datetime | None:
        """`instant` where it is not quiet; else the first minute after the quiet hours, or, where
        that is not `before`, the last one ahead of them. None where neither lies before `before`.

        Minute by minute, as a clock on the wall goes: gaps and folds need no rule of their own.
        """
        if not self.hold(instant, zone):
            return instant if instant < before else None
        minute = instant.replace(second=0, microsecond=0)
        for later in (minute + _MINUTE * at for at in range(1, _MOST_MINUTES)):
            if later >= before:
                break
            if not self.hold(later, zone):
                return later
        for earlier in (minute - _MINUTE * at for at in range(1, _MOST_MINUTES)):
            if not self.hold(earlier, zone) and earlier < before:
                return earlier
        return None


DEFAULT_STEPS = (Step(2, DAYS), Step(2, HOURS))
DEFAULT_QUIET = QuietHours(time(21), time(8))
"""47 CFR 64.1200(c)(1) lets nobody be called before 8 or after 9 p.m., local time at the called party."""


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step of one appointment, and when it falls due."""

    name: str
    at: datetime


def planned(
    steps: Iterable[Step],
    quiet: QuietHours,
    *,
    starts_at: datetime,
    location_zone: ZoneInfo,
    patient_zone: ZoneInfo,
    now: datetime,
) -> tuple[PlannedStep, ...]:
    """The steps still to come, the first first. What falls on one minute is one: the last of them.

    What would have been before `now` is left out, and so is what finds no minute before the visit.
    """
    found: dict[datetime, str] = {}
    for instant, name in sorted(
        (step.instant(starts_at, location_zone), step.name) for step in steps
    ):
        at = quiet.allowed(instant, patient_zone, before=starts_at) if instant > now else None
        if at is not None and at > now:
            found[at] = name
    return tuple(PlannedStep(name, at) for at, name in sorted(found.items()))
