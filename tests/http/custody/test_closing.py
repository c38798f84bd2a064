"""Closing a practice: grace, a custodian, and everything destroyed but what the law keeps (38)."""

import json
from dataclasses import replace
from typing import Any

import boto3
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from chalicelib.platform.config import settings
from chalicelib.platform.queues import working
from chalicelib.platform.store import plant_row
from chalicelib.tasks.models import Task
from infra.ops.__main__ import main
from tests.builders.billing import Clinic
from tests.builders.custody import pems, read
from tests.builders.deaths import moto_files
from tests.world import ADDRESS, Answered, newest_link, sign_in, step_up

CUSTODIAN = {
    "name": "Records Inc",
    "address": ADDRESS,
    "email": "keep@records.example",
    "public_key": pems(X25519PrivateKey.generate())[1],
}
CLOSING = {"practice_name": "Elm Street Clinic", "custodian": CUSTODIAN}


def close(clinic: Clinic, **over: Any) -> Answered:
    step_up(clinic.world, clinic.tokens["owner"])
    return clinic.call("owner", "POST", "/v1/practice/closing", {**CLOSING, **over})


def signed_in_again(clinic: Clinic) -> Clinic:
    """After days: the owner with a new session, stepped up."""
    token = sign_in(clinic.world, "owner@elm.example")
    step_up(clinic.world, token)
    return replace(clinic, tokens={**clinic.tokens, "owner": token})


def receipt_token(clinic: Clinic) -> str:
    mails = [mail for mail in clinic.world.mails() if "keep@records.example" in mail]
    assert len(mails) == 1
    return clinic.world.mailed_token()


def confirm(clinic: Clinic, token: str, digest: str) -> Answered:
    body = {"token": token, "manifest_sha256": digest}
    return clinic.world.call("POST", "/v1/custodians/receipts", body)


def handed_over(clinic: Clinic) -> str:
    """Closed, received, and the grace over; the hash of the final export."""
    made = close(clinic)
    assert made.status == 201, made.text
    clinic.world.pump(rounds=200)
    export = clinic.get("owner", f"/v1/exports/{made.json['export_id']}")
    assert confirm(clinic, receipt_token(clinic), export["manifest_sha256"]).status == 200
    clinic.world.clock.advance(days=30, minutes=1)
    clinic.world.tick()
    return str(export["manifest_sha256"])


def ops(*arguments: str) -> int:
    return main(["erase-practice", *arguments])


def test_a_practice_that_closes_is_read_only_and_hands_over(clinic: Clinic) -> None:
    made = close(clinic)
    assert made.status == 201, made.text
    assert clinic.get("owner", "/v1/practice")["status"] == "closing"
    desk = clinic.call("front_desk", "POST", "/v1/patients", {})
    assert (desk.status, desk.json["code"]) == (409, "practice_closing")
    assert clinic.get("front_desk", f"/v1/patients/{clinic.insured}")["id"] == clinic.insured
    assert sign_in(clinic.world, "owner@elm.example")
    clinic.world.pump(rounds=200)
    export = clinic.get("owner", f"/v1/exports/{made.json['export_id']}")
    assert export["state"] == "ready"
    token = receipt_token(clinic)
    wrong = confirm(clinic, token, "0" * 64)
    assert (wrong.status, wrong.json["errors"][0]["field"]) == (422, "manifest_sha256")
    assert confirm(clinic, token, export["manifest_sha256"]).status == 200
    again = confirm(clinic, token, export["manifest_sha256"])
    assert (again.status, again.json["code"]) == (422, "link_spent")
    assert clinic.get("owner", "/v1/practice/closing")["received_at"] is not None


def test_within_thirty_days_an_owner_thinks_better_of_it(clinic: Clinic) -> None:
    close(clinic)
    path = "/v1/practice/closing/cancel"
    assert clinic.call("owner", "POST", path).status == 204
    assert clinic.get("owner", "/v1/practice")["status"] == "active"
    assert clinic.call("owner", "GET", "/v1/practice/closing").status == 404
    assert clinic.call("owner", "POST", path).status == 404
    clinic.world.pump(rounds=200)
    assert not any("keep@records.example" in mail for mail in clinic.world.mails())
    assert close(clinic).status == 201
    clinic.world.clock.advance(days=30, minutes=1)
    clinic.world.tick()
    clinic = signed_in_again(clinic)
    late = clinic.call("owner", "POST", path)
    assert (late.status, late.json["code"]) == (409, "grace_over")


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"practice_name": "Elm"}, "practice_name"),
        ({"custodian": {**CUSTODIAN, "email": "nobody"}}, "custodian.email"),
        ({"custodian": {**CUSTODIAN, "public_key": "x"}}, "custodian.public_key"),
    ],
)
def test_a_wrong_word_closes_nothing(clinic: Clinic, over: dict[str, Any], field: str) -> None:
    refused = close(clinic, **over)
    assert (refused.status, refused.json["errors"][0]["field"]) == (422, field)
    assert clinic.get("owner", "/v1/practice")["status"] == "active"


def erased(clinic: Clinic) -> None:
    """Two people have decided, all is quiet, and the work is done or given up."""
    assert ops(clinic.practice_id, "--by", "Ann") == 0
    assert ops(clinic.practice_id, "--by", "Bob", "--confirm") == 0
    clinic.world.clock.advance(minutes=7)
    clinic.world.tick()
    clinic.world.pump(rounds=200)


def state_of(clinic: Clinic, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert ops(clinic.practice_id) == 0
    return str(json.loads(capsys.readouterr().out)["state"])


def test_a_closing_practice_names_another_custodian_who_confirms_anew(clinic: Clinic) -> None:
    first = close(clinic)
    other = {**CUSTODIAN, "email": "vault@archive.example"}
    again = close(clinic, custodian=other)
    assert again.status == 201, again.text
    assert again.json["custodian"]["email"] == "vault@archive.example"
    assert again.json["grace_until"] == first.json["grace_until"]
    clinic.world.pump(rounds=200)
    before = clinic.get("owner", f"/v1/exports/{first.json['export_id']}")
    export = clinic.get("owner", f"/v1/exports/{again.json['export_id']}")
    assert (before["state"], export["state"]) == ("ended", "ready")
    assert not [mail for mail in clinic.world.mails() if "keep@records.example" in mail]
    assert confirm(clinic, newest_link(clinic.world), export["manifest_sha256"]).status == 200
    assert clinic.call("manager", "GET", "/v1/practice/closing").status == 403


def test_a_custodian_who_was_replaced_confirms_nothing(clinic: Clinic) -> None:
    export_id = close(clinic).json["export_id"]
    clinic.world.pump(rounds=200)
    link = receipt_token(clinic)
    export = clinic.get("owner", f"/v1/exports/{export_id}")
    close(clinic, custodian={**CUSTODIAN, "email": "vault@archive.example"})
    refused = confirm(clinic, link, export["manifest_sha256"])
    assert (refused.status, refused.json["code"]) == (422, "link_spent")


def test_what_came_after_the_final_export_is_handed_over_before_anything_goes(
    clinic: Clinic, capsys: pytest.CaptureFixture[str]
) -> None:
    first = handed_over(clinic)
    with working("billing", clinic.practice_id, "a late payment") as context:
        key = Task.key(clinic.practice_id, context.new_id("tsk"))
        row = {"pk": {"S": key.pk}, "sk": {"S": key.sk}, "kind": {"S": "payment"}}
        plant_row({**row, "version": {"N": "1"}, "schema": {"N": "1"}})
    before = len([row for row in clinic.world.items() if row["kind"]["S"] == "patient"])
    erased(clinic)
    assert state_of(clinic, capsys) == "ended"
    assert len([row for row in clinic.world.items() if row["kind"]["S"] == "patient"]) == before
    clinic = signed_in_again(clinic)
    closing = clinic.get("owner", "/v1/practice/closing")
    assert closing["received_at"] is None
    export = clinic.get("owner", f"/v1/exports/{closing['export_id']}")
    assert export["manifest_sha256"] not in (None, first)
    assert ops(clinic.practice_id, "--by", "Ann") == 1, "not handed over"
    token = clinic.world.mailed_token()
    assert confirm(clinic, token, export["manifest_sha256"]).status == 200
    erased(clinic)
    assert state_of(clinic, capsys) == "done"


def test_a_hold_of_the_last_moment_ends_an_erasure_before_it_begins(
    clinic: Clinic, capsys: pytest.CaptureFixture[str]
) -> None:
    handed_over(clinic)
    clinic = signed_in_again(clinic)
    assert ops(clinic.practice_id, "--by", "Ann") == 0
    assert ops(clinic.practice_id, "--by", "Bob", "--confirm") == 0
    hold = clinic.call("owner", "POST", "/v1/legal-holds", {"reason": "A suit"})
    assert hold.status == 201
    clinic.world.clock.advance(minutes=7)
    clinic.world.tick()
    assert state_of(clinic, capsys) == "ended"
    assert clinic.call("owner", "GET", "/v1/practice").json["status"] == "closed"
    step_up(clinic.world, clinic.tokens["owner"])
    path = f"/v1/legal-holds/{hold.json['id']}"
    assert clinic.call("owner", "DELETE", path, If_Match='"1"').status == 204
    erased(clinic)
    assert state_of(clinic, capsys) == "done"


def test_an_export_that_meets_the_erasure_is_ended_and_leaves_no_file(
    clinic: Clinic, capsys: pytest.CaptureFixture[str]
) -> None:
    handed_over(clinic)
    clinic = signed_in_again(clinic)
    late = clinic.call("owner", "POST", "/v1/exports").json["id"]
    (told,) = clinic.pending("export.step")
    assert ops(clinic.practice_id, "--by", "Ann") == 0
    assert ops(clinic.practice_id, "--by", "Bob", "--confirm") == 0
    assert clinic.world.deliver("custody", [told]) == []
    assert read(clinic.practice_id, late).state == "ended"
    clinic.world.clock.advance(minutes=7)
    clinic.world.tick()
    clinic.world.pump(rounds=200)
    assert state_of(clinic, capsys) == "done"
    assert clinic.world.deliver("custody", [told]) == [], "its record is gone"
    assert not any(key.startswith(clinic.practice_id) for key in moto_files())


def test_an_export_under_way_is_finished_when_the_practice_closes(clinic: Clinic) -> None:
    step_up(clinic.world, clinic.tokens["owner"])
    early = clinic.call("owner", "POST", "/v1/exports").json
    final = close(clinic).json["export_id"]
    clinic.world.pump(rounds=200)
    for export_id in (early["id"], final):
        assert clinic.get("owner", f"/v1/exports/{export_id}")["state"] == "ready"


def test_nothing_is_destroyed_before_two_people_and_the_custodian_agree(
    clinic: Clinic, capsys: pytest.CaptureFixture[str]
) -> None:
    practice = clinic.practice_id

    def refused(*arguments: str) -> str:
        assert ops(practice, *arguments) == 1
        return str(json.loads(capsys.readouterr().err)["code"])

    assert refused("--by", "Ann") == "practice_still_open"
    close(clinic)
    clinic.world.pump(rounds=200)
    assert refused("--by", "Ann") == "practice_still_open"
    clinic.world.clock.advance(days=30, minutes=1)
    clinic.world.tick()
    assert refused("--by", "Ann") == "not_handed_over"
    clinic = signed_in_again(clinic)
    closing = clinic.get("owner", "/v1/practice/closing")
    export = clinic.get("owner", f"/v1/exports/{closing['export_id']}")
    assert confirm(clinic, receipt_token(clinic), export["manifest_sha256"]).status == 200
    hold = clinic.call("owner", "POST", "/v1/legal-holds", {"reason": "A suit"})
    assert hold.status == 201
    assert refused("--by", "Ann") == "under_legal_hold"
    path = f"/v1/legal-holds/{hold.json['id']}"
    assert clinic.call("owner", "DELETE", path, If_Match='"1"').status == 204
    assert refused("--by", "Bob", "--confirm") == "not_found"
    assert ops(practice, "--by", "Ann") == 0
    assert refused("--by", "Ann") == "erasure_asked_before"
    assert refused("--by", "ann", "--confirm") == "same_person"
    before = len(clinic.world.items())
    clinic.world.pump()
    assert len(clinic.world.items()) == before


def test_after_erasure_nothing_is_left_but_what_the_law_keeps(
    clinic: Clinic, capsys: pytest.CaptureFixture[str]
) -> None:
    clinic.visit(clinic.insured)
    world, practice = clinic.world, clinic.practice_id
    s3, bucket = boto3.client("s3"), settings().files_bucket
    for body in (b"one", b"two"):
        s3.put_object(Bucket=bucket, Key=f"{practice}/scans/a.pdf", Body=body)
    s3.delete_object(Bucket=bucket, Key=f"{practice}/scans/a.pdf")
    s3.put_object(Bucket=bucket, Key="prc_other/scans/b.pdf", Body=b"theirs")
    digest = handed_over(clinic)
    erased(clinic)
    capsys.readouterr()
    assert ops(practice) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["state"], shown["export_sha256"]) == ("done", digest)
    assert shown["destroyed"]["patient"] == 2
    assert shown["versions_of_files"] > 3
    assert shown["backups_until"] > shown["done_at"]
    left = [item for item in world.items() if practice in str(item)]
    kinds = {item["kind"]["S"] for item in left}
    assert kinds - {"audit_seal", "audit_head", "audit_unsealed", "audit_seal_due"} <= {
        "practice", "audit", "audit_amendment", "access", "erasure", "link",
    }  # fmt: skip
    assert {item["purpose"]["S"] for item in left if item["kind"]["S"] == "link"} == {
        "erasure_certificate"
    }
    assert not any(name in str(left) for name in ("Diaz", "Rosa", "12-3456789"))
    for name in (settings().files_bucket, settings().mailbox_bucket):
        listed = s3.list_object_versions(Bucket=name, Prefix=f"{practice}/")
        assert "Versions" not in listed
        assert "DeleteMarkers" not in listed
    assert s3.get_object(Bucket=bucket, Key="prc_other/scans/b.pdf")["Body"].read() == b"theirs"
    assert not any(key.startswith(practice) for key in moto_files())
    token = newest_link(world)
    certificate = world.call("POST", "/v1/custodians/certificates", {"token": token})
    assert certificate.status == 200, certificate.text
    assert certificate.json["destroyed"] == shown["destroyed"]
    assert "keep@records.example" in world.mails()[-1]
    session = {"email": "owner@elm.example", "password": "correct horse battery staple"}
    assert world.call("POST", "/v1/sessions", session).status == 401
