"""What clients send and get: accesses, activity, breach scope."""

from datetime import date, datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

from ..platform.http import Answer, Body, Instant, PageQuery, Query

ActorId = Annotated[
    str,
    Field(pattern=r"^[a-z]{3}_[0-9A-Z]{26}$", examples=["usr_01KJQDJGR03QYWTZ8BJ7077QFH"]),
]
SessionId = Annotated[
    str, Field(pattern=r"^ses_[0-9A-Z]{26}$", examples=["ses_01KJQDJGR03QYWTZ8BJ7077QFH"])
]


class AccessView(Answer):
    """One request that concerned the patient. `break_glass` names the grant it was made under."""

    id: str
    at: Instant
    actor_id: str
    actor_name: str = Field(description="Of an API key, the name it was given")
    key_made_by: str | None = Field(description="Who made the API key that called, if one did")
    action: str
    description: str = Field(description="The action, in words")
    outcome: str = Field(description="`served`, `replayed`, or the code of the refusal")
    session_id: str | None
    source_ip: str | None
    agent: str | None = Field(description="Kind of program: firefox, okhttp, …")
    why: str | None = Field(description="Code of the reason that was given")
    break_glass: str | None


class ActivityQuery(PageQuery):
    month: str | None = Field(
        default=None,
        pattern=r"^20\d\d-(0[1-9]|1[0-2])$",
        examples=["2026-03"],
        description="UTC; this month if it is left out",
    )


class ActivityView(Answer):
    """One request of a member or of an API key; `patient_ids` are those whom it concerned."""

    id: str
    at: Instant
    action: str
    description: str
    outcome: str
    session_id: str | None
    source_ip: str | None
    agent: str | None
    why: str | None
    break_glass: str | None
    patient_ids: list[str]
    times: int = Field(description="How many requests it stands for: refusals of a minute are one")


class ReportQuery(Query):
    """Both days included, in the practice's zone; at most 366 days."""

    from_day: date = Field(alias="from", examples=["2026-01-01"])
    until_day: date = Field(alias="until", examples=["2026-12-31"])


class BreachScope(Body):
    """A person's or an API key's requests from `from` until before `until`; of one session, if named."""

    user_id: ActorId
    session_id: SessionId | None = None
    from_: AwareDatetime = Field(alias="from", examples=["2026-03-01T00:00:00-05:00"])
    until: AwareDatetime = Field(examples=["2026-03-08T00:00:00-05:00"])

    @property
    def window(self) -> tuple[datetime, datetime]:
        return self.from_, self.until


class BreachedPatient(Answer):
    patient_id: str
    requests: int
    first_at: Instant
    last_at: Instant


class BreachScopeView(Answer):
    """`patients` and `requests` are of the whole scope, `items` one page of it."""

    patients: int
    requests: int
    items: list[BreachedPatient]
    next_cursor: str | None
