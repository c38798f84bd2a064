"""The ways out: e-mail by Amazon SES v2; SMS by AWS End User Messaging, or SNS where that is not set up.

On one machine the same calls reach the emulator.
"""

from collections.abc import Mapping
from typing import Any

from ..platform.aws import AwsError, client, error_code, had_no_effect
from ..platform.config import settings
from ..platform.errors import DomainError, Unavailable
from ..platform.icalendar import CalendarFile

REFUSED = frozenset(
    {
        "MessageRejected",
        "MailFromDomainNotVerifiedException",
        "AccountSuspendedException",
        "InvalidParameter",
        "InvalidParameterException",
        "InvalidParameterValue",
        "ValidationException",
        "BadRequestException",
        "OptedOut",
        "OptedOutException",
        "ConflictException",
    }
)


class NotAccepted(DomainError):
    """The provider will not carry this message; asking again changes nothing."""

    code = "message_not_accepted"
    title = "The message was not accepted"


class OutcomeUnknown(DomainError):
    """The provider did not answer, or failed while it worked: the message may have gone out."""

    code = "message_outcome_unknown"
    title = "Nobody knows whether the message went out"


def send_mail(
    to: str,
    subject: str,
    text: str,
    *,
    tags: Mapping[str, str] | None = None,
    calendar: CalendarFile | None = None,
) -> str:
    """Hand one plain-text mail to SES, asked once; its message id.

    `tags` come back with what becomes of it; a `calendar` goes with it. NotAccepted; Unavailable
    where nothing went out and asking later may help; OutcomeUnknown.
    """
    named = [{"Name": name, "Value": value} for name, value in (tags or {}).items()]
    try:
        answer = client("sesv2").send_email(
            **_told({"EmailTags": named} if named else {}),
            FromEmailAddress=settings().mail_from,
            Destination={"ToAddresses": [to]},
            Content={
                "Simple": {
                    "Subject": {"Data": subject, "Charset": "UTF-8"},
                    "Body": {"Text": {"Data": text, "Charset": "UTF-8"}},
                    **_attached(calendar),
                }
            },
        )
    except AwsError as error:
        raise _reason(error) from error
    return str(answer["MessageId"])


def send_sms(to: str, text: str, *, tags: Mapping[str, str] | None = None) -> str:
    """Hand one SMS (E.164 number) to the network, asked once; its id. As `send_mail`.

    By SNS nothing comes back: neither what became of it nor an answer.
    """
    try:
        if settings().sms_origination:
            answer = client("pinpoint-sms-voice-v2").send_text_message(
                **_told({"Context": dict(tags)} if tags else {}),
                DestinationPhoneNumber=to,
                OriginationIdentity=settings().sms_origination,
                MessageBody=text,
                MessageType="TRANSACTIONAL",
            )
        else:
            answer = client("sns").publish(PhoneNumber=to, Message=text)
    except AwsError as error:
        raise _reason(error) from error
    return str(answer["MessageId"])


def can_be_answered() -> bool:
    """Whether texts go out from a number of ours, to which people can text back."""
    return settings().sms_origination is not None


def _told(tagged: dict[str, Any]) -> dict[str, Any]:
    """Names the configuration set whose event destination brings what becomes of a tagged message."""
    named = settings().message_events
    return {**tagged, "ConfigurationSetName": named} if tagged and named else tagged


def _attached(calendar: CalendarFile | None) -> dict[str, Any]:
    """SES makes the MIME of it. It asks for ses:SendRawEmail then, whatever the operation is called."""
    if calendar is None:
        return {}
    attachment = {
        "FileName": "appointment.ics",
        "ContentType": calendar.content_type,
        "ContentDisposition": "ATTACHMENT",
        "ContentTransferEncoding": "BASE64",
        "RawContent": calendar.text.encode(),
    }
    return {"Attachments": [attachment]}


def _reason(error: Exception) -> DomainError:
    if error_code(error) in REFUSED:
        return NotAccepted()
    return Unavailable(retry_after=5) if had_no_effect(error) else OutcomeUnknown()
