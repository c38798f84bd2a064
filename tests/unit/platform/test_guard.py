"""The storage guard refuses before a call leaves (PROMISES 4)."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, strategies as st

from chalicelib.platform.store import OutOfScope, practice_scope, system_scope
from chalicelib.platform.store.guard import guard_item, guard_object

OWN = "prc_01OWN"
FOREIGN = st.one_of(
    st.sampled_from(
        ["prc_01OWNX#", "prc_01OW#", "sys#user#", "prc_02#pat_1#", "", "#prc_01OWN#", "PRC_01OWN#"]
    ),
    st.text(max_size=30).filter(lambda text: not text.startswith(f"{OWN}#")),
)


def _requests(pk: str) -> dict[str, dict[str, Any]]:
    key = {"pk": {"S": pk}, "sk": {"S": "x#"}}
    return {
        "GetItem": {"Key": key},
        "UpdateItem": {"Key": key},
        "DeleteItem": {"Key": key},
        "PutItem": {"Item": key},
        "BatchGetItem": {"RequestItems": {"t": {"Keys": [key]}}},
        "BatchWriteItem": {"RequestItems": {"t": [{"PutRequest": {"Item": key}}]}},
        "TransactWriteItems": {"TransactItems": [{"Put": {"Item": key}}]},
        "TransactGetItems": {"TransactItems": [{"Get": {"Key": key}}]},
        "Query": {
            "KeyConditionExpression": "#0 = :0 AND begins_with (#1, :1)",
            "ExpressionAttributeNames": {"#0": "gs1pk", "#1": "gs1sk"},
            "ExpressionAttributeValues": {":0": {"S": pk}, ":1": {"S": "a"}},
        },
    }


def _sent(operation: str, params: dict[str, Any]) -> None:
    guard_item(params, SimpleNamespace(name=operation))


@given(foreign=FOREIGN)
def test_no_operation_reaches_a_foreign_partition(foreign: str) -> None:
    with practice_scope(OWN):
        for operation, params in _requests(foreign).items():
            with pytest.raises(OutOfScope):
                _sent(operation, params)


def test_every_operation_reaches_the_own_partition() -> None:
    with practice_scope(OWN):
        for operation, params in _requests(f"{OWN}#pat_1#").items():
            _sent(operation, params)


def test_one_foreign_item_among_own_ones_is_refused() -> None:
    items = [{"Put": {"Item": {"pk": {"S": pk}}}} for pk in (f"{OWN}#a#", "prc_02#a#", f"{OWN}#b#")]
    with practice_scope(OWN), pytest.raises(OutOfScope):
        _sent("TransactWriteItems", {"TransactItems": items})


@pytest.mark.parametrize(
    "operation",
    ["Scan", "ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction", "DeleteTable"],
)
def test_scans_and_partiql_have_no_place(operation: str) -> None:
    with practice_scope(OWN), pytest.raises(OutOfScope):
        _sent(operation, {"TableName": "t", "Statement": "SELECT * FROM t"})


def test_without_a_scope_nothing_passes() -> None:
    for operation, params in _requests(f"{OWN}#pat_1#").items():
        with pytest.raises(OutOfScope):
            _sent(operation, params)


def test_system_work_reaches_sys_and_the_practices_it_names() -> None:
    with system_scope(OWN):
        for pk in ("sys#user#usr_1#", f"{OWN}#"):
            _sent("GetItem", _requests(pk)["GetItem"])
        with pytest.raises(OutOfScope):
            _sent("GetItem", _requests("prc_02#")["GetItem"])


@given(foreign=st.text(max_size=30).filter(lambda text: not text.startswith(f"{OWN}/")))
def test_no_object_outside_the_prefix(foreign: str) -> None:
    requests: list[dict[str, Any]] = [
        {"Key": foreign},
        {"Prefix": foreign},
        {"Key": f"{OWN}/a", "CopySource": {"Bucket": "b", "Key": foreign}},
        {"Key": f"{OWN}/a", "CopySource": f"bucket/{foreign}"},
        {"Delete": {"Objects": [{"Key": f"{OWN}/a"}, {"Key": foreign}]}},
        {"Bucket": "b"},
    ]
    with practice_scope(OWN):
        for params in requests:
            with pytest.raises(OutOfScope):
                guard_object(params, SimpleNamespace(name="GetObject"))
        guard_object({"Key": f"{OWN}/documents/doc_1"}, SimpleNamespace(name="GetObject"))
