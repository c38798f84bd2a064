"""What is read off recorded calls: round trips, and what the budget does not count."""

from typing import Any

import pytest

from .charges import Charge
from .measurement import Call, Measurement, puts_only, round_trips

AUDIT: dict[str, Any] = {"Item": {"pk": {"S": "prc_1#audit#"}, "kind": {"S": "audit"}}}
NOTE: dict[str, Any] = {"Item": {"pk": {"S": "prc_1#pat_1#"}, "kind": {"S": "note"}}}


def call(
    operation: str, started: float, finished: float, *, service: str = "dynamodb", **params: Any
) -> Call:
    writes = operation in ("PutItem", "TransactWriteItems")
    charge = Charge("table", "Any", 100, rru=0 if writes else 0.5, wru=int(writes))
    charges = (charge,) if service == "dynamodb" else ()
    return Call(service, operation, params, {}, started, finished, 1, charges=charges)


@pytest.mark.parametrize(
    ("spans", "count"),
    [
        ([], 0),
        ([(0, 1)], 1),
        ([(0, 1), (1, 2), (2, 3)], 3),
        ([(0, 2), (1, 3)], 1),
        ([(0, 9), (1, 3), (4, 6)], 2),
        ([(0, 3), (2, 5), (4, 7)], 2),
        ([(0, 3), (1, 2), (1, 3), (5, 8), (5, 6)], 2),
    ],
)
def test_round_trips_are_the_calls_that_came_one_after_another(
    spans: list[tuple[float, float]], count: int
) -> None:
    assert round_trips([call("Query", *span) for span in spans]) == count


def test_the_first_batch_get_is_the_authentication_and_apart() -> None:
    calls = [call("BatchGetItem", 0, 1), call("BatchGetItem", 2, 3), call("PutItem", 4, 5)]
    m = Measurement("book", calls=calls)

    assert m.authentication is calls[0]
    assert m.beyond_authentication.calls == calls[1:]
    assert (m.rru, m.wru, m.round_trips) == (1, 1, 3)
    assert (m.beyond_authentication.rru, m.beyond_authentication.round_trips) == (0.5, 2)


def test_a_batch_get_after_another_read_is_no_authentication() -> None:
    m = Measurement("handler", calls=[call("Query", 0, 1), call("BatchGetItem", 2, 3)])

    assert m.authentication is None
    assert m.beyond_authentication.calls == m.calls


def test_a_call_to_another_service_may_come_before_the_authentication() -> None:
    m = Measurement("x", calls=[call("GetObject", 0, 1, service="s3"), call("BatchGetItem", 2, 3)])

    assert m.authentication is m.calls[1]


def test_the_audit_entry_of_a_read_is_apart_however_it_is_put() -> None:
    put = call("PutItem", 2, 3, **AUDIT)
    committed = call("TransactWriteItems", 4, 5, TransactItems=[{"Put": AUDIT}])
    query = call("Query", 0, 1)
    m = Measurement("chart", calls=[query, put, committed])

    assert m.read_audit.calls == [put, committed]
    assert m.beyond_read_audit.calls == [query]


def test_an_audit_entry_among_other_writes_is_part_of_the_operation() -> None:
    note = call("PutItem", 0, 1, **NOTE)
    both = call("TransactWriteItems", 2, 3, TransactItems=[{"Put": NOTE}, {"Put": AUDIT}])
    m = Measurement("note", calls=[note, both])

    assert m.read_audit.calls == []


def test_another_classifier_takes_the_default_one_s_place() -> None:
    m = Measurement("x", is_read_audit=puts_only("note"), calls=[call("PutItem", 0, 1, **NOTE)])

    assert m.beyond_read_audit.calls == []


def test_each_charge_has_a_line_to_argue_with() -> None:
    charge = Charge("table", "Put", 700, wru=2, index_wru=(("gs1", 1),))
    made = Call("dynamodb", "TransactWriteItems", {}, {}, 0, 1, 1, charges=(charge,))

    lines = Measurement("book", calls=[made]).lines()

    assert lines == ["TransactWriteItems Put 700 B: 0 RRU, 2 WRU, gs1 1"]
