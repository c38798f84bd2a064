"""Signing in by an OpenID provider that others wrote (oidc-provider-mock), in a process of its own."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from time import monotonic, sleep
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import urllib3

from chalicelib.identity.openid.discovery import forget_providers
from tests.http.identity.conftest import Both
from tests.http.identity.signing import me, session
from tests.http.identity.test_provider_sign_in import begun, finished, refused, set_up
from tests.world import Answered

EMAIL = "ada@clinic.example"


class Running:
    """The provider's process; started again, on the same port, it has new keys."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.issuer = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        quiet = subprocess.DEVNULL
        command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "-p", str(self.port)]
        self._process = subprocess.Popen(
            [*command, "-n", "true"],
            stdout=quiet,
            stderr=quiet,
            env={**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1"},  # http, on loopback
        )
        until = monotonic() + 30
        while monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                sleep(0.1)
            else:
                return
        raise AssertionError("the provider does not start")

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()

    def knows(self, subject: str, **claims: Any) -> None:
        """What it says of this person from now on."""
        answer = urllib3.request("PUT", f"{self.issuer}/users/{subject}", json=claims)
        assert answer.status == 204, answer.data

    def code(self, authorization_url: str, subject: str) -> str:
        """The person signs in there, and is sent back with this."""
        answer = urllib3.request(
            "POST",
            authorization_url,
            body=urlencode({"sub": subject}),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            redirect=False,
        )
        assert answer.status == 302, answer.data
        return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]


@pytest.fixture(scope="module")
def provider() -> Iterator[Running]:
    running = Running()
    yield running
    running.stop()


@pytest.fixture
def now(both: Both, provider: Running) -> Both:
    """Elm with this provider, today: it knows no other time."""
    forget_providers()
    both.world.clock.instant = datetime.now(UTC)
    fresh = session(both.world)
    here = Both(both.world, both.elm, both.oak, fresh)
    assert set_up(here, issuer=provider.issuer).status == 200
    provider.knows("sub-1", email=EMAIL, email_verified=True)
    return here


def _through(both: Both, provider: Running, subject: str = "sub-1") -> Answered:
    start = begun(both)
    return finished(both, start, provider.code(start["authorization_url"], subject))


def test_a_member_signs_in(now: Both, provider: Running) -> None:
    answer = _through(now, provider)
    assert answer.status == 201, answer.text
    assert me(now.world, answer.json["access_token"]).json["user_id"] == now.ada["user_id"]


def test_a_code_is_good_once_here_and_there(now: Both, provider: Running) -> None:
    start = begun(now)
    code = provider.code(start["authorization_url"], "sub-1")
    assert finished(now, start, code).status == 201
    assert refused(finished(now, start, code))
    assert refused(finished(now, begun(now), code))


def test_a_token_for_another_nonce_opens_nothing(now: Both, provider: Running) -> None:
    mine, other = begun(now), begun(now)
    swapped = re.sub(
        r"(?<=nonce=)[0-9a-f]+",
        parse_qs(urlsplit(other["authorization_url"]).query)["nonce"][0],
        mine["authorization_url"],
    )
    assert refused(finished(now, mine, provider.code(swapped, "sub-1")))


def test_a_code_of_another_client_opens_nothing(now: Both, provider: Running) -> None:
    start = begun(now)
    url = start["authorization_url"].replace("client_id=careloom", "client_id=other")
    assert refused(finished(now, start, provider.code(url, "sub-1")))


def test_an_address_that_is_not_verified_opens_nothing(now: Both, provider: Running) -> None:
    for subject, claims in (("sub-2", {"email_verified": False}), ("sub-3", {})):
        provider.knows(subject, email=EMAIL, **claims)
        assert refused(_through(now, provider, subject))


def test_a_second_factor_that_it_tells_of_counts(now: Both, provider: Running) -> None:
    for amr, status in ((["pwd"], 403), (["pwd", "mfa"], 204)):
        provider.knows("sub-1", email=EMAIL, email_verified=True, amr=amr)
        token = _through(now, provider).json["access_token"]
        answer = now.world.call(
            "DELETE", "/v1/practice/identity-provider", token=token, If_Match='"1"'
        )
        assert answer.status == status, answer.text


def test_its_new_keys_are_taken_up(now: Both, provider: Running) -> None:
    assert _through(now, provider).status == 201
    provider.stop()
    start = begun(now)
    gone = finished(now, start, "code")
    assert (gone.status, gone.json["code"]) == (503, "outside_unavailable")
    provider.start()
    provider.knows("sub-1", email=EMAIL, email_verified=True)
    now.world.clock.advance(seconds=61)
    assert _through(now, provider).status == 201
