"""What was sent to whom, and how it went. The text itself is not kept."""

from pynamodb.attributes import UnicodeAttribute

from ..platform.store import IdInKey, InstantAttribute, Key, Record, join

SENDING, SENT, FAILED, UNKNOWN, NOT_SENT = "sending", "sent", "failed", "unknown", "not_sent"
SKIPPED = "skipped"


class Message(Record):
    """One message by one channel. `sending` is stored before the provider is asked.

    `unknown`: found again in `sending`, or the provider did not answer. Nobody knows whether it went
    out, and a reminder is then never sent again. `not_sent`: it surely did not, and is sent later.
    `skipped`: the practice may not send by this channel; `reason` says why.
    """

    KIND = "message"

    id = IdInKey("msg")
    channel = UnicodeAttribute()
    template = UnicodeAttribute()
    status = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    patient_id = UnicodeAttribute()
    cause = UnicodeAttribute()
    provider_id = UnicodeAttribute(null=True)
    staged_at = InstantAttribute()

    @classmethod
    def key(cls, practice_id: str, message_id: str) -> Key:
        """`prc_1#msg_2#` / `message#`."""
        return Key(join(practice_id, message_id), "message#")

    @classmethod
    def of_patient(cls, practice_id: str, patient_id: str) -> str:
        """The gs2 partition of a patient's messages: `prc_1#pat_2#message#`, newest last."""
        return join(practice_id, patient_id, "message")
