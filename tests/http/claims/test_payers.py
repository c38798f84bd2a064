"""Payers and the account at the clearinghouse, over HTTP."""

import pytest

from tests.builders.billing import Clinic
from tests.builders.mailbox import holding

PAYER = {"name": "Oak Mutual", "payer_id": "OAK01", "timely_filing_days": 90}
ACCOUNT = {
    "submitter_id": "SUB7",
    "receiver_id": "HOUSE",
    "receiver_name": "The House",
    "usage": "P",
}


def test_a_payer_is_added_changed_and_listed(clinic: Clinic) -> None:
    made = clinic.call("biller", "POST", "/v1/payers", PAYER)
    assert (made.status, made.etag) == (201, '"1"')
    path = f"/v1/payers/{made.json['id']}"
    changed = clinic.call("biller", "PUT", path, {**PAYER, "name": "Oak"}, If_Match='"1"')
    assert (changed.status, changed.json["name"], changed.etag) == (200, "Oak", '"2"')
    late = clinic.call("biller", "PUT", path, PAYER, If_Match='"1"')
    assert (late.status, late.json["code"]) == (412, "stale_version")
    names = [payer["name"] for payer in clinic.get("front_desk", "/v1/payers")["items"]]
    assert sorted(names) == ["Bay State Health Plan", "Oak"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("payer_id", ""), ("payer_id", "A" * 81), ("name", ""), ("timely_filing_days", -1)],
)
def test_what_a_payer_cannot_be_is_named(clinic: Clinic, field: str, value: object) -> None:
    answer = clinic.call("biller", "POST", "/v1/payers", {**PAYER, field: value})
    assert answer.status == 400
    assert [bad["field"] for bad in answer.json["errors"]] == [field]


def test_until_the_account_is_set_files_are_marked_as_tests(clinic: Clinic) -> None:
    shown = clinic.call("biller", "GET", "/v1/clearinghouse-account")
    assert (shown.etag, shown.json["usage"]) == ('"0"', "T")
    house = holding(clinic)
    clinic.visit(clinic.insured)
    assert house.files[0].split("~")[0].split("*")[15] == "T"


def test_the_account_says_who_sends_and_who_receives(clinic: Clinic) -> None:
    path = "/v1/clearinghouse-account"
    first = clinic.call("biller", "PUT", path, ACCOUNT, If_Match='"0"')
    assert (first.status, first.etag) == (200, '"1"')
    assert clinic.call("biller", "PUT", path, ACCOUNT, If_Match='"0"').status == 412
    house = holding(clinic)
    clinic.visit(clinic.insured)
    envelope = house.files[0].split("~")[0].split("*")
    assert [part.strip() for part in (envelope[6], envelope[8], envelope[15])] == [
        "SUB7",
        "HOUSE",
        "P",
    ]
    assert "NM1*40*2*THE HOUSE*****46*HOUSE~" in house.files[0].upper()
