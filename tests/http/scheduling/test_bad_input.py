"""What cannot be asked of the schedule: each a 4xx that names the field, and nothing is changed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests import tables
from tests.builders.scheduling import Clinic, add_patient, add_type, clinic
from tests.world import World

NINE = "2026-03-03T09:00:00-05:00"
YESTERDAY, GAP, FOLD = "2026-03-01T09:00:00-05:00", "2026-03-08T02:30:00", "2026-11-01T01:30:00"
OFF_GRID, FAR = "2026-03-03T09:02:00-05:00", "2031-03-03T09:00:00-05:00"
NOBODY = "0" * 26
STORED = ("appointment", "day", "slot_hold", "appointment_series", "group_session", "availability")
Case = tuple[str, str, Any, int, str, str]
"""Method, path, body; status, and the field and the code that the answer names."""


@dataclass(frozen=True)
class Clinics:
    at: Clinic
    there: Clinic
    second: str
    group: str
    booked: str

    def own(self, *names: str) -> dict[str, str]:
        return {each: getattr(self.at, each) for each in names}

    @property
    def visit(self) -> dict[str, str]:
        return self.own("patient_id", "practitioner_id", "location_id", "type_id")

    def named(self, path: str) -> str:
        return path.format(**self.own("practitioner_id", "location_id"), booked=self.booked)


@pytest.fixture
def clinics(world: World) -> Clinics:
    at, there = clinic(world), clinic(world)
    second = add_patient(world, at.token, name={"family": "Other"})
    group = add_type(world, at.token, capacity=3)
    return Clinics(at, there, second, group, at.booking("2026-03-04T09:00:00-05:00"))


def bookings(c: Clinics) -> Iterator[Case]:
    """Bookings, holds and sessions share what they refuse of a time and of who and what is named."""
    for path, base in (
        ("/v1/appointments", c.visit),
        ("/v1/slot-holds", c.visit),
        ("/v1/group-sessions", c.visit | {"type_id": c.group}),
        ("/v1/appointments", c.visit | {"type_id": c.group}),
    ):
        body = {**base, "starts_at": NINE}
        if path == "/v1/group-sessions":
            del body["patient_id"]
        else:
            yield from _with(path, body, 422, "not_found", patient_id=c.there.patient_id)
            yield from _with(path, body, 422, "not_found", patient_id=f"pat_{NOBODY}")
        yield from _with(path, body, 400, "timezone_aware", starts_at=GAP)
        yield from _with(path, body, 400, "timezone_aware", starts_at=FOLD)
        yield from _with(path, body, 422, "in_the_past", starts_at=YESTERDAY)
        yield from _with(path, body, 422, "off_grid", starts_at=OFF_GRID)
        yield from _with(path, body, 422, "too_far_ahead", starts_at=FAR)
        yield from _with(
            path, body, 422, "outside_availability", starts_at=NINE.replace("09", "20")
        )
        yield from _with(path, body, 422, "not_found", type_id=c.there.type_id)
        yield from _with(path, body, 422, "not_found", location_id=c.there.location_id)
        yield from _with(path, body, 422, "not_found", practitioner_id=c.there.practitioner_id)
        yield from _with(path, body, 422, "not_found", room_id=c.there.room_id)


def of_one_kind(c: Clinics) -> Iterator[Case]:
    """What only bookings, holds, sessions or moves are asked."""
    body = {**c.visit, "starts_at": NINE}
    yield from _with("/v1/appointments", body, 422, "not_found", slot_hold_id=f"slh_{NOBODY}")
    yield from _with("/v1/appointments", body, 400, "enum", entry="sometime")
    yield from _with("/v1/slot-holds", body, 400, "greater_than_equal", minutes=0)
    yield from _with("/v1/slot-holds", body, 400, "less_than_equal", minutes=61)
    plain = {k: v for k, v in body.items() if k != "patient_id"}
    yield "POST", "/v1/group-sessions", plain, 422, "type_id", "no_seats"
    path, asked = "/v1/appointments/{booked}/reschedule", {"starts_at": NINE}
    yield from _with(path, asked, 422, "in_the_past", starts_at=YESTERDAY)
    yield from _with(path, asked, 400, "timezone_aware", starts_at=GAP)
    yield from _with(path, asked, 422, "not_found", practitioner_id=c.there.practitioner_id)
    yield from _with(path, asked, 422, "not_found", location_id=c.there.location_id)
    cancelled = "/v1/appointments/{booked}/cancel"
    yield "POST", cancelled, {"reason": "bored"}, 400, "reason", "enum"
    yield "POST", cancelled, {"reason": "left-unseen"}, 422, "reason", "not_arrived"
    yield "POST", "/v1/appointments/{booked}/no-show", None, 422, "starts_at", "not_started"


def families(c: Clinics) -> Iterator[Case]:
    path = "/v1/family-appointments"
    members = [
        {"patient_id": each, "type_id": c.at.type_id} for each in (c.at.patient_id, c.second)
    ]
    foreign = [members[0], {**members[1], "patient_id": c.there.patient_id}]
    other = [members[0], {**members[1], "type_id": c.there.type_id}]
    body = {**c.own("practitioner_id", "location_id"), "members": members, "starts_at": NINE}
    yield from _with(path, body, 400, "too_short", members=members[:1])
    late = {**body, "starts_at": YESTERDAY}
    yield "POST", path, late, 422, "members.0.starts_at", "in_the_past"
    yield "POST", path, {**body, "members": foreign}, 422, "members.1.patient_id", "not_found"
    yield "POST", path, {**body, "members": other}, 422, "members.1.type_id", "not_found"
    twice = {**body, "members": [members[0], members[0]]}
    yield "POST", path, twice, 422, "members.1.patient_id", "named_twice"
    yield from _with(path, body, 400, "timezone_aware", starts_at=FOLD)


def series(c: Clinics) -> Iterator[Case]:
    path = "/v1/appointment-series"
    body = {**c.visit, "starts": "2026-03-03T09:00:00", "rule": "FREQ=WEEKLY;COUNT=2"}
    yield from _with(path, body, 422, "local_time_in_gap", starts=GAP)
    yield from _with(path, body, 422, "local_time_ambiguous", starts=FOLD)
    yield from _with(path, body, 422, "in_the_past", starts=YESTERDAY[:19])
    yield from _with(path, body, 400, "timezone_naive", starts=NINE)
    for rule, code in (
        ("FREQ=WEEKLY", "endless"),
        ("FREQ=WEEKLY;COUNT=2;UNTIL=20260401", "endless"),
        ("FREQ=DAILY;COUNT=10000", "too_many"),
        ("FREQ=DAILY;UNTIL=20290101", "too_many"),
        ("FREQ=WEEKLY;UNTIL=20260302", "never"),
        ("FREQ=HOURLY;COUNT=2", "bad_rule"),
        ("every Tuesday", "bad_rule"),
    ):
        yield from _with(path, body, 422, code, rule=rule)
    yield from _with(path, body, 422, "not_found", patient_id=c.there.patient_id)
    yield from _with(path, body, 422, "not_found", type_id=c.there.type_id)


def hours(c: Clinics) -> Iterator[Case]:
    path, rule = (
        "/v1/practitioners/{practitioner_id}/availability",
        c.at.rule("mon", "09:00", "12:00"),
    )
    leave = {"kind": "leave", "starts": "2026-03-03T00:00:00", "ends": "2026-03-02T00:00:00"}
    for over, status, field, code in (
        ({"starts": "12:00"}, 422, "rules.0", "bad_hours"),
        ({"effective_until": "2025-01-01"}, 422, "rules.0", "bad_hours"),
        ({"location_id": c.there.location_id}, 422, "rules.0.location_id", "not_found"),
        ({"type_ids": [c.there.type_id]}, 422, "rules.0.type_ids.0", "not_found"),
        ({"every_weeks": 0}, 400, "rules.0.every_weeks", "greater_than_equal"),
        ({"weekday": "someday"}, 400, "rules.0.weekday", "literal_error"),
    ):
        yield "PUT", path, {"rules": [{**rule, **over}]}, status, field, code
    wrong = {"rules": [], "exceptions": [leave]}
    yield "PUT", path, wrong, 422, "exceptions.0", "bad_hours"
    shown = c.at.call("GET", c.named("/v1/locations/{location_id}")).json
    place = {name: shown[name] for name in ("name", "time_zone", "address")}
    shut = [{"weekday": "mon", "starts": "09:00", "ends": "09:00"}]
    for over, field, code in (
        ({"time_zone": "Mars/Olympus"}, "time_zone", "unknown_zone"),
        ({"opening_hours": shut}, "opening_hours.0", "bad_hours"),
    ):
        yield "POST", "/v1/locations", {**place, **over}, 422, field, code


def searches(c: Clinics) -> Iterator[Case]:
    asked = {"type_id": c.at.type_id, "from": "2026-03-03", "until": "2026-03-04"}
    for over, status, field, code in (
        ({"until": "2026-03-02"}, 422, "until", "before_from"),
        ({"until": "2026-04-02"}, 422, "until", "too_long"),
        ({"from": "2001-01-01", "until": "2001-01-02"}, 422, "from", "too_far"),
        ({"type_id": c.there.type_id}, 422, "type_id", "not_found"),
        ({"location_id": c.there.location_id}, 422, "location_id", "not_found"),
        ({"starts_from": "12:00", "starts_before": "09:00"}, 422, "starts_before", "before_from"),
        ({"from": "soon"}, 400, "from", "date_from_datetime_parsing"),
    ):
        query = "&".join(f"{name}={value}" for name, value in {**asked, **over}.items())
        yield "GET", f"/v1/slots?{query}", None, status, field, code
    conflicts = "/v1/practitioners/{practitioner_id}/availability/conflicts"
    yield "GET", f"{conflicts}?from=2026-03-03&until=2026-03-02", None, 422, "until", "bad_range"


@pytest.mark.parametrize("cases", [bookings, of_one_kind, families, series, hours, searches])
def test_it_is_refused_by_its_field_and_nothing_is_changed(
    clinics: Clinics, cases: Callable[[Clinics], Iterator[Case]]
) -> None:
    before = tables.of_kind(*STORED)
    for method, path, body, status, field, code in cases(clinics):
        answer = clinics.at.call(method, clinics.named(path), body, If_Match='"1"')
        told = [(bad["field"], bad["code"]) for bad in answer.json.get("errors", ())]
        assert (answer.status, told) == (status, [(field, code)]), (path, body, answer.text)
    assert tables.of_kind(*STORED) == before


def _with(path: str, body: dict[str, Any], status: int, code: str, **over: Any) -> Iterator[Case]:
    """The body with one field that is wrong."""
    (field,) = over
    yield "POST", path, {**body, **over}, status, field, code
