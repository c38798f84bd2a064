"""All writes of one request or event, committed in one TransactWriteItems, or none."""

import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pynamodb.exceptions import PutError, PynamoDBException, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from ..aws import AwsError, error_code
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


Refusal = DomainError | Callable[[], DomainError]
"""What a failed condition stands for; a function where only a further read can tell."""


class TooLarge(RuntimeError):
    """More than one transaction can hold. Never split silently: the use case has to say how."""


@dataclass(frozen=True, slots=True)
class _Write:
    """A staged write; what it sends is built at the commit, so that later changes of a record count."""

    request: Callable[[], dict[str, Any]]
    key: Key
    refusal: Refusal


@dataclass
class UnitOfWork:
    """Collects writes; `commit` sends them. Every write carries a condition and the error it stands for."""

    _checks: list[_Write] = field(default_factory=list)
    _deletes: list[_Write] = field(default_factory=list)
    _puts: list[_Write] = field(default_factory=list)
    _updates: list[_Write] = field(default_factory=list)
    _tallies: dict[Key, Counter[str]] = field(default_factory=dict)

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
        self._deletes.append(_Write(lambda: request, record.item_key, refusal or Stale()))

    def update(
        self,
        kind: type[Record],
        key: Key,
        *,
        actions: list[Action],
        condition: Condition,
        refusal: Refusal,
    ) -> None:
        """Change an item that was not read. `condition` says what must hold of it.

        Where it can fail for several reasons, `refusal` reads the item then, and says which.
        """
        request = kind(*key).get_update_kwargs_from_instance(
            actions=actions, condition=condition, add_version_condition=False
        )
        self._updates.append(_Write(lambda: request, key, refusal))

    def tally(self, kind: type[Record], key: Key, **by: int) -> None:
        """Add to an item's integers without reading it; an item that is not there starts at zero.

        Several tallies of one item become one update. With a resource's day, these are the two
        deliberate upserts: sums commute.
        """
        sums = self._tallies.get(key)
        if sums is None:
            sums = self._tallies[key] = Counter()
            request = partial(_tally_request, kind, key, sums)
            self._updates.append(_Write(request, key, AlreadyExists()))
        sums.update(by)

    def require(
        self, kind: type[Record], key: Key, *, condition: Condition, refusal: DomainError
    ) -> None:
        """Commit only if `condition` holds of an item that this unit does not write."""
        request = kind.get_operation_kwargs_from_class(
            key.pk, range_key=key.sk, condition=condition
        )
        self._checks.append(_Write(lambda: request, key, refusal))

    @property
    def empty(self) -> bool:
        return not any(self._groups)

    @property
    def _groups(self) -> tuple[list[_Write], ...]:
        """In the order in which PynamoDB sends them, and DynamoDB gives its reasons."""
        return (self._checks, self._deletes, self._puts, self._updates)

    def commit(self) -> None:
        """Send the transaction: the refusal of the first failed condition, or Unavailable (503).

        Conflicts with another transaction and throttles are tried again with jitter, all attempts
        under one request token, so that a lost answer is not applied twice.
        """
        writes = [write for group in self._groups for write in group]
        if not writes:
            return
        requests = [[write.request() for write in group] for group in self._groups]
        _measure(writes, [request for group in requests for request in group])
        token = secrets.token_hex(16)
        deadline = monotonic() + DEADLINE_SECONDS
        for attempt in range(ATTEMPTS):
            try:
                _send(requests, token)
            except TransactWriteError as error:
                _raise_refusal(writes, error)
                if not _transient(error) or monotonic() > deadline:
                    raise Unavailable(retry_after=1) from error
                pause(secrets.randbelow(20 * 2**attempt) / 1000)
            except (PynamoDBException, *AwsError) as error:
                raise Unavailable(retry_after=1) from error
            else:
                self.discard()
                return
        raise Unavailable(retry_after=1)

    def discard(self) -> None:
        """Forget what is staged: a consumer that works in steps goes on after one was refused."""
        for group in self._groups:
            group.clear()
        self._tallies.clear()

    def _put(self, record: Record, condition: Condition, refusal: DomainError) -> None:
        self._puts.append(
            _Write(
                lambda: record.get_save_kwargs_from_instance(condition=condition),
                record.item_key,
                refusal,
            )
        )


def append(record: Record, *, unless: Condition | None = None) -> None:
    """Put one item whose id is new by construction: 1 WRU per KB, no transaction.

    A retry that finds it there has found its own; `unless` says which one gives way.
    """
    record.version = 1
    condition = Record.pk.does_not_exist()
    try:
        record.save(condition=condition if unless is None else condition | unless)
    except PutError as error:
        if _code_of(error) != "ConditionalCheckFailedException":
            raise Unavailable(retry_after=1) from error
    except AwsError as error:
        raise Unavailable(retry_after=1) from error


def _send(requests: list[list[dict[str, Any]]], token: str) -> None:
    checks, deletes, puts, updates = requests
    connection().connection.transact_write_items(
        condition_check_items=checks,
        delete_items=deletes,
        put_items=puts,
        update_items=updates,
        client_request_token=token,
    )


def _tally_request(kind: type[Record], key: Key, sums: Counter[str]) -> dict[str, Any]:
    attributes = kind.get_attributes()
    return kind(*key).get_update_kwargs_from_instance(
        actions=[
            Record.kind.set(kind.KIND),
            Record.schema.set(kind.SCHEMA),
            Record.version.add(1),
            *(attributes[name].add(amount) for name, amount in sums.items() if amount),
        ],
        condition=Record.kind.does_not_exist() | (Record.kind == kind.KIND),
        add_version_condition=False,
    )


def _measure(writes: list[_Write], requests: list[dict[str, Any]]) -> None:
    if len(writes) > MAX_ITEMS:
        raise TooLarge(f"{len(writes)} items in one transaction")
    keys = [write.key for write in writes]
    if len(set(keys)) < len(keys):
        raise TooLarge("one transaction writes an item twice")
    for request in requests:
        for name in ("ConditionExpression", "UpdateExpression"):
            if len(request.get(name, "")) > MAX_EXPRESSION:
                raise TooLarge(f"{name} of {len(request[name])} characters")


def _raise_refusal(writes: list[_Write], error: TransactWriteError) -> None:
    for write, reason in zip(writes, error.cancellation_reasons, strict=False):
        if reason is not None and reason.code == "ConditionalCheckFailed":
            refusal = write.refusal
            raise (refusal if isinstance(refusal, DomainError) else refusal()) from error


def _transient(error: TransactWriteError) -> bool:
    codes = {reason.code for reason in error.cancellation_reasons if reason is not None}
    return bool(codes & TRANSIENT) or _code_of(error).removesuffix("Exception") in TRANSIENT


def _code_of(error: PynamoDBException) -> str:
    """PynamoDB's own accessor fails where no answer came: such an error has a `response`, None."""
    return error_code(error.cause) if error.cause else ""
