"""Cached AWS clients: the only import of boto3 and botocore."""

from functools import cache
from typing import Any

from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ProxyConnectionError,
)

from .config import settings

__all__ = [
    "AwsError",
    "BotoCoreError",
    "ClientError",
    "client",
    "error_code",
    "had_no_effect",
]

AwsError = (ClientError, BotoCoreError)
NEVER_SENT = (
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ProxyConnectionError,
)
USER_AGENT = "careloom"
"""One text for all calls: botocore's own is put together anew for each, twice."""
NETWORK, VIDEO = "pinpoint-sms-voice-v2", "chime-sdk-meetings"
SIMULATED = frozenset({NETWORK, VIDEO})
"""No emulator has them: on one machine botocore finds the simulators by its own environment variables."""
ATTEMPTS = {"sesv2": 1, "sns": 1, NETWORK: 1, VIDEO: 2}
"""Once where it sends: a call tried again after a lost answer is a second message. Twice where a
request may need three calls, and has 29 seconds."""


@cache
def client(service: str) -> Any:
    """One client a service and process: connect 1 s, read 5 s, mostly 3 attempts."""
    made = _session(service).client(
        service,
        region_name=settings().region,
        endpoint_url=None if service in SIMULATED else settings().endpoint_url,
        config=Config(
            user_agent=USER_AGENT,
            connect_timeout=1,
            read_timeout=5,
            retries={
                "total_max_attempts": ATTEMPTS.get(service, 3),
                "mode": "standard",
            },
            s3={"addressing_style": "path"} if settings().endpoint_url else None,
        ),
    )
    if service == "s3":
        from .store.guard import guard_object

        made.meta.events.register("provide-client-params.s3.*", guard_object)
    return made


def _session(service: str) -> Any:
    """The default session; for S3 one whose calls are signed for whom the objects belong to."""
    import boto3  # costs 30 ms; most requests only need the table

    if service != "s3":
        return boto3
    from botocore.session import get_session

    from .assumed_roles import sign_by_owner

    session = get_session()
    sign_by_owner(session)
    return boto3.session.Session(botocore_session=session)


def error_code(error: Exception) -> str:
    """The service's own code of an error, `""` where it has none."""
    response = getattr(error, "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))


def had_no_effect(error: Exception) -> bool:
    """Whether a failed call surely did nothing: refused (4xx), or never sent.

    After a 5xx, and where a connection broke before the answer, nobody knows.
    """
    if isinstance(error, ClientError):
        return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)) < 500
    return isinstance(error, NEVER_SENT)
