"""What a provider's answer means: refused for good, later, or nobody knows (DESIGN §5)."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)

from chalicelib.messaging import ports
from chalicelib.messaging.ports import NotAccepted, OutcomeUnknown, send_mail, send_sms
from chalicelib.platform.aws import client
from chalicelib.platform.errors import Unavailable
from tests.http.messaging.reminding import provider

URL = "https://provider"
LATER = [
    ("ThrottlingException", 400),
    ("TooManyRequestsException", 429),
    ("LimitExceededException", 400),
    ("AccessDeniedException", 403),
    ConnectTimeoutError(endpoint_url=URL),
    EndpointConnectionError(endpoint_url=URL),
    NoCredentialsError(),
]
UNKNOWN = [
    ("InternalFailure", 500),
    ("ServiceUnavailableException", 503),
    ReadTimeoutError(endpoint_url=URL),
    ConnectionClosedError(endpoint_url=URL),
]
PORTS = [
    pytest.param("sesv2", lambda: send_mail("kim@clinic.example", "Hello", "Text"), id="mail"),
    pytest.param("sns", lambda: send_sms("+12125550147", "Text"), id="sms"),
]

pytestmark = pytest.mark.usefixtures("aws")


@pytest.mark.parametrize(("service", "send"), PORTS)
@pytest.mark.parametrize("code", sorted(ports.REFUSED))
def test_a_refusal_is_for_good(service: str, send: Callable[[], str], code: str) -> None:
    with provider(service, (code, 400)), pytest.raises(NotAccepted):
        send()


@pytest.mark.parametrize(("service", "send"), PORTS)
@pytest.mark.parametrize("fault", LATER, ids=str)
def test_what_was_not_carried_may_be_tried_later(
    service: str, send: Callable[[], str], fault: object
) -> None:
    with provider(service, fault), pytest.raises(Unavailable) as refused:
        send()
    assert refused.value.retry_after == 5


@pytest.mark.parametrize(("service", "send"), PORTS)
@pytest.mark.parametrize("fault", UNKNOWN, ids=str)
def test_an_answer_that_is_lost_leaves_the_outcome_unknown(
    service: str, send: Callable[[], str], fault: object
) -> None:
    with provider(service, fault), pytest.raises(OutcomeUnknown):
        send()


@pytest.mark.parametrize(("service", "send"), PORTS)
def test_a_message_that_is_taken_has_the_provider_s_id(
    service: str, send: Callable[[], str]
) -> None:
    assert send()


@pytest.mark.parametrize("service", ["sesv2", "sns", "pinpoint-sms-voice-v2"])
def test_no_library_asks_a_provider_twice(service: str) -> None:
    assert client(service).meta.config.retries["total_max_attempts"] == 1
    assert client("sqs").meta.config.retries["total_max_attempts"] == 3


def test_a_practice_number_sends_by_end_user_messaging(monkeypatch: pytest.MonkeyPatch) -> None:
    live = replace(ports.settings(), sms_origination="+18005550100")
    monkeypatch.setattr(ports, "settings", lambda: live)
    asked: list[dict[str, str]] = []
    network = type("Network", (), {})()
    network.send_text_message = lambda **call: asked.append(call) or {"MessageId": "m-1"}
    monkeypatch.setattr(ports, "client", {"pinpoint-sms-voice-v2": network}.__getitem__)
    assert send_sms("+12125550147", "Text") == "m-1"
    assert asked == [
        {
            "DestinationPhoneNumber": "+12125550147",
            "OriginationIdentity": "+18005550100",
            "MessageBody": "Text",
            "MessageType": "TRANSACTIONAL",
        }
    ]
