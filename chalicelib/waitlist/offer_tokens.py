"""The secret of an offer's link: which wish of which practice, and its how manieth offer; signed.

62 letters: 46 bytes in base64, the last 12 of them an HMAC-SHA-256 under the deployment's first key.
It is stored nowhere.
"""

import base64
import hmac
from hashlib import sha256
from typing import NamedTuple

from ..platform.ids import id_of, number_of
from ..platform.keyring import keyring

_MAC = 12
_SIGNED = 34


class OfferToken(NamedTuple):
    """What a link says."""

    practice_id: str
    wish_id: str
    number: int

    def secret(self) -> str:
        """The text that stands in the link."""
        signed = (
            number_of(self.practice_id).to_bytes(16)
            + number_of(self.wish_id).to_bytes(16)
            + self.number.to_bytes(2)
        )
        return base64.urlsafe_b64encode(signed + _mac(signed)).decode().rstrip("=")


def offer_token(secret: str) -> OfferToken | None:
    """What a link's secret says; None for one that we did not make."""
    try:
        raw = base64.b64decode(secret + "==", altchars=b"-_", validate=True)
    except ValueError:
        return None
    signed, mac = raw[:_SIGNED], raw[_SIGNED:]
    if not hmac.compare_digest(mac, _mac(signed)) or len(raw) != _SIGNED + _MAC:
        return None
    practice, wish = int.from_bytes(signed[:16]), int.from_bytes(signed[16:32])
    token = OfferToken(id_of("prc", practice), id_of("wsh", wish), int.from_bytes(signed[32:]))
    return token if token.secret() == secret else None


def _mac(signed: bytes) -> bytes:
    key = keyring().derive("waitlist offer", kid=min(keyring().keys))
    return hmac.digest(key, signed, sha256)[:_MAC]
