"""The keys that access tokens are signed with, by `kid`; the public ones as a JWK Set (RFC 7517)."""

import json
from functools import cache
from typing import Any, NamedTuple

from ...platform.keyring import keyring

ALGORITHM, TYPE = "ES256", "at+jwt"


class PublicKey(NamedTuple):
    """A key that verifies."""

    kid: str
    key: Any


@cache
def private_key(kid: str) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    return load_pem_private_key(keyring().signing[kid].encode(), password=None)


def signed(claims: dict[str, Any]) -> str:
    """A JWT under the signing key in use."""
    return _signed(claims, keyring().signing_current)


@cache
def verifying_keys() -> dict[str, PublicKey]:
    """The keys by the one header, as it is encoded, that a token of theirs has.

    Nothing of a header is ever interpreted: another algorithm, `jku`, `crit` or an unheard-of kid is
    a header that is not here.
    """
    headers = {kid: _signed({}, kid).partition(".")[0] for kid in keyring().signing}
    return {
        header: PublicKey(kid, private_key(kid).public_key()) for kid, header in headers.items()
    }


@cache
def jwk_set() -> str:
    """All our public keys, those added and not in use yet too, as JSON."""
    from jwt.algorithms import ECAlgorithm

    keys = [
        {
            **ECAlgorithm.to_jwk(public.key, as_dict=True),
            "kid": public.kid,
            "alg": ALGORITHM,
            "use": "sig",
        }
        for public in verifying_keys().values()
    ]
    return json.dumps({"keys": keys})


def _signed(claims: dict[str, Any], kid: str) -> str:
    import jwt

    headers = {"kid": kid, "typ": TYPE}
    return jwt.encode(claims, private_key(kid), algorithm=ALGORITHM, headers=headers)
