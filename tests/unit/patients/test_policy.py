"""When a policy pays, and which one is billed first."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings, strategies as st

from chalicelib.patients.coverages import coverage_on
from chalicelib.patients.models import Coverage
from chalicelib.patients.policy import CoverageSpan

START = date(2026, 1, 1)
DAYS = [START + timedelta(days=offset) for offset in range(12)]
SPANS = st.builds(
    lambda priority, first, length: CoverageSpan(
        "cov_1", priority, DAYS[first], None if length is None else DAYS[min(first + length, 11)]
    ),
    st.integers(1, 2),
    st.integers(0, 9),
    st.none() | st.integers(0, 9),
)


def _coverage(priority: int, first: date, last: date | None, status: str = "active") -> Coverage:
    return Coverage(
        *Coverage.key("prc_1", "pat_1", f"cov_{priority}{first:%j}"),
        priority=priority,
        effective_from=first,
        effective_until=last,
        status=status,
    )


@given(one=SPANS, other=SPANS)
@settings(max_examples=200, deadline=None, derandomize=True)
def test_policies_overlap_if_they_share_a_priority_on_a_day(
    one: CoverageSpan, other: CoverageSpan
) -> None:
    shared = any(one.holds_on(day) and other.holds_on(day) for day in DAYS)
    assert one.overlaps(other) is other.overlaps(one) is (shared and one.priority == other.priority)


def test_a_policy_holds_from_its_first_day_to_its_last() -> None:
    span = CoverageSpan("cov_1", 1, date(2026, 2, 1), date(2026, 2, 28))
    days = (date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 28), date(2026, 3, 1))
    assert [span.holds_on(day) for day in days] == [False, True, True, False]
    assert replace(span, effective_until=None).holds_on(date(2099, 1, 1))


def test_the_first_active_coverage_of_the_day_of_service_is_billed() -> None:
    old = _coverage(1, date(2025, 1, 1), date(2025, 12, 31))
    new = _coverage(1, date(2026, 7, 1), None)
    second = _coverage(2, date(2025, 6, 1), None)
    wrong = _coverage(1, date(2026, 1, 1), None, status="entered-in-error")
    everything = [second, new, wrong, old]
    expected = {
        date(2024, 12, 31): None,
        date(2025, 5, 1): old,
        date(2025, 12, 31): old,
        date(2026, 1, 1): second,
        date(2026, 7, 1): new,
    }
    assert {day: coverage_on(everything, day) for day in expected} == expected
    assert coverage_on([], date(2026, 1, 1)) is None
