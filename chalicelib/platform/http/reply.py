"""An answer on its way out: status, body, headers."""

from dataclasses import dataclass
from typing import Any

from chalice.app import Response
from pydantic import BaseModel

from ..config import settings
from ..context import Context
from ..errors import DomainError
from .endpoint import Document, Endpoint, Served
from .idempotency import StoredAnswer
from .problems import CONTENT_TYPE, problem_body, status_of


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer before it is Chalice's: what idempotency keeps of it."""

    status: int
    body: str
    etag: str | None = None
    location: str | None = None
    content_type: str = "application/json"
    retry_after: int | None = None
    file_name: str = ""


def reply_of(endpoint: Endpoint, answer: Any, path: str) -> Reply:
    if answer is None:
        return Reply(204, "")
    if isinstance(answer, Document):
        return Reply(
            endpoint.status,
            answer.body,
            content_type=answer.content_type,
            file_name=answer.file_name,
        )
    model: BaseModel = answer
    version = getattr(model, "version", None)
    made = getattr(model, "id", None) if endpoint.status == 201 else None
    return Reply(
        endpoint.status,
        model.model_dump_json(),
        etag=None if version is None else f'"{version}"',
        location=f"{path}/{made}" if made else None,
    )


def to_store(context: Context, reply: Reply, key: str, print_of: str) -> StoredAnswer:
    return StoredAnswer(
        *StoredAnswer.key(context.practice_id, context.actor.id, key),
        fingerprint=print_of,
        status=reply.status,
        etag=reply.etag,
        location=reply.location,
        body=reply.body or None,
        subjects=set(context.trace.subjects) or None,
    )


def replayed(first: StoredAnswer) -> Reply:
    return Reply(first.status, first.body or "", first.etag, first.location)


def refused(refusal: DomainError, request_id: str) -> Reply:
    return Reply(
        status_of(type(refusal)),
        problem_body(refusal, request_id),
        content_type=CONTENT_TYPE,
        retry_after=refusal.retry_after,
    )


def response_of(reply: Reply, request: Served, request_id: str) -> Response:
    headers: dict[str, str | list[str]] = {
        "Content-Type": reply.content_type,
        "Cache-Control": "no-store",
        "X-Request-Id": request_id,
        "X-Content-Type-Options": "nosniff",
        "Access-Control-Allow-Origin": _origin(request),
        "Access-Control-Expose-Headers": "ETag, Retry-After, Location, X-Request-Id",
    }
    optional = {
        "ETag": reply.etag,
        "Location": reply.location,
        "Content-Disposition": f'attachment; filename="{reply.file_name}"'
        if reply.file_name
        else None,
        "Retry-After": None if reply.retry_after is None else str(reply.retry_after),
    }
    headers |= {name: value for name, value in optional.items() if value is not None}
    return Response(body=reply.body, status_code=reply.status, headers=headers)


def _origin(request: Served) -> str:
    allowed = settings().allowed_origins
    origin: str = request.headers.get("origin") or ""
    return origin if origin in allowed else allowed[0]
