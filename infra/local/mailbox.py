"""The other end of the mailbox: the clearinghouse takes what we send and puts its answers back."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, Protocol
from urllib.parse import quote, unquote

from infra.resources import Place

from .events import Json
from .invocation import Function
from .provision import OUTBOUND, event_queue
from .queues import RuleSource

NOTES = "simulator/"


class Answer(Protocol):
    """One file that comes back."""

    @property
    def name(self) -> str: ...
    @property
    def text(self) -> str: ...


class Partner(Protocol):
    """Who answers: infra/local/clearinghouse.py. What it remembers is rebuilt by submitting again."""

    def receive(self, text: str, *, on: date) -> Sequence[Answer]: ...


class Mailbox:
    """Each file under `{practice}/clearinghouse/outbound/` is submitted once; the answers are
    written, in order, under `{practice}/clearinghouse/inbound/`.

    What was answered is noted under `simulator/`, in order of arrival, and is submitted again
    before the first new file: the partner forgets when the stack stops, the mailbox does not.
    """

    def __init__(self, place: Place, partner: Partner) -> None:
        self._partner = partner
        self._bucket = place.name("MailboxBucket")
        self._s3 = place.client("s3")
        self._answered: set[str] | None = None

    def exchange(self, event: Json, _context: Any) -> None:
        """Handle one `Object Created` event of EventBridge; a repeated one does nothing."""
        if self._answered is None:
            self._answered = set(self._submitted_again())
        key: str = event["detail"]["object"]["key"]
        if key in self._answered:
            return
        arrived = datetime.fromisoformat(event["time"])
        inbox = f"{key.partition('/')[0]}/clearinghouse/inbound"
        for answer in self._partner.receive(self._text(key), on=arrived.date()):
            self._put(f"{inbox}/{answer.name}", answer.text)
        self._put(f"{NOTES}{arrived.isoformat()}/{quote(key, safe='')}", "")
        self._answered.add(key)

    def _submitted_again(self) -> Iterator[str]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=NOTES
        )
        for page in pages:
            for note in page.get("Contents", []):
                arrived, _, quoted = note["Key"].removeprefix(NOTES).partition("/")
                key = unquote(quoted)
                self._partner.receive(self._text(key), on=datetime.fromisoformat(arrived).date())
                yield key

    def _put(self, key: str, text: str) -> None:
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=text.encode())

    def _text(self, key: str) -> str:
        body: bytes = self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        return body.decode()


def mailbox_source(place: Place, partner: Partner, *, retry_seconds: float = 2.0) -> RuleSource:
    """The event source that hands submitted files to the partner."""
    function = Function("clearinghouse", Mailbox(place, partner).exchange)
    return RuleSource(function, place, event_queue(place, OUTBOUND), retry_seconds=retry_seconds)
