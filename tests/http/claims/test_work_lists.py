"""What a biller looks at: claims by state, one claim, remittances and inbound files."""

from tests.builders.billing import ADD_ON, Clinic, usd
from tests.builders.mailbox import bring, claims, holding


def test_claims_are_listed_by_state_page_by_page_oldest_day_first(clinic: Clinic) -> None:
    holding(clinic)
    days = [clinic.world.clock.now().date().replace(day=day) for day in (2, 1)]
    for day in days:
        clinic.visit(clinic.insured, ADD_ON, day=day)
    first = clinic.get("biller", "/v1/claims?status=submitted&limit=1")
    then = clinic.get(
        "biller", f"/v1/claims?status=submitted&limit=1&cursor={first['next_cursor']}"
    )
    found = [*first["items"], *then["items"]]
    assert [claim["day"] for claim in found] == ["2026-03-01", "2026-03-02"]
    assert {claim["payer_name"] for claim in found} == {"Bay State Health Plan"}
    assert {claim["amount"]["amount"] for claim in found} == {1_600}
    assert clinic.get("biller", "/v1/claims?status=paid")["items"] == []
    wrong = clinic.call("biller", "GET", "/v1/claims?status=lost")
    assert (wrong.status, wrong.json["errors"][0]["field"]) == (400, "status")


def test_a_denied_claim_says_why_and_is_no_write_off(clinic: Clinic) -> None:
    house = holding(clinic)
    patient = clinic.patient(member_id="DEN100")
    clinic.visit(patient, ADD_ON)
    for answer in house.answers:
        bring(clinic, answer.text)
    (claim,) = claims(clinic, "denied")
    assert claim["paid"] == usd(0)
    assert claim["steps"][-1]["codes"] == ["CO-197", "PR-204"]
    assert claim["payer_control_number"]
    assert clinic.balance(patient) == (1_344, 256, 0)


def test_a_remittance_shows_what_it_paid_and_for_which_claims(clinic: Clinic) -> None:
    house = holding(clinic)
    clinic.visit(clinic.insured, ADD_ON)
    bring(clinic, house.texts("835")[0])
    (remittance,) = clinic.get("biller", "/v1/remittances")["items"]
    (claim,) = claims(clinic, "paid")
    assert remittance["payment"] == claim["paid"]
    assert remittance["claims"] == 1
    (item,) = clinic.get("biller", f"/v1/remittances/{remittance['id']}/claims")["items"]
    assert (item["status"], item["claim_id"]) == ("posted", claim["id"])
    assert (item["charge"], item["paid"]) == (usd(1_600), claim["paid"])


def test_a_claim_nobody_has_is_not_found(clinic: Clinic) -> None:
    for method, path in (
        ("GET", "/v1/claims/clm_0000000000000000"),
        ("POST", "/v1/claims/clm_0000000000000000/resubmit"),
        ("GET", "/v1/remittances/rem_00000000000000000000000000/claims"),
    ):
        answer = clinic.call("biller", method, path)
        assert (answer.status, answer.json["code"]) == (404, "not_found")


def test_an_unreadable_file_is_shown_with_its_reason(clinic: Clinic) -> None:
    bring(clinic, "ISA*this is cut off")
    (file,) = clinic.get("biller", "/v1/inbound-files")["items"]
    assert file["status"] == "quarantined"
    assert file["reasons"][0]["text"]
    assert file["size"] == len("ISA*this is cut off")
