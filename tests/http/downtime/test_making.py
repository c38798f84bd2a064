"""Downtime packs: one a location and night, whatever the queue does."""

import json
from datetime import date
from itertools import count
from pathlib import Path

from tests import tables
from tests.builders import scheduling
from tests.builders.scheduling import Clinic
from tests.faults import Died, answering_s3, dying
from tests.http.downtime.packing import (
    EVENING,
    TUESDAY,
    evening,
    files,
    link,
    links,
    nights,
    opened,
    plan,
    wanted,
)


def test_each_location_has_its_own_evening(at: Clinic, tmp_path: Path) -> None:
    place = {
        "name": "West",
        "time_zone": "America/Los_Angeles",
        "address": scheduling.ADDRESSES["US"],
    }
    west = scheduling.made(at.call("POST", "/v1/locations", place))
    plan(at)
    west_url = link(at, west)
    at.world.tick()
    seen = [nights(at, each) for each in (at.location_id, west)]
    evening(at)
    seen += [nights(at, each) for each in (at.location_id, west)]
    evening(at, hours=3)
    seen += [nights(at, each) for each in (at.location_id, west)]
    assert seen == [["01"], ["01"], ["02", "01"], ["01"], ["02", "01"], ["02", "01"]]
    found = opened(at.world.call("GET", west_url), tmp_path)
    assert "Tuesday 3 March 2026\nNo visits." in found.text


def test_there_is_one_a_night_however_often_the_queue_asks(at: Clinic) -> None:
    plan(at)
    evening(at)
    (before,) = at.world.of_kind("downtime_pack")
    asked = wanted(at)
    assert at.world.deliver("custody", [asked, asked, asked]) == []
    at.world.tick()
    assert at.world.of_kind("downtime_pack") == [before]
    evening(at, hours=24)
    assert [row["night"]["S"] for row in at.world.of_kind("downtime_pack")] == [
        "2026-03-02",
        "2026-03-03",
    ]


def test_the_first_is_there_within_minutes_and_an_earlier_hour_is_heard(
    at: Clinic, tmp_path: Path
) -> None:
    at.booking("2026-03-02T15:00:00-05:00")
    plan(at)
    url = link(at)
    at.world.tick()
    assert "Monday 2 March 2026" in opened(at.world.call("GET", url), tmp_path).text
    at.later(hours=10)
    assert plan(at, version=2, hour=18).status == 200
    at.world.tick()
    assert [each["night"] for each in links(at)["packs"]] == ["2026-03-02", "2026-03-01"]
    evening(at, hours=1)
    assert len(files()) == 2


def test_old_ones_go_with_their_files(at: Clinic) -> None:
    plan(at, kept_days=1)
    for _ in range(3):
        evening(at, hours=24)
    nights = [row["night"]["S"] for row in at.world.of_kind("downtime_pack")]
    assert nights == ["2026-03-03", "2026-03-04"]
    assert [key[-15:-5] for key in files()] == nights


def test_one_that_cannot_be_made_is_a_manager_s_task_and_may_still_come(at: Clinic) -> None:
    plan(at)
    url = link(at)
    with answering_s3("PutObject", times=9, status=503):
        evening(at)
        assert at.world.call("GET", url).status == 404
        at.later(minutes=46)
        at.world.tick()
    (task,) = at.call("GET", "/v1/tasks?queue=practice").json["items"]
    assert (task["kind"], task["subject"]) == ("downtime_pack_failed", at.location_id)
    assert [each["status"] for each in links(at)["packs"]] == ["failed"]
    asked = wanted(at)
    assert at.world.deliver("custody", [asked]) == []
    assert at.world.call("GET", url).status == 200


def test_death_at_each_call_leaves_one_pack_and_one_file(at: Clinic) -> None:
    """Of the evening's message and of the pack's own, each delivered until it is taken."""
    at.booking(TUESDAY.format("09:00"))
    plan(at)
    at.world.pump()
    at.world.clock.advance(**EVENING)
    (row,) = at.world.of_kind("downtime_plan")
    due = json.dumps({"due": "downtime_night", **{k: row[k]["S"] for k in ("pk", "sk", "duepk")}})
    made = wanted(at)
    deaths = _dying(at, due) + _dying(at, made)
    assert deaths > 15
    assert [each["status"]["S"] for each in at.world.of_kind("downtime_pack")] == ["ready"]
    assert len(files()) == 1


def _dying(at: Clinic, message: str) -> int:
    """Deliver it, and from the same start die before and after each of its calls."""
    start, deaths = tables.image(), 0
    for after in (False, True):
        for number in count():
            tables.put_back(start)
            try:
                with dying(number, after=after):
                    at.world.deliver("custody", [message])
            except Died:
                deaths += 1
            else:
                break
            assert at.world.deliver("custody", [message]) == [], (number, after)
            assert len(at.world.of_kind("downtime_pack")) == 1
    return deaths


def test_the_next_open_day_is_looked_for_a_week(at: Clinic) -> None:
    at.booking("2026-03-10T09:00:00-04:00")
    plan(at)
    evening(at)
    assert links(at)["packs"][0]["days"] == ["2026-03-03", "2026-03-10"]
    assert date.fromisoformat(links(at)["packs"][0]["night"]) == date(2026, 3, 2)
