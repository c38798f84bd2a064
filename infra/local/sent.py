"""What was sent to the outside, read back from the emulator: e-mail by SESv2, text by SNS."""

import http.client
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class SentMail:
    """One e-mail, as the recipient would see it."""

    to: tuple[str, ...]
    sender: str
    subject: str
    text: str
    html: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class SentText:
    """One SMS."""

    to: str
    text: str


def sent_mail(endpoint_url: str, to: str | None = None) -> list[SentMail]:
    """All e-mail the emulator took, or what went to one address; oldest first."""
    accounts = get_json(f"{endpoint_url}/_ministack/ses/messages")["messages"]
    found = [
        SentMail(
            to=(*mail["To"], *mail["CC"], *mail["BCC"]),
            sender=mail["Source"],
            subject=mail["Subject"],
            text=mail["BodyText"],
            html=mail["BodyHtml"] or "",
            sent_at=datetime.fromtimestamp(mail["Timestamp"], UTC),
        )
        for mails in accounts.values()
        for mail in mails
    ]
    return [mail for mail in found if to is None or to in mail.to]


def sent_texts(endpoint_url: str, to: str | None = None) -> list[SentText]:
    """All SMS published straight to a number, or to one number; oldest first for each number."""
    numbers = get_json(f"{endpoint_url}/_ministack/sns/sms-messages")["sms_messages"]
    return [
        SentText(number, record["Message"])
        for number, records in numbers.items()
        for record in records
        if to is None or to == number
    ]


def get_json(url: str) -> Any:
    """GET a JSON document over plain HTTP. OSError where nobody answers, ValueError for no 200."""
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.netloc, timeout=10)
    try:
        connection.request("GET", f"{place.path}?{place.query}")
        answer = connection.getresponse()
        body = answer.read()
    except http.client.HTTPException as error:
        raise OSError(f"{url}: {error}") from error
    finally:
        connection.close()
    if answer.status != http.client.OK:
        raise ValueError(f"{url} answered {answer.status}")
    return json.loads(body)
