"""Secrets that follow from a text, and that nobody without the deployment's keys can make."""

import hmac
from hashlib import sha256

from ..platform.keyring import keyring


def derived_secret(purpose: str, text: str) -> str:
    """64 hex digits: HMAC-SHA-256 of `text` under a key of `purpose`."""
    first = min(keyring().keys)
    return hmac.new(keyring().derive(purpose, kid=first), text.encode(), sha256).hexdigest()


def is_derived(given: str, purpose: str, text: str) -> bool:
    """Whether `given` is the secret of `text`; takes as long either way."""
    return hmac.compare_digest(given.encode(), derived_secret(purpose, text).encode())
