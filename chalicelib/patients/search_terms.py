"""What a patient is found by, and what a search looks up and then checks. Pure.

A stored token is the HMAC of one term (models.py): no name, date or number stands in a key.
"""

import re
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import NamedTuple

from .demographics import PersonName
from .name_matching import (
    PHONE_ENDINGS,
    name_matches,
    name_tokens,
    normalise_name,
    phone_tokens,
    query_token,
)

MRN_CANDIDATES = 4


class Term(NamedTuple):
    """One thing to look up: `("phone", "+16175550123")`."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Findable:
    """What of a patient can be searched for; phones in E.164."""

    name: PersonName
    birth_date: date
    phones: tuple[str, ...]
    mrn: str = ""


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a caller looks for; all of it must hold. `phone`: E.164, or its last 4 or 7 digits."""

    mrn: str | None = None
    phone: str | None = None
    birth_date: date | None = None
    name: str | None = None


def terms_of(person: Findable) -> frozenset[Term]:
    """Every term to store of a patient but the MRN, whose claim is its token: 61 at most."""
    names = frozenset(Term("name", prefix) for prefix in name_tokens(*_by_weight(person.name)))
    phones = frozenset(
        Term("phone", token) for phone in person.phones for token in phone_tokens(phone)
    )
    return names | phones | _whole_names(person.name) | {_birth_term(person.birth_date)}


def duplicate_terms(person: Findable) -> tuple[Term, ...]:
    """Where to look for the same person: birth date, whole name in either order, two phones."""
    phones = tuple(Term("phone", phone) for phone in person.phones[:2])
    return (_birth_term(person.birth_date), *sorted(_whole_names(person.name)), *phones)


def lookup_term(criteria: Criteria) -> Term | None:
    """The criterion that the fewest patients share, as a term; None if there is nothing to look up."""
    if criteria.mrn is not None:
        return mrn_term(criteria.mrn)
    if criteria.phone is not None:
        return Term("phone", criteria.phone)
    if criteria.birth_date is not None:
        return _birth_term(criteria.birth_date)
    prefix = query_token(criteria.name or "")
    return Term("name", prefix) if prefix else None


def meets(person: Findable, criteria: Criteria) -> bool:
    """Whether a patient who was found by one criterion meets them all."""
    return (
        (criteria.mrn is None or mrn_term(criteria.mrn) == mrn_term(person.mrn))
        and (
            criteria.phone is None or any(criteria.phone in phone_tokens(p) for p in person.phones)
        )
        and (criteria.birth_date is None or criteria.birth_date == person.birth_date)
        and (criteria.name is None or name_matches(criteria.name, *person.name.parts))
    )


def mrn_term(mrn: str) -> Term:
    """Two MRNs that differ in case only are one."""
    return Term("mrn", mrn.upper())


def candidate_mrns(patient_id: str) -> tuple[str, ...]:
    """Numbers of 8 digits, the first above 0, drawn from the random part of the patient's id."""
    draws = (
        sha256(f"{patient_id} {attempt}".encode()).digest()[:8] for attempt in range(MRN_CANDIDATES)
    )
    return tuple(str(10_000_000 + int.from_bytes(draw) % 90_000_000) for draw in draws)


def phone_ending(text: str) -> str | None:
    """`555-0147` → `5550147`: the last 4 or 7 digits of a number, as they are stored; else None."""
    digits = re.sub(r"[\s().-]", "", text)
    return digits if re.fullmatch(r"[0-9]+", digits) and len(digits) in PHONE_ENDINGS else None


def _by_weight(name: PersonName) -> tuple[str, ...]:
    every = (name.family, name.given, name.preferred, name.middle, name.suffix)
    return tuple(part for part in every if part)


def _whole_names(name: PersonName) -> frozenset[Term]:
    family = normalise_name(name.family)
    firsts = (normalise_name(given or "").split()[:1] for given in (name.given, name.preferred))
    return frozenset(
        Term("whole_name", " ".join(sorted((family, *first)))) for first in firsts if first
    )


def _birth_term(birth_date: date) -> Term:
    return Term("birth_date", birth_date.isoformat())
