"""The keyring secret: `python -m infra.keyring` prints a new one, `--rotate` adds keys to one.

The form is the one chalicelib/platform/keyring.py reads. Key ids order by the time they were made;
old keys stay, because what they sealed or signed is still about.
"""

import argparse
import base64
import json
import secrets
import sys
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


def new_keyring(now: datetime) -> dict[str, Any]:
    """A first key of each kind, both current."""
    return rotated({"keys": {}, "signing": {}}, now)


def rotated(keyring: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The keyring with a further key of each kind, now current. ValueError within a second."""
    kid = now.astimezone(UTC).strftime("k%Y%m%dT%H%M%SZ")
    if kid in keyring["keys"]:
        raise ValueError(f"there is a key {kid} already")
    return {
        "current": kid,
        "keys": keyring["keys"] | {kid: base64.b64encode(secrets.token_bytes(32)).decode()},
        "signing_current": kid,
        "signing": keyring["signing"] | {kid: _signing_key()},
    }


def main(arguments: list[str]) -> None:
    """Print a keyring; with `--rotate`, the one on standard input with new keys added."""
    parser = argparse.ArgumentParser(prog="python -m infra.keyring", description=__doc__)
    parser.add_argument("--rotate", action="store_true", help="read a keyring, add keys to it")
    options = parser.parse_args(arguments)
    now = datetime.now(UTC)
    made = rotated(json.load(sys.stdin), now) if options.rotate else new_keyring(now)
    print(json.dumps(made))


def _signing_key() -> str:
    private = generate_private_key(SECP256R1())
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


if __name__ == "__main__":
    main(sys.argv[1:])
