"""What is stored of webhooks: where to, and each delivery."""

from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)

from ..platform.clock import iso
from ..platform.store import (
    IdInKey,
    InstantAttribute,
    IntegerAttribute,
    Key,
    PracticeInKey,
    Record,
    join,
)

ON, OFF = "on", "off"
WAITING, DELIVERED, FAILED, OVERTAKEN = "waiting", "delivered", "failed", "overtaken"
VERSION_DIGITS = 10


class Webhook(Record):
    """A server of the practice's that is told of events. Its secret follows from the id and a number.

    One that does not answer `rests_until` then: nothing new is tried meanwhile.
    """

    KIND = "webhook"

    id = IdInKey("whk")
    practice_id = PracticeInKey()
    url = UnicodeAttribute()
    description = UnicodeAttribute(default="")
    events = UnicodeSetAttribute()
    status = UnicodeAttribute(default=ON)
    off_because = UnicodeAttribute(null=True)
    created_by = UnicodeAttribute()
    secret_number = IntegerAttribute(default=1)
    older_secret_until = InstantAttribute(null=True)
    failing_since = InstantAttribute(null=True)
    rests_until = InstantAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, webhook_id: str) -> Key:
        """`prc_1#` / `webhook#whk_2#`: all of a practice's in one Query."""
        return Key(join(practice_id), join("webhook", webhook_id))

    def switch_off(self, because: str) -> None:
        self.status, self.off_because = OFF, because
        self.failing_since = self.rests_until = None


class Delivery(Record):
    """One event for one webhook. What it says is fixed; only how it fares changes."""

    KIND = "webhook_delivery"

    practice_id = PracticeInKey()
    webhook_id = IdInKey("whk")
    event_id = IdInKey("evt")
    message_id = UnicodeAttribute()
    type = UnicodeAttribute()
    subject = UnicodeAttribute()
    subject_version = IntegerAttribute()
    occurred_at = InstantAttribute()
    data = JSONAttribute(null=True)
    status = UnicodeAttribute(default=WAITING)
    attempts = IntegerAttribute(default=0)
    again = BooleanAttribute(default=False)
    next_at = InstantAttribute(null=True)
    last_at = InstantAttribute(null=True)
    last_status = IntegerAttribute(null=True)

    @classmethod
    def partition(cls, practice_id: str, webhook_id: str) -> str:
        """`prc_1#whk_2#`."""
        return join(practice_id, webhook_id)

    @classmethod
    def key(
        cls, practice_id: str, webhook_id: str, subject: str, version: int, event_id: str
    ) -> Key:
        """`prc_1#whk_2#` / `delivery#apt_3#0000000004#evt_5#`: a subject's in the order it changed."""
        numbered = f"{version:0{VERSION_DIGITS}}"
        return Key(
            cls.partition(practice_id, webhook_id), join("delivery", subject, numbered, event_id)
        )

    def list_it(self) -> None:
        """On gs1 `prc_1#whk_2#deliveries#` / `<occurred_at>#evt_5#`: a webhook's, by time.
        On gs2 `prc_1#whm_6#` / `delivery#`: the one with this message id.
        """
        self.gs1pk = self.listed(self.practice_id, self.webhook_id)
        self.gs1sk = join(iso(self.occurred_at), self.event_id)
        self.gs2pk, self.gs2sk = self.named(self.practice_id, self.message_id), "delivery#"

    @classmethod
    def listed(cls, practice_id: str, webhook_id: str) -> str:
        return join(practice_id, webhook_id, "deliveries")

    @classmethod
    def named(cls, practice_id: str, message_id: str) -> str:
        return join(practice_id, message_id)
