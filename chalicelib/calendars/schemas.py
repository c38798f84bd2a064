"""What clients send and get: calendar feeds."""

from pydantic import Field

from ..platform.http import Answer, Body, Instant
from .models import CalendarFeed


class FeedBody(Body):
    named: bool = Field(
        default=False,
        description="Show names and types of visits; without it initials, and a patient no type",
    )


class FeedView(Answer):
    """`read_until`: the last change that a calendar which reads it has seen."""

    id: str
    version: int
    owner_id: str
    named: bool
    created_by: str
    read_until: Instant | None


class FeedWithUrl(FeedView):
    """`url` is a secret: who has it reads the calendar. Nobody shows it again."""

    url: str

    @classmethod
    def of(cls, feed: CalendarFeed, url: str) -> "FeedWithUrl":
        return cls(**FeedView.model_validate(feed).model_dump(), url=url)


class FeedList(Answer):
    items: list[FeedView]
