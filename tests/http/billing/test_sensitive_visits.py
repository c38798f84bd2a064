"""Who bills reads the notes of billed visits, of sensitive ones the codes; who takes money reads neither."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from chalicelib.clinical.coding import CodedReason
from chalicelib.clinical.models import Encounter
from chalicelib.clinical.schemas import EncounterDetail
from tests.builders.circle import Circle, circle
from tests.world import World, add_member

FEE = {"code": "G0463", "description": "Visit", "price": {"amount": 9_000, "currency": "USD"}}


@pytest.fixture
def at(world: World) -> Circle:
    made = circle(world)
    made.done("owner", "PUT", "/v1/fee-schedule", {"fees": [FEE]}, If_Match='"0"')
    made.tokens["front_desk"], made.users["front_desk"] = add_member(
        world, made.her.owner, "front_desk"
    )
    return made


def _billed(at: Circle, **over: Any) -> str:
    """The id of a visit that was signed and charged."""
    visit = at.her.signed(reason="Canary-reason", **over)
    at.world.pump()
    return visit


def _read(at: Circle, who: str, visit: str) -> Any:
    return at.call(who, "GET", f"{at.patient}/encounters/{visit}/billed")


def test_who_bills_reads_the_note_of_a_billed_visit_and_the_audit_says_why(at: Circle) -> None:
    visit = _billed(at)
    at.done("treating", "POST", at.her.path(visit, "/addenda"), {"text": "Seen again."})
    read = _read(at, "biller", visit)
    assert read.status == 200, read.text
    assert read.json == at.her.read(visit)
    entries = at.audited("read_billed_encounter")
    kinds = {"audit", "audit_amendment"}
    whys = [
        item["why"]["S"]
        for item in at.world.items()
        if item["kind"]["S"] in kinds and "why" in item
    ]
    assert (len(entries), whys) == (1, ["billed"])


@pytest.mark.parametrize("state", ["in_progress", "documented", "signed"])
def test_what_has_no_charges_is_not_there(at: Circle, state: str) -> None:
    visit = {
        "in_progress": at.her.encounter,
        "documented": at.her.documented,
        "signed": at.her.signed,
    }[state]()
    assert _read(at, "biller", visit).status == 404
    assert at.call("biller", "GET", at.her.path(visit)).status == 403


def test_of_a_sensitive_visit_who_bills_sees_the_codes_alone(at: Circle) -> None:
    visit = _billed(at, sensitivity=["PSY"])
    read = _read(at, "biller", visit).json
    assert [each["code"] for each in read["diagnoses"]] == ["M54.50"]
    assert [each["code"] for each in read["procedures"]] == ["G0463"]
    assert (read["note"], read["addenda"], read["reason"]) == (None, [], None)
    for word in ("Canary-reason", "lifting boxes", "Mechanical"):
        assert word not in _read(at, "biller", visit).text


def test_nor_why_the_visit_was_booked() -> None:
    encounter = Encounter(
        *Encounter.key("prc_1", "pat_2", "enc_3"),
        practitioner_id="pra_4",
        location_id="loc_5",
        started_at=datetime(2026, 3, 2, 14, tzinfo=UTC),
        day=date(2026, 3, 2),
        bill_to="insurance",
        reason="Canary-reason",
        reason_code=CodedReason("icd-10-cm", "F32.A"),
    )
    shown = EncounterDetail.codes_of(encounter)
    assert (shown.reason, shown.reason_code) == (None, None)


def test_a_break_glass_is_no_way_for_who_bills(at: Circle) -> None:
    visit = _billed(at, sensitivity=["PSY"])
    assert at.break_glass("biller").status == 403
    assert _read(at, "biller", visit).json["note"] is None


@pytest.mark.parametrize(("tags", "shown"), [([], "G0463"), (["SUD"], None)])
def test_an_account_shows_the_codes_of_sensitive_visits_to_who_bills_only(
    at: Circle, tags: list[str], shown: str | None
) -> None:
    _billed(at, sensitivity=tags)
    for who, code in (("owner", shown), ("biller", "G0463")):
        (charge,) = at.done(who, "GET", f"{at.patient}/account")["charges"]
        assert (charge["code"], charge["amount"]["amount"]) == (code, 9_000)
        assert (charge["modifiers"] == []) is (code is None)


@pytest.mark.parametrize(("tags", "shown"), [([], "G0463"), (["SUD"], None)])
def test_so_does_an_invoice(at: Circle, tags: list[str], shown: str | None) -> None:
    visit = _billed(at, sensitivity=tags)
    body = {"encounter_id": visit}
    made = at.done("front_desk", "POST", f"{at.patient}/invoices", body)
    path = f"{at.patient}/invoices/{made['id']}"
    read = at.done("front_desk", "GET", path)
    assert [invoice["charges"][0]["code"] for invoice in (made, read)] == [shown, shown]
    assert read["amount"]["amount"] == 9_000
    assert at.done("biller", "GET", path)["charges"][0]["code"] == "G0463"


def test_a_superbill_of_a_sensitive_visit_is_for_who_bills(at: Circle) -> None:
    visit = _billed(at, sensitivity=["HIV"])
    path = at.her.path(visit, "/superbill")
    assert at.call("owner", "GET", path).status == 404
    assert at.done("biller", "GET", path)["diagnosis_codes"] == ["M54.50"]


def test_a_visit_marked_after_it_was_billed_is_withheld_from_then_on(at: Circle) -> None:
    visit = _billed(at)
    path = at.her.path(visit, "/sensitivity")
    version = at.her.read(visit)["version"]
    at.done("treating", "PUT", path, {"sensitivity": ["STD"]}, If_Match=f'"{version}"')
    assert at.done("owner", "GET", f"{at.patient}/account")["charges"][0]["code"] is None
    assert _read(at, "biller", visit).json["note"] is None
