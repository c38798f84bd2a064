"""Calls to servers that a practice names: which addresses are called, and which never."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.platform import web
from chalicelib.platform.config import settings
from chalicelib.platform.web import OutsideUnavailable, fetch_json, is_allowed

Addresses = Callable[..., None]


@pytest.fixture
def in_the_cloud(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    deployed = replace(settings(), stage="prod")
    monkeypatch.setattr(web, "settings", lambda: deployed)


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> Addresses:
    """Names have these addresses; what is connected to is kept in `called`."""

    def put(*addresses: str) -> None:
        found: list[Any] = [(None, None, None, "", (each, 443)) for each in addresses]
        monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: found)

    return put


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://idp.example", True),
        ("https://idp.example:443/x?y=1", True),
        ("http://idp.example", False),
        ("https://idp.example:8443", False),
        ("https://idp.example:x", False),
        ("https://user:secret@idp.example", False),
        ("https://idp.example/#there", False),
        ("https:///nowhere", False),
        ("ftp://idp.example", False),
        ("file:///etc/passwd", False),
        ("gopher://idp.example", False),
        ("http://127.0.0.1:8000", False),
        ("http://localhost", False),
        ("https://[::1", False),
        ("", False),
    ],
)
def test_only_plain_https_is_called(in_the_cloud: None, url: str, allowed: bool) -> None:
    assert is_allowed(url) is allowed


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "0.0.0.0", "10.0.0.7", "172.16.3.4", "192.168.1.1", "169.254.169.254",
        "169.254.170.2", "100.64.0.1", "198.18.0.1", "192.0.2.1", "224.0.0.1", "255.255.255.255",
        "::1", "::", "fe80::1%eth0", "fd00:ec2::254", "::ffff:169.254.169.254", "::ffff:10.0.0.1",
        "ff02::1", "2001:db8::1", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "::a9fe:a9fe",
        "2001:0:4136:e378:8000:63bf:5601:5601",
    ],
)  # fmt: skip
def test_a_name_with_an_address_that_is_not_public_is_not_called(
    in_the_cloud: None, looked_up: Addresses, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    called: list[str] = []
    monkeypatch.setattr(web, "_connection", lambda _, to: called.append(to))
    for found in ((address,), ("93.184.215.14", address)):
        looked_up(*found)
        with pytest.raises(OutsideUnavailable):
            fetch_json("https://idp.example/x")
    assert called == []


def test_what_was_looked_up_and_checked_is_what_is_connected_to(
    in_the_cloud: None, looked_up: Addresses
) -> None:
    """By its address, and still held to its name: a later answer of the name server does not count."""
    looked_up("93.184.215.14")
    parts = web.urlsplit("https://idp.example/x")
    made = web._connection(parts, web._address_of(parts))
    assert (made.host, made.port, made.assert_hostname) == ("93.184.215.14", 443, "idp.example")
    assert made.server_hostname == "idp.example"
    assert made.ssl_context.check_hostname


def test_a_name_that_nobody_knows_is_unavailable(
    in_the_cloud: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: Any, **__: Any) -> None:
        raise OSError

    monkeypatch.setattr("socket.getaddrinfo", unknown)
    with pytest.raises(OutsideUnavailable):
        fetch_json("https://idp.example/x")
