"""Faults put into botocore: below every library, where AWS would fail."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import local
from typing import Any

from botocore.awsrequest import AWSResponse

from chalicelib.platform.aws import client
from chalicelib.platform.store.connection import connection


class Died(BaseException):
    """The process ended here: nothing after it ran."""


def events() -> Any:
    """The table client's event system."""
    return connection().connection.client.meta.events


@contextmanager
def calls() -> Iterator[list[str]]:
    """The operations on the table and on S3 that are sent meanwhile, by name."""
    sent: list[str] = []

    def note(model: Any, **_: Any) -> None:
        sent.append(model.name)

    with _registered(before=note):
        yield sent


@contextmanager
def answering(
    operation: str, *, times: int, error: str, reasons: list[str] | None = None
) -> Iterator[list[int]]:
    """The next `times` calls of `operation` fail with this error before they reach the table."""
    left = [times]

    def fail(model: Any, **_: Any) -> Any:
        if model.name != operation or left[0] == 0:
            return None
        left[0] -= 1
        body: dict[str, Any] = {"Error": {"Code": error, "Message": error}}
        if reasons is not None:
            body["CancellationReasons"] = [
                {"Code": reason, "Message": reason} for reason in reasons
            ]
        return AWSResponse("https://dynamodb", 400, {}, None), body

    events().register("before-call.dynamodb.*", fail)
    try:
        yield left
    finally:
        events().unregister("before-call.dynamodb.*", fail)


@contextmanager
def answering_s3(operation: str, *, times: int, status: int) -> Iterator[None]:
    """The next `times` calls of `operation` of S3 are answered with this status, before it acts."""
    left, system = [times], client("s3").meta.events

    def fail(model: Any, **_: Any) -> Any:
        if model.name != operation or left[0] == 0:
            return None
        left[0] -= 1
        body = {"Error": {"Code": str(status), "Message": ""}}
        body["ResponseMetadata"] = {"HTTPStatusCode": status}  # type: ignore[dict-item]
        return AWSResponse("https://s3", status, {}, None), body

    system.register("before-call.s3.*", fail)
    try:
        yield
    finally:
        system.unregister("before-call.s3.*", fail)


@contextmanager
def dying(
    at_call: int, *, after: bool, only: Callable[[str], bool] = lambda _: True
) -> Iterator[list[int]]:
    """The process dies before (or just after) its `at_call`-th call of table or S3, from 0."""
    seen, own = [-1], local()

    def before(model: Any, **_: Any) -> None:
        if only(model.name):
            own.call = seen[0] = seen[0] + 1
            if own.call == at_call and not after:
                raise Died

    def afterwards(model: Any, **_: Any) -> None:
        if only(model.name) and own.call == at_call and after:
            raise Died

    with _registered(before=before, after=afterwards):
        yield seen


@contextmanager
def _registered(**hooks: Callable[..., None]) -> Iterator[None]:
    """Hooks on the product's own clients of the table and of S3; `before` a call and `after` it."""
    systems = (("dynamodb", events()), ("s3", client("s3").meta.events))
    places = [
        (system, f"{when}-call.{service}.*", hook)
        for service, system in systems
        for when, hook in hooks.items()
    ]
    for system, name, hook in places:
        system.register(name, hook)
    try:
        yield
    finally:
        for system, name, hook in places:
            system.unregister(name, hook)


@contextmanager
def meanwhile(
    act: Callable[[], object], *, operation: str = "TransactWriteItems"
) -> Iterator[None]:
    """Just before the next `operation` is sent, `act` happens: somebody else comes between."""
    pending = [act]

    def between(model: Any, **_: Any) -> None:
        if model.name == operation and pending:
            pending.pop()()

    with _registered(before=between):
        yield
    assert not pending, f"no {operation} was sent"


@contextmanager
def before_commit(number: int, act: Callable[[], object]) -> Iterator[None]:
    """Just before the `number`-th transaction from here on is sent, `act` happens, once."""
    seen = [0]

    def before(model: Any, **_: Any) -> None:
        if model.name == "TransactWriteItems":
            seen[0] += 1
            if seen[0] == number:
                act()

    with _registered(before=before):
        yield
    assert seen[0] >= number, f"{seen[0]} transactions were sent"
