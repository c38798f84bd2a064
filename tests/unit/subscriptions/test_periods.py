"""Shares of a month's price: integers, and lines of one price add up however they are cut."""

from datetime import date, timedelta

from hypothesis import given, strategies as st

from chalicelib.practices.plans import FOR_SALE, PLANS, Limit
from chalicelib.subscriptions.periods import Segment, end_of_month, lines_of, with_plan
from chalicelib.subscriptions.schemas import PlanCode

days = st.dates(date(2024, 1, 1), date(2031, 12, 31))
plans = st.sampled_from(FOR_SALE)


def test_what_is_for_sale_can_be_chosen_and_has_limits() -> None:
    assert {code.value for code in PlanCode} == set(FOR_SALE)
    assert all(plan.allowed(limit) > 0 for plan in PLANS.values() for limit in Limit)


def test_a_whole_month_costs_its_price_for_each_provider() -> None:
    (line,) = lines_of([Segment("clinic", date(2026, 3, 1))], date(2026, 3, 1), 3)
    assert line.amount == 3 * 12_900
    assert (line.since, line.until) == (date(2026, 3, 1), date(2026, 4, 1))


def test_nobody_who_signed_costs_nothing() -> None:
    (line,) = lines_of([Segment("solo", date(2026, 2, 1))], date(2026, 2, 1), 0)
    assert line.amount == 0


def test_a_change_of_plan_is_charged_by_days() -> None:
    segments = with_plan([Segment("solo", date(2026, 1, 9))], "clinic", date(2026, 4, 11))
    first, second = lines_of(segments, date(2026, 4, 1), 1)
    assert (first.plan, first.amount) == ("solo", 9_900 * 10 // 30)
    assert (second.plan, second.amount) == ("clinic", 12_900 * 20 // 30)


def test_of_two_plans_chosen_on_one_day_the_later_counts() -> None:
    segments = with_plan([Segment("solo", date(2026, 4, 1))], "clinic", date(2026, 4, 11))
    segments = with_plan(segments, "group", date(2026, 4, 11))
    assert [line.plan for line in lines_of(segments, date(2026, 4, 1), 1)] == ["solo", "group"]


@given(days, st.lists(st.integers(0, 30), max_size=6), plans, st.integers(0, 400))
def test_lines_of_one_price_add_up_however_they_are_cut(
    first: date, cuts: list[int], plan: str, providers: int
) -> None:
    whole = lines_of([Segment(plan, first)], first, providers)
    segments = [Segment(plan, first)]
    for day in sorted(first + timedelta(days=cut) for cut in cuts):
        if day < end_of_month(first):
            segments = list(with_plan(segments, plan, day))
    lines = lines_of(segments, first, providers)
    assert sum(line.amount for line in lines) == whole[0].amount
    assert all(line.amount >= 0 for line in lines)
    assert [line.since for line in lines[1:]] == [line.until for line in lines[:-1]]
    assert (lines[0].since, lines[-1].until) == (first, end_of_month(first))


@given(days, st.lists(st.tuples(st.integers(0, 30), plans), max_size=6), st.integers(1, 400))
def test_no_month_costs_less_than_its_cheapest_or_more_than_its_dearest_plan(
    first: date, chosen: list[tuple[int, str]], providers: int
) -> None:
    segments: tuple[Segment, ...] = (Segment("clinic", first),)
    for cut, plan in sorted(chosen):
        if first + timedelta(days=cut) < end_of_month(first):
            segments = with_plan(segments, plan, first + timedelta(days=cut))
    total = sum(line.amount for line in lines_of(segments, first, providers))
    alone = [lines_of([Segment(plan, first)], first, providers)[0].amount for plan in FOR_SALE]
    assert min(alone) - 6 <= total <= max(alone) + 6
