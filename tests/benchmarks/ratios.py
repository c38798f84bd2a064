"""The same calls with and without the product: what a handler costs beyond botocore.

A request is served once on the emulator, and what went over the wire is kept. Then the product and a
bare handler, which makes the same botocore calls with the same parameters, are served from that.
"""

import contextlib
import copy
import io
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

from botocore.awsrequest import AWSResponse

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]
SENDS = "before-send.dynamodb"
ASKS = "provide-client-params.dynamodb"
HEARS = "response-received.dynamodb"


@dataclass
class Recorded:
    """The calls of one request in the order they were asked: operation, parameters, answer."""

    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answers: dict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))

    @contextlib.contextmanager
    def listening(self, client: Any) -> Iterator[None]:
        """Keep what the client asks and hears."""
        events = client.meta.events
        events.register_last(ASKS, self._asked)
        events.register_last(HEARS, self._heard)
        try:
            yield
        finally:
            events.unregister(ASKS, self._asked)
            events.unregister(HEARS, self._heard)

    @contextlib.contextmanager
    def answering(self, *clients: Any) -> Iterator[None]:
        """Nothing is sent: each operation gets its recorded answers, in turn."""
        turns = {name: cycle(bodies) for name, bodies in self.answers.items()}

        def answer(request: Any, event_name: str, **_: Any) -> AWSResponse:
            body = next(turns[event_name.rpartition(".")[2]])
            return AWSResponse(request.url, 200, {"content-length": str(len(body))}, _Raw(body))

        for client in clients:
            client.meta.events.register(SENDS, answer)
        try:
            yield
        finally:
            for client in clients:
                client.meta.events.unregister(SENDS, answer)

    def bare(self, client: Any) -> Handler:
        """A handler that makes the calls one after another and gives back what they found."""
        methods = {operation: name for name, operation in client.meta.method_to_api_mapping.items()}
        calls = [(getattr(client, methods[name]), params) for name, params in self.calls]

        def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
            found = [call(**params) for call, params in calls][-1]
            body = json.dumps(found.get("Items", []))
            return {"statusCode": 200, "headers": {}, "body": body}

        return handler

    def _asked(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self.calls.append((model.name, copy.deepcopy(params)))

    def _heard(self, response_dict: dict[str, Any], event_name: str, **_: Any) -> None:
        self.answers[event_name.rpartition(".")[2]].append(response_dict["body"])


class _Raw(io.BytesIO):
    """A body as urllib3 hands it over."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.getvalue()


def request(
    method: str, resource: str, token: str, body: Any = None, **parameters: str
) -> dict[str, Any]:
    """An API Gateway proxy event; `resource` as the route names it, `parameters` those of the path."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    if method == "POST":
        headers["Idempotency-Key"] = "c0ffee00-0000-4000-8000-000000000000"
    return {
        "httpMethod": method,
        "path": resource.format(**parameters),
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "pathParameters": parameters or None,
        "multiValueQueryStringParameters": None,
        "stageVariables": None,
        "body": None if body is None else json.dumps(body),
        "isBase64Encoded": False,
        "requestContext": {
            "httpMethod": method,
            "resourcePath": resource,
            "identity": {"sourceIp": "192.0.2.1"},
        },
    }
