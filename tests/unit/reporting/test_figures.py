"""The figures of a dashboard, each by its definition."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from chalicelib.reporting.figures import COUNTERS, Counts, Dashboard, Figures, dashboard_of

MONDAY = date(2026, 3, 2)
COUNTS = st.builds(
    Counts, **{name: st.integers(min_value=-(10**9), max_value=10**9) for name in COUNTERS}
)


def dashboard(days: dict[date, Counts], *, length: int = 1, receivables: int = 0) -> Dashboard:
    """A range of `length` days that begins on MONDAY."""
    last = MONDAY + timedelta(days=length - 1)
    return dashboard_of(days, first=MONDAY, last=last, receivables=receivables)


def figures(counts: Counts) -> Figures:
    return dashboard({MONDAY: counts}).figures


def test_the_no_show_rate_is_of_those_who_were_expected():
    assert figures(Counts(no_show=1, completed=19, cancelled=7)).no_show_rate == 0.05


def test_the_cancellation_rate_is_of_all_appointments_that_ended():
    assert figures(Counts(cancelled=3, no_show=1, completed=11)).cancellation_rate == 0.2


def test_the_denial_rate_is_of_what_the_payer_decided():
    counts = Counts(claims_denied=1, claims_paid=7, claims_submitted=100, claims_rejected=5)
    assert figures(counts).denial_rate == 0.125


def test_first_pass_acceptance_leaves_resubmissions_out():
    counts = Counts(
        claims_submitted=12, claims_rejected=4, first_submissions=10, first_rejections=3
    )
    assert figures(counts).first_pass_acceptance == 0.7


def test_net_collection_is_of_what_the_contracts_leave():
    counts = Counts(charged=20_000, adjusted=4_000, insurance_paid=9_000, patient_paid=3_000)
    shown = figures(counts)
    assert (shown.net_collection_rate, shown.collected) == (0.75, 12_000)


def test_visits_per_day_are_of_days_on_which_patients_were_seen():
    days = {
        MONDAY: Counts(completed=5),
        MONDAY + timedelta(days=1): Counts(completed=2),
        MONDAY + timedelta(days=2): Counts(charged=100),
    }
    assert dashboard(days, length=7).figures.visits_per_day == 3.5


def test_a_rate_is_rounded_to_four_digits():
    assert figures(Counts(no_show=1, completed=2)).no_show_rate == 0.3333


@pytest.mark.parametrize("counts", [Counts(), Counts(charged=100, adjusted=100)])
def test_a_rate_without_a_denominator_is_none(counts: Counts):
    shown = dashboard({MONDAY: counts}).figures
    assert shown.no_show_rate is None
    assert shown.cancellation_rate is None
    assert shown.visits_per_day is None
    assert shown.denial_rate is None
    assert shown.first_pass_acceptance is None
    assert shown.net_collection_rate is None


def test_net_collection_is_none_when_more_was_adjusted_than_charged():
    assert figures(Counts(charged=100, adjusted=300, insurance_paid=50)).net_collection_rate is None


def test_days_in_receivables_are_none_without_charges():
    assert dashboard({}, receivables=500).figures.days_in_receivables is None


def test_days_in_receivables_divide_by_the_average_of_the_range():
    # given 10 days with charges of 1,000 in all: 100 a day
    days = {MONDAY: Counts(charged=700), MONDAY + timedelta(days=9): Counts(charged=300)}

    shown = dashboard(days, length=10, receivables=4_500).figures

    assert (shown.days_in_receivables, shown.receivables) == (45.0, 4_500)


def test_only_the_last_ninety_days_of_charges_count():
    # given a range of 100 days: its first 10 lie before the window, the 11th begins it
    days = {
        MONDAY + timedelta(days=9): Counts(charged=1_000_000),
        MONDAY + timedelta(days=10): Counts(charged=9_000),
    }

    assert dashboard(days, length=100, receivables=200).figures.days_in_receivables == 2.0


def test_a_range_at_the_beginning_of_the_calendar_has_figures():
    shown = dashboard_of({}, first=date.min, last=date.min, receivables=0)
    assert shown.figures.days_in_receivables is None


@settings(max_examples=50)
@given(st.lists(COUNTS, max_size=5))
def test_totals_are_the_sums_of_the_days(parts: list[Counts]):
    days = {MONDAY + timedelta(days=at): counts for at, counts in enumerate(parts)}

    totals = dashboard(days, length=7).totals

    for name in COUNTERS:
        assert getattr(totals, name) == sum(getattr(each, name) for each in parts)
    assert totals.receivable_change == sum(each.receivable_change for each in parts)
    billed = totals.charged + totals.fees
    assert totals.receivable_change == billed - totals.adjusted - totals.collected
