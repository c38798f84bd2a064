"""Codes of an authenticator app, by the vectors of RFC 6238 appendix B."""

import base64
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.identity.credentials.one_time_codes import new_secret, step_of, uri_of

SECRET = base64.b32encode(b"12345678901234567890").decode()
VECTORS = {
    59: "94287082",
    1111111109: "07081804",
    1111111111: "14050471",
    1234567890: "89005924",
    2000000000: "69279037",
    20000000000: "65353130",
}
"""Time → code of eight digits, SHA-1; ours are the last six."""


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize(("seconds", "code"), VECTORS.items())
def test_a_code_is_the_one_of_the_rfc(seconds: int, code: str) -> None:
    assert step_of(SECRET, code[-6:], _at(seconds), after=0) == seconds // 30


@pytest.mark.parametrize(("seconds", "code"), [each for each in VECTORS.items() if each[0] > 99])
def test_a_code_holds_one_step_either_way_and_no_further(seconds: int, code: str) -> None:
    held = [
        step_of(SECRET, code[-6:], _at(seconds + 30 * steps), after=0) is not None
        for steps in (-2, -1, 0, 1, 2)
    ]
    assert held == [False, True, True, True, False]


@pytest.mark.parametrize("after", [37037036, 37037037, 37037038])
def test_a_code_of_a_step_that_was_used_or_passed_is_none(after: int) -> None:
    found = step_of(SECRET, "050471", _at(1111111111), after=after)
    assert found == (37037037 if after < 37037037 else None)


@pytest.mark.parametrize(
    "code", ["", "05047", "0504710", "14050471", "０５０４７１", "abcdef", "é"]
)
def test_what_is_no_such_code_is_none(code: str) -> None:
    assert step_of(SECRET, code, _at(1111111111), after=0) is None


def test_a_secret_has_160_bits_and_its_address_names_the_account() -> None:
    secret, other = new_secret(), new_secret()
    assert len(base64.b32decode(secret)) == 20
    assert secret != other
    uri = urlsplit(uri_of(secret, account="ada@clinic.example"))
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert parse_qs(uri.query) == {"secret": [secret], "issuer": ["Careloom"]}
