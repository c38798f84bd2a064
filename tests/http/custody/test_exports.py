"""Everything of a practice, asked for, approved, written and fetched (PROMISES 38)."""

from collections import Counter

import boto3
import pytest

from chalicelib.custody import exporting
from chalicelib.custody.kinds import EXPORTED, LEFT_OUT
from chalicelib.platform.config import settings
from tests.builders.billing import Clinic, open_clinic
from tests.builders.custody import fetched, listing, make_export
from tests.world import step_up


def test_an_export_holds_every_row_of_the_practice_and_no_other(clinic: Clinic) -> None:
    other = open_clinic(clinic.world, email="owner@ash.example", npi="1245319599")
    clinic.visit(clinic.insured)
    export = fetched(clinic)
    stored = Counter(
        item["kind"]["S"]
        for item in clinic.world.items()
        if (item["pk"]["S"] + item["sk"]["S"]).find(f"{clinic.practice_id}#") >= 0
    )
    counts = Counter(line["kind"] for line in export.lines)
    assert counts == Counter(export.manifest["records"])
    audits = counts.pop("audit"), stored.pop("audit")
    assert 0 < audits[0] <= audits[1]  # reading the export is audited as well
    assert counts == {kind: n for kind, n in stored.items() if kind in EXPORTED}
    assert {"patient", "encounter", "charge", "claim", "remittance", "member"} <= counts.keys()
    assert not counts.keys() & LEFT_OUT.keys()
    assert other.practice_id.encode() not in b"".join(export.files.values())


def test_a_line_is_plain_json(clinic: Clinic) -> None:
    clinic.visit(clinic.insured)
    export = fetched(clinic)
    patients = {line["key"][0].split("#")[1]: line for line in export.of("patient")}
    patient = patients[clinic.insured]
    assert patient["attributes"]["name"] == {"family": "Diaz", "given": "Rosa"}
    assert patient["attributes"]["birth_date"] == "1984-07-02"
    assert {line["attributes"]["amount"] for line in export.of("charge")} == {20_000, 1_600}
    body = export.of("claim_body")[0]
    assert body["types"]["content"] == "gzip json"
    assert isinstance(body["attributes"]["content"], dict)


def test_files_of_both_buckets_come_along(clinic: Clinic) -> None:
    clinic.visit(clinic.insured)
    boto3.client("s3").put_object(
        Bucket=settings().files_bucket, Key=f"{clinic.practice_id}/scans/a.pdf", Body=b"%PDF"
    )
    export = fetched(clinic)
    assert export.files["files/files/scans/a.pdf"] == b"%PDF"
    assert any(name.startswith("files/mailbox/clearinghouse/outbound/") for name in export.files)
    again = fetched(clinic)
    assert not any("exports" in name for name in again.files)


def test_a_manager_asks_and_an_owner_approves_with_a_second_factor(clinic: Clinic) -> None:
    clinic.world.clock.advance(minutes=6)
    asked = clinic.call("manager", "POST", "/v1/exports").json
    path = f"/v1/exports/{asked['id']}"
    assert asked["state"] == "requested"
    clinic.world.pump()
    assert clinic.get("manager", path)["state"] == "requested"
    assert clinic.call("manager", "POST", f"{path}/approve").status == 403
    refused = clinic.call("owner", "POST", f"{path}/approve")
    assert (refused.status, refused.json["code"]) == (403, "step_up_required")
    step_up(clinic.world, clinic.tokens["owner"])
    assert clinic.call("owner", "POST", f"{path}/approve").json["state"] == "running"
    busy = clinic.call("owner", "POST", "/v1/exports")
    assert (busy.status, busy.json["code"]) == (409, "export_under_way")
    waits = listing(clinic, asked["id"])
    assert (waits.status, waits.json["code"]) == (409, "export_not_ready")
    clinic.world.pump()
    assert clinic.get("manager", path)["state"] == "ready"
    twice = clinic.call("owner", "POST", f"{path}/approve")
    assert (twice.status, twice.json["code"]) == (409, "export_not_waiting")
    assert clinic.get("owner", "/v1/exports")["items"][0]["id"] == asked["id"]


def test_an_owner_without_a_second_factor_only_asks(clinic: Clinic) -> None:
    clinic.world.clock.advance(minutes=6)
    assert clinic.call("owner", "POST", "/v1/exports").json["state"] == "requested"


def test_only_an_owner_with_a_second_factor_gets_the_files(clinic: Clinic) -> None:
    path = f"/v1/exports/{make_export(clinic)}/files"
    assert clinic.call("manager", "GET", path).status == 403
    clinic.world.clock.advance(minutes=6)
    assert clinic.call("owner", "GET", path).json["code"] == "step_up_required"


@pytest.mark.parametrize("role", ["front_desk", "biller", "clinician", "nurse"])
def test_others_neither_ask_nor_read(clinic: Clinic, role: str) -> None:
    assert clinic.call(role, "POST", "/v1/exports").status == 403
    assert clinic.call(role, "GET", "/v1/exports").status == 403


def test_many_small_slices_make_the_same_export(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic.visit(clinic.insured)
    whole = fetched(clinic)
    monkeypatch.setattr(exporting, "PART_BYTES", 1)
    monkeypatch.setattr(exporting, "FILES_A_SLICE", 1)
    monkeypatch.setattr(exporting, "sweep_page", lambda *a, **named: sweep(*a, **named, limit=7))
    sliced = fetched(clinic)
    assert len(sliced.files) > len(whole.files) + 5
    assert _without_audit(sliced.lines) == _without_audit(whole.lines)


def _without_audit(lines: list[dict[str, object]]) -> list[str]:
    return sorted(str(line) for line in lines if line["kind"] != "audit")


sweep = exporting.sweep_page
