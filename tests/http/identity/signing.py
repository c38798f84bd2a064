"""Tokens as someone could make them who has no key of ours, and requests that show what they open."""

import base64
import json
from typing import Any

from tests.world import PASSWORD, Answered, World

ADA = "ada@clinic.example"
BEA = "bea@clinic.example"
KIM = "kim@clinic.example"


def session(world: World, email: str = ADA, **over: Any) -> dict[str, Any]:
    """A fresh sign-in, both tokens in it."""
    body = {"email": email, "password": PASSWORD, **over}
    answer = world.call("POST", "/v1/sessions", body)
    assert answer.status == 201, answer.text
    made: dict[str, Any] = answer.json
    return made


def me(world: World, token: str) -> Answered:
    return world.call("GET", "/v1/me", token=token)


def refreshed(world: World, refresh_token: str) -> Answered:
    return world.call("POST", "/v1/sessions/refresh", {"refresh_token": refresh_token})


def said(answer: Answered) -> dict[str, Any]:
    """A problem without the id of its request."""
    return {**answer.json, "request_id": ""}


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Header, claims and signature of a JWT."""
    header, claims, signature = token.split(".")
    return _read(header), _read(claims), signature


def joined(header: dict[str, Any], claims: dict[str, Any], signature: str) -> str:
    return f"{_written(header)}.{_written(claims)}.{signature}"


def _read(part: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return read


def _written(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
