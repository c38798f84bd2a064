"""The calls that the product sends while something is done, and whose credentials sign them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import local
from typing import Any

import pytest
from chalice.test import TestLambdaClient

from chalicelib.platform import assumed_roles
from chalicelib.platform.aws import client
from chalicelib.platform.config import settings
from chalicelib.platform.store.connection import connection
from tests.isolation.iam import Wanted, asked_by


@dataclass(frozen=True, slots=True)
class Sent:
    """A call as a function sent it: what it asks leave for, and the access key that signed it."""

    function: str
    operation: str
    asks: tuple[Wanted, ...]
    access_key: str

    @property
    def owners(self) -> set[str]:
        """Whose keys it names: practices, `sys`; nobody's for a Scan."""
        return set().union(*(each.owners for each in self.asks))


@dataclass(frozen=True, slots=True)
class Signer:
    """A role, by its name in infra/resources.yaml, and the tags of its session."""

    role: str
    tags: dict[str, str]


class Recorder:
    """What was `sent`, and by which role: None is the function's own."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self._sessions: dict[str, Signer] = {}
        self._asked: dict[str, Any] = {}
        self._params = local()
        self._function = "api_handler"

    def signer_of(self, sent: Sent) -> Signer | None:
        """The role that signed it; in AWS two functions have one of their own for it."""
        signer = self._sessions.get(sent.access_key)
        own = {"custody_queue": "CustodyRole", "audit_queue": "SealingRole"}.get(sent.function)
        return signer if signer is None or own is None else Signer(own, signer.tags)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Record the product's own clients. The roles are taken anew meanwhile."""
        assumed_roles.assumed_roles.cache_clear()
        hooks = [
            ("sts", "provide-client-params.sts.AssumeRole", self._note_asked),
            ("sts", "after-call.sts.AssumeRole", self._note_session),
            ("dynamodb", "before-send.dynamodb.*", self._note_sent),
            ("dynamodb", "provide-client-params.dynamodb.*", self._note_params),
            ("s3", "before-send.s3.*", self._note_sent),
            ("s3", "provide-client-params.s3.*", self._note_params),
        ]
        for service, name, hook in hooks:
            _events(service).register_first(name, hook)
        try:
            with pytest.MonkeyPatch.context() as patched:
                self._note_functions(patched)
                yield
        finally:
            for service, name, hook in hooks:
                _events(service).unregister(name, hook)

    def _note_functions(self, patched: pytest.MonkeyPatch) -> None:
        """Every handler but the API's is invoked by name."""
        invoke = TestLambdaClient.invoke

        def noted(client: Any, name: str, payload: Any = None) -> Any:
            self._function = name
            try:
                return invoke(client, name, payload)
            finally:
                self._function = "api_handler"

        patched.setattr(TestLambdaClient, "invoke", noted)

    def _note_asked(self, params: dict[str, Any], **_: Any) -> None:
        self._asked = params

    def _note_session(self, parsed: dict[str, Any], **_: Any) -> None:
        roles = {settings().practice_role: "PracticeRole", settings().entry_role: "EntryRole"}
        tags = {tag["Key"]: tag["Value"] for tag in self._asked["Tags"]}
        key = parsed["Credentials"]["AccessKeyId"]
        self._sessions[key] = Signer(roles[self._asked["RoleArn"]], tags)

    def _note_params(self, params: dict[str, Any], model: Any, context: Any, **_: Any) -> None:
        service = model.service_model.service_name
        self._params.asked = (model.name, tuple(asked_by(service, model.name, params)))

    def _note_sent(self, request: Any, **_: Any) -> None:
        header = request.headers["Authorization"]
        text = header.decode() if isinstance(header, bytes) else header
        access_key = text.partition("Credential=")[2].partition("/")[0]
        self.sent.append(Sent(self._function, *self._params.asked, access_key))


def _events(service: str) -> Any:
    return (
        connection().connection.client.meta.events
        if service == "dynamodb"
        else (client(service).meta.events)
    )
