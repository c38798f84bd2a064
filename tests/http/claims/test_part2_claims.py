"""42 CFR Part 2: no payer hears of a programme's visits before the patient has consented."""

from typing import Any

import boto3

from chalicelib.patients.part2_notice import NOTICE
from chalicelib.platform.config import settings
from tests.builders.billing import Clinic, clinic

__all__ = ["clinic"]


def _consent(clinic: Clinic, patient_id: str, *, said: bool = True) -> None:
    path = f"/v1/patients/{patient_id}"
    etag = clinic.call("front_desk", "GET", path).etag
    body = {"part2": said}
    answer = clinic.call("front_desk", "PUT", f"{path}/consents", body, If_Match=etag)
    assert answer.status == 200, answer.text


def _claims(clinic: Clinic, status: str) -> list[Any]:
    items: list[Any] = clinic.get("biller", f"/v1/claims?status={status}")["items"]
    return items


def _sent(clinic: Clinic) -> list[str]:
    s3, bucket = boto3.client("s3"), settings().mailbox_bucket
    prefix = f"{clinic.practice_id}/clearinghouse/outbound/"
    found = s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
    return [s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read().decode() for each in found]


def test_a_claim_waits_for_the_consent_and_goes_out_with_the_notice(clinic: Clinic) -> None:
    clinic.visit(clinic.insured, part2=True)
    (waiting,) = _claims(clinic, "needs_attention")
    shown = clinic.get("biller", f"/v1/claims/{waiting['id']}")
    assert [each["code"] for each in shown["findings"]] == ["part2_consent_missing"]
    assert _sent(clinic) == []
    _consent(clinic, clinic.insured)
    clinic.world.pump()
    assert _claims(clinic, "needs_attention") == []
    (text,) = _sent(clinic)
    assert f"~NTE*ADD*{NOTICE.upper()}~HI*" in text.replace("\n", "")


def test_a_biller_cannot_send_what_waits(clinic: Clinic) -> None:
    clinic.visit(clinic.insured, part2=True)
    (waiting,) = _claims(clinic, "needs_attention")
    again = clinic.call("biller", "POST", f"/v1/claims/{waiting['id']}/resubmit")
    assert again.json["status"] == "needs_attention"
    assert _sent(clinic) == []


def test_a_consent_on_file_lets_it_go_at_once_and_other_visits_never_wait(clinic: Clinic) -> None:
    clinic.visit(clinic.insured)
    _consent(clinic, clinic.insured)
    clinic.visit(clinic.insured, part2=True)
    assert sorted(NOTICE.upper() in text for text in _sent(clinic)) == [False, True]


def test_a_consent_revoked_before_the_file_is_written_holds_the_claim(clinic: Clinic) -> None:
    _consent(clinic, clinic.insured)
    clinic.visit(clinic.insured, part2=True, pump=False)
    for event in ("encounter.signed", "charges.made"):
        domain = "billing" if event == "encounter.signed" else "claims"
        clinic.world.deliver(domain, clinic.pending(event))
    (ready,) = clinic.pending("claim.ready")
    _consent(clinic, clinic.insured, said=False)
    clinic.world.deliver("claims", [ready])
    assert _sent(clinic) == []
    (waiting,) = _claims(clinic, "needs_attention")
    assert [each["code"] for each in _findings(clinic, waiting)] == ["part2_consent_missing"]
    _consent(clinic, clinic.insured)
    clinic.world.pump()
    assert len(_sent(clinic)) == 1


def _findings(clinic: Clinic, claim: Any) -> list[Any]:
    found: list[Any] = clinic.get("biller", f"/v1/claims/{claim['id']}")["findings"]
    return found


def test_a_claim_that_needs_something_else_too_stays(clinic: Clinic) -> None:
    clinic.visit(clinic.insured, part2=True)
    (waiting,) = _claims(clinic, "needs_attention")
    change = clinic.call("owner", "GET", "/v1/practice")
    billing = {**change.json["billing"], "npi": "1987654328"}
    changed = clinic.call(
        "owner", "PATCH", "/v1/practice", {"billing": billing}, If_Match=change.etag
    )
    assert changed.status == 200, changed.text
    _consent(clinic, clinic.insured)
    clinic.world.pump()
    assert [each["id"] for each in _claims(clinic, "needs_attention")] == [waiting["id"]]
    assert _sent(clinic) == []


def test_a_consent_told_twice_sends_once(clinic: Clinic) -> None:
    clinic.visit(clinic.insured, part2=True)
    _consent(clinic, clinic.insured)
    told = clinic.pending("patient.part2_consented") * 2
    assert clinic.world.deliver("claims", told) == []
    clinic.world.pump()
    assert len(_sent(clinic)) == 1
