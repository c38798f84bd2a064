"""What clients get: the set-up checklist."""

from pydantic import Field

from ..platform.http import Answer


class SetUpItem(Answer):
    code: str
    done: bool
    where: str = Field(description="The call that puts it right")


class SetUpView(Answer):
    complete: bool
    items: list[SetUpItem]
