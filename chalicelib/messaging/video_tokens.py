"""The secret of a link to a video visit: which visit, when it begins, and whose seat; stored nowhere.

66 letters: 49 bytes in base64, the last 12 of them an HMAC-SHA-256 under the deployment's first key.
A visit that moves has another begin, and so other links. Messages carry them; telehealth opens them.
"""

import base64
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from ..platform.config import settings
from ..platform.ids import id_of, number_of
from ..platform.keyring import keyring

_MAC, _SIGNED = 12, 37
_GUEST = 0x80
_EPOCH, _MINUTE = datetime(2020, 1, 1, tzinfo=UTC), timedelta(minutes=1)
OF_PATIENT = "p0"
"""The seat that a message's link is for."""


@dataclass(frozen=True, slots=True)
class VideoToken:
    """What a link says. `seat` is `p0` or a later one of the patient's, or `g1` of a guest."""

    practice_id: str
    appointment_id: str
    starts_at: datetime
    seat: str

    def secret(self) -> str:
        """The text that stands in the link."""
        minutes = (self.starts_at - _EPOCH) // _MINUTE
        number = int(self.seat[1:]) | (_GUEST if self.seat[0] == "g" else 0)
        signed = (
            number_of(self.practice_id).to_bytes(16)
            + number_of(self.appointment_id).to_bytes(16)
            + minutes.to_bytes(4)
            + number.to_bytes(1)
        )
        return base64.urlsafe_b64encode(signed + _mac(signed)).decode().rstrip("=")


def joining_link(practice_id: str, appointment_id: str, starts_at: datetime) -> str:
    """Where the patient joins their visit."""
    token = VideoToken(practice_id, appointment_id, starts_at, OF_PATIENT)
    return f"{settings().app_url}/video/{token.secret()}"


def video_token(secret: str) -> VideoToken | None:
    """What a link's secret says; None for one that we did not make."""
    try:
        raw = base64.b64decode(secret + "==", altchars=b"-_", validate=True)
    except ValueError:
        return None
    signed, mac = raw[:_SIGNED], raw[_SIGNED:]
    if not hmac.compare_digest(mac, _mac(signed)) or len(raw) != _SIGNED + _MAC:
        return None
    number = signed[36]
    return VideoToken(
        id_of("prc", int.from_bytes(signed[:16])),
        id_of("apt", int.from_bytes(signed[16:32])),
        _EPOCH + int.from_bytes(signed[32:36]) * _MINUTE,
        f"{'g' if number & _GUEST else 'p'}{number & ~_GUEST}",
    )


def _mac(signed: bytes) -> bytes:
    key = keyring().derive("video link", kid=min(keyring().keys))
    return hmac.digest(key, signed, sha256)[:_MAC]
