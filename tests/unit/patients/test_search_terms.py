"""What a patient is found by: terms stored, terms looked up, criteria met."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings, strategies as st

from chalicelib.patients.demographics import PersonName
from chalicelib.patients.search_terms import (
    Criteria,
    Findable,
    Term,
    candidate_mrns,
    duplicate_terms,
    lookup_term,
    meets,
    mrn_term,
    phone_ending,
    terms_of,
)

ROSA = Findable(
    PersonName("Diaz", "Rosa María", preferred="Romy"),
    date(1984, 7, 2),
    ("+12125550147",),
    "ab-7",
)
MOST = 61
WORD = st.text("abcdefghijklmnopqrstuvwxyzéñß'- ", min_size=0, max_size=60)
NAME = st.builds(
    PersonName,
    family=WORD.map(lambda text: f"x{text}"),
    given=st.none() | WORD,
    middle=st.none() | WORD,
    preferred=st.none() | WORD,
)
PHONES = st.lists(st.from_regex(r"\+1[2-9][0-9]{9}", fullmatch=True), max_size=6, unique=True).map(
    tuple
)
PEOPLE = st.builds(
    Findable, NAME, st.dates(date(1900, 1, 1), date(2026, 1, 1)), PHONES, st.just("1")
)


def test_a_patient_is_stored_under_names_birth_date_and_telephones() -> None:
    terms = terms_of(ROSA)
    assert {Term("name", text) for text in ("di", "diaz", "ros", "maria", "romy")} <= terms
    assert Term("birth_date", "1984-07-02") in terms
    phones = {"+12125550147", "5550147", "0147"}
    assert {term.value for term in terms if term.kind == "phone"} == phones
    assert {term.kind for term in terms} == {"name", "birth_date", "phone", "whole_name"}


def test_swapped_names_are_looked_for_in_one_place() -> None:
    swapped = replace(ROSA, name=PersonName("Rosa", "DÍAZ"))
    assert set(duplicate_terms(ROSA)) & set(duplicate_terms(swapped)) >= {
        Term("whole_name", "diaz rosa"),
        Term("birth_date", "1984-07-02"),
        Term("phone", "+12125550147"),
    }
    assert Term("whole_name", "diaz romy") in duplicate_terms(ROSA)


@given(person=PEOPLE)
@settings(max_examples=80, deadline=None, derandomize=True)
def test_a_patient_has_few_terms_and_is_looked_for_where_they_are_stored(person: Findable) -> None:
    terms = terms_of(person)
    assert len(terms) <= MOST
    assert set(duplicate_terms(person)) <= terms
    assert len(duplicate_terms(person)) <= 5


@given(person=PEOPLE, data=st.data())
@settings(max_examples=80, deadline=None, derandomize=True)
def test_whoever_is_looked_for_by_what_is_theirs_is_found(
    person: Findable, data: st.DataObject
) -> None:
    criteria = data.draw(
        st.sampled_from(
            [
                Criteria(birth_date=person.birth_date),
                Criteria(name=person.name.family[:4]),
                *(Criteria(phone=phone) for phone in person.phones),
                *(
                    Criteria(phone=phone[-7:], birth_date=person.birth_date)
                    for phone in person.phones
                ),
            ]
        )
    )
    assert lookup_term(criteria) in terms_of(person)
    assert meets(person, criteria)


@pytest.mark.parametrize(
    ("criteria", "term"),
    [
        (Criteria("aB-7", "0147", ROSA.birth_date, "Diaz"), Term("mrn", "AB-7")),
        (Criteria(None, "0147", ROSA.birth_date, "Diaz"), Term("phone", "0147")),
        (Criteria(None, None, ROSA.birth_date, "Diaz"), Term("birth_date", "1984-07-02")),
        (Criteria(name="ro Alexandra"), Term("name", "alexan")),
        (Criteria(name=" - "), None),
    ],
)
def test_the_criterion_fewest_share_is_looked_up(criteria: Criteria, term: Term | None) -> None:
    assert lookup_term(criteria) == term


@pytest.mark.parametrize(
    ("criteria", "holds"),
    [
        (Criteria(mrn="AB-7"), True),
        (Criteria(mrn="AB-77"), False),
        (Criteria(phone="0147"), True),
        (Criteria(phone="+12125550148"), False),
        (Criteria(birth_date=date(1984, 2, 7)), False),
        (Criteria(name="mar di"), True),
        (Criteria(name="diazz"), False),
        (Criteria(mrn="ab-7", name="omar"), False),
    ],
)
def test_a_patient_meets_every_criterion_or_is_left_out(criteria: Criteria, holds: bool) -> None:
    assert meets(ROSA, criteria) is holds


@pytest.mark.parametrize(
    ("text", "ending"),
    [
        ("0147", "0147"),
        ("555-0147", "5550147"),
        ("555.01 47", "5550147"),
        ("212 555 0147", None),
        ("147", None),
        ("+0147", None),
        ("٠١٤٧", None),
        ("", None),
    ],
)
def test_four_or_seven_digits_are_the_end_of_a_number(text: str, ending: str | None) -> None:
    assert phone_ending(text) == ending


def test_new_numbers_follow_from_the_patients_id() -> None:
    draws = candidate_mrns("pat_01JDE3GZ5V6T7W8X9Y0Z1A2B3C")
    assert draws == candidate_mrns("pat_01JDE3GZ5V6T7W8X9Y0Z1A2B3C")
    assert len(set(draws)) == 4
    assert all(len(mrn) == 8 and mrn[0] != "0" and mrn.isdigit() for mrn in draws)
    others = {candidate_mrns(f"pat_{number}")[0] for number in range(1000)}
    assert len(others) == 1000
    assert mrn_term("ab-7") == mrn_term("AB-7") != mrn_term("AB-8")
