"""What became of a message, as SES and the network tell it: delivered, bounced, complained of.

Each notice names practice and message by the tags that the message was sent with.
"""

from dataclasses import dataclass
from datetime import datetime

from ..platform import outbox
from ..platform.context import Context
from ..platform.errors import Unavailable
from ..platform.store import find, get
from .models import (
    BOUNCED,
    COMPLAINED,
    DELIVERED,
    NOT_SENT,
    SENDING,
    UNDELIVERED,
    UNKNOWN,
    Message,
    SuppressedAddress,
)
from .sending import ask_front_desk

BOUNCED_TASK, COMPLAINT_TASK, UNDELIVERED_TASK = (
    "message_bounced", "message_complained_of", "message_undelivered"
)  # fmt: skip
_RANK = {DELIVERED: 1, UNDELIVERED: 2, BOUNCED: 2, COMPLAINED: 3}
"""In whatever order notices come, a later one never takes back what is worse."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One notice. `address` is given where it is to be written to no more."""

    practice_id: str
    message_id: str
    status: str
    at: datetime
    reason: str = ""
    address: str = ""


def note_delivery(context: Context, delivery: Delivery) -> None:
    """Put it on the message's record, once. Unavailable while its sender has not noted that it went.

    A hard bounce or a complaint closes the address to this practice; those, and a text that did not
    arrive, are tasks. A message of which nobody knew is known of now, and its task is dropped.
    """
    message = get(Message, Message.key(context.practice_id, delivery.message_id))
    context.concerns(message.patient_id)
    if message.status in (SENDING, NOT_SENT):
        raise Unavailable(retry_after=5)
    if _RANK[delivery.status] <= _RANK.get(message.status, 0):
        return
    if message.status == UNKNOWN and message.asked_by:
        outbox.publish(
            context, "task.unwanted", message.id, message.version, event_id=message.asked_by
        )
    message.become(delivery.status, delivery.at, reason=delivery.reason)
    kind = {BOUNCED: BOUNCED_TASK, COMPLAINED: COMPLAINT_TASK, UNDELIVERED: UNDELIVERED_TASK}
    if delivery.status in kind:
        ask_front_desk(context, message, kind[delivery.status])
    if delivery.address:
        _suppress(context, message, delivery)
    context.work.save(message)


def _suppress(context: Context, message: Message, delivery: Delivery) -> None:
    """Close the address, until the patient agrees to the channel anew."""
    key = SuppressedAddress.key(context.practice_id, delivery.address)
    known = find(SuppressedAddress, key, consistent=True)
    closed = known or SuppressedAddress(*key, patient_id=message.patient_id)
    closed.reason, closed.since, closed.message_id = delivery.status, context.now(), message.id
    if known is None:
        context.work.create(closed)
    else:
        context.work.save(closed)
