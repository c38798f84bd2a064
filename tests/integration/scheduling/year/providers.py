"""SES and SNS as they answer when all is well, at botocore: what goes out is noted."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.awsrequest import AWSResponse

from chalicelib.platform.aws import client


@dataclass(frozen=True)
class Sent:
    """What went to a patient."""

    address: str
    text: str


@contextmanager
def noting() -> Iterator[list[Sent]]:
    """What is sent meanwhile, in order."""
    sent: list[Sent] = []

    def mailed(params: dict[str, Any], **_: Any) -> None:
        (address,) = params["Destination"]["ToAddresses"]
        sent.append(Sent(address, params["Content"]["Simple"]["Body"]["Text"]["Data"]))

    def texted(params: dict[str, Any], **_: Any) -> None:
        sent.append(Sent(params["PhoneNumber"], params["Message"]))

    def taken(**_: Any) -> Any:
        answer = {"MessageId": "msg-1", "ResponseMetadata": {"HTTPStatusCode": 200}}
        return AWSResponse("https://provider", 200, {}, None), answer

    hooks = (("sesv2", "SendEmail", mailed), ("sns", "Publish", texted))
    for service, operation, note in hooks:
        events = client(service).meta.events
        events.register(f"provide-client-params.{service}.{operation}", note)
        events.register(f"before-call.{service}.{operation}", taken)
    try:
        yield sent
    finally:
        for service, operation, note in hooks:
            events = client(service).meta.events
            events.unregister(f"provide-client-params.{service}.{operation}", note)
            events.unregister(f"before-call.{service}.{operation}", taken)
