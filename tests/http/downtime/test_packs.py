"""Downtime packs: what they tell whom, opened offline by whoever has link and passphrase."""

import json
from pathlib import Path

import boto3
import pytest

from chalicelib.downtime import page
from chalicelib.platform.config import settings
from chalicelib.platform.store import get
from chalicelib.practices.models import Practice
from tests.builders.scheduling import Clinic
from tests.faults import answering_s3
from tests.http.downtime.packing import (
    EVENING,
    PASSPHRASE,
    PLAN,
    THURSDAY,
    TUESDAY,
    evening,
    files,
    link,
    links,
    nguyen,
    opened,
    plan,
)
from tests.world import add_member, sign_in, step_up


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
        answer.headers["Content-Disposition"] == 'attachment; filename="downtime-2026-03-03.html"'
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
