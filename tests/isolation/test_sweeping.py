"""The one Scan that is sent: custody's, for one practice's rows (PROMISES 4)."""

from typing import Any

import pytest

from chalicelib.platform.config import settings
from chalicelib.platform.store import (
    Key,
    OutOfScope,
    destroy_rows,
    practice_scope,
    sweep_page,
    system_scope,
)
from chalicelib.platform.store.connection import connection
from chalicelib.platform.store.guard import ROWS_OF_A_PRACTICE, sweeping_scope
from tests.faults import calls
from tests.isolation.clinics import Clinics

OWN, FOREIGN = "prc_01JDE3GZ5V6T7W8X9Y0Z1A2B3C", "prc_01JDE3GZ5V6T7W8X9Y0Z1A2B3D"


def scan(practice_id: str, **over: Any) -> Any:
    values = {":own": f"{practice_id}#", ":system": "sys#", ":practice": practice_id}
    asked = {
        "TableName": settings().table,
        "FilterExpression": ROWS_OF_A_PRACTICE,
        "ExpressionAttributeValues": {name: {"S": value} for name, value in values.items()},
        **over,
    }
    return connection().connection.client.scan(**asked)


@pytest.mark.parametrize("scope", [practice_scope, system_scope])
def test_no_other_scope_lets_a_scan_pass(aws: None, scope: Any) -> None:
    with scope(OWN), calls() as sent, pytest.raises(OutOfScope):
        scan(OWN)
    assert sent == []


@pytest.mark.parametrize(
    "over",
    [
        {"FilterExpression": "begins_with(pk, :own)"},
        {"FilterExpression": f"{ROWS_OF_A_PRACTICE} OR attribute_exists(pk)"},
        {"ExpressionAttributeValues": {":own": {"S": "prc_"}}},
        {"ExpressionAttributeNames": {"#x": "sk"}, "FilterExpression": "attribute_exists(#x)"},
        {"IndexName": "gs1"},
        {"IndexName": "due"},
    ],
)
def test_a_sweep_asks_for_nothing_else(aws: None, over: dict[str, Any]) -> None:
    with sweeping_scope(OWN), calls() as sent:
        for asked in (over, {**over, "Limit": 1}):
            with pytest.raises(OutOfScope):
                scan(OWN, **asked)
        with pytest.raises(OutOfScope):
            scan(FOREIGN)
        scan(OWN)
    assert sent == ["Scan"]


def test_the_scope_before_holds_again_afterwards(aws: None) -> None:
    with practice_scope(OWN):
        sweep_page(OWN)
        with pytest.raises(OutOfScope):
            scan(OWN)


def test_a_sweep_meets_all_rows_of_its_practice_and_none_of_another(clinics: Clinics) -> None:
    own, other = clinics.a, clinics.b
    swept, start = [], None
    while True:
        page = sweep_page(own.ids["practice_id"], start=start, limit=37)
        swept += page.rows
        if (start := page.next_key) is None:
            break
    keys = sorted((row["pk"]["S"], row["sk"]["S"]) for row in swept)
    owned = [
        (row["pk"]["S"], row["sk"]["S"])
        for row in clinics.world.items()
        if row["pk"]["S"].startswith(f"{own.ids['practice_id']}#")
    ]
    assert set(owned) <= set(keys)
    assert len(keys) == len(set(keys))
    assert not any(other.ids["practice_id"] in str(row) for row in swept)
    assert {row["kind"]["S"] for row in swept if row["pk"]["S"].startswith("sys#")} >= {
        "workplace",
        "link",
    }


def test_rows_of_another_practice_are_not_destroyed(aws: None) -> None:
    with calls() as sent, pytest.raises(OutOfScope):
        destroy_rows(OWN, [Key(f"{OWN}#", "practice#"), Key(f"{FOREIGN}#", "practice#")])
    assert sent == []
