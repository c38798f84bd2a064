"""Leave and holidays: which booked visits they hit, and where these may move."""

from typing import Any

import pytest

from tests.builders.scheduling import Clinic, add_patient, clinic
from tests.world import World, add_member

TUESDAY, WEDNESDAY = "2026-03-03T09:00:00-05:00", "2026-03-04T09:00:00-05:00"
LEAVE = {"kind": "leave", "starts": "2026-03-03T00:00:00", "ends": "2026-03-04T00:00:00"}
DAYS = ("mon", "tue", "wed", "thu", "fri")


@pytest.fixture
def at(world: World) -> Clinic:
    return clinic(world, hours=("09:00", "11:00"))


def _conflicts(at: Clinic, first: str = "2026-03-02", last: str = "2026-03-08") -> Any:
    path = f"/v1/practitioners/{at.practitioner_id}/availability/conflicts"
    return at.call("GET", f"{path}?from={first}&until={last}")


def _hit(at: Clinic) -> list[tuple[str, str | None]]:
    return [
        (each["appointment"]["id"], each["offer"] and each["offer"]["starts_at"])
        for each in _conflicts(at).json["items"]
    ]


def test_leave_shows_what_it_hits_with_times_that_meet_nothing(at: Clinic) -> None:
    other = add_patient(at.world, at.token, name={"family": "Other"})
    first = at.booking(TUESDAY)
    second = at.booking("2026-03-03T09:30:00-05:00", patient_id=other)
    at.booking(WEDNESDAY)
    assert _hit(at) == []
    at.set_hours([at.rule(day, "09:00", "11:00") for day in DAYS], [LEAVE])
    offers = ["2026-03-04T09:30:00-05:00", "2026-03-04T10:00:00-05:00"]
    assert _hit(at) == [(first, offers[0]), (second, offers[1])]
    for appointment_id, starts_at in _hit(at):
        assert at.act(appointment_id, "reschedule", {"starts_at": starts_at}).status == 200
    assert _hit(at) == []


def test_on_a_holiday_of_the_location_nobody_works_there(at: Clinic) -> None:
    hit = at.booking(TUESDAY)
    path = f"/v1/locations/{at.location_id}"
    shown = at.call("GET", path)
    body = {name: shown.json[name] for name in ("name", "time_zone", "address")}
    holidays = ["2026-03-04", "2026-03-03", "2026-03-03"]
    changed = at.call("PUT", path, {**body, "holidays": holidays}, If_Match=shown.etag)
    assert changed.json["holidays"] == ["2026-03-03", "2026-03-04"]
    assert at.book(WEDNESDAY).json["code"] == "outside_availability"
    assert [start[:10] for start in at.starts("2026-03-03", "2026-03-05")] == ["2026-03-05"] * 7
    assert _hit(at) == [(hit, "2026-03-05T09:00:00-05:00")]


def test_hours_that_are_gone_offer_nothing(at: Clinic) -> None:
    hit = at.booking(TUESDAY)
    at.set_hours([])
    assert _hit(at) == [(hit, None)]


def test_bad_ranges_foreign_practitioners_and_other_locations(at: Clinic) -> None:
    for first, last in (("2026-03-03", "2026-03-02"), ("2026-03-01", "2026-03-29")):
        refused = _conflicts(at, first, last)
        assert (refused.status, refused.json["errors"][0]["field"]) == (422, "until")
    for first, last in (("0001-01-01", "0001-01-05"), ("9999-12-20", "9999-12-31")):
        refused = _conflicts(at, first, last)
        assert (refused.status, refused.json["errors"][0]["field"]) == (422, "from")
    there = clinic(at.world)
    path = f"/v1/practitioners/{there.practitioner_id}/availability/conflicts"
    assert at.call("GET", f"{path}?from=2026-03-02&until=2026-03-08").status == 404
    at.booking(TUESDAY)
    at.set_hours([])
    desk, _ = add_member(at.world, at.owner, "front_desk")
    at.token = desk
    assert len(_hit(at)) == 1
