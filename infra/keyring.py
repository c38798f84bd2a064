"""The keyring secret: `python -m infra.keyring` prints a new one.

`--add` reads one and adds keys that are not in use yet; `--promote` reads one and puts its newest
keys to use. Between the two, every running function must have read the added keys, or it refuses
what others seal and sign (docs/operations.md, "Keys"). The form is the one that
chalicelib/platform/keyring.py reads. Key ids order by the time they were made; old keys stay,
because what they sealed or signed is still about.
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

Keyring = dict[str, Any]


def new_keyring(now: datetime) -> Keyring:
    """One key of each kind, both in use."""
    return promoted(with_keys_added({"keys": {}, "signing": {}}, now))


def with_keys_added(keyring: Keyring, now: datetime) -> Keyring:
    """The keyring with a further key of each kind. ValueError for a second time in a second."""
    kid = now.astimezone(UTC).strftime("k%Y%m%dT%H%M%SZ")
    if kid in keyring["keys"]:
        raise ValueError(f"there is a key {kid} already")
    return keyring | {
        "keys": keyring["keys"] | {kid: base64.b64encode(secrets.token_bytes(32)).decode()},
        "signing": keyring["signing"] | {kid: _signing_key()},
    }


def promoted(keyring: Keyring) -> Keyring:
    """The keyring with its newest keys in use."""
    return keyring | {"current": max(keyring["keys"]), "signing_current": max(keyring["signing"])}


def main(arguments: list[str]) -> None:
    """Print a keyring: a new one, or the one on standard input changed."""
    parser = argparse.ArgumentParser(prog="python -m infra.keyring", description=__doc__)
    change = parser.add_mutually_exclusive_group()
    change.add_argument("--add", action="store_true", help="add keys that are not in use yet")
    change.add_argument("--promote", action="store_true", help="put the newest keys to use")
    options = parser.parse_args(arguments)
    now = datetime.now(UTC)
    if options.add:
        made = with_keys_added(json.load(sys.stdin), now)
    elif options.promote:
        made = promoted(json.load(sys.stdin))
    else:
        made = new_keyring(now)
    print(json.dumps(made))


def _signing_key() -> str:
    private = generate_private_key(SECP256R1())
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


if __name__ == "__main__":
    main(sys.argv[1:])
