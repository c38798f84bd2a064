"""GET /v1/dashboard."""

from datetime import date, timedelta

import pytest

from tests.faults import calls
from tests.http.reporting.telling import DAY, Told, counted, practice
from tests.world import World, add_member


@pytest.fixture
def told(world: World) -> Told:
    return practice(world)


def test_a_practice_without_history_has_an_empty_dashboard(told: Told) -> None:
    shown = told.dashboard()
    assert (shown["first_day"], shown["last_day"]) == ("2026-03-02", "2026-03-02")
    assert counted(shown["totals"]) == {}
    assert shown["days"] == []
    figures = shown["figures"]
    assert figures.pop("receivables") == figures.pop("collected") == usd(0)
    assert set(figures.values()) == {None}


def test_a_day_of_a_practice_is_shown_whole(told: Told) -> None:
    # given 4 appointments: 2 seen, 1 missed, 1 cancelled; one visit charged 200.00, and paid
    told.deliver(
        *(told.event("appointment.completed", f"apt_{at}") for at in range(2)),
        told.event("appointment.no_show", "apt_3"),
        told.event("appointment.cancelled", "apt_4", reason="patient"),
        told.charged(DAY, 15_000, 5_000),
        told.posted(paid=10_000, adjusted=4_000, share=6_000),
        told.paid(DAY, 2_000),
    )
    told.deliver(
        told.event("claim.paid", "clm_1"),
        told.event("claim.paid", "clm_2"),
        told.event("claim.paid", "clm_3"),
        told.event("claim.denied", "clm_4"),
    )

    shown = told.dashboard()

    assert counted(shown["totals"]) == {
        "completed": 2,
        "no_show": 1,
        "cancelled": 1,
        "claims_paid": 3,
        "claims_denied": 1,
        "charged": 20_000,
        "insurance_paid": 10_000,
        "adjusted": 4_000,
        "patient_responsibility": 6_000,
        "patient_paid": 2_000,
        "collected": 12_000,
        "receivable_change": 4_000,
    }
    assert shown["figures"] == {
        "no_show_rate": 0.3333,
        "cancellation_rate": 0.25,
        "visits_per_day": 2.0,
        "denial_rate": 0.25,
        "first_pass_acceptance": None,
        "net_collection_rate": 0.75,
        "days_in_receivables": 0.2,
        "receivables": usd(4_000),
        "collected": usd(12_000),
    }
    (day,) = shown["days"]
    assert day.pop("day") == "2026-03-02"
    assert day == shown["totals"]


def test_only_days_on_which_anything_happened_are_listed_in_order(told: Told) -> None:
    days = [date(2026, 3, 9), date(2026, 3, 2), date(2026, 2, 27), date(2026, 3, 10)]
    told.deliver(*(told.event("appointment.booked", f"apt_{day}", day) for day in days))
    shown = told.dashboard(date(2026, 3, 1), date(2026, 3, 9))
    assert [day["day"] for day in shown["days"]] == ["2026-03-02", "2026-03-09"]
    assert shown["totals"]["booked"] == 2


def test_receivables_stand_as_the_last_day_ends_whenever_the_range_begins(told: Told) -> None:
    # given charges and payments over three months
    told.deliver(
        told.charged(date(2025, 12, 30), 10_000),
        told.posted(date(2026, 1, 20), paid=6_000, adjusted=1_000, share=3_000),
        told.paid(date(2026, 2, 10), 1_000),
        told.charged(date(2026, 2, 20), 5_000),
        told.charged(date(2026, 2, 28), 700),
    )
    balances = {
        (date(2025, 12, 29), date(2025, 12, 29)): 0,
        (date(2025, 12, 1), date(2025, 12, 31)): 10_000,
        (date(2026, 1, 20), date(2026, 1, 20)): 3_000,
        (date(2026, 2, 15), date(2026, 2, 19)): 2_000,
        (date(2026, 2, 20), date(2026, 2, 27)): 7_000,
        (date(2025, 3, 1), date(2026, 2, 28)): 7_700,
        (date(2027, 1, 1), date(2027, 1, 31)): 7_700,
    }
    for (first, last), balance in balances.items():
        figures = told.dashboard(first, last)["figures"]
        assert figures["receivables"] == usd(balance), (first, last)


def test_a_day_before_the_range_counts_for_the_receivables_only(told: Told) -> None:
    told.deliver(told.charged(date(2026, 3, 1), 9_000), told.charged(DAY, 1_000))
    shown = told.dashboard()
    assert counted(shown["totals"]) == {"charged": 1_000, "receivable_change": 1_000}
    assert [day["day"] for day in shown["days"]] == ["2026-03-02"]
    assert shown["figures"]["receivables"] == usd(10_000)
    assert shown["figures"]["days_in_receivables"] == 10.0


def test_money_is_in_the_practices_currency(world: World) -> None:
    abroad = practice(world, country="CA", currency="CAD", time_zone="America/Toronto")
    abroad.deliver(abroad.charged(DAY, 1))
    shown = abroad.dashboard()
    assert shown["days"][0]["charged"] == {"amount": 1, "currency": "CAD"}
    assert shown["figures"]["receivables"] == {"amount": 1, "currency": "CAD"}


def test_a_year_is_two_queries_between_session_and_audit(told: Told) -> None:
    with calls() as sent:
        told.dashboard(DAY, DAY + timedelta(days=365))
    assert sent == ["BatchGetItem", "Query", "Query", "PutItem"]


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (DAY, DAY - timedelta(days=1), "before_from"),
        (DAY, DAY + timedelta(days=366), "too_long"),
        (date.min, date.max, "too_long"),
    ],
)
def test_a_range_that_is_none_is_refused(told: Told, first: date, last: date, code: str) -> None:
    answer = told.ask(first, last)
    assert answer.status == 422
    assert [(bad["field"], bad["code"]) for bad in answer.json["errors"]] == [("until", code)]


def test_the_longest_range_and_the_ends_of_the_calendar_are_answered(told: Told) -> None:
    assert told.ask(DAY, DAY + timedelta(days=365)).status == 200
    assert told.ask(date.min, date.min).status == 200
    assert told.ask(date.max, date.max).status == 200


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "from"),
        ("?from=2026-03-02", "until"),
        ("?from=2026-02-30&until=2026-03-02", "from"),
        ("?from=2026-03-02&until=soon", "until"),
        ("?from=2026-03-02&until=2026-03-02&by=week", "by"),
        ("?from_day=2026-03-02&until=2026-03-02", "from"),
    ],
)
def test_a_query_that_is_malformed_names_the_field(told: Told, query: str, field: str) -> None:
    answer = told.world.call("GET", f"/v1/dashboard{query}", token=told.token)
    assert answer.status == 400
    assert field in {bad["field"] for bad in answer.json["errors"]}


def test_only_who_reads_reports_sees_it(told: Told) -> None:
    allowed = {"manager": 200, "biller": 200, "front_desk": 403, "clinician": 403, "nurse": 403}
    tokens = {role: add_member(told.world, told.token, role)[0] for role in allowed}
    assert {role: told.ask(DAY, DAY, token).status for role, token in tokens.items()} == allowed


def test_without_a_session_nobody_sees_it(told: Told) -> None:
    assert told.world.call("GET", f"/v1/dashboard?from={DAY}&until={DAY}").status == 401


def test_a_practice_sees_its_own_alone(world: World) -> None:
    ours = practice(world)
    theirs = practice(world, email="bob@other.example")
    ours.deliver(ours.event("appointment.completed", "apt_1"))
    theirs.deliver(theirs.event("appointment.no_show", "apt_2"))
    assert ours.practice_id != theirs.practice_id
    assert counted(ours.dashboard()["totals"]) == {"completed": 1}
    assert counted(theirs.dashboard()["totals"]) == {"no_show": 1}


def usd(amount: int) -> dict[str, object]:
    return {"amount": amount, "currency": "USD"}
