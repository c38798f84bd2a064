"""infra/local/gateway.py: what API Gateway does, done in front of the same app."""

import io
import json
import threading
from dataclasses import dataclass
from typing import Any

import pytest

from infra.local.gateway import MAX_BODY, Wsgi, wsgi
from infra.template import functions

from .sample_app import SampleApp


@dataclass(frozen=True)
class Got:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Browser:
    """Calls a WSGI app without a socket."""

    def __init__(self, app: Wsgi) -> None:
        self._app = app

    def call(
        self, method: str, path: str, *, query: str = "", body: bytes = b"", **environ: Any
    ) -> Got:
        started: list[Any] = []
        given = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REMOTE_ADDR": "127.0.0.9",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            **environ,
        }
        content = b"".join(self._app(given, lambda *said: started.extend(said)))
        return Got(int(started[0].split()[0]), dict(started[1]), content)


@pytest.fixture
def browser() -> Browser:
    return Browser(wsgi(SampleApp().app, {"/_local/mail": lambda: [{"to": "a@b.example"}]}))


def test_a_request_reaches_its_route_with_path_and_query_decoded(browser: Browser) -> None:
    got = browser.call("GET", "/v1/notes/n 1", query="echo=a%20b")
    assert got.status == 200
    assert got.json == {"id": "n 1", "echo": "a b", "ip": "127.0.0.9"}


def test_a_body_reaches_its_route_as_text(browser: Browser) -> None:
    body = json.dumps({"text": "Zoë"}).encode()
    got = browser.call("POST", "/v1/notes", body=body, CONTENT_TYPE="application/json")
    assert got.json == {"received": {"text": "Zoë"}}


def test_an_unknown_path_is_a_problem_that_a_browser_may_read(browser: Browser) -> None:
    for environ in ({}, {"HTTP_AUTHORIZATION": "Bearer token"}):
        got = browser.call("GET", "/v1/nothing", **environ)
        assert got.status == 404
        assert got.headers["Content-Type"] == "application/problem+json"
        assert got.headers["Access-Control-Allow-Origin"] == "*"
        assert got.headers["Cache-Control"] == "no-store"
        assert got.json["code"] == "not_found"
        assert got.json["request_id"]


def test_a_method_that_a_path_does_not_take_is_405_with_what_it_takes(browser: Browser) -> None:
    got = browser.call("DELETE", "/v1/notes/n1")
    assert (got.status, got.headers["Allow"]) == (405, "GET, OPTIONS")
    assert got.headers["Content-Type"] == "application/problem+json"
    assert (got.json["code"], got.json["status"]) == ("method_not_allowed", 405)


def test_a_preflight_is_answered_without_the_app(browser: Browser) -> None:
    got = browser.call("OPTIONS", "/v1/notes", HTTP_ORIGIN="https://app.example")
    assert got.status == 200
    assert got.headers["Access-Control-Allow-Methods"] == "POST,OPTIONS"
    assert "Authorization" in got.headers["Access-Control-Allow-Headers"]
    assert got.body == b""


def test_a_body_over_the_quota_is_refused_unread(browser: Browser) -> None:
    got = browser.call("POST", "/v1/notes", CONTENT_LENGTH=str(MAX_BODY + 1))
    assert (got.status, got.json["code"]) == (413, "request_too_large")


def test_a_document_of_the_local_stack_is_json(browser: Browser) -> None:
    assert browser.call("GET", "/_local/mail").json == [{"to": "a@b.example"}]


def test_what_routes_that_do_not_match_have_captured_is_not_passed_on() -> None:
    sample = SampleApp()
    seen: list[Any] = []

    @sample.app.route("/v1/{kind}/x")
    def other(kind: str) -> str:
        return kind

    @sample.app.route("/v1/{name}/y")
    def wanted(name: str) -> str:
        seen.append(sample.app.current_request.to_original_event()["pathParameters"])
        return name

    assert Browser(wsgi(sample.app)).call("GET", "/v1/n/y").body == b"n"
    assert seen == [{"name": "n"}]


def test_an_event_is_as_the_gateway_makes_it() -> None:
    sample = SampleApp()
    seen: list[Any] = []

    @sample.app.route("/v1/seen", methods=["POST"])
    def show() -> None:
        seen.append((sample.app.current_request.to_original_event(), sample.app.lambda_context))

    body = b"\xff"
    Browser(wsgi(sample.app)).call("POST", "/v1/seen", body=body, HTTP_X_A="1", HTTP_HOST="h")
    ((event, context),) = seen
    assert event["body"] == "\ufffd"
    assert event["multiValueHeaders"]["x-a"] == ["1"]
    assert event["requestContext"]["requestId"] == event["headers"]["x-amzn-requestid"]
    assert event["requestContext"]["identity"] == {"sourceIp": "127.0.0.9"}
    assert context.get_remaining_time_in_millis() <= 29_000


def test_sixteen_threads_get_their_own_answers(browser: Browser) -> None:
    wrong: list[Got] = []

    def work(thread: int) -> None:
        for number in range(40):
            name = f"n{thread}-{number}"
            got = browser.call("GET", f"/v1/notes/{name}", query=f"echo={name}")
            if (got.json["id"], got.json["echo"]) != (name, name):
                wrong.append(got)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_every_answer_of_the_gateway_is_a_valid_problem() -> None:
    body = functions()["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    for kind, answer in body["x-amazon-apigateway-gateway-responses"].items():
        problem = json.loads(answer["responseTemplates"]["application/json"])
        assert problem["type"].endswith(f"/{problem['code']}"), kind
        assert problem.get("status") == answer.get("statusCode"), kind
        assert problem["request_id"] == "$context.requestId", kind
        assert problem["title"], kind
