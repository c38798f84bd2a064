"""What leaves sealed: X25519, HKDF-SHA-256 and AES-256-GCM, for one custodian's public key.

Each record has a key pair of its own made for it, so that nobody but the holder of the custodian's
private key opens it, we least of all.
"""

import base64
import json
from typing import Any

from .lines import Line

ALGORITHM = "X25519+HKDF-SHA256+AES256GCM"
PURPOSE = b"careloom export, sealed record"


def is_public_key(pem: str) -> bool:
    """Whether this is an X25519 public key (PEM, SubjectPublicKeyInfo)."""
    try:
        _public(pem)
    except ValueError:
        return False
    return True


def seal_line(line: Line, public_key: str) -> Line:
    """The line with kind, key, version and schema open and all else sealed."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    once = X25519PrivateKey.generate()
    shared = once.exchange(_public(public_key))
    head = {name: line[name] for name in ("kind", "key", "version", "schema")}
    rest = {name: line[name] for name in line if name not in head}
    hidden = AESGCM(_derived(shared)).encrypt(bytes(12), _text(rest), _text(head))
    sealed = {"algorithm": ALGORITHM, "public": _b64(once.public_key().public_bytes_raw())}
    return {**head, "sealed": {**sealed, "text": _b64(hidden)}}


def open_line(line: Line, private_key: str) -> Line:
    """The reverse, under the custodian's private key (PEM). ValueError if it is not theirs."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric.x25519 import (
        X25519PrivateKey,
        X25519PublicKey,
    )
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    sealed = line["sealed"]
    key = load_pem_private_key(private_key.encode(), password=None)
    if not isinstance(key, X25519PrivateKey) or sealed["algorithm"] != ALGORITHM:
        raise ValueError("sealed for another kind of key")
    shared = key.exchange(X25519PublicKey.from_public_bytes(base64.b64decode(sealed["public"])))
    head = {name: line[name] for name in line if name != "sealed"}
    try:
        text = AESGCM(_derived(shared)).decrypt(
            bytes(12), base64.b64decode(sealed["text"]), _text(head)
        )
    except InvalidTag as error:
        raise ValueError("sealed for another key, or altered") from error
    opened: dict[str, Any] = json.loads(text)
    return {**head, **opened}


def _public(pem: str) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(pem.encode())
    except UnsupportedAlgorithm as error:
        raise ValueError("a key of an unknown kind") from error
    if not isinstance(key, X25519PublicKey):
        raise ValueError("not an X25519 key")
    return key


def _derived(shared: bytes) -> bytes:
    """The nonce may be fixed: no key seals a second text."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(shared)


def _text(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()


def _b64(value: bytes) -> str:
    return base64.b64encode(value).decode()
