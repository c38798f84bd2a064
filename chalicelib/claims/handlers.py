"""What claims does when something happened, and when a file came in."""

from typing import Any

from ..platform import log, queues
from ..platform.context import Context
from ..platform.events import Event
from ..platform.ids import derived_id
from ..platform.queues import Consumers
from ..platform.runtime import runtime
from . import claiming, inbound, part2, shared_mailbox, submission

consumers = Consumers("claims")
SHARED = "sys"


@consumers.on("charges.made")
def make_claim(context: Context, event: Event) -> None:
    """Charges that a payer is billed for make a claim, once."""
    claiming.make_claim(context, event)


@consumers.on("claim.ready")
def submit_claim(context: Context, event: Event) -> None:
    """A clean claim goes out."""
    submission.submit_claim(context, event.subject)


@consumers.on("patient.part2_consented")
def tell_waiting_claims(context: Context, event: Event) -> None:
    """What waited for a patient's Part 2 consent is looked at again."""
    part2.tell_waiting(context, event.subject)


@consumers.on("claim.consented")
def release_claim(context: Context, event: Event) -> None:
    """The claim goes out, if it waits for nothing else."""
    claiming.release_claim(context, event.subject)


@consumers.on("practice.billing_changed")
def register_payee(context: Context, _event: Event) -> None:
    """What comes to the shared mailbox for this payee is the practice's from now on."""
    shared_mailbox.register_payee(context)


@consumers.on("edi.received")
def take_file(context: Context, event: Event) -> None:
    """A file in the practice's mailbox is taken in, or refused whole."""
    inbound.take_file(context, event.subject)


@consumers.blueprint.on_cw_event(
    {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"object": {"key": [{"wildcard": "*/clearinghouse/inbound/*"}]}},
    },
    name="inbound_file",
)
def inbound_file(event: Any) -> None:
    """S3 says that a file has come: put it before the practice it belongs to.

    The shared mailbox (`sys/…`) is routed by payee; what fits no practice stays sealed. A folder's
    own object is no file.
    """
    stored = event.detail["object"]
    practice_id, key = stored["key"].partition("/")[0], stored["key"]
    if key.endswith("/"):
        return
    if practice_id == SHARED:
        shared_mailbox.route_file(key)
        return
    version = str(stored.get("version-id") or stored.get("etag") or "")
    told = Event(
        id=derived_id("evt", key, version),
        type="edi.received",
        practice_id=practice_id,
        subject=key,
        subject_version=1,
        occurred_at=runtime().clock.now(),
    )
    queues.send("claims", told.to_json())
    log.info("file received", practice_id=practice_id, event_id=told.id)
