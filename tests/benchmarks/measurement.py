"""What a meter recorded: calls, their units, and how many of them had to wait for another."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .charges import Charge, Unpriced

DYNAMODB = "dynamodb"


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an AWS client. Times are seconds of the monotonic performance counter.

    `error` is the service's code, or the exception's name when no answer came; None is success.
    `filtered`: the answer may hold less than what was read. `charges` is None without a price.
    """

    service: str
    operation: str
    params: Mapping[str, Any]
    response: Mapping[str, Any]
    started: float
    finished: float
    thread: int
    error: str | None = None
    filtered: bool = False
    charges: tuple[Charge, ...] | None = ()

    @property
    def rru(self) -> float:
        """Read request units. Unpriced for an operation without a price."""
        return sum(charge.rru for charge in self._priced())

    @property
    def wru(self) -> int:
        """Write request units of the table and of its indexes."""
        return sum(charge.total_wru for charge in self._priced())

    def _priced(self) -> tuple[Charge, ...]:
        if self.charges is None:
            raise Unpriced(self.operation)
        return self.charges


Classifier = Callable[[Call], bool]


def puts_only(kind: str, attribute: str = "kind") -> Classifier:
    """Whether a call puts one item of this kind and does nothing else."""

    def classify(call: Call) -> bool:
        item = _only_put(call)
        return item is not None and item.get(attribute) == {"S": kind}

    return classify


@dataclass(slots=True, eq=False)
class Measurement:
    """The calls made within one `meter.measure`, of every thread, in the order they finished."""

    name: str
    is_read_audit: Classifier = field(default=puts_only("audit"))
    calls: list[Call] = field(default_factory=list)

    @property
    def rru(self) -> float:
        """Read request units of all calls."""
        return sum(call.rru for call in self.calls)

    @property
    def wru(self) -> int:
        """Write request units of all calls, indexes included."""
        return sum(call.wru for call in self.calls)

    @property
    def round_trips(self) -> int:
        """DynamoDB calls one after another; those under way at the same time count once."""
        return round_trips([call for call in self.calls if call.service == DYNAMODB])

    @property
    def total_round_trips(self) -> int:
        """As `round_trips`, S3, SQS and the others included."""
        return round_trips(self.calls)

    @property
    def services(self) -> Counter[str]:
        """How many calls each service got."""
        return Counter(call.service for call in self.calls)

    @property
    def filtered(self) -> list[Call]:
        """Calls whose read units are a lower bound only: none may be on a budgeted path."""
        return [call for call in self.calls if call.filtered]

    @property
    def authentication(self) -> Call | None:
        """The BatchGet every request pays: the first DynamoDB call, if it is one."""
        calls = (call for call in self.calls if call.service == DYNAMODB)
        first = min(calls, key=lambda call: call.started, default=None)
        return first if first is not None and first.operation == "BatchGetItem" else None

    @property
    def beyond_authentication(self) -> "Measurement":
        """All calls but `authentication`: what the budget counts of a request."""
        authentication = self.authentication
        return self.of(lambda call: call is not authentication)

    @property
    def read_audit(self) -> "Measurement":
        """The calls that write nothing but the audit entry of a read."""
        return self.of(self.is_read_audit)

    @property
    def beyond_read_audit(self) -> "Measurement":
        """All calls but those of `read_audit`."""
        return self.of(lambda call: not self.is_read_audit(call))

    def of(self, classifier: Classifier) -> "Measurement":
        """The part of it that the classifier takes."""
        return Measurement(self.name, self.is_read_audit, [c for c in self.calls if classifier(c)])

    def lines(self) -> list[str]:
        """A line for each charge, to argue a budget with: call, item, bytes, units."""
        return [
            f"{call.operation} {charge.action} {charge.size} B: {charge.rru:g} RRU, "
            f"{charge.wru} WRU{''.join(f', {name} {units}' for name, units in charge.index_wru)}"
            for call in self.calls
            for charge in call.charges or ()
        ]


def round_trips(calls: list[Call]) -> int:
    """The most of these calls that came one after another, with no two under way together.

    Exact whenever calls either wait for one another or are sent together.
    """
    count, free_from = 0, float("-inf")
    for call in sorted(calls, key=lambda call: call.finished):
        if call.started >= free_from:
            count, free_from = count + 1, call.finished
    return count


def _only_put(call: Call) -> Mapping[str, Any] | None:
    match call.operation, call.params:
        case "PutItem", {"Item": item}:
            return item  # type: ignore[no-any-return]
        case "TransactWriteItems", {"TransactItems": [{"Put": {"Item": item}}]}:
            return item  # type: ignore[no-any-return]
    return None
