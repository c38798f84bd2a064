"""What patients are told of their visits, as the queue brings it, and what goes with the mails."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from chalicelib.platform.aws import client
from chalicelib.platform.clock import iso
from tests.http.messaging.reminding import MAIL, SMS, Reminding, due_message
from tests.world import World

KINDS = ("visit_notice", "series_notice")


def due(world: World) -> list[tuple[str, str]]:
    """When notices fall due, and the message that says so, the first first."""
    return sorted(
        (item["duesk"]["S"].rstrip("#"), due_message(item))
        for item in world.items()
        if item["kind"]["S"] in KINDS and "duepk" in item
    )


def pass_time(world: World, *, times: int = 1, **by: float) -> None:
    """Time passes, and notices that have fallen due come, each so many times."""
    world.clock.advance(**by)
    now = iso(world.clock.now())
    bodies = [body for when, body in due(world) if when <= now]
    for body in bodies * times:
        assert world.deliver("messaging", [body]) == []


def at_night(at: Reminding) -> None:
    """It is ten in the evening in New York."""
    at.world.clock.advance(hours=13)


def said(at: Reminding) -> list[str]:
    """What went to the patient, by mail and by text, without how to end texts."""
    mails = [mail for mail in at.world.mails() if MAIL in mail]
    texts = [text for number, text in at.world.texts() if number == SMS]
    return mails + [text.removesuffix(" STOP para no recibir textos.") for text in texts]


def days(at: Reminding, ahead: float) -> Any:
    """An instant so many days from the start."""
    return at.world.start + timedelta(days=ahead)


@contextmanager
def attached() -> Iterator[list[tuple[str, str]]]:
    """Content type and content of what is attached to mails meanwhile."""
    files: list[tuple[str, str]] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        for each in params["Content"]["Simple"].get("Attachments", []):
            files.append((each["ContentType"], each["RawContent"].decode()))

    events = client("sesv2").meta.events
    events.register("provide-client-params.sesv2.SendEmail", note)
    try:
        yield files
    finally:
        events.unregister("provide-client-params.sesv2.SendEmail", note)
