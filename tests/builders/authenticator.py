"""A software authenticator: makes passkeys and signs with them, as WebAuthn Level 3 has it.

It does what a browser and a platform authenticator do together, and whatever wrong a test asks for.
"""

import base64
import json
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_bytes
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

ORIGIN, HOST = "http://127.0.0.1:3000", "127.0.0.1"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """One passkey. `count` is its sign counter; 0 for ever if `counts` is off (synced passkeys)."""

    origin: str = ORIGIN
    host: str = HOST
    counts: bool = True
    count: int = 0
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    credential_id: bytes = field(default_factory=lambda: token_bytes(32))
    user_handle: str = ""

    def create(self, options: dict[str, Any], *, flags: int = PRESENT | VERIFIED) -> str:
        """What `navigator.credentials.create` answers, as JSON text."""
        self.user_handle = options["user"]["id"]
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: _bytes(numbers.x), -3: _bytes(numbers.y)}
        attested = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id
        data = self._data(flags | ATTESTED) + attested + cbor2.dumps(public)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options["challenge"])
        return self._credential(clientDataJSON=client, attestationObject=attestation)

    def get(self, options: dict[str, Any], *, flags: int = PRESENT | VERIFIED) -> str:
        """What `navigator.credentials.get` answers, as JSON text."""
        self.count += self.counts
        data, client = self._data(flags), self._client("webauthn.get", options["challenge"])
        signature = self.key.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        parts = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        return self._credential(**parts, userHandle=_read(self.user_handle))

    def _data(self, flags: int) -> bytes:
        return sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def _credential(self, **response: bytes) -> str:
        own = _text(self.credential_id)
        return json.dumps(
            {
                "id": own,
                "rawId": own,
                "type": "public-key",
                "authenticatorAttachment": "platform",
                "clientExtensionResults": {},
                "response": {name: _text(part) for name, part in response.items()},
            }
        )


def changed(credential: str, **response: str) -> str:
    """A credential with other parts in its response."""
    read: dict[str, Any] = json.loads(credential)
    return json.dumps({**read, "response": {**read["response"], **response}})


def _bytes(number: int) -> bytes:
    return number.to_bytes(32, "big")


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _read(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
