"""Errors on the wire: RFC 9457 problem details, and the one table from error to status."""

import json
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ..errors import (
    BadRequest,
    Conflict,
    Damaged,
    DomainError,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    PreconditionRequired,
    Stale,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
)

STATUS_OF: dict[type[DomainError], int] = {
    BadRequest: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Stale: 412,
    Invalid: 422,
    UnsupportedMediaType: 415,
    PreconditionRequired: 428,
    TooManyRequests: 429,
    Damaged: 500,
    Unavailable: 503,
}
M = TypeVar("M", bound=BaseModel)
CONTENT_TYPE = "application/problem+json"


class InternalError(DomainError):
    """A defect of ours. Nothing of it is shown."""

    code = "internal_error"
    title = "Something went wrong on our side"


def status_of(error: type[DomainError]) -> int:
    """The status of an error class, by the nearest of its bases; 500 where none is in the table."""
    return next((STATUS_OF[base] for base in error.__mro__ if base in STATUS_OF), 500)


def problem_body(error: DomainError, request_id: str) -> str:
    """The JSON body of a refusal."""
    problem: dict[str, Any] = {
        "type": f"https://careloom.example/problems/{error.code}",
        "title": error.title,
        "status": status_of(type(error)),
        "code": error.code,
        "detail": error.detail,
        "request_id": request_id,
    }
    if error.errors:
        problem["errors"] = [
            {"field": bad.field, "code": bad.code, "message": bad.message} for bad in error.errors
        ]
    return json.dumps(problem)


def body_of(model: type[M], values: dict[str, Any]) -> M:
    """The body that these values are; BadRequest naming each field that cannot be."""
    try:
        return model.model_validate(values)
    except ValidationError as invalid:
        raise bad_request(invalid) from None


def bad_request(invalid: ValidationError) -> BadRequest:
    """Each thing pydantic refused, by field path. Values are not repeated: they may be health data."""
    return BadRequest(
        "Some fields are missing or wrong",
        errors=tuple(
            FieldError(".".join(map(str, bad["loc"])) or "body", bad["type"], bad["msg"])
            for bad in invalid.errors(include_url=False, include_input=False, include_context=False)
        ),
    )
