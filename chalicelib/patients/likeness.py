"""How alike two patients are: points for what agrees or differs, with the reasons. Pure.

The weights are set so that one agreement never suffices: full name and birth date do (65), name
and a slip in the birth date do (55), twins (50) and a parent and child of one name (45) do not.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chalicelib.patients.name_matching import normalise_name

LIKELY = 55
"""The score from which two records are shown as likely the same person."""


class Likeness(StrEnum):
    SAME_FAMILY = "same_family_name"
    SIMILAR_FAMILY = "similar_family_name"
    SAME_GIVEN = "same_given_name"
    SIMILAR_GIVEN = "similar_given_name"
    OTHER_GIVEN = "different_given_name"
    SWAPPED_NAMES = "family_and_given_name_swapped"
    SAME_BIRTH_DATE = "same_birth_date"
    SIMILAR_BIRTH_DATE = "similar_birth_date"
    OTHER_BIRTH_DATE = "different_birth_date"
    SAME_PHONE = "same_phone"
    SAME_EMAIL = "same_email"
    SAME_ADDRESS = "same_address"


WEIGHTS: Mapping[Likeness, int] = {
    Likeness.SAME_FAMILY: 20,
    Likeness.SIMILAR_FAMILY: 12,
    Likeness.SAME_GIVEN: 15,
    Likeness.SIMILAR_GIVEN: 8,
    Likeness.OTHER_GIVEN: -40,  # twins share all else
    Likeness.SWAPPED_NAMES: 30,
    Likeness.SAME_BIRTH_DATE: 30,
    Likeness.SIMILAR_BIRTH_DATE: 20,
    Likeness.OTHER_BIRTH_DATE: -30,  # father and son of one name
    Likeness.SAME_PHONE: 15,
    Likeness.SAME_EMAIL: 15,
    Likeness.SAME_ADDRESS: 10,
}


@dataclass(frozen=True, slots=True)
class Demographics:
    """What is compared. `phone` in E.164; `address` the street line, compared with the ZIP."""

    family: str
    given: str
    birth_date: date | None = None
    preferred: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    postal_code: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """`score` is the sum of the reasons' `WEIGHTS`, −70 to 105."""

    score: int
    reasons: tuple[Likeness, ...]

    @property
    def likely(self) -> bool:
        return self.score >= LIKELY


def compare(one: Demographics, other: Demographics) -> Comparison:
    """How alike two patients are; the order does not matter. What either lacks counts nothing."""
    reasons = (
        *_compare_names(one, other),
        *_compare_birth_dates(one.birth_date, other.birth_date),
        *_compare_contacts(one, other),
    )
    return Comparison(sum(WEIGHTS[reason] for reason in reasons), reasons)


def _compare_names(one: Demographics, other: Demographics) -> Iterator[Likeness]:
    family, other_family = normalise_name(one.family), normalise_name(other.family)
    given, other_given = normalise_name(one.given), normalise_name(other.given)
    if family and given and family == other_given != other_family == given:
        yield Likeness.SWAPPED_NAMES
        return
    if family and other_family:
        if family == other_family:
            yield Likeness.SAME_FAMILY
        elif _similar(family, other_family) or _share_a_part(family, other_family):
            yield Likeness.SIMILAR_FAMILY
    if given and other_given:
        yield _compare_given(_given_names(one), _given_names(other))


def _compare_given(names: list[str], others: list[str]) -> Likeness:
    pairs = [(name, other) for name in names for other in others]
    if any(name == other or _begins(name, other) or _begins(other, name) for name, other in pairs):
        return Likeness.SAME_GIVEN
    firsts = [(name.split()[0], other.split()[0]) for name, other in pairs]
    if any(_similar(*pair) or _short_form(*pair) or _short_form(*pair[::-1]) for pair in firsts):
        return Likeness.SIMILAR_GIVEN
    return Likeness.OTHER_GIVEN


def _given_names(person: Demographics) -> list[str]:
    return [name for name in map(normalise_name, (person.given, person.preferred)) if name]


def _begins(name: str, other: str) -> bool:
    """`mary` and `mary a` begin `mary ann`: a middle name left out or cut to its initial."""
    (first, *middle), (other_first, *other_middle) = name.split(), other.split()
    return (
        first == other_first
        and len(middle) <= len(other_middle)
        and all(
            theirs == mine or (len(mine) == 1 and theirs.startswith(mine))
            for mine, theirs in zip(middle, other_middle, strict=False)
        )
    )


def _share_a_part(family: str, other: str) -> bool:
    """`garcia` and `garcia lopez`; particles such as `de` and `van` do not count."""
    return any(len(part) >= 4 for part in set(family.split()) & set(other.split()))


def _short_form(name: str, other: str) -> bool:
    return len(name) >= 3 and other.startswith(name)


def _similar(name: str, other: str) -> bool:
    """One letter changed, added, left out, or two neighbours swapped, in 4 letters or more."""
    if name == other:
        return True
    if min(len(name), len(other)) < 4:
        return False
    shorter = min(len(name), len(other))
    at = next((n for n in range(shorter) if name[n] != other[n]), shorter)
    rest, other_rest = name[at:], other[at:]
    return (
        rest[1:] == other_rest[1:]
        or rest[1:] == other_rest
        or rest == other_rest[1:]
        or (rest[:2] == other_rest[1::-1] and rest[2:] == other_rest[2:])
    )


def _compare_birth_dates(one: date | None, other: date | None) -> Iterator[Likeness]:
    if one is None or other is None:
        return
    if one == other:
        yield Likeness.SAME_BIRTH_DATE
    elif _slip(one, other):
        yield Likeness.SIMILAR_BIRTH_DATE
    else:
        yield Likeness.OTHER_BIRTH_DATE


def _slip(one: date, other: date) -> bool:
    """One digit differs, or day and month are swapped."""
    swapped = (one.year, one.month, one.day) == (other.year, other.day, other.month)
    return swapped or sum(a != b for a, b in zip(str(one), str(other), strict=True)) == 1


def _compare_contacts(one: Demographics, other: Demographics) -> Iterator[Likeness]:
    if one.phone and one.phone == other.phone:
        yield Likeness.SAME_PHONE
    if one.email and one.email.casefold() == other.email.casefold():
        yield Likeness.SAME_EMAIL
    if _doorstep(one) is not None and _doorstep(one) == _doorstep(other):
        yield Likeness.SAME_ADDRESS


def _doorstep(person: Demographics) -> tuple[str, str, str] | None:
    """House number, first word of the street, first five of the postal code; None if it lacks one.

    So `12 High St. #3` and `12 HIGH STREET` are one doorstep.
    """
    place = re.search(r"(\d+)\w*\s+(?:[nsew]\s+)?(\w+)", normalise_name(person.address))
    postal = re.sub(r"\W", "", person.postal_code).casefold()[:5]
    return (place[1], place[2], postal) if place and postal else None
