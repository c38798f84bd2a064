"""Sign-ups are capped by where they come from: what signs up by the hundred is no clinic.

Counted before anything else is done, whatever becomes of the attempt. In the table, so that all
functions count together; addresses and domains stand there as HMACs only.
"""

from ipaddress import IPv4Address, ip_address
from typing import NamedTuple

from ...platform.context import SystemContext
from ...platform.errors import TooManyRequests
from ...platform.rates import source_of
from ...platform.store import Record, UnitOfWork
from .models import SignUps

HOUR, DAY = 3_600, 86_400
FROM_A_NETWORK = {HOUR: 20, DAY: 50}
FROM_A_DOMAIN = {DAY: 20}
FREE_MAIL = frozenset(
    {
        "aol.com", "comcast.net", "gmail.com", "gmx.com", "hotmail.com", "icloud.com", "live.com",
        "mail.com", "me.com", "msn.com", "outlook.com", "pm.me", "proton.me", "protonmail.com",
        "yahoo.com", "ymail.com", "zoho.com",
    }
)  # fmt: skip
"""Domains where everybody has an address: they say nothing of who signs up."""


class _Cap(NamedTuple):
    kind: str
    subject: str
    seconds: int
    most: int


def count_sign_up(context: SystemContext, email: str) -> None:
    """Count one attempt at once. TooManyRequests (429), with how long to wait, above a cap.

    Caps are of a /24 or /64 by hour and day, and of an e-mail domain by day.
    """
    now = int(context.now().timestamp())
    caps = [*_of_network(context.source), *_of_domain(email)]
    work = UnitOfWork()
    for cap in caps:
        span = now // cap.seconds
        ends = (span + 1) * cap.seconds
        work.update(
            SignUps,
            SignUps.key(cap.kind, cap.subject, cap.seconds, span),
            actions=[
                Record.kind.set(SignUps.KIND),
                Record.schema.set(SignUps.SCHEMA),
                Record.version.add(1),
                SignUps.attempts.add(1),
                SignUps.expires_at.set(ends + DAY),
            ],
            condition=Record.pk.does_not_exist() | (SignUps.attempts < cap.most),
            refusal=TooManyRequests("Too many sign-ups from there", retry_after=ends - now),
        )
    work.commit()


def network_of(source: str) -> str:
    """Who counts as one network: the /24 of an IPv4 address, the /64 of an IPv6 one."""
    host = source_of(source)
    try:
        address = IPv4Address(host)
    except ValueError:
        return host
    return f"{ip_address(int(address) & 0xFFFFFF00)}/24"


def _of_network(source: str) -> list[_Cap]:
    network = network_of(source)
    return [_Cap("network", network, seconds, most) for seconds, most in FROM_A_NETWORK.items()]


def _of_domain(email: str) -> list[_Cap]:
    domain = email.rpartition("@")[2].casefold()
    if domain in FREE_MAIL:
        return []
    return [_Cap("domain", domain, seconds, most) for seconds, most in FROM_A_DOMAIN.items()]
