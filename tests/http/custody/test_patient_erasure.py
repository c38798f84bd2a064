"""A patient's records: kept until their date, then destroyed without a trace but the audit."""

from datetime import date

import boto3
import pytest

from chalicelib.platform.config import settings
from chalicelib.platform.store import Row
from tests.builders.billing import Clinic
from tests.world import Answered, sign_in, step_up


def erase(clinic: Clinic, patient_id: str, **over: str) -> Answered:
    token = sign_in(clinic.world, "owner@elm.example")
    step_up(clinic.world, token)
    return clinic.world.call("POST", f"/v1/patients/{patient_id}/erasure", token=token, **over)


def of_patient(clinic: Clinic, patient_id: str) -> dict[str, list[Row]]:
    """Every row that names the patient anywhere, by kind."""
    found: dict[str, list[Row]] = {}
    for item in clinic.world.items():
        if patient_id in str(item):
            found.setdefault(item["kind"]["S"], []).append(item)
    return found


def test_before_the_date_the_law_is_named_with_the_day(clinic: Clinic) -> None:
    clinic.visit(clinic.insured, day=date(2026, 3, 2))
    before = of_patient(clinic, clinic.insured).keys()
    refused = erase(clinic, clinic.insured)
    assert (refused.status, refused.json["code"]) == (409, "retention_forbids")
    [error] = refused.json["errors"]
    assert (error["field"], error["message"]) == ("patient_id", "2033-03-02")
    assert "42 CFR 424.516(f)" in refused.json["detail"]
    assert of_patient(clinic, clinic.insured).keys() >= before


def test_on_its_day_all_of_it_goes_and_no_other_patient_s(clinic: Clinic) -> None:
    clinic.visit(clinic.insured, day=date(2026, 3, 2))
    clinic.visit(clinic.uninsured, day=date(2026, 3, 2))
    clinic.pay(clinic.insured, 500)
    assert len(_sent(clinic)) == 1
    others = of_patient(clinic, clinic.uninsured)
    clinic.world.clock.instant = clinic.world.clock.instant.replace(year=2033, day=1)
    assert erase(clinic, clinic.insured).json["code"] == "retention_forbids"
    clinic.world.clock.advance(days=1)
    done = erase(clinic, clinic.insured)
    assert (done.status, done.json["state"]) == (200, "running"), done.text
    clinic.world.pump()
    left = of_patient(clinic, clinic.insured)
    assert left.keys() <= {"audit", "audit_amendment", "access", "audit_seal", "erasure", "answer"}
    after = of_patient(clinic, clinic.uninsured)
    assert {kind: len(rows) for kind, rows in after.items() if "audit" not in kind} == {
        kind: len(rows) for kind, rows in others.items() if "audit" not in kind
    }
    claims = {row["pk"]["S"] for row in clinic.world.items() if row["kind"]["S"] == "claim"}
    bodies = {row["pk"]["S"] for row in clinic.world.items() if row["kind"]["S"] == "claim_body"}
    assert bodies <= claims
    [erasure] = left["erasure"]
    assert erasure["state"]["S"] == "done"
    assert int(erasure["versions"]["N"]) == 1, "the claim as it was sent"
    assert _sent(clinic) == []


def _sent(clinic: Clinic) -> list[str]:
    """The files, in any version, in which claims were sent."""
    prefix = f"{clinic.practice_id}/clearinghouse/outbound/"
    answer = boto3.client("s3").list_object_versions(
        Bucket=settings().mailbox_bucket, Prefix=prefix
    )
    return [each["Key"] for each in answer.get("Versions", [])]


def test_a_patient_who_comes_back_meanwhile_is_kept_whole(clinic: Clinic) -> None:
    clinic.visit(clinic.insured, day=date(2026, 3, 2))
    clinic.world.clock.instant = clinic.world.clock.instant.replace(year=2033, day=2)
    assert erase(clinic, clinic.insured).status == 200
    (told,) = clinic.pending("erasure.step")
    clinic.visit(clinic.insured, day=date(2033, 3, 2), pump=False)
    before = {kind: len(rows) for kind, rows in of_patient(clinic, clinic.insured).items()}
    assert clinic.world.deliver("custody", [told]) == []
    clinic.world.pump()
    after = of_patient(clinic, clinic.insured)
    assert {kind for kind, n in before.items() if len(after.get(kind, ())) < n} <= {"outbox"}
    assert after["erasure"][0]["state"]["S"] == "ended"
    assert erase(clinic, clinic.insured).json["code"] == "retention_forbids"
    clinic.world.clock.instant = clinic.world.clock.instant.replace(year=2041)
    again = erase(clinic, clinic.insured)
    assert again.status == 200, again.text
    clinic.world.pump()
    assert of_patient(clinic, clinic.insured)["erasure"][0]["state"]["S"] == "done"


@pytest.mark.parametrize("theirs", [True, False])
def test_what_lies_under_a_hold_stays_whatever_its_date(clinic: Clinic, theirs: bool) -> None:
    body = {"reason": "A suit", **({"patient_id": clinic.insured} if theirs else {})}
    hold = clinic.call("owner", "POST", "/v1/legal-holds", body)
    assert hold.status == 201, hold.text
    assert [each["id"] for each in clinic.get("owner", "/v1/legal-holds")["items"]] == [
        hold.json["id"]
    ]
    clinic.world.clock.advance(days=366 * 30)
    refused = erase(clinic, clinic.insured)
    assert (refused.status, refused.json["code"]) == (409, "under_legal_hold")
    expected = 200 if theirs else 409
    assert erase(clinic, clinic.uninsured).status == expected


def test_a_hold_on_nobody_is_refused(clinic: Clinic) -> None:
    body = {"reason": "A suit", "patient_id": "pat_00000000000000000000000000"}
    assert clinic.call("owner", "POST", "/v1/legal-holds", body).status == 404


def test_a_manager_neither_holds_nor_erases(clinic: Clinic) -> None:
    assert clinic.call("manager", "POST", "/v1/legal-holds", {"reason": "x"}).status == 403
    path = f"/v1/patients/{clinic.insured}/erasure"
    assert clinic.call("manager", "POST", path).status == 403
    clinic.world.clock.advance(minutes=6)
    assert clinic.call("owner", "POST", path).json["code"] == "step_up_required"
