"""All writes of one request or event, committed in one TransactWriteItems, or none."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from ..aws import AwsError
from ..clock import monotonic, pause
from ..errors import AlreadyExists, DomainError, Stale, Unavailable
from .connection import connection
from .keys import Key
from .record import Record

MAX_ITEMS = 100
MAX_EXPRESSION = 4_000
ATTEMPTS = 6
DEADLINE_SECONDS = 15.0
TRANSIENT = frozenset(
    {
        "TransactionConflict",
        "ThrottlingError",
        "ProvisionedThroughputExceeded",
        "TransactionInProgress",
    }
)


class TooLarge(RuntimeError):
    """More than one transaction can hold. Never split silently: the use case has to say how."""


@dataclass(frozen=True, slots=True)
class _Write:
    request: dict[str, Any]
    key: Key
    refusal: DomainError


@dataclass
class UnitOfWork:
    """Collects writes; `commit` sends them. Every write carries a condition and the error it stands for."""

    _checks: list[_Write] = field(default_factory=list)
    _deletes: list[_Write] = field(default_factory=list)
    _puts: list[_Write] = field(default_factory=list)
    _updates: list[_Write] = field(default_factory=list)

    def create(
        self, record: Record, *, refusal: DomainError | None = None, unless: Condition | None = None
    ) -> None:
        """Put a new item; `refusal` (default AlreadyExists) if one is there and `unless` does not hold."""
        record.version = 1
        condition = Record.pk.does_not_exist()
        if unless is not None:
            condition = condition | unless
        self._put(record, condition, refusal or AlreadyExists())

    def save(self, record: Record, *, refusal: DomainError | None = None) -> None:
        """Replace an item read before, at the version read; else `refusal` (default Stale)."""
        condition = Record.version == record.version
        record.version += 1
        self._put(record, condition, refusal or Stale())

    def remove(self, record: Record, *, refusal: DomainError | None = None) -> None:
        """Delete an item read before, at the version read."""
        request = record.get_delete_kwargs_from_instance(condition=Record.version == record.version)
        self._deletes.append(_Write(request, record.item_key, refusal or Stale()))

    def update(
        self,
        kind: type[Record],
        key: Key,
        *,
        actions: list[Action],
        condition: Condition,
        refusal: DomainError,
    ) -> None:
        """Change an item that was not read. `condition` says what must hold of it."""
        request = kind(*key).get_update_kwargs_from_instance(
            actions=actions, condition=condition, add_version_condition=False
        )
        self._updates.append(_Write(request, key, refusal))

    def require(
        self, kind: type[Record], key: Key, *, condition: Condition, refusal: DomainError
    ) -> None:
        """Commit only if `condition` holds of an item that this unit does not write."""
        request = kind.get_operation_kwargs_from_class(
            key.pk, range_key=key.sk, condition=condition
        )
        self._checks.append(_Write(request, key, refusal))

    @property
    def empty(self) -> bool:
        return not (self._checks or self._deletes or self._puts or self._updates)

    def commit(self) -> None:
        """Send the transaction: the refusal of the first failed condition, or Unavailable (503).

        Conflicts with another transaction and throttles are tried again with jitter, all attempts
        under one request token, so that a lost answer is not applied twice.
        """
        writes = [*self._checks, *self._deletes, *self._puts, *self._updates]
        if not writes:
            return
        _measure(writes)
        token = secrets.token_hex(16)
        deadline = monotonic() + DEADLINE_SECONDS
        for attempt in range(ATTEMPTS):
            try:
                self._send(token)
            except TransactWriteError as error:
                _raise_refusal(writes, error)
                if not _transient(error) or monotonic() > deadline:
                    raise Unavailable(retry_after=1) from error
                pause(secrets.randbelow(20 * 2**attempt) / 1000)
                token = secrets.token_hex(16)
            except (PynamoDBException, *AwsError) as error:
                raise Unavailable(retry_after=1) from error
            else:
                self._clear()
                return
        raise Unavailable(retry_after=1)

    def _send(self, token: str) -> None:
        connection().connection.transact_write_items(
            condition_check_items=[write.request for write in self._checks],
            delete_items=[write.request for write in self._deletes],
            put_items=[write.request for write in self._puts],
            update_items=[write.request for write in self._updates],
            client_request_token=token,
        )

    def _put(self, record: Record, condition: Condition, refusal: DomainError) -> None:
        request = record.get_save_kwargs_from_instance(condition=condition)
        self._puts.append(_Write(request, record.item_key, refusal))

    def _clear(self) -> None:
        for writes in (self._checks, self._deletes, self._puts, self._updates):
            writes.clear()


def _measure(writes: list[_Write]) -> None:
    if len(writes) > MAX_ITEMS:
        raise TooLarge(f"{len(writes)} items in one transaction")
    keys = [write.key for write in writes]
    if len(set(keys)) < len(keys):
        raise TooLarge("one transaction writes an item twice")
    for write in writes:
        for name in ("ConditionExpression", "UpdateExpression"):
            if len(write.request.get(name, "")) > MAX_EXPRESSION:
                raise TooLarge(f"{name} of {len(write.request[name])} characters")


def _raise_refusal(writes: list[_Write], error: TransactWriteError) -> None:
    for write, reason in zip(writes, error.cancellation_reasons, strict=False):
        if reason is not None and reason.code == "ConditionalCheckFailed":
            raise write.refusal from error


def _transient(error: TransactWriteError) -> bool:
    codes = {reason.code for reason in error.cancellation_reasons if reason is not None}
    code = error.cause_response_code or ""
    return bool(codes & TRANSIENT) or code.removesuffix("Exception") in TRANSIENT
