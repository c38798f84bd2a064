"""The fixed parts of the OpenAPI document: conventions, headers and problems."""

from collections.abc import Sequence
from typing import Any, Final

from .problems import CONTENT_TYPE
from .request import IDEMPOTENCY_KEY

Json = dict[str, Any]

PROBLEM_SCHEMA: Final = "ProblemDetails"
CONVENTIONS: Final = """\
Send `Authorization: Bearer <token>`. The practice is known from the token alone; a record outside \
your reach answers 404, as if it never was.

- JSON in snake_case. Times are RFC 3339 with their offset. Money is in minor units: \
`{"amount": 12550, "currency": "USD"}` is $125.50.
- Errors are `application/problem+json` (RFC 9457). Branch on `code`, which is stable; `errors` \
names each bad field. Quote `request_id` when you ask for help.
- A record's version is its `ETag`. Send it back as `If-Match` with PUT, PATCH and DELETE.
- With an `Idempotency-Key`, a POST may be sent again without being done again.
- A list gives `next_cursor`; pass it as `cursor` for the next page. It lives for 24 hours."""


def components(schemas: Json) -> Json:
    """All components, `schemas` and the schema of problems among them."""
    return {
        "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        "parameters": _HEADER_PARAMETERS,
        "headers": _RESPONSE_HEADERS,
        "responses": {
            **{f"Problem{status}": problem_response(status) for status in _MEANING},
            "Problem": problem_response(None),
        },
        "schemas": schemas | {PROBLEM_SCHEMA: _PROBLEM},
    }


def problem_response(status: int | None, codes: Sequence[str] = ()) -> Json:
    """A response of problem+json that names its codes; None stands for any other status."""
    meaning = _MEANING.get(status or 0, "Any other problem.")
    named = f" Codes: {', '.join(f'`{code}`' for code in codes)}." if codes else ""
    response: Json = {"description": meaning + named}
    if status in {429, 503}:
        response["headers"] = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}}
    response["content"] = {
        CONTENT_TYPE: {"schema": {"$ref": f"#/components/schemas/{PROBLEM_SCHEMA}"}}
    }
    return response


_MEANING: Final[dict[int, str]] = {
    400: "The request is malformed: broken JSON, an unknown field, a wrong type, a foreign cursor.",
    401: "No valid access token.",
    403: "The caller's role lacks the permission.",
    404: "No such record within the caller's reach.",
    409: "The request conflicts with the present state, or reuses an Idempotency-Key.",
    412: "The record has changed since it was read: `If-Match` is stale.",
    422: "Well-formed, but a rule of the field refuses it; `errors` names each bad field.",
    428: "`If-Match` is required.",
    429: "Too many requests; try again after `Retry-After` seconds.",
    503: "A service behind this one is not answering; try again after `Retry-After` seconds.",
}
_HEADER_PARAMETERS: Final[Json] = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "Same key and request within 48 h: the first answer again. "
        "Same key, other request: 409 `idempotency_key_reused`.",
        "schema": {"type": "string", "pattern": f"^{IDEMPOTENCY_KEY.pattern}$"},
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "required": True,
        "description": "The `ETag` of the record as it was read.",
        "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$', "examples": ['"1"']},
    },
}
_RESPONSE_HEADERS: Final[Json] = {
    "ETag": {
        "description": "The record's version; send it back in `If-Match`.",
        "schema": {"type": "string"},
    },
    "Location": {"description": "Path of what was made.", "schema": {"type": "string"}},
    "Retry-After": {
        "description": "Seconds to wait.",
        "schema": {"type": "integer", "minimum": 0},
    },
}
_FIELD_ERROR: Final[Json] = {
    "type": "object",
    "properties": {
        "field": {"type": "string", "description": "Path of the field, such as `name.family`."},
        "code": {"type": "string"},
        "message": {"type": "string"},
    },
    "required": ["field", "code", "message"],
}
_PROBLEM: Final[Json] = {
    "title": PROBLEM_SCHEMA,
    "description": "RFC 9457 problem details. Programs read `code`; people read `detail`.",
    "type": "object",
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "code": {"type": "string", "description": "Stable name of the error."},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {"type": "array", "items": _FIELD_ERROR},
    },
    "required": ["type", "title", "status", "code", "detail", "request_id"],
}
