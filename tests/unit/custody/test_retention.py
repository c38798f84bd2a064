"""Until when records are kept: known answers, and nothing before its date."""

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from chalicelib.custody.keeping import belongs_to, why_it_stays
from chalicelib.custody.retention import (
    AUDIT_YEARS,
    DEFAULT,
    FEDERAL,
    MAJORITY,
    RULES,
    Source,
    audit_may_go_on,
    latest,
    may_go_on,
    rule_for,
    years_later,
)

SEEN = date(2026, 3, 2)
GROWN, CHILD = date(1980, 5, 1), date(2020, 5, 1)


@pytest.mark.parametrize(
    ("country", "state", "born", "kept_until"),
    [
        ("US", "NY", GROWN, date(2032, 3, 2)),
        ("US", "NY", CHILD, date(2042, 5, 1)),
        ("US", "CA", GROWN, date(2036, 3, 2)),
        ("US", "CA", CHILD, date(2039, 5, 1)),
        ("US", "CA", date(2009, 1, 1), date(2036, 3, 2)),
        ("US", "TX", CHILD, date(2048, 5, 1)),
        ("US", "MA", GROWN, date(2046, 3, 2)),
        ("US", "FL", GROWN, date(2031, 3, 2)),
        ("US", "PA", CHILD, date(2042, 5, 1)),
        ("US", "GA", GROWN, date(2036, 3, 2)),
        ("US", "WY", GROWN, date(2036, 3, 2)),
        ("US", "WY", CHILD, date(2048, 5, 1)),
        ("AU", "NSW", CHILD, date(2045, 5, 1)),
        ("CA", "ON", CHILD, date(2048, 5, 1)),
        ("NZ", "", GROWN, date(2036, 3, 2)),
        ("GB", "", GROWN, date(2036, 3, 2)),
        ("US", "NY", date(2008, 3, 2), date(2032, 3, 2)),
        ("US", "NY", date(2008, 3, 3), date(2032, 3, 2)),
    ],
)
def test_known_answers(country: str, state: str, born: date, kept_until: date) -> None:
    rule = rule_for(country, state, SEEN)
    assert may_go_on(rule, last_encounter=SEEN, birth_date=born) == kept_until


def test_a_rule_holds_from_its_day_on() -> None:
    assert rule_for("US", "TX", date(2025, 1, 8)).law == "22 TAC 165.1(b)"
    assert rule_for("US", "TX", date(2025, 1, 9)).years == DEFAULT.years


def test_what_was_held_against_nothing_is_as_long_as_the_default() -> None:
    ours = [rule for rules in RULES.values() for rule in rules if rule.source == Source.OURS]
    assert len(ours) == 1
    for rule in ours:
        assert (rule.years, rule.minor_until_age) == (DEFAULT.years, DEFAULT.minor_until_age)


def test_a_leap_day_is_kept_to_the_first_of_march() -> None:
    assert years_later(date(2024, 2, 29), 7) == date(2031, 3, 1)
    assert years_later(date(2024, 2, 29), 8) == date(2032, 2, 29)


def test_of_several_places_the_longest_holds() -> None:
    places = {("US", "FL"), ("US", "NY"), ("US", "CA")}
    day, rule = latest(places, on=SEEN, last_encounter=SEEN, birth_date=GROWN)
    assert (day, rule.years) == (date(2036, 3, 2), 10)
    assert latest((), on=SEEN, last_encounter=SEEN, birth_date=GROWN) == (date(2036, 3, 2), DEFAULT)


def test_no_state_of_the_us_lets_go_before_medicare_does() -> None:
    day, rule = latest([("US", "FL")], on=SEEN, last_encounter=SEEN, birth_date=GROWN)
    assert (day, rule) == (date(2033, 3, 2), FEDERAL["US"])
    day, rule = latest([("US", "NY")], on=SEEN, last_encounter=SEEN, birth_date=CHILD)
    assert (day, rule.law) == (date(2042, 5, 1), "8 NYCRR 29.2(a)(3)")
    day, _ = latest([("AU", "NSW")], on=SEEN, last_encounter=SEEN, birth_date=GROWN)
    assert day == date(2033, 3, 2)


PLACES = st.sampled_from([*RULES, ("US", "WY"), ("GB", "")])
DAYS = st.dates(date(1920, 1, 1), date(2100, 1, 1))


@given(place=PLACES, seen=DAYS, age=st.integers(0, 40_000), at=st.integers(-20_000, 20_000))
def test_nothing_goes_before_its_date_and_everything_after(
    place: tuple[str, str], seen: date, age: int, at: int
) -> None:
    born = max(seen - timedelta(days=age), date(1900, 1, 1))
    rule = rule_for(*place, seen)
    day = may_go_on(rule, last_encounter=seen, birth_date=born)
    asked = day + timedelta(days=at)
    may = asked >= day
    long_enough = asked >= years_later(seen, rule.years)
    grown = seen >= years_later(born, MAJORITY) or asked >= years_later(born, rule.minor_until_age)
    assert may == (long_enough and grown)


@given(year=st.integers(2000, 2100), month=st.integers(1, 12), day=DAYS)
def test_audit_entries_stay_six_years_and_no_longer(year: int, month: int, day: date) -> None:
    name = f"{year}-{month:02d}"
    goes = audit_may_go_on(name)
    last = (date(year, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    assert goes == years_later(last + timedelta(days=1), AUDIT_YEARS)
    for keys in (
        {"pk": {"S": f"prc_1#audit#usr_1#{name}#"}, "sk": {"S": "aud_1#"}},
        {"pk": {"S": "prc_1#accesses#pat_1#"}, "sk": {"S": f"{name}#aud_1#"}},
    ):
        stays = why_it_stays({**keys, "kind": {"S": "audit"}}, day) is not None
        assert stays == (day < goes)


def test_an_audit_entry_without_a_month_stays() -> None:
    row = {"pk": {"S": "prc_1#"}, "sk": {"S": "x#"}, "kind": {"S": "audit"}}
    assert why_it_stays(row, date(2500, 1, 1)) is not None


@pytest.mark.parametrize(
    ("row", "theirs"),
    [
        ({"pk": {"S": "prc_1#pat_1#"}, "sk": {"S": "chart#patient#"}}, True),
        ({"pk": {"S": "prc_1#pat_12#"}, "sk": {"S": "chart#patient#"}}, False),
        ({"pk": {"S": "prc_1#day#pat_1#"}, "sk": {"S": "2026-03-02#"}}, True),
        ({"pk": {"S": "prc_1#search#ab#"}, "sk": {"S": "pat_1#"}}, True),
        ({"pk": {"S": "prc_1#apt_1#"}, "sk": {"S": "x#"}, "patient_id": {"S": "pat_1"}}, True),
        ({"pk": {"S": "prc_1#apt_1#"}, "sk": {"S": "x#"}, "patient_id": {"S": "pat_2"}}, False),
    ],
)
def test_what_is_of_a_patient(row: dict[str, dict[str, str]], theirs: bool) -> None:
    assert belongs_to(row, "pat_1") == theirs
