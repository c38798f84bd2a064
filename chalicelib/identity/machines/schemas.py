"""What clients send and get: API keys."""

from typing import Any

from pydantic import Field

from ...platform.http import Answer, Body, Instant, Line
from ..permissions import Permission
from .models import ApiKey


class ApiKeyBody(Body):
    """`scopes` are permissions that you have and that docs/roles.md marks for keys."""

    name: Line = Field(examples=["Lab interface"])
    scopes: list[Permission] = Field(min_length=1, max_length=len(Permission))
    ends_at: Instant = Field(description="A year from now at most")
    sources: list[str] = Field(
        default=[], max_length=20, description="Networks it may call from; any without"
    )


class Rotation(Body):
    overlap_hours: int = Field(default=24, ge=0, le=168, description="How long the old one goes on")


class ApiKeyView(Answer):
    id: str
    version: int
    name: str
    scopes: list[str]
    created_by: str
    ends_at: Instant
    revoked_at: Instant | None
    last_used_at: Instant | None
    sources: list[str]

    @classmethod
    def of(cls, key: ApiKey) -> "ApiKeyView":
        return cls(**_shown(key))


class MadeApiKeyView(ApiKeyView):
    """`token` is what the machine sends as its bearer token: keep it, nobody shows it again."""

    token: str

    @classmethod
    def made(cls, key: ApiKey, token: str) -> "MadeApiKeyView":
        return cls(**_shown(key), token=token)


class ApiKeyList(Answer):
    items: list[ApiKeyView]


def _shown(key: ApiKey) -> dict[str, Any]:
    plain = ("id", "version", "name", "created_by", "ends_at", "revoked_at", "last_used_at")
    sets = {"scopes": sorted(key.scopes), "sources": sorted(key.sources or ())}
    return {name: getattr(key, name) for name in plain} | sets
