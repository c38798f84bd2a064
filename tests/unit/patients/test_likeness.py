import csv
from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from chalicelib.patients.likeness import LIKELY, WEIGHTS, Demographics, Likeness, compare

ANN = Demographics(
    family="Meyer",
    given="Ann Louise",
    birth_date=date(1980, 3, 14),
    phone="+16175550123",
    email="ann@example.org",
    address="12 High Street, Apt 3",
    postal_code="02155-1234",
)
BARE = Demographics(family="Meyer", given="Ann Louise", birth_date=date(1980, 3, 14))


def test_the_same_person_scores_highest_and_every_reason_is_given() -> None:
    result = compare(ANN, ANN)
    assert result.score == 105
    assert set(result.reasons) == {
        Likeness.SAME_FAMILY,
        Likeness.SAME_GIVEN,
        Likeness.SAME_BIRTH_DATE,
        Likeness.SAME_PHONE,
        Likeness.SAME_EMAIL,
        Likeness.SAME_ADDRESS,
    }


def test_name_and_birth_date_suffice() -> None:
    assert compare(BARE, ANN).score == 65
    assert compare(BARE, ANN).likely


@pytest.mark.parametrize("given", ["Ann", "ann l.", "ANN-LOUISE", "Ann Louise"])
def test_a_middle_name_may_be_missing_or_an_initial(given: str) -> None:
    assert Likeness.SAME_GIVEN in compare(replace(BARE, given=given), ANN).reasons


@pytest.mark.parametrize(
    ("one", "other"), [("Jonathan", "Jon"), ("Katherine", "Katherin"), ("Brian", "Brain")]
)
def test_short_forms_and_slips_of_a_given_name_are_similar(one: str, other: str) -> None:
    reasons = compare(replace(BARE, given=one), replace(BARE, given=other)).reasons
    assert Likeness.SIMILAR_GIVEN in reasons


@pytest.mark.parametrize(("one", "other"), [("Al", "Alfred"), ("Jon", "Jan"), ("Jo", "Bo")])
def test_short_names_are_not_similar_by_accident(one: str, other: str) -> None:
    reasons = compare(replace(BARE, given=one), replace(BARE, given=other)).reasons
    assert Likeness.OTHER_GIVEN in reasons


def test_a_preferred_name_counts_as_a_given_name() -> None:
    lou = replace(BARE, given="Lou")
    assert Likeness.SAME_GIVEN in compare(lou, replace(BARE, preferred="Lou")).reasons


@pytest.mark.parametrize(
    ("family", "reason"),
    [
        ("MÉYER", Likeness.SAME_FAMILY),
        ("Meyers", Likeness.SIMILAR_FAMILY),
        ("Meer", Likeness.SIMILAR_FAMILY),
        ("Mayer", Likeness.SIMILAR_FAMILY),
        ("Meyre", Likeness.SIMILAR_FAMILY),
        ("Meyer-Jones", Likeness.SIMILAR_FAMILY),
    ],
)
def test_a_family_name_is_the_same_or_similar(family: str, reason: Likeness) -> None:
    assert reason in compare(replace(BARE, family=family), BARE).reasons


@pytest.mark.parametrize("family", ["Emyar", "Mayre", "Miller", "Meyerson"])
def test_two_slips_make_another_family_name(family: str) -> None:
    reasons = compare(replace(BARE, family=family), BARE).reasons
    assert not {Likeness.SAME_FAMILY, Likeness.SIMILAR_FAMILY} & set(reasons)


def test_another_middle_name_makes_a_given_name_similar_only() -> None:
    assert Likeness.SIMILAR_GIVEN in compare(replace(BARE, given="Ann Lou"), BARE).reasons


def test_a_name_without_its_other_half_is_not_swapped() -> None:
    one, other = Demographics(family="", given="Meyer"), Demographics(family="Meyer", given="")
    assert compare(one, other).reasons == ()


def test_a_shared_particle_makes_no_family_names_similar() -> None:
    one, other = replace(BARE, family="de Vries"), replace(BARE, family="de Boer")
    assert Likeness.SIMILAR_FAMILY not in compare(one, other).reasons


def test_swapped_names_with_the_birth_date_are_likely() -> None:
    swapped = replace(BARE, family="Ann Louise", given="Meyer")
    result = compare(BARE, swapped)
    assert result.reasons == (Likeness.SWAPPED_NAMES, Likeness.SAME_BIRTH_DATE)
    assert result.likely


@pytest.mark.parametrize(
    ("born", "reason"),
    [
        (date(1980, 3, 15), Likeness.SIMILAR_BIRTH_DATE),
        (date(1890, 3, 14), Likeness.OTHER_BIRTH_DATE),
        (date(1981, 3, 14), Likeness.SIMILAR_BIRTH_DATE),
        (date(1958, 9, 2), Likeness.OTHER_BIRTH_DATE),
    ],
)
def test_a_birth_date_is_similar_by_one_digit_only(born: date, reason: Likeness) -> None:
    assert reason in compare(replace(BARE, birth_date=born), BARE).reasons


def test_day_and_month_swapped_make_a_similar_birth_date() -> None:
    one, other = (replace(BARE, birth_date=d) for d in (date(1980, 3, 4), date(1980, 4, 3)))
    assert compare(one, other).reasons[-1] is Likeness.SIMILAR_BIRTH_DATE
    assert compare(one, other).likely


def test_twins_are_not_likely_the_same_person() -> None:
    assert not compare(ANN, replace(ANN, given="Beth")).likely


def test_parent_and_child_of_one_name_are_not_likely_the_same_person() -> None:
    assert not compare(ANN, replace(ANN, birth_date=date(2005, 11, 2))).likely


def test_a_new_family_name_is_found_by_the_phone() -> None:
    married = replace(ANN, family="Okafor", email="", address="")
    assert compare(ANN, married).likely
    assert not compare(BARE, replace(BARE, family="Okafor")).likely


@pytest.mark.parametrize(
    ("address", "postal_code", "same"),
    [
        ("12 HIGH ST", "02155", True),
        ("12 High Str. #4", "021559999", True),
        ("12 N High St", "02155", True),
        ("14 High Street", "02155", False),
        ("12 Hill Street", "02155", False),
        ("12 High Street", "02139", False),
        ("", "02155", False),
        ("12 High Street", "", False),
    ],
)
def test_an_address_is_compared_by_house_street_and_postal_code(
    address: str, postal_code: str, same: bool
) -> None:
    other = replace(ANN, address=address, postal_code=postal_code)
    assert (Likeness.SAME_ADDRESS in compare(ANN, other).reasons) == same


def test_what_either_lacks_counts_nothing() -> None:
    nobody = Demographics(family="", given="")
    assert compare(nobody, nobody) == compare(nobody, ANN)
    assert compare(nobody, ANN).reasons == ()


def test_email_is_compared_without_case() -> None:
    assert Likeness.SAME_EMAIL in compare(ANN, replace(ANN, email="ANN@Example.org")).reasons


_people = st.builds(
    Demographics,
    family=st.sampled_from(["Meyer", "Meyers", "Mayer", "Garcia Lopez", "Garcia", "Ann", ""]),
    given=st.sampled_from(["Ann", "Ann L", "Anna", "Jon", "Jonathan", "Meyer", ""]),
    birth_date=st.sampled_from([None, date(1980, 3, 4), date(1980, 4, 3), date(1980, 3, 5)]),
    preferred=st.sampled_from(["", "Lou", "Jon"]),
    phone=st.sampled_from(["", "+16175550123"]),
    email=st.sampled_from(["", "a@b.org", "A@b.org"]),
    address=st.sampled_from(["", "1 High St", "1 HIGH STREET", "2 Low Rd"]),
    postal_code=st.sampled_from(["", "02155", "02155-0001"]),
)


@given(_people, _people)
@settings(derandomize=True, max_examples=300, deadline=None)
def test_the_score_is_the_sum_of_its_reasons_and_the_order_does_not_matter(
    one: Demographics, other: Demographics
) -> None:
    result = compare(one, other)
    assert result == compare(other, one)
    assert result.score == sum(WEIGHTS[reason] for reason in set(result.reasons))
    assert len(set(result.reasons)) == len(result.reasons)
    assert -70 <= result.score <= 105
    assert result.score <= compare(one, one).score or result.score < LIKELY


def test_no_two_of_the_synthetic_patients_are_taken_for_one(samples: Path) -> None:
    with (samples / "synthea_csv/patients.csv").open(newline="") as file:
        people = [
            Demographics(
                family=row["LAST"],
                given=row["FIRST"],
                birth_date=date.fromisoformat(row["BIRTHDATE"]),
                address=row["ADDRESS"],
                postal_code=row["ZIP"],
            )
            for row in csv.DictReader(file)
        ]
    assert len(people) > 5
    assert not [pair for pair in combinations(people, 2) if compare(*pair).likely]
    assert all(compare(person, person).likely for person in people)
