"""API Gateway on one machine: WSGI in front of Chalice's LocalGateway.

It makes the event that a Lambda function gets, and answers what the gateway answers itself with the
bodies of infra/functions.yaml. One difference: an unsupported method is a 405 with `Allow`, where
API Gateway cannot tell it from an unknown path and says 404.
"""

import base64
import json
import threading
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import quote, unquote

from chalice.app import Chalice
from chalice.config import Config
from chalice.local import (
    LambdaContext,
    LambdaEventConverter,
    LocalChalice,
    LocalGateway,
    LocalGatewayException,
)

from infra.template import functions

MAX_BODY = 10 * 1024 * 1024  # API Gateway's payload quota
TIMEOUT_SECONDS = 29


class StartResponse(Protocol):
    """WSGI's."""

    def __call__(self, status: str, headers: list[tuple[str, str]], /) -> Any: ...


Wsgi = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back over HTTP."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


def wsgi(app: Chalice, extras: Mapping[str, Callable[[], Any]] | None = None) -> Wsgi:
    """The app over WSGI. `extras` are JSON documents at paths of the local stack alone.

    The app becomes one whose `current_request` each thread has for itself.
    """
    gateway = _gateway(_thread_safe(app))

    def respond(environ: dict[str, Any], start_response: StartResponse) -> list[bytes]:
        extra = (extras or {}).get(environ["PATH_INFO"])
        answer = _json(extra()) if extra else _answer(gateway, app, environ)
        phrase = HTTPStatus(answer.status).phrase
        start_response(f"{answer.status} {phrase}", answer.headers)
        return [answer.body]

    return respond


def gateway_answer(kind: str, request_id: str) -> Answer:
    """What the gateway says of its own: a response type of infra/functions.yaml."""
    body = functions()["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    declared = body["x-amazon-apigateway-gateway-responses"][kind]
    text = declared["responseTemplates"]["application/json"]
    prefix = "gatewayresponse.header."
    headers = [
        (name.removeprefix(prefix), value.strip("'"))
        for name, value in declared["responseParameters"].items()
    ]
    return Answer(
        declared["statusCode"], headers, text.replace("$context.requestId", request_id).encode()
    )


def _answer(gateway: LocalGateway, app: Chalice, environ: dict[str, Any]) -> Answer:
    request_id = str(uuid.uuid4())
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > MAX_BODY:
        return gateway_answer("REQUEST_TOO_LARGE", request_id)
    method, path = environ["REQUEST_METHOD"], _path(environ)
    headers = _headers(environ) | {
        "x-forwarded-for": environ["REMOTE_ADDR"],
        "x-amzn-requestid": request_id,
    }
    try:
        allowed = app.routes[_route_of(gateway, path)]
        if method != "OPTIONS" and method not in allowed:
            return _not_allowed([*allowed, "OPTIONS"], request_id)
        body = environ["wsgi.input"].read(length) if length else None
        response = gateway.handle_request(method, path, headers, body)
    except (LocalGatewayException, ValueError):
        return gateway_answer("MISSING_AUTHENTICATION_TOKEN", request_id)
    return _over_http(response)


def _over_http(response: dict[str, Any]) -> Answer:
    headers = [(name, str(value)) for name, value in response["headers"].items()]
    for name, values in response["multiValueHeaders"].items():
        headers += [(name, value) for value in values]
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/json"))
    body = response["body"] or ""
    raw = base64.b64decode(body) if response.get("isBase64Encoded") else _bytes(body)
    return Answer(response["statusCode"], headers, raw)


def _not_allowed(methods: list[str], request_id: str) -> Answer:
    like = gateway_answer("MISSING_AUTHENTICATION_TOKEN", request_id)
    problem = json.loads(like.body) | {
        "type": "https://careloom.example/problems/method_not_allowed",
        "title": "This address does not take the method",
        "status": 405,
        "code": "method_not_allowed",
    }
    return Answer(405, [*like.headers, ("Allow", ", ".join(methods))], json.dumps(problem).encode())


def _json(value: Any) -> Answer:
    text = json.dumps(value, indent=2, ensure_ascii=False, default=str)
    return Answer(200, [("Content-Type", "application/json; charset=utf-8")], text.encode())


def _path(environ: dict[str, Any]) -> str:
    path = quote(environ["PATH_INFO"].encode("latin-1"), safe="/")
    query = environ.get("QUERY_STRING")
    return f"{path}?{query}" if query else path


def _headers(environ: dict[str, Any]) -> dict[str, str]:
    headers = {
        name[5:].replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    if environ.get("CONTENT_TYPE"):
        headers["content-type"] = environ["CONTENT_TYPE"]
    return headers


def _bytes(body: str | bytes) -> bytes:
    return body if isinstance(body, bytes) else body.encode()


def _gateway(app: Chalice) -> LocalGateway:
    config = Config.create(chalice_app=app, lambda_timeout=TIMEOUT_SECONDS, lambda_memory_size=1024)
    gateway = LocalGateway(app, config)
    gateway.event_converter = _Events(gateway.event_converter)
    return gateway


class _Events(LambdaEventConverter):
    """Makes the event as API Gateway does, which Chalice's converter leaves incomplete."""

    def __init__(self, plain: LambdaEventConverter) -> None:
        super().__init__(plain._route_matcher, plain._binary_types)

    def create_lambda_event(
        self, method: str, path: str, headers: dict[str, str], body: bytes | None = None
    ) -> dict[str, Any]:
        event: dict[str, Any] = super().create_lambda_event(method, path, headers, body)
        context = event["requestContext"]
        context["requestId"] = headers["x-amzn-requestid"]
        context["stage"] = "local"
        context["identity"]["sourceIp"] = headers["x-forwarded-for"]
        event["multiValueHeaders"] = {name: [value] for name, value in event["headers"].items()}
        # Chalice's matcher also keeps what routes that did not match have captured.
        event["pathParameters"] = {
            name: unquote(value)
            for name, value in event["pathParameters"].items()
            if f"{{{name}}}" in context["resourcePath"]
        }
        if isinstance(event["body"], bytes):
            event["body"] = event["body"].decode("utf-8", errors="replace")
        return event


def _route_of(gateway: LocalGateway, path: str) -> str:
    """The route that takes a path. ValueError if none does."""
    route: str = gateway.event_converter._route_matcher.match_route(path).route
    return route


def _thread_safe(app: Chalice) -> Chalice:
    """Chalice's LocalChalice keeps `current_request` a thread; so do we `lambda_context`."""
    if not isinstance(app, LocalChalice):
        bases = (_ThreadLocalContext, LocalChalice, type(app))
        app.__class__ = type("LocalCareloom", bases, {})
    return app


class _ThreadLocalContext:
    _CONTEXT = threading.local()

    @property
    def lambda_context(self) -> LambdaContext:
        held: LambdaContext = self._CONTEXT.value
        return held

    @lambda_context.setter
    def lambda_context(self, value: LambdaContext) -> None:
        self._CONTEXT.value = value
