"""Calls to servers that a practice names: https, a public address, no redirects, short and small.

The address is looked up once, checked, and connected to: a name that answers otherwise the next time
gains nothing. On a local stage, and there alone, plain http to loopback passes.
"""

import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import cache
from http.client import HTTPException
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import Event, Timer
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

from .config import settings
from .errors import Unavailable

LOCAL = "local"
MAX_ANSWER = 256 * 1024
SOCKET_SECONDS, DEADLINE_SECONDS = 3.0, 6.0
"""For each step of a call, and for the whole of it once connected."""
HTTPS_PORT = 443
STANDS_FOR_IPV4 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"), IPv6Network("::/96"))
"""RFC 6052, RFC 8215, and the IPv4-compatible addresses of RFC 4291 §2.5.5.1."""


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
    sent = {"Accept": "application/json", **(headers or {})}
    if form is None:
        return _object_in(*_ask("GET", url, None, sent))
    sent["Content-Type"] = "application/x-www-form-urlencoded"
    return _object_in(*_ask("POST", url, urlencode(form).encode(), sent))


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """Send `body`; the status it was answered with. OutsideUnavailable without an answer."""
    status, _ = _ask("POST", url, body, headers)
    return status


def _ask(method: str, url: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
    """Status and body, of which no more than is of use. All of it in `DEADLINE_SECONDS`."""
    from urllib3.exceptions import HTTPError

    if not is_allowed(url):
        raise OutsideUnavailable
    parts = urlsplit(url)
    try:
        connection = _connection(parts, _address_of(parts))
        with closing(connection), _hanging_up(connection):
            connection.request(
                method,
                f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}",
                body=body,
                headers={"Host": parts.netloc, **headers},
                preload_content=False,
                decode_content=False,
            )
            answer = connection.getresponse()
            return answer.status, answer.read(MAX_ANSWER + 1)
    # ValueError: urllib3's own, for a certificate of another name
    except (OSError, HTTPException, HTTPError, ValueError) as error:
        raise OutsideUnavailable from error


@contextmanager
def _hanging_up(connection: Any) -> Iterator[None]:
    """Whoever answers a byte at a time is hung up on: timeouts of sockets start anew with each byte.

    What was read of them by then is no answer.
    """
    opened: list[Any] = []
    over = Event()

    def hang_up() -> None:
        over.set()
        with suppress(OSError, AttributeError):  # closed already, or not open yet
            (opened or [connection.sock])[0].shutdown(socket.SHUT_RDWR)

    timer = Timer(DEADLINE_SECONDS, hang_up)
    timer.daemon = True
    timer.start()
    try:
        connection.connect()
        opened.append(connection.sock)
        yield
    finally:
        timer.cancel()
    if over.is_set():
        raise OutsideUnavailable


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


def _connection(parts: SplitResult, address: str) -> Any:
    """To this address; over TLS held to the name."""
    from urllib3.connection import HTTPConnection, HTTPSConnection

    if parts.scheme == "http":
        return HTTPConnection(address, parts.port or 80, timeout=SOCKET_SECONDS)
    return HTTPSConnection(
        address,
        parts.port or HTTPS_PORT,
        timeout=SOCKET_SECONDS,
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
    host, port = parts.hostname or "", parts.port or HTTPS_PORT
    found = [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    local = settings().stage == LOCAL and _names_loopback(host)
    if not found or not all(_is_public(each) or (local and _is_loopback(each)) for each in found):
        raise OutsideUnavailable
    return found[0]


def _names_loopback(host: str) -> bool:
    return host in ("localhost", "127.0.0.1", "::1")


def _is_public(address: str) -> bool:
    """Not where it stands for another: mapped IPv4 is looked through, tunnels and NAT64 are refused."""
    found = _unmapped(address)
    return found.is_global and not found.is_multicast and not _is_transition(found)


def _is_transition(found: IPv4Address | IPv6Address) -> bool:
    if isinstance(found, IPv4Address):
        return False
    tunnelled = found.sixtofour is not None or found.teredo is not None
    return tunnelled or any(found in network for network in STANDS_FOR_IPV4)


def _is_loopback(address: str) -> bool:
    return _unmapped(address).is_loopback


def _unmapped(address: str) -> IPv4Address | IPv6Address:
    found = ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    return mapped or found
