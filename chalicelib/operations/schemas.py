"""What operations send and get."""

from typing import Literal

from pydantic import Field

from ..platform.http import Answer, Body, Instant, Line, Query


class DirectoryView(Answer):
    """A practice as operations know it."""

    practice_id: str
    name: str
    status: str
    country: str
    storage_mark: int = Field(description="80 or 100: so many percent of its storage are used")


class PracticeState(Answer):
    id: str
    status: str


class PracticeTable(Body):
    """A CSV with a header row; at most 200 practices."""

    table: str = Field(
        max_length=200_000,
        examples=["practice_name,country,time_zone,currency,locale,name,email\n"],
        description="Columns practice_name, country, time_zone, currency, locale, name, email",
    )


class RowReport(Answer):
    """What became of a row; `line` counts the lines of the table, the header being 1."""

    line: int
    status: Literal["created", "refused"]
    practice_id: str | None = None
    code: str | None = None
    reason: str | None = None


class TableReport(Answer):
    created: int
    refused: int
    rows: list[RowReport]

    @classmethod
    def of(cls, rows: list[RowReport]) -> "TableReport":
        created = sum(row.status == "created" for row in rows)
        return cls(created=created, refused=len(rows) - created, rows=rows)


class ReasonBody(Body):
    reason: Line = Field(description="Kept with the act, and shown to the practice")


class ClearanceDecision(Body):
    """Operations have checked NPI, TIN and licence, or could not."""

    capability: Literal["claims", "eligibility", "sms", "prescribing"]
    verdict: Literal["verified", "refused"]
    licence: Line
    reason: Line | None = None


class ClearanceRow(Answer):
    capability: str
    status: str
    npi: str
    tin: str
    licence: str
    by: str
    at: Instant
    reason: str


class PracticeOverview(Answer):
    """How a practice stands, and what it uses in this UTC month."""

    id: str
    name: str
    status: str
    country: str
    plan: str
    overdue: bool
    agreement: str | None
    clearances: list[ClearanceRow]
    seats: int
    providers: int = Field(description="Who have signed an encounter in this month")
    messages: int
    storage_bytes: int = Field(description="Stored now, items and files")


class QueueHealth(Answer):
    """How many messages wait, are being handled, and have failed."""

    domain: str
    waiting: int
    under_way: int
    dead_letters: int


class Health(Answer):
    queues: list[QueueHealth]


class SupportAsk(Body):
    practice_id: str = Field(pattern=r"^prc_[0-9A-Z]{26}$")
    reason: Line


class SupportGrantView(Answer):
    """`open` from the owner's consent until it ends, four hours later or before."""

    id: str
    version: int
    operator_id: str
    reason: str
    status: str
    asked_at: Instant
    consented_by: str | None
    consented_at: Instant | None
    ends_at: Instant | None
    ended_at: Instant | None


class SupportGrantList(Answer):
    items: list[SupportGrantView]


class RecoveryAsk(Body):
    practice_id: str = Field(pattern=r"^prc_[0-9A-Z]{26}$")
    user_id: str = Field(pattern=r"^usr_[0-9A-Z]{26}$")
    evidence: Line = Field(description="Where the proof of identity is kept; not the proof itself")


class RecoveryView(Answer):
    """`opened`, `approved` by a second operator, then a day later `done`; or `cancelled`."""

    version: int
    practice_id: str
    user_id: str
    evidence: str
    opened_by: str
    opened_at: Instant
    approved_by: str | None
    approved_at: Instant | None
    status: str


class OperatorInvite(Body):
    email: str = Field(min_length=3, max_length=254)
    name: Line
    roles: list[
        Literal["operations_administrator", "operations_onboarding", "operations_support"]
    ] = Field(min_length=1, max_length=3)


class OperatorView(Answer):
    user_id: str
    version: int
    name: str
    email: str
    roles: list[str]
    status: str


class OperatorList(Answer):
    items: list[OperatorView]


class RecoveryList(Answer):
    items: list[RecoveryView]


class GrantQuery(Query):
    grant_id: str = Field(pattern=r"^sup_[0-9A-Z]{26}$")


class PlaceRow(Answer):
    id: str
    name: str
    time_zone: str


class PractitionerRow(Answer):
    id: str
    name: str
    npi: str | None
    taxonomy: str | None


class MemberRow(Answer):
    user_id: str
    name: str
    roles: list[str]
    status: str


class SetUpView(Answer):
    """A practice's settings, places and people: what support needs, and no patient."""

    practice_id: str
    name: str
    status: str
    time_zone: str
    phone: str | None
    agreement: str | None
    cleared: list[str]
    locations: list[PlaceRow]
    practitioners: list[PractitionerRow]
    members: list[MemberRow]
