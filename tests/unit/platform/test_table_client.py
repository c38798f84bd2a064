"""The table's client sends and understands what an ordinary botocore client does."""

import json
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from botocore.session import get_session
from hypothesis import given, settings, strategies as st

from chalicelib.platform.overlap import run_waiting, until_done, while_waiting
from chalicelib.platform.table_client import lighten, prepare

ITS_OWN = {"user-agent", "amz-sdk-invocation-id", "x-amz-date", "authorization"}
KEY = {"pk": {"S": "prc_1#"}, "sk": {"S": "pat_2#"}}
ITEM = {**KEY, "n": {"N": "1"}, "z": {"B": b"\x00\xff"}, "m": {"M": {"a": {"L": [{"B": b"1"}]}}}}
CONDITION = {"ConditionExpression": "n = :n", "ExpressionAttributeValues": {":n": {"N": "1"}}}
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("get_item", {"TableName": "t", "Key": KEY, "ConsistentRead": True}),
    ("put_item", {"TableName": "t", "Item": ITEM, **CONDITION}),
    ("batch_get_item", {"RequestItems": {"t": {"Keys": [KEY], "ConsistentRead": True}}}),
    (
        "query",
        {
            "TableName": "t",
            "KeyConditionExpression": "pk = :p",
            "ExpressionAttributeValues": {":p": {"S": "prc_1#"}},
            "ExclusiveStartKey": KEY,
        },
    ),
    (
        "transact_write_items",
        {
            "TransactItems": [
                {"Put": {"TableName": "t", "Item": ITEM, **CONDITION}},
                {"Update": {"TableName": "t", "Key": KEY, "UpdateExpression": "ADD n :n"}},
            ],
            "ClientRequestToken": "c0ffee",
        },
    ),
]

texts = st.text(max_size=5)
plain = (
    st.builds(lambda text: {"S": text}, texts)
    | st.builds(lambda number: {"N": str(number)}, st.integers())
    | st.builds(lambda flag: {"BOOL": flag}, st.booleans())
    | st.just({"NULL": True})
    | st.builds(lambda some: {"SS": some}, st.lists(texts, min_size=1, max_size=3))
    | st.builds(lambda some: {"NS": some}, st.lists(st.just("7"), min_size=1, max_size=3))
    | st.builds(lambda data: {"B": data}, st.binary(max_size=5))
    | st.builds(lambda some: {"BS": some}, st.lists(st.binary(max_size=3), min_size=1, max_size=2))
)
values = st.recursive(
    plain,
    lambda inner: (
        st.builds(lambda some: {"L": some}, st.lists(inner, max_size=3))
        | st.builds(lambda some: {"M": some}, st.dictionaries(texts, inner, max_size=3))
    ),
    max_leaves=6,
)
items = st.dictionaries(st.text("abc", min_size=1, max_size=3), values, min_size=1, max_size=4)


class Wire:
    """A client whose requests are kept, and answered with `answer`."""

    def __init__(self, *, light: bool) -> None:
        session = get_session()
        session.set_credentials("key", "secret", "token")
        if light:
            prepare(session)
        self.client = session.create_client("dynamodb", "eu-west-1")
        if light:
            lighten(self.client)
        self.sent: list[Any] = []
        self.answer, self.status = b"{}", 200
        self.client.meta.events.register_first("before-send", self._answer)

    def ask(self, operation: str, parameters: dict[str, Any]) -> Any:
        answer = getattr(self.client, operation)(**parameters)
        return {name: each for name, each in answer.items() if name != "ResponseMetadata"}

    def _answer(self, request: Any, **_: Any) -> AWSResponse:
        self.sent.append(request)
        return AWSResponse(request.url, self.status, {}, _Raw(self.answer))


class _Raw:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self._body


@pytest.fixture(scope="module")
def ordinary() -> Wire:
    return Wire(light=False)


@pytest.fixture(scope="module")
def light() -> Wire:
    return Wire(light=True)


@pytest.mark.parametrize(("operation", "parameters"), CALLS, ids=[name for name, _ in CALLS])
def test_it_sends_the_same(ordinary: Wire, light: Wire, operation: str, parameters: Any):
    for wire in (ordinary, light):
        wire.ask(operation, parameters)
    usual, ours = ordinary.sent[-1], light.sent[-1]

    assert ours.url == usual.url
    assert json.loads(ours.body) == json.loads(usual.body)
    assert _headers(ours) == _headers(usual)
    assert _signed_as(ours) == _signed_as(usual)
    assert ours.headers["User-Agent"].split()[0] == b"careloom"


@given(item=items)
@settings(max_examples=60, deadline=None)
def test_every_item_is_sent_and_understood_as_by_an_ordinary_client(
    ordinary: Wire, light: Wire, item: dict[str, Any]
):
    for wire in (ordinary, light):
        wire.ask("put_item", {"TableName": "t", "Item": item})
    sent = json.loads(light.sent[-1].body)["Item"]
    assert sent == json.loads(ordinary.sent[-1].body)["Item"]

    for operation, parameters, body in (
        ("get_item", {"TableName": "t", "Key": KEY}, {"Item": sent}),
        ("query", CALLS[3][1], {"Items": [sent, sent], "Count": 2, "LastEvaluatedKey": sent}),
        ("batch_get_item", CALLS[2][1], {"Responses": {"t": [sent]}, "UnprocessedKeys": {}}),
    ):
        ordinary.answer = light.answer = json.dumps(body).encode()
        assert light.ask(operation, parameters) == ordinary.ask(operation, parameters)
    ordinary.answer = light.answer = b"{}"


def test_a_refusal_is_understood_as_by_an_ordinary_client(ordinary: Wire, light: Wire):
    reasons = [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Item": {"n": {"N": "1"}}}]
    body = {
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "cancelled",
        "CancellationReasons": reasons,
    }
    refusals = []
    for wire in (ordinary, light):
        wire.answer, wire.status = json.dumps(body).encode(), 400
        with pytest.raises(ClientError) as refused:
            wire.ask(*CALLS[4])
        wire.answer, wire.status = b"{}", 200
        refused.value.response.pop("ResponseMetadata")
        refusals.append(refused.value.response)

    assert refusals[0] == refusals[1]
    assert refusals[0]["CancellationReasons"] == reasons


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_what_waits_runs_between_a_request_and_its_answer(
    light: Wire, monkeypatch: pytest.MonkeyPatch, scheme: str
):
    manager = light.client._endpoint.http_session._manager
    connection = manager.connection_from_url(f"{scheme}://table.invalid").ConnectionCls("invalid")
    happened: list[str] = []
    monkeypatch.setattr(
        "urllib3.connection.HTTPConnection.getresponse", lambda _: happened.append("answer")
    )
    written = while_waiting(happened.append, "beside")

    happened.append("sent")
    connection.getresponse()
    written.result()
    connection.getresponse()

    assert happened == ["sent", "beside", "answer", "answer"]


def test_what_waits_runs_once_in_its_own_context_and_tells_how_it_ended():
    where: ContextVar[str] = ContextVar("where", default="nowhere")

    def look() -> str:
        inner.append(while_waiting(where.get))
        run_waiting()
        where.set("changed inside")
        return "looked"

    def fail() -> None:
        raise ValueError("refused")

    inner: list[Any] = []
    where.set("asked")
    looked, failed = while_waiting(look), while_waiting(fail)
    where.set("later")

    with until_done():
        assert looked.result() == "looked"
    assert (inner[0].result(), where.get()) == ("asked", "later")
    assert len(inner) == 1
    with pytest.raises(ValueError, match="refused"):
        failed.result()


def test_nobody_leaves_before_what_waits_has_run():
    done: list[str] = []

    with until_done():
        while_waiting(done.append, "written")

    assert done == ["written"]


def _headers(request: Any) -> dict[str, Any]:
    return {
        name.lower(): value
        for name, value in request.headers.items()
        if name.lower() not in ITS_OWN
    }


def _signed_as(request: Any) -> list[str]:
    """Credential scope, but for the day, and the names of the signed headers."""
    _, credential, headers, _ = request.headers["Authorization"].decode().split(" ")
    return [*credential.split("/")[2:], headers]
