"""How many sign-ups came from one place."""

from ...platform.keyring import token
from ...platform.store import SYSTEM, IntegerAttribute, Key, Record, join


class SignUps(Record):
    """How many sign-ups were tried from a network, or with a mail domain, in an hour or a day."""

    KIND = "sign_ups"

    attempts = IntegerAttribute(default=0)

    @classmethod
    def key(cls, kind: str, subject: str, seconds: int, span: int) -> Key:
        """`sys#sign-ups#<HMAC of network or domain>#` / `3600#491234#`: length and number of the span."""
        hashed = token("sign-ups", f"{kind} {subject}")
        return Key(join(SYSTEM, "sign-ups", hashed), join(str(seconds), str(span)))
