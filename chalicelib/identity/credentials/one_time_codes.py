"""Codes of an authenticator app: RFC 6238, six digits, 30 seconds, SHA-1, one step either way."""

from datetime import datetime
from hmac import compare_digest

DRIFT = 1
ISSUER = "Careloom"


def new_secret() -> str:
    """160 random bits in base 32 (RFC 4226 §4)."""
    import pyotp

    return pyotp.random_base32()


def uri_of(secret: str, *, account: str) -> str:
    """The `otpauth://` URI that an app reads from a QR code."""
    import pyotp

    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=ISSUER)


def step_of(secret: str, code: str, now: datetime, *, after: int) -> int | None:
    """The time step that a code is of; None for a wrong one, and for one of a step not after `after`."""
    import pyotp

    app = pyotp.TOTP(secret)
    step = int(now.timestamp()) // app.interval
    around = range(step - DRIFT, step + DRIFT + 1)
    right = [each for each in around if _same(code, app.generate_otp(each))]
    return next((each for each in right if each > after), None)


def _same(given: str, right: str) -> bool:
    return compare_digest(given.encode(), right.encode())
