"""The table against the list: its buckets, its appointments, what was sent, what was counted."""

from datetime import date
from typing import Any

from chalicelib.platform.ids import derived_id
from chalicelib.reporting.dashboard import read_dashboard
from chalicelib.reporting.figures import COUNTERS
from chalicelib.reporting.schemas import DashboardQuery
from chalicelib.scheduling.models import Appointment
from tests import tables

from .driver import Driver
from .oracle import Oracle


def takes_what_stands(oracle: Oracle) -> None:
    """Every bucket of an appointment and no other; every appointment that has its time is there."""
    taken = {
        (row["pk"]["S"].split("#")[2], date.fromisoformat(row["sk"]["S"][:10])): {
            int(bucket) for bucket in row["taken"]["NS"]
        }
        for row in tables.of_kind("day")
        if "taken" in row
    }
    assert taken == oracle.taken()
    appointments = [Appointment.from_raw_data(row) for row in tables.of_kind("appointment")]
    standing = {
        each.id: each.starts_at for each in appointments if each.status in ("booked", "fulfilled")
    }
    assert standing == oracle.standing()


def every_reminder_went_once(driver: Driver) -> None:
    """One message for each step that fell due, under the id that follows from it; none waits."""
    rows = tables.of_kind("message")
    reminders = [row for row in rows if row["template"]["S"] == "appointment_reminder"]
    found = {row["pk"]["S"].split("#")[1]: row["status"]["S"] for row in reminders}
    expected = {
        derived_id("msg", visit_id, str(version), step): status
        for (visit_id, version, step), status in driver.oracle.reminded.items()
    }
    assert found == expected
    assert driver.asked == {each for each, status in expected.items() if status == "skipped"}
    assert not [row for row in tables.of_kind("reminders") if "duepk" in row]
    assert not any(heard.steps for heard in driver.oracle.heard.values())


def the_dashboard_is_the_oracle_s(driver: Driver, first: date, last: date) -> None:
    """Day by day and in all, and the rates."""
    asked: Any = DashboardQuery.model_validate(
        {"from": first.isoformat(), "until": last.isoformat()}
    )
    shown = driver.do(lambda context: read_dashboard(context, asked))
    made = driver.oracle.made
    counted = {name for name in COUNTERS if getattr(shown.totals, name)}
    assert {name: getattr(shown.totals, name) for name in counted} == dict(made)
    assert {
        day: {name: getattr(counts, name) for name in made if getattr(counts, name)}
        for day, counts in shown.days.items()
    } == {day: dict(counts) for day, counts in driver.oracle.counts.items()}
    ended = made["completed"] + made["no_show"]
    assert shown.figures.no_show_rate == round(made["no_show"] / ended, 4)
    assert shown.figures.cancellation_rate == round(
        made["cancelled"] / (ended + made["cancelled"]), 4
    )
