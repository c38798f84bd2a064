"""The fee schedule: read before it is set, replaced whole, refused where it is wrong."""

import json

import pytest

from tests.builders.billing import Clinic, fee, usd
from tests.world import Answered, World, sign_up

PATH = "/v1/fee-schedule"


def test_a_schedule_that_was_never_set_is_empty_and_of_version_0(world: World) -> None:
    owner = sign_up(world)
    shown = world.call("GET", PATH, token=owner)
    assert (shown.status, shown.etag) == (200, '"0"')
    assert shown.json == {"version": 0, "fees": []}


def test_a_schedule_is_replaced_whole_at_the_version_read(clinic: Clinic) -> None:
    fees = [fee("G0101", 9_900), fee("HOUSE-1", 0, "A talk")]
    changed = clinic.call("manager", "PUT", PATH, {"fees": fees}, If_Match='"1"')
    assert (changed.status, changed.etag) == (200, '"2"')
    assert clinic.get("nurse", PATH) == {"version": 2, "fees": fees}
    late = clinic.call("biller", "PUT", PATH, {"fees": []}, If_Match='"1"')
    assert (late.status, late.json["code"]) == (412, "stale_version")
    blind = clinic.call("biller", "PUT", PATH, {"fees": []})
    assert (blind.status, blind.json["code"]) == (428, "if_match_required")
    assert clinic.get("nurse", PATH)["version"] == 2


def test_two_who_set_the_first_schedule_do_not_overwrite_each_other(world: World) -> None:
    owner = sign_up(world)
    first = world.call("PUT", PATH, {"fees": [fee("G0101", 1)]}, token=owner, If_Match='"0"')
    second = world.call("PUT", PATH, {"fees": []}, token=owner, If_Match='"0"')
    assert (first.status, second.status) == (200, 412)


def test_the_second_of_two_equal_codes_is_named(clinic: Clinic) -> None:
    fees = [fee("G0101", 1), fee("G0102", 2), fee("G0101", 3)]
    answer = clinic.call("owner", "PUT", PATH, {"fees": fees}, If_Match='"1"')
    assert (answer.status, answer.json["code"]) == (422, "duplicate_fee")
    assert [each["field"] for each in answer.json["errors"]] == ["fees.2.code"]


@pytest.mark.parametrize(
    ("spoilt", "field"),
    [
        ({"price": usd(-1)}, "fees.0.price.amount"),
        ({"price": usd(10**9 + 1)}, "fees.0.price.amount"),
        ({"price": {"amount": 1.5, "currency": "USD"}}, "fees.0.price.amount"),
        ({"price": {"amount": "1", "currency": "USD"}}, "fees.0.price.amount"),
        ({"price": {"amount": True, "currency": "USD"}}, "fees.0.price.amount"),
        ({"code": "g0101"}, "fees.0.code"),
        ({"code": ""}, "fees.0.code"),
        ({"description": " "}, "fees.0.description"),
        ({"amount": 1}, "fees.0.amount"),
    ],
)
def test_a_bad_field_is_named(clinic: Clinic, spoilt: dict[str, object], field: str) -> None:
    body = {"fees": [{**fee("G0101", 1), **spoilt}]}
    answer = clinic.call("owner", "PUT", PATH, body, If_Match='"1"')
    assert answer.status == 400, answer.text
    assert field in [each["field"] for each in answer.json["errors"]]


def test_a_fee_in_another_currency_is_refused(clinic: Clinic) -> None:
    body = {"fees": [{**fee("G0101", 1), "price": usd(1, "AUD")}]}
    answer = clinic.call("owner", "PUT", PATH, body, If_Match='"1"')
    assert (answer.status, answer.json["code"]) == (422, "wrong_currency")


def test_a_schedule_that_no_item_holds_is_refused_not_tried_again(clinic: Clinic) -> None:
    def set_words(each: int) -> Answered:
        fees = [fee(f"HOUSE-{number}", 1, "ü" * each) for number in range(1_500)]
        body = json.dumps({"fees": fees}, ensure_ascii=False).encode()
        return clinic.call("owner", "PUT", PATH, body, If_Match='"1"')

    too_many = set_words(150)
    assert (too_many.status, too_many.json["code"]) == (422, "fee_schedule_too_large")
    assert set_words(90).status == 200


@pytest.mark.parametrize("role", ["front_desk", "clinician", "nurse"])
def test_others_read_fees_but_do_not_set_them(clinic: Clinic, role: str) -> None:
    assert clinic.get(role, PATH)["version"] == 1
    answer = clinic.call(role, "PUT", PATH, {"fees": []}, If_Match='"1"')
    assert (answer.status, answer.json["code"]) == (403, "forbidden")
