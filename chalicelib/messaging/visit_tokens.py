"""The secret of a link in a reminder: which visit, as it stood, and which step; signed, stored nowhere.

63 letters: 47 bytes in base64, the last 12 of them an HMAC-SHA-256 under the deployment's first key.
"""

import base64
import hmac
from dataclasses import dataclass
from hashlib import sha256

from ..platform.ids import id_of, number_of
from ..platform.keyring import keyring

_MAC = 12
_SIGNED = 35
_DAYS = 0x80


@dataclass(frozen=True, slots=True)
class VisitToken:
    """What a link says. It is good while the visit stands as from this version on, once."""

    practice_id: str
    appointment_id: str
    version: int
    step: str

    def secret(self) -> str:
        """The text that stands in the link."""
        before, unit = int(self.step[:-1]), self.step[-1]
        signed = (
            number_of(self.practice_id).to_bytes(16)
            + number_of(self.appointment_id).to_bytes(16)
            + self.version.to_bytes(2)
            + (before | (_DAYS if unit == "d" else 0)).to_bytes(1)
        )
        return base64.urlsafe_b64encode(signed + _mac(signed)).decode().rstrip("=")


def visit_token(secret: str) -> VisitToken | None:
    """What a link's secret says; None for one that we did not make."""
    try:
        raw = base64.b64decode(secret + "=", altchars=b"-_", validate=True)
    except ValueError:
        return None
    signed, mac = raw[:_SIGNED], raw[_SIGNED:]
    if not hmac.compare_digest(mac, _mac(signed)) or len(raw) != _SIGNED + _MAC:
        return None
    step = signed[34]
    return VisitToken(
        id_of("prc", int.from_bytes(signed[:16])),
        id_of("apt", int.from_bytes(signed[16:32])),
        int.from_bytes(signed[32:34]),
        f"{step & ~_DAYS}{'d' if step & _DAYS else 'h'}",
    )


def _mac(signed: bytes) -> bytes:
    key = keyring().derive("visit link", kid=min(keyring().keys))
    return hmac.digest(key, signed, sha256)[:_MAC]
