"""Strict tokens: whatever is not a good access token of ours gets one and the same 401 (PROMISES 13)."""

import base64
import hmac
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import boto3
import jwt
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from chalicelib.identity.sessions.signing_keys import jwk_set, private_key, verifying_keys
from chalicelib.identity.sessions.tokens import CLINIC, ISSUER, _verified
from chalicelib.platform.config import settings
from chalicelib.platform.keyring import keyring
from infra.keyring import new_keyring, promoted, with_keys_added
from tests.http.identity.conftest import Both
from tests.http.identity.signing import joined, me, parts, refreshed, said, session
from tests.world import World, sign_up, step_up

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


def _raw(payload: bytes, **over: Any) -> Forge:
    """These bytes, signed with our own key under our own header."""

    def forge(token: str) -> str:
        header = {**parts(token)[0], **over}
        key = keyring().signing[header["kid"]]
        return jwt.api_jws.encode(payload, key, algorithm="ES256", headers=header)

    return forge


def _said_twice(token: str) -> str:
    claims = json.dumps(parts(token)[1])
    return _raw(f'{{"sub":"usr_1",{claims[1:]}'.encode())(token)


def _header_as(text: str) -> Forge:
    """Our own signature, over another spelling of the same header."""

    def forge(token: str) -> str:
        kid = parts(token)[0]["kid"]
        header = jwt.utils.base64url_encode(text.replace("KID", kid).encode())
        signed = header + b"." + token.split(".")[1].encode()
        key = serialization.load_pem_private_key(keyring().signing[kid].encode(), password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        signature = jwt.algorithms.ECAlgorithm(hashes.SHA256).sign(signed, key)
        return (signed + b"." + jwt.utils.base64url_encode(signature)).decode()

    return forge


def _by_another_curve(token: str) -> str:
    header, claims, _ = parts(token)
    key = ec.generate_private_key(ec.SECP384R1())
    signed = jwt.encode(claims, key, algorithm="ES384", headers={**header, "alg": "ES384"})
    return joined(header, claims, signed.rpartition(".")[2])


def _by_rsa(token: str) -> str:
    header, claims, _ = parts(token)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode(claims, key, algorithm="RS256", headers={**header, "alg": "RS256"})


def _signature(make: Callable[[str], str]) -> Forge:
    """Another signature under the true header and claims."""

    def forge(token: str) -> str:
        signed, _, signature = token.rpartition(".")
        return f"{signed}.{make(signature)}"

    return forge


def _as_der(signature: str) -> str:
    raw = jwt.utils.base64url_decode(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    return jwt.utils.base64url_encode(der).decode()


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
    "x5u": _headed(x5u="https://bad.example/cert"),
    "x5c": _headed(x5c=["MIIB"]),
    "jwk": _headed(jwk={"kty": "EC", "crv": "P-256"}),
    "crit": _resigned(header={"crit": ["exp"]}),
    "a payload that is not encoded": _resigned(header={"b64": False, "crit": ["b64"]}),
    "alg RS256": _by_rsa,
    "a signature of another curve": _by_another_curve,
    "a signature of zeros": _signature(lambda _: "A" * 86),
    "a signature as DER": _signature(_as_der),
    "a signature that ends on other bits": _signature(lambda own: own[:-1] + chr(ord(own[-1]) + 1)),
    "alg twice": _header_as('{"alg":"none","alg":"ES256","kid":"KID","typ":"at+jwt"}'),
    "a header spelt otherwise": _header_as('{"kid": "KID", "typ": "at+jwt", "alg": "ES256"}'),
    "a header that is no object": _header_as('["ES256"]'),
    "expired": _resigned(iat=1_000_000_000, exp=1_000_000_600),
    "an end that is text": _resigned(exp="2000000000"),
    "an end that is a fraction": _resigned(exp=2e9),
    "a beginning that is true": _resigned(iat=True),
    "a claim of its own": _resigned(nbf=0),
    "no version of the membership": _resigned(mbv=None),
    "methods that are text": _resigned(amr="pwd"),
    "a claim said twice": _said_twice,
    "claims that are a list": _raw(b"[]" + b" " * 40),
    "claims that are no JSON": _raw(b"let me in, let me in, let me in"),
    "a dot after it": lambda token: f"{token}.",
    "letters after it": lambda token: f"{token}AA",
    "padding after it": lambda token: f"{token}==",
    "what base64 skips after it": lambda token: f"{token}!!==",
    "a space within": lambda token: token.replace(".", " .", 1),
    "five parts": lambda token: f"{token}.AAAA.AAAA",
    "itself twice": lambda token: f"{token}{token}",
    "a token within a token": lambda token: _raw(token.encode())(token),
    "a huge one": lambda token: token.replace(".", "." + "A" * 100_000, 1),
    "a huge header": lambda token: "A" * 50_000 + token,
    "other letters": lambda token: "\u00e9" + token[1:],
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


def test_a_key_of_another_deployment_under_our_kid_opens_nothing(world: World) -> None:
    sign_up(world)
    token = session(world)["access_token"]
    foreign = json.loads(json.dumps(new_keyring(datetime.now(UTC))))
    header, claims, _ = parts(token)
    key = foreign["signing"][foreign["signing_current"]]
    forged = jwt.encode(claims, key, algorithm="ES256", headers=header)
    assert forged.split(".")[:2] == token.split(".")[:2]
    assert said(me(world, forged)) == said(me(world, ""))


def test_whoever_has_the_published_keys_can_verify_a_token(world: World) -> None:
    sign_up(world)
    token = session(world)["access_token"]
    published = world.call("GET", "/.well-known/jwks.json")
    assert published.status == 200
    assert {frozenset(key) for key in published.json["keys"]} == {
        frozenset({"kty", "crv", "x", "y", "kid", "alg", "use"})
    }
    (key,) = [
        key
        for key in jwt.PyJWKSet.from_dict(published.json).keys
        if key.key_id == parts(token)[0]["kid"]
    ]
    claims = jwt.decode(
        token,
        key,
        algorithms=["ES256"],
        audience=CLINIC,
        issuer=ISSUER,
        options={"verify_exp": False, "verify_iat": False},
    )
    assert claims == parts(token)[1]


def test_a_token_says_how_when_and_as_which_member_one_signed_in(both: Both) -> None:
    _, claims, _ = parts(both.elm["access_token"])
    assert claims["amr"] == ["pwd"]
    assert claims["auth_time"] == claims["iat"] == int(both.world.clock.now().timestamp())
    assert claims["exp"] - claims["iat"] == 600
    members = both.world.call("GET", "/v1/members", token=both.elm["access_token"]).json["items"]
    (own,) = [each for each in members if each["user_id"] == both.elm["user_id"]]
    assert claims["mbv"] == own["version"]


def test_a_changed_role_holds_though_the_token_names_the_older_membership(both: Both) -> None:
    path = f"/v1/members/{both.elm['user_id']}/roles"
    version = parts(both.elm["access_token"])[1]["mbv"]
    step_up(both.world, both.ada["access_token"])
    changed = both.world.call(
        "PUT", path, {"roles": ["biller"]}, token=both.ada["access_token"], If_Match=f'"{version}"'
    )
    assert changed.status == 200, changed.text
    now = me(both.world, both.elm["access_token"])
    assert "read_ledger" in now.json["permissions"]
    assert "read_chart" not in now.json["permissions"]
    renewed = refreshed(both.world, both.elm["refresh_token"]).json["access_token"]
    assert parts(renewed)[1]["mbv"] == version + 1


def test_keys_are_rotated_without_a_sign_in(
    both: Both, rotated: Callable[[dict[str, Any]], None]
) -> None:
    """Added, published and promoted; tokens of the old key hold; once it is gone they do not."""
    before = stored_keyring()
    added = with_keys_added(before, datetime(2100, 1, 1, tzinfo=UTC))
    rotated(added)
    kids = {key["kid"] for key in both.world.call("GET", "/.well-known/jwks.json").json["keys"]}
    assert kids == set(added["signing"])
    early = refreshed(both.world, both.elm["refresh_token"]).json
    assert parts(early["access_token"])[0]["kid"] == before["signing_current"]
    rotated(promoted(added))
    late = refreshed(both.world, early["refresh_token"]).json
    assert parts(late["access_token"])[0]["kid"] == max(added["signing"])
    assert me(both.world, early["access_token"]).status == 200
    assert me(both.world, late["access_token"]).status == 200
    alone = {max(added["signing"]): added["signing"][max(added["signing"])]}
    rotated(promoted(added) | {"signing": alone})
    assert said(me(both.world, early["access_token"])) == said(me(both.world, ""))
    assert me(both.world, late["access_token"]).status == 200


def stored_keyring() -> dict[str, Any]:
    live = keyring()
    return {
        "current": live.current,
        "keys": {kid: base64.b64encode(key).decode() for kid, key in live.keys.items()},
        "signing_current": live.signing_current,
        "signing": dict(live.signing),
    }


@pytest.fixture
def rotated(aws: None) -> Iterator[Callable[[dict[str, Any]], None]]:
    """Puts a keyring in place, as a function that starts after the change reads it."""
    kept = stored_keyring()

    def put(changed: dict[str, Any]) -> None:
        secrets = boto3.client("secretsmanager")
        secrets.put_secret_value(SecretId=settings().keys_secret, SecretString=json.dumps(changed))
        for cached in (keyring, private_key, verifying_keys, jwk_set):
            cached.cache_clear()
        _verified.cache_clear()

    yield put
    put(kept)
