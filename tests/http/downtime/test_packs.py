"""Downtime packs: one a location and night, opened offline by whoever has link and passphrase."""

import json
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import boto3
import pytest

from chalicelib.downtime import page
from chalicelib.platform.config import settings
from chalicelib.platform.events import Event
from chalicelib.platform.runtime import runtime
from chalicelib.platform.store import get
from chalicelib.practices.models import Practice
from tests import tables
from tests.builders import scheduling
from tests.builders.packs import open_pack
from tests.builders.scheduling import Clinic, add_patient
from tests.conftest import START
from tests.faults import Died, answering_s3, dying
from tests.world import Answered, World, add_member, sign_in, step_up

PASSPHRASE = "lantern otter seventeen máple"
PLAN = "/v1/practice/downtime-plan"
TUESDAY, THURSDAY = "2026-03-03T{}:00-05:00", "2026-03-05T{}:00-05:00"
EVENING = {"hours": 11}
"""From 09:00 in New York to its 20:00."""


@pytest.fixture(autouse=True)
def few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """One test has all of them."""
    monkeypatch.setattr(page, "ITERATIONS", 1_000)


_built: list[tuple[Clinic, tables.Image, int]] = []


@pytest.fixture
def at(aws: None) -> Clinic:
    """A practice at START; built once, and put back for each test."""
    if not _built:
        made = scheduling.clinic(World(START - timedelta(seconds=1)))
        made.world.pump()
        _built.append((made, tables.image(), runtime().ids._last))
    clinic, image, last_id = _built[0]
    tables.put_back(image)
    world = World(START)
    runtime().ids._last = last_id
    return replace(clinic, world=world)


def plan(at: Clinic, passphrase: str = PASSPHRASE, version: int = 0, **over: Any) -> Answered:
    step_up(at.world, at.token)
    return at.call("PUT", PLAN, {"passphrase": passphrase, **over}, If_Match=f'"{version}"')


def link(at: Clinic, location_id: str = "") -> str:
    """The path of a new link's URL."""
    step_up(at.world, at.token)
    path = f"/v1/locations/{location_id or at.location_id}/downtime-links"
    answer = at.call("POST", path, {"label": "Front desk PC"})
    assert answer.status == 201, answer.text
    url: str = answer.json["url"]
    return url[url.index("/v1/") :]


def links(at: Clinic) -> Any:
    return at.call("GET", f"/v1/locations/{at.location_id}/downtime-links").json


def nights(at: Clinic, location_id: str) -> list[str]:
    """The days of March whose evening has a pack there."""
    path = f"/v1/locations/{location_id}/downtime-links"
    return [each["night"][-2:] for each in at.call("GET", path).json["packs"]]


def evening(at: Clinic, **by: float) -> None:
    """The hour comes, and what it brings."""
    at.later(**(by or EVENING))
    at.world.tick()


def opened(answer: Answered, folder: Path, passphrase: str = PASSPHRASE) -> Any:
    assert answer.status == 200, answer.text
    file = folder / "pack.html"
    file.write_text(answer.text, encoding="utf-8")
    return open_pack(file, passphrase)


def nguyen(at: Clinic) -> str:
    return add_patient(
        at.world,
        at.token,
        name={"family": "Nguyễn", "given": "Thị Ánh"},
        phones=[{"number": "(212) 555-0147", "use": "mobile"}],
        emergency_contacts=[{"name": "Văn", "relationship": "son", "phone": "(212) 555-0199"}],
    )


def test_a_receptionist_opens_it_with_the_passphrase_and_no_network(
    at: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "ITERATIONS", 600_000)
    nurse, _ = add_member(at.world, at.owner, "nurse")
    patient = nguyen(at)
    for path, body in (
        ("allergies", {"substance": "Penicillin", "criticality": "high", "clinical_status": "active",
                       "reactions": [{"manifestation": "Hives", "severity": "severe"}]}),
        ("allergies", {"substance": "Latex", "clinical_status": "resolved"}),
        ("problems", {"code": "E11.9", "clinical_status": "active"}),
        ("problems", {"description": "Old cough", "clinical_status": "resolved"}),
    ):  # fmt: skip
        made = at.world.call("POST", f"/v1/patients/{patient}/{path}", body, token=nurse)
        assert made.status == 201, made.text
    at.booking(TUESDAY.format("09:00"), patient_id=patient, room_id=at.room_id)
    at.booking(THURSDAY.format("14:30"))
    gone = at.booking(TUESDAY.format("11:00"))
    at.act(gone, "cancel", {"reason": "pat"})
    assert plan(at).status == 200
    url = link(at)
    evening(at)
    answer = at.world.call("GET", url)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert (
        answer.headers["Content-Disposition"] == 'attachment; filename="downtime-2026-03-02.html"'
    )
    found = opened(answer, tmp_path)
    assert found.open, found.said
    for shown in (
        "Tuesday 3 March 2026", "09:00–09:30 Thị Ánh Nguyễn", "Penicillin (high risk; severe Hives)",
        "(E11.9)", "Kim Lee, Room 1", "+12125550147 (mobile)", "Văn (son) +12125550199", "1987-02-20",
        "Thursday 5 March 2026", "14:30–15:00 Amy Shaw", "None recorded: ask",
        "Medications are not kept in this system yet", "America/New_York",
    ):  # fmt: skip
        assert shown in found.text, shown
    for hidden in ("Latex", "Old cough", "11:00"):
        assert hidden not in found.text, hidden
    wrong = opened(answer, tmp_path, "lantern otter seventeen maple")
    assert (wrong.open, wrong.text) == (False, "")
    assert "not the passphrase" in wrong.said


def test_without_the_passphrase_nothing_of_anybody_can_be_read(at: Clinic) -> None:
    patient = nguyen(at)
    at.booking(TUESDAY.format("09:00"), patient_id=patient)
    plan(at)
    url = link(at)
    evening(at)
    (key,) = files()
    raw = boto3.client("s3").get_object(Bucket=settings().files_bucket, Key=key)["Body"].read()
    assert at.world.call("GET", url).text.encode() == raw
    mrn = at.call("GET", f"/v1/patients/{patient}").json["mrn"]
    for canary in ("Nguyễn", "Ánh", "555", mrn, patient, "1987", "Follow-up", PASSPHRASE, "09:00"):
        assert canary.encode() not in raw, canary
        assert canary not in key
    assert key == f"{at.practice_id}/downtime/{at.location_id}/2026-03-02.html"
    stored = json.dumps(at.world.of_kind("downtime_plan", "downtime_pack", "downtime_link"))
    assert PASSPHRASE not in stored
    assert url.rpartition(".")[2] not in stored


def test_what_is_sensitive_is_left_out(at: Clinic, tmp_path: Path) -> None:
    clinician, _ = add_member(at.world, at.owner, "clinician")
    for name, sensitivity in (("Asthma", []), ("Addiction", ["ETH"])):
        path = f"/v1/patients/{at.patient_id}"
        joining = {"role": "treating", "reason": "Looks after her."}
        at.world.call("POST", f"{path}/care-team", joining, token=clinician)
        body = {"description": name, "clinical_status": "active", "sensitivity": sensitivity}
        made = at.world.call("POST", f"{path}/problems", body, token=clinician)
        assert made.status == 201, made.text
    at.booking(TUESDAY.format("09:00"))
    plan(at)
    url = link(at)
    evening(at)
    found = opened(at.world.call("GET", url), tmp_path)
    assert ("Asthma" in found.text, "Addiction" in found.text) == (True, False)


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


def test_a_revoked_link_fetches_nothing_and_every_fetch_is_in_the_audit(at: Clinic) -> None:
    at.booking(TUESDAY.format("09:00"))
    plan(at)
    url, other = link(at), link(at)
    evening(at)
    assert at.world.call("GET", url).status == 200
    listed = links(at)["items"]
    assert [each["label"] for each in listed] == ["Front desk PC"] * 2
    assert "url" not in listed[0]
    fetched = [
        row for row in at.world.of_kind("audit") if row["action"]["S"] == "read_downtime_pack"
    ]
    assert [set(row["subjects"]["SS"]) for row in fetched] == [{at.patient_id}]
    path = f"/v1/locations/{at.location_id}/downtime-links/{listed[0]['id']}"
    assert at.call("DELETE", path, If_Match='"1"').status == 204
    assert [at.world.call("GET", each).status for each in (url, other)] == [404, 200]


@pytest.mark.parametrize("spoil", ["last", "link", "location", "practice", "calendar"])
def test_a_wrong_secret_is_not_found(at: Clinic, spoil: str) -> None:
    plan(at)
    url = link(at)
    evening(at)
    feed = at.call("POST", f"/v1/practitioners/{at.practitioner_id}/calendar-feeds", {}).json["url"]
    wrong = {
        "last": url[:-1] + ("0" if url[-1] != "0" else "1"),
        "link": url.replace("dtl_0", "dtl_1"),
        "location": url.replace("loc_0", "loc_1"),
        "practice": url.replace("prc_0", "prc_1"),
        "calendar": f"/v1/downtime-packs/{feed.rpartition('/')[2]}",
    }[spoil]
    assert wrong != url
    answer = at.world.call("GET", wrong)
    assert (answer.status, answer.json["code"]) == (404, "not_found")


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


def wanted(at: Clinic) -> str:
    """The message that asks for tonight's pack."""
    data, now = {"night": "2026-03-02"}, at.world.clock.now()
    kind = "downtime_pack.wanted"
    return Event("evt_1", kind, at.practice_id, at.location_id, 1, now, data).to_json()


def test_a_practice_that_closes_fetches_what_there_is_and_no_more_is_made(at: Clinic) -> None:
    plan(at)
    url = link(at)
    evening(at)
    become(at, "closing")
    assert at.world.call("GET", url).status == 200
    at.world.clock.advance(hours=24)
    at.world.tick()
    assert len(files()) == 1
    assert "duepk" not in at.world.of_kind("downtime_plan")[0]
    become(at, "closed")
    assert at.world.call("GET", url).status == 404


def become(at: Clinic, status: str) -> None:
    """The practice, as its life goes on."""
    with at.working() as context:
        practice = get(Practice, Practice.key(at.practice_id))
        practice.status = status
        context.work.save(practice)
        context.work.commit()


def test_a_damaged_file_is_not_handed_out(at: Clinic) -> None:
    plan(at)
    url = link(at)
    evening(at)
    (key,) = files()
    boto3.client("s3").put_object(Bucket=settings().files_bucket, Key=key, Body=b"<html>")
    assert at.world.call("GET", url).json["code"] == "damaged"
    boto3.client("s3").delete_object(Bucket=settings().files_bucket, Key=key)
    assert at.world.call("GET", url).json["code"] == "damaged"
    with answering_s3("GetObject", times=9, status=503):
        assert at.world.call("GET", url).headers["Retry-After"] == "5"


def test_a_suspended_practice_fetches_its_packs_and_new_ones_are_made(at: Clinic) -> None:
    from infra.ops.suspend import run

    plan(at)
    url = link(at)
    assert run([at.practice_id, "--by", "a test", "--reason", "unpaid"]) == 0
    at.world.clock.advance(**EVENING)
    at.world.tick()
    assert at.world.call("GET", url).status == 200


def test_the_passphrase_wants_a_second_factor_and_is_no_word_that_anybody_guesses(
    at: Clinic,
) -> None:
    add_member(at.world, at.owner, "front_desk", email="desk@clinic.example")
    body = {"passphrase": PASSPHRASE}
    assert at.call("PUT", PLAN, body, If_Match='"0"').json["code"] == "step_up_required"
    for weak in ("too short", "passwordpassword", "aaaaaaaaaaaaaaaaaa"):
        refused = plan(at, weak)
        assert (refused.status, refused.json["errors"][0]["field"]) == (422, "passphrase"), weak
    assert at.call("GET", PLAN).status == 404
    assert plan(at, f"  {PASSPHRASE} ").json["passphrase"] == PASSPHRASE
    assert plan(at).status == 412
    assert plan(at, version=1, hour=18, kept_days=3).json["hour"] == 18
    at.later(minutes=10)
    assert at.call("GET", PLAN).json["code"] == "step_up_required"
    for email in ("desk@clinic.example", at.email.replace("manager", "owner")):
        token = sign_in(at.world, email)
        step_up(at.world, token)
        assert at.world.call("GET", PLAN, token=token).json["code"] == "forbidden"


def test_a_link_needs_a_plan_and_there_are_ten(at: Clinic) -> None:
    step_up(at.world, at.token)
    path = f"/v1/locations/{at.location_id}/downtime-links"
    refused = at.call("POST", path, {"label": "Desk"})
    assert (refused.status, refused.json["code"]) == (409, "no_downtime_plan")
    plan(at)
    for _ in range(10):
        link(at)
    full = at.call("POST", path, {"label": "Desk"})
    assert (full.status, full.json["code"]) == (409, "too_many_downtime_links")


def files() -> list[str]:
    """The keys of all packs that are stored."""
    found = boto3.client("s3").list_objects_v2(Bucket=settings().files_bucket).get("Contents", [])
    return [each["Key"] for each in found if "/downtime/" in each["Key"]]


def test_the_next_open_day_is_looked_for_a_week(at: Clinic) -> None:
    at.booking("2026-03-10T09:00:00-04:00")
    plan(at)
    evening(at)
    assert links(at)["packs"][0]["days"] == ["2026-03-03", "2026-03-10"]
    assert date.fromisoformat(links(at)["packs"][0]["night"]) == date(2026, 3, 2)
