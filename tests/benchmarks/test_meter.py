"""The meter on a tiny table of the in-process engine: what it records, and what it charges."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier, Event
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ParamValidationError
from moto import mock_aws

from .charges import Unpriced
from .meter import Measurement, Meter, Unfinished
from .sample_table import CASES, DEFINITION, KB, TABLE, Case, key, record

Client = Any
new_client: Any = boto3.client
EXISTS = "attribute_exists(pk)"


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        made = new_client("dynamodb")
        made.create_table(**DEFINITION)
        yield made
        made.delete_table(TableName=TABLE)


@pytest.fixture
def meter(client: Client) -> Meter:
    made = Meter(new_client("dynamodb"), latency=0)
    made.attach(client)
    return made


def seeded(client: Client, *items: Any) -> None:
    for item in items:
        client.put_item(TableName=TABLE, Item=item)


def measured(meter: Meter, call: Any, **params: Any) -> Measurement:
    with meter.measure("one call") as m:
        call(**params)
    return m


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_write_is_charged_by_what_it_changed(client: Client, meter: Meter, case: Case) -> None:
    seeded(client, *case.seed)

    with meter.measure(case.name) as m:
        client._make_api_call(case.operation, dict(case.params))

    (call,) = m.calls
    indexes: dict[str, int] = {}
    for charge in call.charges or ():
        for name, units in charge.index_wru:
            indexes[name] = indexes.get(name, 0) + units
    assert sum(charge.wru for charge in call.charges or ()) == case.wru
    assert indexes == dict(case.index_wru)
    assert (m.wru, m.rru) == (case.wru + sum(indexes.values()), 0)


def test_a_refused_put_is_charged_by_the_larger_of_what_is_and_what_was_to_be(
    client: Client, meter: Meter
) -> None:
    seeded(client, record(size=2_500))

    with meter.measure("refused") as m:
        for size in (10, 4_500):
            with pytest.raises(ClientError, match="ConditionalCheckFailed"):
                client.put_item(
                    TableName=TABLE,
                    Item=record(size=size, gs2pk="B"),
                    ConditionExpression="attribute_not_exists(pk)",
                )

    assert [call.wru for call in m.calls] == [3, 5]
    assert {call.error for call in m.calls} == {"ConditionalCheckFailedException"}


def test_a_cancelled_transaction_is_charged_without_its_indexes(
    client: Client, meter: Meter
) -> None:
    seeded(client, record(size=2_500))
    missing = {"TableName": TABLE, "Key": key("none"), "ConditionExpression": EXISTS}

    with meter.measure("cancelled") as m, pytest.raises(ClientError, match="Cancel"):
        client.transact_write_items(
            TransactItems=[
                {"Put": {"TableName": TABLE, "Item": record(size=10, gs2pk="B")}},
                {"ConditionCheck": missing},
            ]
        )

    assert m.wru == 2 * (3 + 1)
    assert "Item" in client.get_item(TableName=TABLE, Key=key())


def test_an_invalid_call_is_recorded_and_free(client: Client, meter: Meter) -> None:
    with meter.measure("invalid") as m, pytest.raises(ClientError, match="Validation"):
        client.update_item(TableName=TABLE, Key=key(), UpdateExpression="SET nonsense")

    assert [(call.error, call.wru) for call in m.calls] == [("ValidationException", 0)]


def test_a_transaction_sent_again_under_its_token_is_charged_as_reads(
    client: Client, meter: Meter
) -> None:
    put = {"Put": {"TableName": TABLE, "Item": record(size=5_000)}}
    params = {"TransactItems": [put], "ClientRequestToken": "t" * 36}

    first = measured(meter, client.transact_write_items, **params)
    again = measured(meter, client.transact_write_items, **params)

    assert (first.wru, first.rru) == (2 * 5, 0)
    assert (again.wru, again.rru) == (0, 2 * 2)


@pytest.mark.parametrize(("consistent", "units"), [(False, 2.5), (True, 5)])
def test_a_get_is_charged_by_the_item(
    client: Client, meter: Meter, consistent: bool, units: float
) -> None:
    seeded(client, record(size=18 * KB))

    m = measured(meter, client.get_item, TableName=TABLE, Key=key(), ConsistentRead=consistent)

    assert (m.rru, m.wru, m.filtered) == (units, 0, [])


def test_a_batch_get_is_charged_item_by_item_missing_ones_too(client: Client, meter: Meter) -> None:
    seeded(client, record("a", size=1_500), record("b", size=6_500))
    keys = [key("a"), key("b"), key("none")]

    m = measured(meter, client.batch_get_item, RequestItems={TABLE: {"Keys": keys}})

    assert m.rru == 0.5 + 1 + 0.5


def test_a_transactional_get_costs_two_units_a_step(client: Client, meter: Meter) -> None:
    seeded(client, record("a", size=6_500))
    gets = [{"Get": {"TableName": TABLE, "Key": key(sk)}} for sk in ("a", "none")]

    assert measured(meter, client.transact_get_items, TransactItems=gets).rru == 4 + 2


def queried(**options: Any) -> dict[str, Any]:
    return {
        "TableName": TABLE,
        "KeyConditionExpression": "pk = :p",
        "ExpressionAttributeValues": {":p": {"S": "p"}},
        **options,
    }


def test_a_query_is_charged_by_the_sum_of_its_items(client: Client, meter: Meter) -> None:
    seeded(client, *(record(f"s{number}", size=4_170) for number in range(10)))

    eventual = measured(meter, client.query, **queried())
    strong = measured(meter, client.query, **queried(ConsistentRead=True))
    scan = measured(meter, client.scan, TableName=TABLE)

    assert [m.rru for m in (eventual, strong, scan)] == [5.5, 11, 5.5]


def test_a_query_that_finds_nothing_costs_the_least_read(client: Client, meter: Meter) -> None:
    assert measured(meter, client.query, **queried()).rru == 0.5


def test_a_query_of_an_index_is_charged_by_its_entries(client: Client, meter: Meter) -> None:
    items = (
        record(f"s{number}", size=20 * KB, gs1pk="p", gs1sk="1", name="n" * 1_000)
        for number in range(5)
    )
    seeded(client, *items)
    params = queried(IndexName="gs1", KeyConditionExpression="gs1pk = :p")

    m = measured(meter, client.query, **params)

    assert m.rru == 1
    assert m.calls[0].charges is not None
    assert m.calls[0].charges[0].size == 5 * (1_000 + 23)


@pytest.mark.parametrize(
    "narrowing",
    [
        {"FilterExpression": "attribute_exists(sk)"},
        {"ProjectionExpression": "pk"},
        {"Select": "COUNT"},
    ],
)
def test_a_query_that_answers_less_than_it_reads_is_flagged(
    client: Client, meter: Meter, narrowing: dict[str, str]
) -> None:
    m = measured(meter, client.query, **queried(**narrowing))

    assert m.filtered == m.calls


def test_a_narrowed_get_of_a_batch_or_a_transaction_is_flagged(
    client: Client, meter: Meter
) -> None:
    keys = {"Keys": [key()], "ProjectionExpression": "pk"}
    get = {"TableName": TABLE, "Key": key(), "ProjectionExpression": "pk"}

    with meter.measure("narrowed") as m:
        client.batch_get_item(RequestItems={TABLE: keys})
        client.transact_get_items(TransactItems=[{"Get": get}])
        client.query(**queried(Select="ALL_ATTRIBUTES"))

    assert [call.filtered for call in m.calls] == [True, True, False]


def test_a_call_without_a_price_is_never_counted_as_free(client: Client, meter: Meter) -> None:
    seeded(client, record())
    with meter.measure("PartiQL") as m:
        client.execute_statement(Statement=f"SELECT * FROM {TABLE}")

    with pytest.raises(Unpriced, match="ExecuteStatement"):
        _ = m.rru


def test_only_calls_within_the_block_are_recorded(client: Client, meter: Meter) -> None:
    seeded(client, record())
    with meter.measure("outer") as outer:
        client.get_item(TableName=TABLE, Key=key())
        with meter.measure("inner") as inner:
            client.query(**queried())
    client.get_item(TableName=TABLE, Key=key())

    assert [call.operation for call in outer.calls] == ["GetItem", "Query"]
    assert [call.operation for call in inner.calls] == ["Query"]


def test_the_meter_s_own_reads_are_neither_counted_nor_seen_by_hooks(
    client: Client, meter: Meter
) -> None:
    seen: list[str] = []
    client.meta.events.register(
        "provide-client-params.dynamodb.*", lambda model, **_: seen.append(model.name)
    )

    m = measured(meter, client.put_item, TableName=TABLE, Item=record(gs2pk="B"))

    assert seen == ["PutItem"]
    assert [call.operation for call in m.calls] == ["PutItem"]


def test_a_call_refused_before_it_is_sent_is_not_recorded(client: Client, meter: Meter) -> None:
    def guard(**_: Any) -> None:
        raise PermissionError

    client.meta.events.register("provide-client-params.dynamodb.GetItem", guard)

    with meter.measure("refused") as m:
        with pytest.raises(PermissionError):
            client.get_item(TableName=TABLE, Key=key())
        with pytest.raises(ParamValidationError):
            client.query(TableName=TABLE, Limit="one")

    assert m.calls == []


def test_a_lost_connection_is_recorded_as_a_call(client: Client, meter: Meter) -> None:
    def lose(**_: Any) -> None:
        raise RuntimeError("lost")

    client.meta.events.register("before-send.dynamodb.Query", lose)

    with meter.measure("lost") as m, pytest.raises(RuntimeError):
        client.query(**queried())

    assert [(call.error, call.rru) for call in m.calls] == [("RuntimeError", 0)]


def test_an_attached_client_is_heard_once_and_a_detached_one_not(
    client: Client, meter: Meter
) -> None:
    meter.attach(client)
    once = measured(meter, client.query, **queried())
    meter.detach(client)
    never = measured(meter, client.query, **queried())

    assert (len(once.calls), len(never.calls)) == (1, 0)


def test_other_services_are_counted_apart(client: Client, meter: Meter) -> None:
    s3, sqs = new_client("s3"), new_client("sqs")
    s3.create_bucket(Bucket="metered-claims")
    queue = sqs.create_queue(QueueName="metered-claims")["QueueUrl"]
    for other in (s3, sqs):
        meter.attach(other)

    with meter.measure("submit a claim") as m:
        client.get_item(TableName=TABLE, Key=key())
        s3.put_object(Bucket="metered-claims", Key="837", Body=b"ISA")
        client.put_item(TableName=TABLE, Item=record())
        sqs.send_message(QueueUrl=queue, MessageBody="clm_1")

    s3.delete_object(Bucket="metered-claims", Key="837")
    s3.delete_bucket(Bucket="metered-claims")
    sqs.delete_queue(QueueUrl=queue)
    assert m.services == {"dynamodb": 2, "s3": 1, "sqs": 1}
    assert (m.round_trips, m.total_round_trips) == (2, 4)
    assert (m.rru, m.wru) == (0.5, 1)


def test_calls_under_way_together_are_one_round_trip(client: Client, meter: Meter) -> None:
    both = Barrier(2, timeout=10)
    client.meta.events.register("before-send.dynamodb.Query", lambda **_: both.wait() and None)

    with meter.measure("together") as together, ThreadPoolExecutor(2) as pool:
        for _ in range(2):
            pool.submit(partial(client.query, **queried()))

    assert (len(together.calls), together.round_trips) == (2, 1)


def test_a_call_takes_the_latency_at_least(client: Client) -> None:
    meter = Meter(new_client("dynamodb"), latency=0.05)
    meter.attach(client)

    (call,) = measured(meter, client.query, **queried()).calls

    assert call.finished - call.started >= 0.05


def test_calls_that_wait_for_one_another_are_a_round_trip_each_on_any_thread(
    client: Client, meter: Meter
) -> None:
    with meter.measure("in turn") as in_turn, ThreadPoolExecutor(2) as pool:
        for _ in range(2):
            pool.submit(partial(client.query, **queried())).result()
        client.query(**queried())

    assert in_turn.round_trips == 3


def test_a_measurement_does_not_end_while_another_thread_calls(client: Client) -> None:
    meter = Meter(new_client("dynamodb"), latency=0)
    meter.attach(client)
    sent, go_on = Event(), Event()

    def hold(**_: Any) -> None:
        sent.set()
        go_on.wait(10)

    client.meta.events.register("before-send.dynamodb.Query", hold)

    def end_early(pool: ThreadPoolExecutor) -> None:
        with meter.measure("early"):
            pool.submit(partial(client.query, **queried()))
            sent.wait(10)

    with ThreadPoolExecutor(1) as pool:
        with pytest.raises(Unfinished, match="early: Query"):
            end_early(pool)
        go_on.set()


def test_a_table_with_a_local_index_is_refused(client: Client, meter: Meter) -> None:
    local = {
        "IndexName": "ls1",
        "KeySchema": [
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "gs1sk", "KeyType": "RANGE"},
        ],
        "Projection": {"ProjectionType": "ALL"},
    }
    client.create_table(**{**DEFINITION, "TableName": "local", "LocalSecondaryIndexes": [local]})

    with meter.measure("local"), pytest.raises(ValueError, match="local secondary index"):
        client.put_item(TableName="local", Item=record())
    client.delete_table(TableName="local")
