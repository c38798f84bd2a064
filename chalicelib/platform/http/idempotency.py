"""POST answers by `Idempotency-Key`: same key and body → the first answer again; kept 48 h."""

from datetime import timedelta
from hashlib import sha256

from pynamodb.attributes import UnicodeAttribute, UnicodeSetAttribute

from ..clock import Clock, iso
from ..context import Context
from ..errors import Conflict, IdempotencyKeyReused
from ..keyring import token
from ..store import GzipTextAttribute, IntegerAttribute, Key, Record, join
from ..store.keys import SYSTEM

KEPT = timedelta(hours=48)


class AnsweredMeanwhile(Conflict):
    """The same request was committed by another invocation: its answer is there to be read."""

    code = "answered_meanwhile"


class StoredAnswer(Record):
    """The first answer to a POST, and whose data it shows."""

    KIND = "answer"

    fingerprint = UnicodeAttribute()
    status = IntegerAttribute()
    etag = UnicodeAttribute(null=True)
    location = UnicodeAttribute(null=True)
    body = GzipTextAttribute(null=True)
    good_until = UnicodeAttribute()
    subjects = UnicodeSetAttribute(null=True)

    @classmethod
    def key(cls, owner: str, user_id: str, idempotency_key: str) -> Key:
        """`prc_1#answer#usr_2#<SHA-256 of the Idempotency-Key, 32 hex>#` / `answer#`."""
        digest = sha256(idempotency_key.encode()).hexdigest()[:32]
        return Key(join(owner or SYSTEM, "answer", user_id, digest), "answer#")

    def still_holds(self, clock: Clock, fingerprint: str) -> bool:
        """Whether this answers the request; IdempotencyKeyReused if it answered another one."""
        if self.good_until <= iso(clock.now()):
            return False
        if self.fingerprint != fingerprint:
            raise IdempotencyKeyReused
        return True


def stage_answer(context: Context, answer: StoredAnswer) -> None:
    """Write `answer` with the rest of the unit of work; AnsweredMeanwhile if one holds already."""
    until = context.now() + KEPT
    answer.good_until = iso(until)
    answer.expires_at = int(until.timestamp())
    context.work.create(
        answer,
        refusal=AnsweredMeanwhile(),
        unless=StoredAnswer.good_until <= iso(context.now()),
    )


def fingerprint(method: str, path: str, body: bytes) -> str:
    """What makes two requests the same: an HMAC, since the body may hold a password."""
    return token("answer", sha256(b"\x1f".join((method.encode(), path.encode(), body))).hexdigest())
