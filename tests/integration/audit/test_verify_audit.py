"""`python -m infra.ops verify-audit`: the stored audit, tampered with in the table itself, end to end."""

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from chalicelib.platform.config import settings
from infra.ops.__main__ import main
from tests import tables
from tests.builders.audit import Watched


def table() -> Any:
    return boto3.client("dynamodb")


def put(row: tables.Row, **over: Any) -> None:
    table().put_item(TableName=settings().table, Item={**row, **over})


def remove(row: tables.Row) -> None:
    table().delete_item(TableName=settings().table, Key={"pk": row["pk"], "sk": row["sk"]})


def of_kind(watched: Watched, kind: str) -> list[tables.Row]:
    found = [row for row in watched.world.items() if row["kind"]["S"] == kind]
    return sorted(found, key=lambda row: row["sk"]["S"])


def edit(watched: Watched) -> tuple[str, str]:
    row = watched.entries()[3]
    put(row, subjects={"SS": ["pat_00000000000000000000000000"]})
    return "entry_edited", row["sk"]["S"]


def edit_by_an_attribute_that_no_record_has(watched: Watched) -> tuple[str, str]:
    row = watched.entries()[2]
    put(row, note={"S": "x"})
    return "entry_edited", row["sk"]["S"]


def delete(watched: Watched) -> tuple[str, str]:
    row = watched.entries()[4]
    remove(row)
    return "entry_deleted", row["sk"]["S"]


def change_places(watched: Watched) -> tuple[str, str]:
    one, other = watched.entries()[1:3]
    put(one, **{name: other[name] for name in other if name not in ("pk", "sk")})
    put(other, **{name: one[name] for name in one if name not in ("pk", "sk")})
    return "entry_edited", one["sk"]["S"]


def insert(watched: Watched) -> tuple[str, str]:
    row = watched.entries()[0]
    forged = "aud_01KJ0000000000000000000000#"
    put(row, sk={"S": forged})
    return "entry_in_no_seal", forged


def cut_the_tail(watched: Watched) -> tuple[str, None]:
    """The only seal, the head and every entry are gone: what was locked away is left."""
    for kind in ("audit_seal", "audit_head", "audit", "audit_amendment"):
        for row in of_kind(watched, kind):
            remove(row)
    return "cut_off", None


TAMPERINGS = [
    edit,
    edit_by_an_attribute_that_no_record_has,
    delete,
    change_places,
    insert,
    cut_the_tail,
]


@pytest.mark.parametrize("tampering", TAMPERINGS, ids=lambda each: each.__name__)
def test_the_first_bad_entry_is_named(
    watched: Watched,
    tampering: Callable[[Watched], tuple[str, str | None]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    watched.chart(watched.ada)
    watched.seal()
    kind, entry = tampering(watched)
    assert main(["verify-audit", watched.practice_id]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["whole"] is False
    assert (said["first"]["kind"], said["first"]["entry"]) == (kind, entry)


def test_a_whole_audit_is_whole_for_a_named_practice_and_among_all(
    watched: Watched, capsys: pytest.CaptureFixture[str]
) -> None:
    watched.chart(watched.ada)
    watched.seal()
    for arguments in (["verify-audit", watched.practice_id], ["verify-audit"]):
        assert main(arguments) == 0
        said = json.loads(capsys.readouterr().out)
        assert said == {
            "practice": watched.practice_id,
            "whole": True,
            "sealed": len(watched.entries()),
            "unsealed": 0,
            "faults": 0,
            "first": None,
        }


def test_a_practice_that_is_not_there_is_no_whole_audit(
    watched: Watched, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify-audit", "prc_00000000000000000000000000"]) == 1
    assert capsys.readouterr().out == ""
