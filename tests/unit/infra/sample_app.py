"""A small app of Careloom's shape: the API and every kind of handler, recording what it is given."""

from types import SimpleNamespace
from typing import Any

from chalice import Chalice, CORSConfig

DOMAINS = (
    "scheduling",
    "clinical",
    "messaging",
    "billing",
    "claims",
    "tasks",
    "operations",
    "reporting",
    "custody",
    "audit",
    "webhooks",
)
STREAM_ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/sample/stream/set-later"
INBOUND = {
    "source": ["aws.s3"],
    "detail-type": ["Object Created"],
    "detail": {"object": {"key": [{"wildcard": "*/clearinghouse/inbound/*"}]}},
}


class SampleApp:
    """`app` is the Chalice app; `events[name]` what the handler `name` was called with, in order.

    `answers[name]`, when set, is called with the event and gives the handler's answer.
    """

    def __init__(self) -> None:
        self.events: dict[str, list[dict[str, Any]]] = {}
        self.answers: dict[str, Any] = {}
        self.app = Chalice(app_name="sample")
        self.app.api.cors = CORSConfig(allow_headers=["Authorization"], max_age=600)
        self._add_routes()
        for domain in DOMAINS:
            name = f"{domain}_queue"
            self.app.on_sqs_message(queue=domain, batch_size=10, name=name)(self._handler(name))
        for name in ("outbox_stream", "storage_stream"):
            self.app.on_dynamodb_record(STREAM_ARN, name=name)(self._handler(name))
        for name in ("outbox_sweep", "due_work"):
            self.app.schedule("rate(1 minute)", name=name)(self._handler(name))
        self.app.on_cw_event(INBOUND, name="inbound_file")(self._handler("inbound_file"))

    @property
    def module(self) -> Any:
        """What app.py would be: the app and its handlers by name."""
        return SimpleNamespace(app=self.app, **self.app.handler_map)

    def _handler(self, name: str) -> Any:
        def handler(event: Any) -> Any:
            given = event.to_dict()
            self.events.setdefault(name, []).append(given)
            return self.answers[name](given) if name in self.answers else None

        handler.__name__ = name
        return handler

    def _add_routes(self) -> None:
        app = self.app

        @app.route("/v1/notes/{note_id}", cors=True)
        def read_note(note_id: str) -> dict[str, Any]:
            """Answers what the request said."""
            asked = app.current_request
            return {
                "id": note_id,
                "echo": asked.query_params.get("echo") if asked.query_params else None,
                "ip": asked.context["identity"]["sourceIp"],
            }

        @app.route("/v1/notes", methods=["POST"], cors=True)
        def create_note() -> dict[str, Any]:
            return {"received": app.current_request.json_body}
