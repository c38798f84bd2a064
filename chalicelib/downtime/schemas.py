"""What clients send and get: downtime packs."""

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from ..platform.http import Answer, Body, Instant, Short

Passphrase = Annotated[
    str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*$")
]


class DowntimePlanBody(Body):
    """All of it. Tell the passphrase to who may need it; never send it along with a link."""

    passphrase: Passphrase = Field(examples=["lantern otter seventeen maple"])
    hour: int = Field(default=20, ge=12, le=23, description="When packs are made, local time")
    kept_days: int = Field(default=7, ge=1, le=30, description="For how long packs are kept")


class DowntimePlanView(Answer):
    version: int
    passphrase: str
    hour: int
    kept_days: int


class DowntimeLinkBody(Body):
    label: Short = Field(description="Where it is kept", examples=["Front desk PC"])


class DowntimeLinkView(Answer):
    id: str
    version: int
    label: str
    created_by: str
    created_at: Instant


class DowntimeLinkWithUrl(DowntimeLinkView):
    """`url` is a secret: who has it fetches the newest pack. Nobody shows it again."""

    url: str


class DowntimePackView(Answer):
    """`failed`: there is a task for it; it may still come."""

    night: date
    status: str
    made_at: Instant | None
    days: list[date]
    visits: int
    size: int


class DowntimeLinkList(Answer):
    """The links of a location, and its packs, the newest first."""

    items: list[DowntimeLinkView] = Field(validation_alias="links")
    packs: list[DowntimePackView]
