"""Signing in by a practice's own OpenID provider: what a good one opens, and all that opens nothing."""

import base64
import hmac
import json
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from chalicelib.identity.openid.discovery import forget_providers
from tests.builders.identity_provider import (
    CLIENT_ID,
    DOMAIN,
    SECRET,
    Provider,
    code_for,
    running,
    state_in,
)
from tests.http.identity.conftest import Both
from tests.http.identity.signing import me, parts, refreshed, said
from tests.world import PASSWORD, Answered, add_member, step_up

PATH = "/v1/practice/identity-provider"


@pytest.fixture(scope="module")
def _running() -> Iterator[Provider]:
    with running() as provider:
        yield provider


@pytest.fixture
def provider(_running: Provider, both: Both) -> Provider:
    """Elm's provider, as it was at first; the function has just started."""
    fresh = Provider(issuer=_running.issuer)
    vars(_running).update(vars(fresh))
    forget_providers()
    assert set_up(both, issuer=_running.issuer).status == 200
    return _running


def set_up(both: Both, *, version: int = 0, **over: Any) -> Answered:
    step_up(both.world, both.ada["access_token"])
    body = {"client_id": CLIENT_ID, "client_secret": SECRET, "email_domain": DOMAIN, **over}
    return both.world.call(
        "PUT", PATH, body, token=both.ada["access_token"], If_Match=f'"{version}"'
    )


def begun(both: Both) -> dict[str, str]:
    body = {"practice_id": both.elm["practice_id"]}
    answer = both.world.call("POST", "/v1/sessions/oidc", body)
    assert answer.status == 200, answer.text
    made: dict[str, str] = answer.json
    return made


def finished(both: Both, start: dict[str, str], code: str, **over: str) -> Answered:
    url = start["authorization_url"]
    body = {"code": code, "state": state_in(url), "handle": start["handle"], **over}
    return both.world.call("POST", "/v1/sessions/oidc/callback", body)


def through(both: Both, **claims: Any) -> Answered:
    """A whole sign-in with these claims."""
    start = begun(both)
    code = code_for(start["authorization_url"], both.world.clock.now(), **claims)
    return finished(both, start, code)


def refused(answer: Answered) -> bool:
    return (answer.status, answer.json["code"]) == (401, "provider_sign_in_refused")


def test_a_member_signs_in_by_their_practice_s_provider(both: Both, provider: Provider) -> None:
    answer = through(both)
    assert answer.status == 201, answer.text
    assert (answer.json["user_id"], answer.json["practice_id"]) == (
        both.ada["user_id"],
        both.ada["practice_id"],
    )
    assert "manage_members" in me(both.world, answer.json["access_token"]).json["permissions"]
    assert parts(answer.json["access_token"])[1]["amr"] == ["fed"]
    assert refreshed(both.world, answer.json["refresh_token"]).status == 200
    assert provider.asked == ["/.well-known/openid-configuration", "/token", "/keys"]


def test_the_person_is_sent_with_pkce_state_and_nonce(both: Both, provider: Provider) -> None:
    one, two = begun(both), begun(both)
    asked = parse_qs(urlsplit(one["authorization_url"]).query)
    assert one["authorization_url"].startswith(f"{provider.issuer}/authorize?")
    assert (asked["response_type"], asked["code_challenge_method"]) == (["code"], ["S256"])
    assert asked["redirect_uri"] == ["http://127.0.0.1:3000/sign-in/callback"]
    assert asked["scope"] == ["openid email"]
    other = parse_qs(urlsplit(two["authorization_url"]).query)
    for name in ("state", "nonce", "code_challenge"):
        assert asked[name] != other[name]
    assert one["handle"] not in one["authorization_url"]
    assert not [item for item in both.world.items() if "state" in item["kind"]["S"]]


WRONG: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://bad.example"},
    "no issuer": {"iss": None},
    "another audience": {"aud": "somebody-else"},
    "no audience": {"aud": None},
    "an audience of two and no party": {"aud": [CLIENT_ID, "x"]},
    "another party": {"aud": [CLIENT_ID, "x"], "azp": "x"},
    "another party alone": {"azp": "x"},
    "another nonce": {"nonce": "x"},
    "no nonce": {"nonce": None},
    "expired": {"exp": 1},
    "no end": {"exp": None},
    "an end that is text": {"exp": "9999999999"},
    "issued long ago": {"iat": 1_000_000_000},
    "issued in the future": {"iat": 4_000_000_000},
    "not yet good": {"nbf": 4_000_000_000},
    "no subject": {"sub": None},
    "a subject that is no text": {"sub": 5},
    "a subject too long": {"sub": "x" * 256},
    "no address": {"email": None},
    "an address that is not verified": {"email_verified": False},
    "an address verified by text": {"email_verified": "true"},
    "nothing of verification": {"email_verified": None},
    "an address of another domain": {"email": "ada@clinic.example.bad.example"},
    "an address of a domain within": {"email": "ada@sub.clinic.example"},
    "an address of nobody": {"email": "nobody@clinic.example"},
}


@pytest.mark.parametrize("claims", WRONG.values(), ids=WRONG)
def test_a_token_that_says_something_else_opens_nothing(
    both: Both, provider: Provider, claims: dict[str, Any]
) -> None:
    answer = through(both, **claims)
    assert refused(answer), answer.text
    assert not [item for item in both.world.items() if item["kind"]["S"].startswith("provider_")]


def _none(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, None, algorithm="none", headers={"kid": "k1"})


def _by_published_key(provider: Provider, claims: dict[str, Any]) -> str:
    """HS256, with the published key as the secret."""
    head, body = (
        jwt.utils.base64url_encode(json.dumps(part).encode()).decode()
        for part in ({"alg": "HS256", "kid": "k1"}, claims)
    )
    secret = json.dumps(provider.jwks()[0]).encode()
    mac = hmac.new(secret, f"{head}.{body}".encode(), sha256).digest()
    return f"{head}.{body}.{jwt.utils.base64url_encode(mac).decode()}"


def _by_strange_key(claims: dict[str, Any]) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return jwt.encode(claims, key, algorithm="ES256", headers={"kid": "k1"})


def _by_own_header(claims: dict[str, Any]) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    own = jwt.algorithms.ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return jwt.encode(claims, key, algorithm="ES256", headers={"kid": "k9", "jwk": own})


BADLY_SIGNED: dict[str, Callable[[Provider, dict[str, Any]], str]] = {
    "not at all": lambda _, claims: _none(claims),
    "by the published key": _by_published_key,
    "by a stranger": lambda _, claims: _by_strange_key(claims),
    "by the key in its header": lambda _, claims: _by_own_header(claims),
    "with crit": lambda provider, claims: jwt.encode(
        claims, provider.keys["k1"], algorithm="ES256", headers={"kid": "k1", "crit": ["exp"]}
    ),
    "no token": lambda *_: "let me in",
    "a huge one": lambda _, claims: _none({**claims, "x": "x" * 20_000}),
    "claims that are a list": lambda provider, _: jwt.api_jws.encode(
        b"[]", provider.keys["k1"], algorithm="ES256", headers={"kid": "k1"}
    ),
}


@pytest.mark.parametrize("sign", BADLY_SIGNED.values(), ids=BADLY_SIGNED)
def test_a_token_that_the_provider_did_not_sign_opens_nothing(
    both: Both, provider: Provider, sign: Callable[[Provider, dict[str, Any]], str]
) -> None:
    provider.sign = lambda claims: sign(provider, claims)
    assert refused(through(both))


@pytest.mark.parametrize(
    ("algorithm", "bits", "status"),
    [("RS256", 2048, 201), ("PS256", 2048, 201), ("RS256", 1024, 401), ("RS512", 2048, 401)],
)
@pytest.mark.filterwarnings("ignore:The RSA key is 1024 bits:Warning")
def test_rsa_keys_are_taken_if_they_are_large_enough(
    both: Both, provider: Provider, algorithm: str, bits: int, status: int
) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    public = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    provider.published = [{**public, "kid": "r1"}]
    provider.sign = lambda claims: jwt.encode(
        claims, key, algorithm=algorithm, headers={"kid": "r1"}
    )
    assert through(both).status == status


def test_a_new_key_is_asked_for_and_not_more_than_once_a_minute(
    both: Both, provider: Provider
) -> None:
    assert through(both).status == 201
    provider.keys = {"k2": ec.generate_private_key(ec.SECP256R1())}
    assert refused(through(both))
    both.world.clock.advance(minutes=1)
    assert through(both).status == 201
    provider.keys = {"k3": ec.generate_private_key(ec.SECP256R1())}
    for _ in range(3):
        assert refused(through(both))
    assert provider.asked.count("/keys") == 2
    assert provider.asked.count("/.well-known/openid-configuration") == 1


def test_a_state_is_good_once_for_ten_minutes_and_for_one_browser(
    both: Both, provider: Provider
) -> None:
    now = both.world.clock.now
    start, other = begun(both), begun(both)
    code = code_for(start["authorization_url"], now())
    strange = code_for(other["authorization_url"], now())
    state = state_in(start["authorization_url"])
    tampered = f"{state[:-9]}{'B' if state[-9] == 'A' else 'A'}{state[-8:]}"
    for answer in (
        finished(both, start, code, handle=other["handle"]),
        finished(both, start, code, state=state_in(other["authorization_url"])),
        finished(both, start, code, state=tampered),
        finished(both, start, code, state="x"),
        finished(both, start, strange),
        finished(both, start, "bm90aGluZw"),
    ):
        assert refused(answer), answer.text
    assert finished(both, start, code).status == 201
    assert refused(finished(both, start, code))
    late = begun(both)
    both.world.clock.advance(minutes=10)
    assert refused(finished(both, late, code_for(late["authorization_url"], now())))


def test_one_sign_in_finished_twice_at_once_opens_one_session(
    both: Both, provider: Provider
) -> None:
    assert through(both).status == 201
    start = begun(both)
    code = code_for(start["authorization_url"], both.world.clock.now())
    first = finished(both, start, code)
    sessions = [item for item in both.world.items() if item["kind"]["S"] == "session"]
    second = finished(both, start, code)
    after = [item for item in both.world.items() if item["kind"]["S"] == "session"]
    assert (first.status, second.status, len(after)) == (201, 401, len(sessions))


def test_a_member_is_known_by_subject_from_the_first_time_on(
    both: Both, provider: Provider
) -> None:
    """Their address may change at the provider; whoever gets the old one is not them."""
    first = through(both)
    again = through(both, email="ada.married@clinic.example")
    assert again.json["user_id"] == first.json["user_id"]
    assert refused(through(both, sub="subject-of-the-next-ada"))


def test_a_provider_that_is_set_up_anew_links_anew(both: Both, provider: Provider) -> None:
    assert through(both).status == 201
    assert set_up(both, version=1, issuer=provider.issuer).status == 200
    assert through(both, sub="another-subject").status == 201


def test_who_is_no_active_member_here_is_not_let_in_nor_made_one(
    both: Both, provider: Provider
) -> None:
    body = {"email": "ida@clinic.example", "name": "Ida", "roles": ["nurse"]}
    both.world.call("POST", "/v1/members", body, token=both.ada["access_token"])
    before = [item for item in both.world.items() if item["kind"]["S"] == "member"]
    for email in ("ida@clinic.example", "bea@clinic.example", "stranger@clinic.example"):
        assert refused(through(both, sub=email, email=email))
    assert [item for item in both.world.items() if item["kind"]["S"] == "member"] == before


@pytest.mark.parametrize(
    ("claims", "mfa"),
    [
        ({}, False),
        ({"amr": ["pwd"]}, False),
        ({"amr": ["otp"]}, False),
        ({"amr": ["pwd", "sms"]}, False),
        ({"amr": "mfa"}, False),
        ({"amr": ["pwd", "mfa"]}, True),
        ({"amr": ["pwd", "otp"]}, True),
        ({"acr": "phr"}, True),
        ({"amr": ["mfa"], "auth_time": None}, False),
        ({"amr": ["mfa"], "auth_time": "now"}, False),
        ({"amr": ["mfa"], "auth_time": 4_000_000_000}, False),
    ],
)
def test_a_second_factor_counts_if_the_provider_says_which_and_when(
    both: Both, provider: Provider, claims: dict[str, Any], mfa: bool
) -> None:
    token = through(both, **claims).json["access_token"]
    version = both.world.call("GET", PATH, token=token).headers["ETag"]
    answer = both.world.call("DELETE", PATH, token=token, If_Match=version)
    assert answer.status == (204 if mfa else 403), answer.text
    assert ("mfa" in parts(token)[1]["amr"]) <= mfa


def test_a_second_factor_of_long_ago_is_no_step_up(both: Both, provider: Provider) -> None:
    then = int(both.world.clock.now().timestamp()) - 300
    token = through(both, amr=["mfa"], auth_time=then).json["access_token"]
    answer = both.world.call("DELETE", PATH, token=token, If_Match='"1"')
    assert (answer.status, answer.json["code"]) == (403, "step_up_required")


def test_the_secret_is_sealed_and_not_shown(both: Both, provider: Provider) -> None:
    shown = both.world.call("GET", PATH, token=both.ada["access_token"])
    assert shown.json == {
        "version": 1,
        "issuer": provider.issuer,
        "client_id": CLIENT_ID,
        "email_domain": DOMAIN,
    }
    assert SECRET not in str(both.world.items())


def test_only_an_owner_with_a_fresh_factor_sets_it_up(both: Both) -> None:
    body = {
        "issuer": "https://idp.example",
        "client_id": "c",
        "client_secret": "s",
        "email_domain": DOMAIN,
    }
    token = both.ada["access_token"]
    stale = both.world.call("PUT", PATH, body, token=token, If_Match='"0"')
    assert (stale.status, stale.json["code"]) == (403, "step_up_required")
    manager, _ = add_member(both.world, token, "manager")
    step_up(both.world, manager)
    assert both.world.call("PUT", PATH, body, token=manager, If_Match='"0"').status == 403
    assert both.world.call("GET", PATH, token=both.elm["access_token"]).status == 403
    assert both.world.call("GET", PATH, token=token).status == 404


@pytest.mark.parametrize(
    "issuer",
    [
        "http://idp.example",
        "https://idp.example:8443",
        "https://user@idp.example",
        "https://idp.example/?x=1",
        "https://idp.example/#x",
        "ftp://idp.example",
        "https://idp.example:port",
        "file:///etc/passwd",
        "https://\u0131dp.example",
    ],
)
def test_an_issuer_is_a_plain_https_address(both: Both, issuer: str) -> None:
    answer = set_up(both, issuer=issuer)
    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "issuer")


def test_a_practice_without_a_provider_is_like_none(both: Both) -> None:
    answers = [
        both.world.call("POST", "/v1/sessions/oidc", {"practice_id": practice_id})
        for practice_id in (both.oak["practice_id"], "prc_01JDE3GZ5V6T7W8X9Y0Z1A2B3C")
    ]
    assert {answer.status for answer in answers} == {404}
    assert said(answers[0]) == said(answers[1])


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://bad.example"},
        {"token_endpoint": "http://169.254.169.254/latest"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": 5},
    ],
)
def test_a_provider_that_says_what_it_must_not_is_not_used(
    both: Both, provider: Provider, metadata: dict[str, Any]
) -> None:
    provider.metadata = metadata
    answer = both.world.call("POST", "/v1/sessions/oidc", {"practice_id": both.elm["practice_id"]})
    assert (answer.status, answer.json["code"]) == (503, "outside_unavailable")


@pytest.mark.parametrize(
    ("status", "raw"),
    [
        (500, b"{}"),
        (301, b"{}"),
        (200, b"[]"),
        (200, b"<html>"),
        (200, b'"' + b"x" * 300_000 + b'"'),
        (204, b""),
    ],
    ids=["broken", "elsewhere", "a list", "a page", "huge", "nothing"],
)
def test_a_provider_that_answers_badly_is_unavailable(
    both: Both, provider: Provider, status: int, raw: bytes
) -> None:
    provider.answer = lambda _: (status, raw)
    answer = both.world.call("POST", "/v1/sessions/oidc", {"practice_id": both.elm["practice_id"]})
    assert (answer.status, answer.json["code"]) == (503, "outside_unavailable")


def test_a_provider_that_takes_the_secret_in_the_form_gets_it_there(
    both: Both, provider: Provider
) -> None:
    provider.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert through(both).status == 201


def test_the_secret_must_be_the_provider_s(both: Both, provider: Provider) -> None:
    assert set_up(both, version=1, issuer=provider.issuer, client_secret="another").status == 200
    assert refused(through(both))


def test_a_code_for_another_challenge_opens_nothing(both: Both, provider: Provider) -> None:
    """A stolen code is no use to whoever did not begin: the verifier follows from the state."""
    start = begun(both)
    code = code_for(start["authorization_url"], both.world.clock.now())
    told = {**json.loads(base64.urlsafe_b64decode(code)), "challenge": "x" * 43}
    stolen = base64.urlsafe_b64encode(json.dumps(told).encode()).decode()
    assert refused(finished(both, start, stolen))


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/me/factors", {"method": "totp"}),
        ("POST", "/v1/me/factors", {"method": "passkey"}),
        ("GET", "/v1/me/factors", None),
        (
            "POST",
            "/v1/me/password",
            {"current_password": PASSWORD, "new_password": "another long password"},
        ),
        ("POST", "/v1/me/factors/recovery-codes", None),
    ],
)
def test_a_person_s_own_credentials_are_out_of_its_reach(
    both: Both, provider: Provider, method: str, path: str, body: Any
) -> None:
    """They open every practice that the person works in; this session is good for one."""
    token = through(both, amr=["mfa"]).json["access_token"]
    answer = both.world.call(method, path, body, token=token)
    assert (answer.status, answer.json["code"]) == (403, "own_sign_in_required"), answer.text
