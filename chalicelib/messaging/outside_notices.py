"""What SES and the network tell by SNS: what became of a message, or a text that somebody sent.

Shapes: SES Developer Guide, "Examples of event data that Amazon SES publishes to Amazon SNS"; End User
Messaging SMS User Guide, "Two-way SMS messaging" and "Example event data".
"""

import json
from typing import Any

from ..platform import log
from ..platform.clock import from_iso
from ..platform.context import Context
from ..platform.queues import working
from . import deliveries
from .deliveries import Delivery
from .inbound_texts import InboundText, receive_text
from .models import BOUNCED, COMPLAINED, DELIVERED, UNDELIVERED

_ARRIVED = frozenset({"TEXT_DELIVERED", "TEXT_SUCCESSFUL"})
_LOST = frozenset(
    {
        "TEXT_INVALID", "TEXT_INVALID_MESSAGE", "TEXT_UNREACHABLE", "TEXT_CARRIER_UNREACHABLE",
        "TEXT_BLOCKED", "TEXT_CARRIER_BLOCKED", "TEXT_SPAM", "TEXT_UNKNOWN", "TEXT_TTL_EXPIRED",
        "TEXT_PROTECT_BLOCKED",
    }
)  # fmt: skip


def receive_notice(envelope: dict[str, Any]) -> None:
    """One SNS notification. KeyError or ValueError for what is none: it ends among the dead letters."""
    told = json.loads(envelope["Message"])
    if "messageBody" in told:
        receive_text(
            InboundText(
                told["inboundMessageId"],
                told["originationNumber"],
                told["messageBody"],
                from_iso(envelope["Timestamp"]),
            )
        )
        return
    delivery = _of_mail(told) if "mail" in told else _of_text(told, envelope)
    if delivery is None:
        log.info("a notice that changes nothing", event_type=told["eventType"])
        return
    with working("messaging", delivery.practice_id, envelope["MessageId"], "delivery") as context:
        note_delivery(context, delivery)


def note_delivery(context: Context, delivery: Delivery) -> None:
    """Put it on the message's record."""
    deliveries.note_delivery(context, delivery)


def _of_mail(told: dict[str, Any]) -> Delivery | None:
    """None for what is no outcome, for a soft bounce (SES tries on), and for a mail without tags."""
    tags = told["mail"].get("tags", {})
    if "message" not in tags:
        return None
    named = tags["practice"][0], tags["message"][0]
    match told["eventType"]:
        case "Delivery":
            return Delivery(*named, DELIVERED, from_iso(told["delivery"]["timestamp"]))
        case "Bounce" if told["bounce"]["bounceType"] == "Permanent":
            bounce = told["bounce"]
            address = bounce["bouncedRecipients"][0]["emailAddress"]
            at = from_iso(bounce["timestamp"])
            return Delivery(*named, BOUNCED, at, bounce["bounceSubType"], address)
        case "Complaint":
            complaint = told["complaint"]
            address = complaint["complainedRecipients"][0]["emailAddress"]
            kind = complaint.get("complaintFeedbackType") or ""
            return Delivery(*named, COMPLAINED, from_iso(complaint["timestamp"]), kind, address)
        case _:
            return None


def _of_text(told: dict[str, Any], envelope: dict[str, Any]) -> Delivery | None:
    named = told.get("context") or {}
    status = {**dict.fromkeys(_ARRIVED, DELIVERED), **dict.fromkeys(_LOST, UNDELIVERED)}
    if "message" not in named or told["eventType"] not in status:
        return None
    at, kind = from_iso(envelope["Timestamp"]), told["eventType"]
    reason = "" if kind in _ARRIVED else kind.removeprefix("TEXT_").lower()
    return Delivery(named["practice"], named["message"], status[kind], at, reason)
