"""Prices one DynamoDB call in two steps, before it is sent and after it is answered."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from . import charges
from .charges import Charge, Write
from .tables import Images, Tables

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was there before a call: the items it is going to write or check."""

    writes: list[Write] = field(default_factory=list)
    before: Images = field(default_factory=dict)


class Pricer:
    """Reads the items a call writes, before and after it, with a DynamoDB client of its own."""

    def __init__(self, reader: Any) -> None:
        self._tables = Tables(reader)
        self._succeeded: set[str] = set()
        self._lock = threading.Lock()

    def prepare(self, operation: str, params: Body) -> Prepared:
        """Ask before the call is sent."""
        writes = charges.written(operation, params, self._tables)
        return Prepared(writes, self._images(writes))

    def charges(
        self, operation: str, params: Body, *, prepared: Prepared, answer: Body, error: str | None
    ) -> tuple[Charge, ...] | None:
        """Ask once it is answered. None for an operation without a price here.

        What a condition refused is paid for; what was invalid, throttled or lost is not.
        """
        if operation in charges.FREE:
            return ()
        if operation not in (*charges.READS, *charges.WRITES):
            return None
        if error in charges.REFUSED_BY_CONDITION:
            transactional = operation == charges.TRANSACTION
            refused = charges.refused_charges(
                prepared.writes, prepared.before, transactional=transactional
            )
            return tuple(refused)
        if error is not None:
            return ()
        if operation in charges.READS:
            return tuple(charges.read_charges(operation, params, answer, self._tables))
        if operation == charges.TRANSACTION:
            return tuple(self._committed(params, prepared))
        writes = charges.processed(prepared.writes, answer, self._tables)
        return tuple(self._done(writes, prepared, transactional=False))

    def _committed(self, params: Body, prepared: Prepared) -> list[Charge]:
        token = params["ClientRequestToken"]
        with self._lock:
            again = token in self._succeeded
            self._succeeded.add(token)
        if again:
            return charges.replayed_charges(prepared.writes, self._images(prepared.writes))
        return self._done(prepared.writes, prepared, transactional=True)

    def _done(
        self, writes: list[Write], prepared: Prepared, *, transactional: bool
    ) -> list[Charge]:
        return charges.write_charges(
            writes,
            prepared.before,
            self._images(writes),
            tables=self._tables,
            transactional=transactional,
        )

    def _images(self, writes: list[Write]) -> Images:
        return self._tables.images(write.address for write in writes)
