"""What can go wrong in the field's terms. Each class has a stable `code`; http/problems.py gives it a status."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One bad field of a request: its path (`lines.0.units`), a stable code and a text."""

    field: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whom a good token names whose bearer is turned away at the door: for the audit of that practice."""

    practice_id: str
    actor_id: str
    session_id: str = ""


class DomainError(Exception):
    """A refusal that a caller can understand and act on.

    `detail` is for a person and holds no health data; `errors` names the bad fields; `bearer` stays
    inside.
    """

    code: ClassVar[str] = "error"
    title: ClassVar[str] = "The request could not be carried out"
    bearer: Bearer | None = None

    def __init__(
        self,
        detail: str = "",
        *,
        errors: tuple[FieldError, ...] = (),
        retry_after: int | None = None,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.errors = errors
        self.retry_after = retry_after


class BadRequest(DomainError):
    """The request's shape is wrong: unknown field, wrong type, broken JSON."""

    code = "invalid_request"
    title = "The request is malformed"


class UnsupportedMediaType(DomainError):
    """A body that is not JSON."""

    code = "unsupported_media_type"
    title = "Send JSON, with Content-Type: application/json"


class Unauthenticated(DomainError):
    """No session, or one that has ended. One body for every cause."""

    code = "unauthenticated"
    title = "Sign in to continue"


class Forbidden(DomainError):
    """The caller lacks the permission that the route names."""

    code = "forbidden"
    title = "You are not permitted to do this"


class PracticeSuspended(Forbidden):
    """Nobody works in a suspended practice; its data stays as it is."""

    code = "practice_suspended"
    title = "This practice is suspended; its owner can ask support why"


class StepUpRequired(Forbidden):
    """Wants a second factor given in the last five minutes."""

    code = "step_up_required"
    title = "Confirm that it is you with your second factor"


class OwnSignInRequired(Forbidden):
    """The session was opened by a practice's identity provider, and this reaches further than it."""

    code = "own_sign_in_required"
    title = "Sign in with your own password or passkey to do this"


class NotFound(DomainError):
    """No such record, or one the caller cannot reach: the answer is the same."""

    code = "not_found"
    title = "No such record"


class Conflict(DomainError):
    """The record's state, or another record, stands against the request."""

    code = "conflict"
    title = "The request conflicts with what is stored"


class PracticeClosing(Conflict):
    """A practice that closes is read only: what is exported is what there is."""

    code = "practice_closing"
    title = "This practice closes and is read only"


class AlreadyExists(Conflict):
    """A record with this key is there already."""

    code = "already_exists"
    title = "This record exists already"


class AlreadyDone(Conflict):
    """The effect of this event is there: a consumer that meets it has nothing left to do."""

    code = "already_done"
    title = "This has been done"


class IdempotencyKeyReused(Conflict):
    """The same Idempotency-Key came with another request."""

    code = "idempotency_key_reused"
    title = "This Idempotency-Key was used for another request"


class Stale(DomainError):
    """`If-Match` names a version that is no longer the newest."""

    code = "stale_version"
    title = "The record has changed since you read it"


class PreconditionRequired(DomainError):
    """A change came without `If-Match`."""

    code = "if_match_required"
    title = "Send If-Match with the version you read"


class Invalid(DomainError):
    """Well-formed, but a rule of the field refuses it."""

    code = "invalid"
    title = "The request breaks a rule"


class TooManyRequests(DomainError):
    """A cap or rate limit is reached; `retry_after` says how many seconds to wait."""

    code = "too_many_requests"
    title = "Too many requests"


class Damaged(DomainError):
    """What is stored is not what was stored: nobody gets it, and operations must look."""

    code = "damaged"
    title = "This record is damaged; it is not shown"


class Unavailable(DomainError):
    """The store or a service did not answer in time. Nothing was changed; the caller may retry."""

    code = "unavailable"
    title = "Temporarily unavailable; please retry"


def invalid_field(field: str, code: str, message: str) -> Invalid:
    """An `Invalid` that names one field."""
    return Invalid(message, errors=(FieldError(field, code, message),))


@contextmanager
def told_of(bearer: Bearer | None) -> Iterator[None]:
    """What is refused within is refused to this bearer: the audit hears of it, the answer does not."""
    try:
        yield
    except DomainError as refusal:
        refusal.bearer = bearer
        raise
