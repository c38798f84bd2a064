"""What a request says: body, query, path, Idempotency-Key, If-Match; BadRequest names what is wrong."""

import re
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from ..errors import (
    BadRequest,
    DomainError,
    FieldError,
    NotFound,
    PreconditionRequired,
    UnsupportedMediaType,
)
from .endpoint import Endpoint, Served
from .problems import bad_request

MAX_BODY = 1_000_000
NO_BODY = (b"", b"{}")
IDEMPOTENCY_KEY = re.compile(r"[!-~]([ -~]{0,253}[!-~])?")
PATH_PARAMETER = re.compile(r"[A-Za-z0-9_.-]{1,200}")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request says beside its body. `fault` is what is wrong with that, told to a known caller."""

    source: str
    user_agent: str
    path: str = ""
    idempotency_key: str | None = None
    if_match: int | None = None
    query: tuple[tuple[str, str], ...] = ()
    fault: DomainError | None = None


def asked_of(endpoint: Endpoint, request: Served, path: dict[str, str]) -> Asked:
    """Never raises: who asks is found out first, and a fault is theirs in the audit."""
    sender = source_ip(request), user_agent(request)
    try:
        return Asked(
            *sender,
            filled(endpoint.path, path),
            idempotency_key(endpoint, request),
            if_match(endpoint, request),
            tuple(sorted(query_of(request).items())),
        )
    except DomainError as fault:
        return Asked(*sender, fault=fault)


def arguments(endpoint: Endpoint, request: Served, path: dict[str, str]) -> dict[str, Any]:
    read: dict[str, Any] = dict(path)
    try:
        if endpoint.body is not None:
            _require_json(request)
            if len(request.raw_body or b"") > MAX_BODY:
                raise BadRequest("The body is larger than 1 MB")
            read["body"] = endpoint.body.model_validate_json(request.raw_body or b"", strict=True)
        elif (request.raw_body or b"").strip() not in NO_BODY:
            raise BadRequest(errors=(FieldError("body", "unexpected", "This takes no body"),))
        if endpoint.query is not None:
            read["query"] = endpoint.query.model_validate(query_of(request))
    except ValidationError as invalid:
        raise bad_request(invalid) from None
    return read


def _require_json(request: Served) -> None:
    given: str = request.headers.get("content-type") or "application/json"
    if given.partition(";")[0].strip().lower() != "application/json":
        raise UnsupportedMediaType


def query_of(request: Served) -> dict[str, str]:
    given = request.query_params
    if given is None:
        return {}
    repeated = [name for name in given if len(given.getlist(name)) > 1]
    if repeated:
        raise BadRequest(
            "A parameter is given twice",
            errors=(FieldError(repeated[0], "repeated", "Give it once"),),
        )
    return {name: given[name] for name in given}


def filled(template: str, path: dict[str, str]) -> str:
    if not all(PATH_PARAMETER.fullmatch(value) for value in path.values()):
        raise NotFound
    return template.format(**path)


def idempotency_key(endpoint: Endpoint, request: Served) -> str | None:
    key: str | None = request.headers.get("idempotency-key")
    if not endpoint.idempotent or key is None:
        return None
    if not IDEMPOTENCY_KEY.fullmatch(key):
        raise BadRequest(
            errors=(FieldError("Idempotency-Key", "format", "1 to 255 printable ASCII characters"),)
        )
    return key


def if_match(endpoint: Endpoint, request: Served) -> int | None:
    given: str | None = request.headers.get("if-match")
    if not endpoint.needs_if_match:
        return None
    if given is None:
        raise PreconditionRequired
    found = re.fullmatch(r'"(\d{1,9})"', given.strip())
    if found is None:
        raise BadRequest(
            errors=(FieldError("If-Match", "format", 'A version as in the ETag, e.g. "3"'),)
        )
    return int(found.group(1))


def in_background(request: Served) -> bool:
    """Whether the client asks on its own, as a poll does: that is no activity of its user."""
    given: str = request.headers.get("x-background") or ""
    return given.strip().lower() == "true"


def user_agent(request: Served) -> str:
    given: str = request.headers.get("user-agent") or ""
    return given[:400]


def source_ip(request: Served) -> str:
    return str((request.context or {}).get("identity", {}).get("sourceIp") or "")
