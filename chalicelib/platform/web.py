"""Calls to servers that a practice names: https, a public address, no redirects, short and small.

The address is looked up once, checked, and connected to: a name that answers otherwise the next time
gains nothing. On a local stage, and there alone, plain http to loopback passes.
"""

import json
import ssl
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

from .config import settings
from .errors import Unavailable

LOCAL = "local"
MAX_ANSWER = 256 * 1024
CONNECT_SECONDS, READ_SECONDS = 2.0, 4.0
HTTPS_PORT = 443


class OutsideUnavailable(Unavailable):
    """A server that a practice relies on did not answer as it should."""

    code = "outside_unavailable"
    title = "A server that this needs does not answer as it should"


class OutsideRefused(OutsideUnavailable):
    """It answered, and refused (4xx)."""

    code = "outside_refused"


def is_allowed(url: str) -> bool:
    """Whether a URL is one that may be called, as far as it can be told without looking it up."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    if not parts.hostname or parts.username or parts.fragment or not url.isascii():
        return False
    if settings().stage == LOCAL and _names_loopback(parts.hostname):
        return parts.scheme in ("http", "https")
    return parts.scheme == "https" and port in (None, HTTPS_PORT)


def fetch_json(
    url: str, *, form: dict[str, str] | None = None, headers: dict[str, str] | None = None
) -> dict[str, Any]:
    """The JSON object at `url`; by POST if there is a form. OutsideRefused (4xx), OutsideUnavailable."""
    import urllib3

    parts = urlsplit(url)
    if not is_allowed(url):
        raise OutsideUnavailable
    sent = {"Host": parts.netloc, "Accept": "application/json", **(headers or {})}
    if form is not None:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        with _pool(parts, _address_of(parts)) as pool:
            answer = pool.urlopen(
                "GET" if form is None else "POST",
                f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}",
                body=None if form is None else urlencode(form),
                headers=sent,
                redirect=False,
                retries=False,
                preload_content=False,
            )
            raw = answer.read(MAX_ANSWER + 1, decode_content=False)
    except (OSError, urllib3.exceptions.HTTPError) as error:
        raise OutsideUnavailable from error
    return _object_in(answer.status, raw)


def _object_in(status: int, raw: bytes) -> dict[str, Any]:
    if 400 <= status < 500:  # HTTP's classes
        raise OutsideRefused
    if status != 200 or len(raw) > MAX_ANSWER:
        raise OutsideUnavailable
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise OutsideUnavailable from error
    if not isinstance(found, dict):
        raise OutsideUnavailable
    return found


def _pool(parts: SplitResult, address: str) -> Any:
    from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout

    timeout = Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
    if parts.scheme == "http":
        return HTTPConnectionPool(address, parts.port or 80, timeout=timeout)
    return HTTPSConnectionPool(
        address,
        parts.port or HTTPS_PORT,
        timeout=timeout,
        ssl_context=_trust(),
        server_hostname=parts.hostname,
        assert_hostname=parts.hostname,
    )


@cache
def _trust() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _address_of(parts: SplitResult) -> str:
    """An address of the host; OutsideUnavailable if any of them is not public."""
    import socket

    host, port = parts.hostname or "", parts.port or HTTPS_PORT
    found = [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    local = settings().stage == LOCAL and _names_loopback(host)
    if not found or not all(_is_public(each) or (local and _is_loopback(each)) for each in found):
        raise OutsideUnavailable
    return found[0]


def _names_loopback(host: str) -> bool:
    return host in ("localhost", "127.0.0.1", "::1")


def _is_public(address: str) -> bool:
    found = _unmapped(address)
    return found.is_global and not found.is_multicast


def _is_loopback(address: str) -> bool:
    return _unmapped(address).is_loopback


def _unmapped(address: str) -> IPv4Address | IPv6Address:
    found = ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    return mapped or found
