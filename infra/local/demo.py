"""The demo practice: four weeks of a small clinic, played through the API at their own time.

The clock starts four weeks back and moves day by day; events are carried by the same pump as ever.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from random import Random

from chalicelib.platform.clock import SystemClock
from chalicelib.platform.runtime import install, runtime

from .demo_clinic import BILLER, DESK, DOCTORS, OWNER, PATIENTS, DemoClinic
from .demo_data import SEED
from .demo_days import EVENING, Days, at
from .demo_plan import plan_day
from .founding import ZONE
from .http_api import HttpApi, ShiftedClock
from .people import PASSWORD, People
from .stack import Stack

DAYS_BACK, DAYS_AHEAD = 28, 14
SEEN_A_DAY, PLANNED_A_DAY = 12, 16
HANDS = 4
BACKLOG = 60
UNHURRIED = ("audit_queue", "webhooks_queue")
"""Queues that nothing here waits for: they are worked off once the demo practice stands."""


def seed(stack: Stack) -> None:
    """Fill an empty system through its API; shows how far it is."""
    clock = ShiftedClock(-timedelta(days=DAYS_BACK, hours=6))
    live = runtime()
    install(live.authenticate, live.tenant_of, clock=clock)
    try:
        with stack.pump.holding(*UNHURRIED), ThreadPoolExecutor(HANDS) as hands:
            _play(HttpApi(stack, clock), hands, Progress())
    finally:
        install(live.authenticate, live.tenant_of, clock=SystemClock())


def sign_in(stack: Stack) -> list[str]:
    """The lines that say how to sign in, and requests to try, as a shell takes them."""
    json = "-H 'Content-Type: application/json'"
    return [
        "  Sign in    one of these, password: " + PASSWORD,
        f"             {OWNER} (owner), {DESK} (front desk), {BILLER} (biller),",
        "             " + ", ".join(DOCTORS),
        "",
        "  Try        this: the front desk signs in and looks for a patient",
        "",
        f"TOKEN=$(curl -s {stack.url}/v1/sessions {json} \\",
        f'  -d \'{{"email": "{DESK}", "password": "{PASSWORD}"}}\' \\',
        """  | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')""",
        f'curl -s {stack.url}/v1/patients/search -H "Authorization: Bearer $TOKEN" \\',
        f'  {json} -d \'{{"name": "sm"}}\'',
    ]


class Progress:
    """A bar on one line."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def show(self, done: float, what: str) -> None:
        filled = round(done * 30)
        bar = "█" * filled + "·" * (30 - filled)
        seconds = time.monotonic() - self._began
        line = f"\r  demo practice  {bar} {done:4.0%}  {seconds:3.0f} s  {what:<24}"
        end = "\n" if done >= 1 else ""
        print(line, end=end, file=sys.stderr, flush=True)


def _play(api: HttpApi, hands: ThreadPoolExecutor, progress: Progress) -> None:
    """The days that are over are worked through; from today's on, they are booked."""
    progress.show(0.0, "signing up")
    clinic = DemoClinic(People(api))
    clinic.found()
    for number in clinic.register(hands):
        progress.show(0.02 + 0.08 * number / PATIENTS, "registering patients")
    random, days = Random(SEED), Days(clinic, hands)
    now = datetime.now(UTC)
    first = now.astimezone(ZONE).date() - timedelta(days=DAYS_BACK - 1)
    dates = [first + timedelta(days=n) for n in range(DAYS_BACK + DAYS_AHEAD)]
    dates = [day for day in dates if day.weekday() < 5]
    for number, day in enumerate(dates):
        progress.show(0.1 + 0.85 * number / len(dates), f"{day:%a %d %b %Y}")
        is_over = at(day, EVENING) < now
        visits = SEEN_A_DAY if is_over else PLANNED_A_DAY
        plan = plan_day(random, visits, clinic.self_payers, PATIENTS)
        (days.work if is_over else days.book)(day, plan)
        api.catch_up(BACKLOG)
    progress.show(0.95, "the last claims")
    api.settle()
    days.close()
    api.settle()
    progress.show(1.0, "")
