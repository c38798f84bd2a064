"""Strict tokens: whatever is not a good access token of ours gets one and the same 401 (PROMISES 13)."""

import hmac
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from chalicelib.identity.tokens import CLINIC, ISSUER
from chalicelib.platform.keyring import keyring
from tests.http.identity.signing import joined, me, parts, said, session
from tests.world import World, sign_up

Forge = Callable[[str], str]


def _public_pem() -> bytes:
    live = keyring()
    key = serialization.load_pem_private_key(
        live.signing[live.signing_current].encode(), password=None
    )
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _headed(**over: Any) -> Forge:
    """The same claims and signature under another header."""

    def forge(token: str) -> str:
        header, claims, signature = parts(token)
        return joined({**header, **over}, claims, signature)

    return forge


def _claiming(**over: Any) -> Forge:
    """Other claims under the signature of the true ones."""

    def forge(token: str) -> str:
        header, claims, signature = parts(token)
        return joined(header, {**claims, **over}, signature)

    return forge


def _resigned(*, header: dict[str, Any] | None = None, **over: Any) -> Forge:
    """Signed anew with our own key, other claims or header; None leaves one out."""

    def forge(token: str) -> str:
        true, claims, _ = parts(token)
        wanted = {k: v for k, v in {**claims, **over}.items() if v is not None}
        key = keyring().signing[true["kid"]]
        return jwt.encode(wanted, key, algorithm="ES256", headers={**true, **(header or {})})

    return forge


def _unsigned(alg: str) -> Forge:
    def forge(token: str) -> str:
        header, claims, _ = parts(token)
        return joined({**header, "alg": alg}, claims, "")

    return forge


def _by_public_key(token: str) -> str:
    """HS256, with our public key as the secret: the classic swap."""
    header, claims, _ = parts(token)
    unsigned = joined({**header, "alg": "HS256"}, claims, "").rstrip(".")
    mac = hmac.new(_public_pem(), unsigned.encode(), sha256).digest()
    return f"{unsigned}.{jwt.utils.base64url_encode(mac).decode()}"


def _by_another_key(token: str) -> str:
    header, claims, _ = parts(token)
    key = ec.generate_private_key(ec.SECP256R1())
    public = jwt.algorithms.ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return jwt.encode(claims, key, algorithm="ES256", headers={**header, "jwk": public})


FORGED: dict[str, Forge] = {
    "nothing": lambda _: "",
    "no token": lambda _: "let me in",
    "two parts": lambda token: token.rpartition(".")[0],
    "cut signature": lambda token: token[:-4],
    "no signature": lambda token: token.rpartition(".")[0] + ".",
    "alg none": _unsigned("none"),
    "alg None": _unsigned("None"),
    "no alg": _unsigned(""),
    "alg by the public key": _by_public_key,
    "alg of another curve": _headed(alg="ES384"),
    "another's key": _by_another_key,
    "jku": _headed(jku="https://bad.example/keys"),
    "unknown kid": _headed(kid="k0"),
    "kid that is a path": _headed(kid="../../dev/null"),
    "kid that is no text": _headed(kid=["k0"]),
    "no kid": lambda token: joined(
        {"alg": "ES256", "typ": "at+jwt"}, parts(token)[1], parts(token)[2]
    ),
    "another user": _claiming(sub="usr_01JDE3GZ5V6T7W8X9Y0Z1A2B3C"),
    "another practice": _claiming(prc="prc_01JDE3GZ5V6T7W8X9Y0Z1A2B3C"),
    "a later end": _claiming(exp=2_000_000_000),
    "another audience": _resigned(aud="careloom-portal"),
    "two audiences of which none is us": _resigned(aud=["careloom-portal", "x"]),
    "no audience": _resigned(aud=None),
    "another issuer": _resigned(iss="somebody"),
    "no issuer": _resigned(iss=None),
    "no end": _resigned(exp=None),
    "no session": _resigned(ses=None),
    "no practice": _resigned(prc=None),
    "of the future": _resigned(iat=2_000_000_000, exp=2_000_000_600),
    "an id token": _resigned(header={"typ": "JWT"}),
    "a session that never was": _resigned(ses="ses_01JDE3GZ5V6T7W8X9Y0Z1A2B3C"),
    "a user who is not the session's": _resigned(sub="usr_01JDE3GZ5V6T7W8X9Y0Z1A2B3C"),
}


def test_the_token_that_they_are_made_of_is_good(world: World) -> None:
    sign_up(world)
    token = session(world)["access_token"]
    header, claims, _ = parts(token)
    assert (header["alg"], header["typ"]) == ("ES256", "at+jwt")
    assert (claims["aud"], claims["iss"]) == (CLINIC, ISSUER)
    assert me(world, token).status == 200
    assert me(world, _resigned()(token)).status == 200


def test_every_forged_token_gets_one_and_the_same_answer(world: World) -> None:
    sign_up(world)
    token = session(world)["access_token"]
    answers = {name: me(world, forge(token)) for name, forge in FORGED.items()}
    assert {name: answer.status for name, answer in answers.items()} == dict.fromkeys(FORGED, 401)
    assert len({str(said(answer)) for answer in answers.values()}) == 1
    assert said(answers["nothing"])["code"] == "unauthenticated"


def test_a_refresh_token_opens_nothing_and_an_access_token_refreshes_nothing(world: World) -> None:
    sign_up(world)
    tokens = session(world)
    assert me(world, tokens["refresh_token"]).status == 401
    body = {"refresh_token": tokens["access_token"][:300]}
    assert world.call("POST", "/v1/sessions/refresh", body).status == 401
    assert me(world, tokens["access_token"]).status == 200


@pytest.mark.parametrize("scheme", ["", "Basic ", "Token "])
def test_only_a_bearer_is_let_in(world: World, scheme: str) -> None:
    sign_up(world)
    token = session(world)["access_token"]
    answer = world.call("GET", "/v1/me", Authorization=f"{scheme}{token}")
    assert answer.status == 401
    assert world.call("GET", "/v1/me", Authorization=f"bearer {token}").status == 200


def test_an_access_token_lives_ten_minutes(world: World) -> None:
    sign_up(world)
    token = session(world)["access_token"]
    world.clock.advance(minutes=9, seconds=59)
    assert me(world, token).status == 200
    world.clock.advance(seconds=1)
    expired = me(world, token)
    assert said(expired) == said(me(world, ""))


def test_each_member_s_token_is_good_for_their_practice_alone(world: World) -> None:
    """The practice is read from the token, never from body, header or path."""
    sign_up(world)
    sign_up(world, email="bea@clinic.example")
    mine, theirs = session(world), session(world, "bea@clinic.example")
    crossed = _resigned(prc=theirs["practice_id"])(mine["access_token"])
    assert me(world, crossed).status == 401
    answer = world.call(
        "GET", "/v1/me", token=mine["access_token"], X_Practice_Id=theirs["practice_id"]
    )
    assert answer.json["practice_id"] == mine["practice_id"]
