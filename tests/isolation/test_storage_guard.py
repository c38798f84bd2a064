"""Through the real clients: a call that leaves the practice is never sent (PROMISES 4)."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from random import Random
from typing import Any

import pytest

from chalicelib.platform import aws
from chalicelib.platform.config import settings
from chalicelib.platform.ids import ALPHABET
from chalicelib.platform.store import OutOfScope, practice_scope, system_scope
from chalicelib.platform.store.connection import connection

SEED, KEYS = 4, 1_000
OWN = "prc_01JDE3GZ5V6T7W8X9Y0Z1A2B3C"
READS_NO_ITEM = {"DescribeTable"}

Call = Callable[[], Any]
each_scope = pytest.mark.parametrize("scope", [practice_scope, system_scope])
Scope = Callable[[str], AbstractContextManager[None]]


@pytest.fixture
def table(aws: None) -> Any:
    return connection().connection.client


@pytest.fixture
def bucket(aws: None) -> Any:
    return aws_client("s3")


@each_scope
def test_no_operation_on_a_foreign_key_is_sent(table: Any, scope: Scope) -> None:
    with scope(OWN), _sent(table) as sent:
        for foreign in _foreign_keys("#"):
            for name, call in _calls(table, foreign).items():
                assert _refused(call), f"{name} of {foreign!r}, seed {SEED}"
    assert sent == []


def test_the_same_operations_on_an_own_key_are_sent(table: Any) -> None:
    with practice_scope(OWN), _sent(table) as sent:
        calls = _calls(table, f"{OWN}#pat_1#")
        for call in calls.values():
            call()
    assert len(sent) == len(calls)


@each_scope
def test_nothing_else_that_dynamodb_can_do_is_sent(table: Any, scope: Scope) -> None:
    usable = {_pascal(name) for name in _calls(table, "x")} | READS_NO_ITEM
    others = set(table.meta.service_model.operation_names) - usable
    assert {"Scan", "ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction"} <= others
    assert {"DeleteTable", "ExportTableToPointInTime", "RestoreTableFromBackup"} <= others
    with scope(OWN), _sent(table) as sent:
        for name in sorted(others):
            asked = {"TableName": settings().table, "Statement": f"SELECT * FROM {OWN}"}
            assert _refused(lambda name=name, asked=asked: table._make_api_call(name, asked)), name
    assert sent == []


@each_scope
def test_no_object_outside_the_practice_s_prefix_is_asked_for(bucket: Any, scope: Scope) -> None:
    with scope(OWN), _sent(bucket) as sent:
        for foreign in _foreign_keys("/"):
            for name, call in _object_calls(bucket, foreign).items():
                assert _refused(call), f"{name} of {foreign!r}, seed {SEED}"
    assert sent == []


def test_no_operation_of_s3_goes_without_an_own_key(bucket: Any) -> None:
    names = bucket.meta.service_model.operation_names
    with practice_scope(OWN), _sent(bucket) as sent:
        for name in names:
            for asked in ({"Bucket": "b"}, {"Bucket": "b", "Key": "prc_2/a", "Prefix": "prc_2/"}):
                assert _refused(lambda n=name, asked=asked: bucket._make_api_call(n, asked)), name
    assert len(names) > 90
    assert sent == []


def test_an_own_object_is_asked_for(bucket: Any) -> None:
    name = settings().files_bucket
    with practice_scope(OWN), _sent(bucket) as sent:
        bucket.put_object(Bucket=name, Key=f"{OWN}/a", Body=b"x")
        bucket.copy_object(
            Bucket=name, Key=f"{OWN}/b", CopySource={"Bucket": name, "Key": f"{OWN}/a"}
        )
        listed = bucket.list_objects_v2(Bucket=name, Prefix=f"{OWN}/")
    assert [each["Key"] for each in listed["Contents"]] == [f"{OWN}/a", f"{OWN}/b"]
    assert len(sent) == 3


def test_without_a_scope_nothing_is_sent(table: Any, bucket: Any) -> None:
    with _sent(table) as items, _sent(bucket) as objects:
        for call in _calls(table, f"{OWN}#").values():
            assert _refused(call)
        for call in _object_calls(bucket, f"{OWN}/a").values():
            assert _refused(call)
    assert items + objects == []


def aws_client(service: str) -> Any:
    return aws.client(service)


def _calls(table: Any, pk: str) -> dict[str, Call]:
    """Every way to an item, by the name of the client's method; `x.y` for a variant."""
    name = settings().table
    key = {"pk": {"S": pk}, "sk": {"S": "x#"}}
    own = {"pk": {"S": f"{OWN}#"}, "sk": {"S": "y#"}}
    item = {**key, "kind": {"S": "x"}}
    values, names = {":v": {"S": pk}}, {"#n": "gs1pk"}
    update = {
        "TableName": name,
        "ExpressionAttributeValues": values,
        "ExpressionAttributeNames": names,
    }

    def put(**attributes: Any) -> dict[str, Any]:
        return {"TableName": name, "Item": {**item, **attributes}}

    return {
        "get_item": lambda: table.get_item(TableName=name, Key=key),
        "put_item": lambda: table.put_item(**put()),
        "put_item.index": lambda: table.put_item(**put(**own, gs1pk={"S": pk}, gs1sk={"S": "a"})),
        "put_item.second": lambda: table.put_item(**put(**own, gs2pk={"S": pk}, gs2sk={"S": "a"})),
        "update_item": lambda: table.update_item(
            **update, Key=key, UpdateExpression="SET kind = :v, #n = :v"
        ),
        "update_item.index": lambda: table.update_item(
            **update, Key=own, UpdateExpression="SET #n = :v"
        ),
        "delete_item": lambda: table.delete_item(TableName=name, Key=key),
        "batch_get_item": lambda: table.batch_get_item(RequestItems={name: {"Keys": [own, key]}}),
        "batch_write_item": lambda: table.batch_write_item(
            RequestItems={name: [{"PutRequest": {"Item": item}}, {"DeleteRequest": {"Key": own}}]}
        ),
        "transact_write_items": lambda: table.transact_write_items(
            TransactItems=[{"Delete": {"TableName": name, "Key": own}}, {"Put": put()}]
        ),
        "transact_write_items.index": lambda: table.transact_write_items(
            TransactItems=[{"Update": {**update, "Key": own, "UpdateExpression": "SET #n = :v"}}]
        ),
        "transact_write_items.check": lambda: table.transact_write_items(
            TransactItems=[
                {
                    "ConditionCheck": {
                        "TableName": name,
                        "Key": key,
                        "ConditionExpression": "attribute_exists(pk)",
                    }
                }
            ]
        ),
        "transact_get_items": lambda: table.transact_get_items(
            TransactItems=[{"Get": {"TableName": name, "Key": key}}]
        ),
        "query": lambda: table.query(
            TableName=name, KeyConditionExpression="pk = :v", ExpressionAttributeValues=values
        ),
        "query.index": lambda: table.query(
            TableName=name,
            IndexName="gs1",
            KeyConditionExpression="#n = :v",
            ExpressionAttributeValues=values,
            ExpressionAttributeNames=names,
        ),
    }


def _object_calls(bucket: Any, key: str) -> dict[str, Call]:
    name, own = settings().files_bucket, f"{OWN}/a"
    place = {"Bucket": name, "Key": key}
    return {
        "get_object": lambda: bucket.get_object(**place),
        "head_object": lambda: bucket.head_object(**place),
        "put_object": lambda: bucket.put_object(**place, Body=b""),
        "delete_object": lambda: bucket.delete_object(**place),
        "delete_objects": lambda: bucket.delete_objects(
            Bucket=name, Delete={"Objects": [{"Key": own}, {"Key": key}]}
        ),
        "copy_from": lambda: bucket.copy_object(Bucket=name, Key=own, CopySource=place),
        "copy_from_text": lambda: bucket.copy_object(
            Bucket=name, Key=own, CopySource=f"{name}/{key}"
        ),
        "copy_to": lambda: bucket.copy_object(**place, CopySource={"Bucket": name, "Key": own}),
        "list": lambda: bucket.list_objects_v2(Bucket=name, Prefix=key),
        "list_versions": lambda: bucket.list_object_versions(Bucket=name, Prefix=key),
        "presign": lambda: bucket.generate_presigned_url("get_object", Params=place),
        "presign_upload": lambda: bucket.generate_presigned_url("put_object", Params=place),
        "presign_post": lambda: bucket.generate_presigned_post(name, key),
    }


def _foreign_keys(end: str) -> Iterator[str]:
    """Seeded: other practices, near misses of the own id, and keys that belong to no practice."""
    random = Random(SEED)
    tail = f"{end}pat_2{end}"
    for _ in range(KEYS):
        other = f"prc_{''.join(random.choices(ALPHABET, k=26))}"
        at = random.randrange(len(OWN))
        yield random.choice(
            (
                f"{other}{tail}",
                f"{other}{end}{OWN}{end}",
                f"{OWN[:at]}{tail}",
                f"{OWN}{random.choice(ALPHABET)}{tail}",
                f"{OWN[:at]}{OWN[at].swapcase()}{OWN[at + 1 :]}{tail}"
                if OWN[at].swapcase() != OWN[at]
                else f" {OWN}{tail}",
                f"{end}{OWN}{tail}",
                f"sys-{OWN}{tail}",
                OWN,
            )
        )


@contextmanager
def _sent(client: Any) -> Iterator[list[str]]:
    """The requests that leave the client meanwhile."""
    sent: list[str] = []

    def note(request: Any, **_: Any) -> None:
        sent.append(request.url)

    client.meta.events.register_first("before-send.*.*", note)
    try:
        yield sent
    finally:
        client.meta.events.unregister("before-send.*.*", note)


def _refused(call: Call) -> bool:
    try:
        call()
    except OutOfScope:
        return True
    return False


def _pascal(name: str) -> str:
    return "".join(part.title() for part in name.partition(".")[0].split("_"))
