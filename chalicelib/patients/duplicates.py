"""Who may be registered already."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..platform.context import Context
from ..platform.overlap import beside
from ..platform.store import find_many, query
from .intake import record_identity
from .likeness import Comparison, Demographics, compare
from .models import Patient, SearchToken
from .schemas import DuplicateSearch
from .search_terms import duplicate_terms

MOST = 100
"""Records compared: what one BatchGet brings."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A known patient who is likely the same person."""

    patient: Patient
    comparison: Comparison


def search_duplicates(context: Context, body: DuplicateSearch) -> list[Duplicate]:
    """Who is likely the person that `body` describes. Invalid (422) as at a registration."""
    described = Patient()
    record_identity(context, described, body)
    return likely_duplicates(context, described)


def likely_duplicates(context: Context, described: Patient) -> list[Duplicate]:
    """Known patients likely to be the same person, the likeliest first; notes whom it answers.

    2 round trips: parallel Queries by birth date, whole name and telephones; one BatchGet.
    """
    keys = [Patient.key(context.practice_id, each) for each in _alike_in_a_term(context, described)]
    known = (found for found in find_many(keys).values() if isinstance(found, Patient))
    compared = (Duplicate(patient, _compare(described, patient)) for patient in known)
    likely = [duplicate for duplicate in compared if duplicate.comparison.likely]
    context.concerns(*(duplicate.patient.id for duplicate in likely))
    return sorted(likely, key=lambda each: (-each.comparison.score, each.patient.id))


def _alike_in_a_term(context: Context, described: Patient) -> list[str]:
    terms = duplicate_terms(described.findable)
    partitions = [SearchToken.partition(context.practice_id, term) for term in terms]
    asked = [beside(query, each, limit=MOST // len(partitions)) for each in partitions]
    return sorted({token.patient_id for answer in asked for token in answer.result().records})


def _compare(one: Patient, other: Patient) -> Comparison:
    """A telephone or address counts as shared if any of either's is."""
    phones = {phone.number for phone in one.phones} & {phone.number for phone in other.phones}
    phone = min(phones, default="")
    return max(
        (
            compare(mine, theirs)
            for mine in _demographics(one, phone)
            for theirs in _demographics(other, phone)
        ),
        key=lambda comparison: comparison.score,
    )


def _demographics(patient: Patient, phone: str) -> Iterator[Demographics]:
    for address in patient.addresses or (None,):
        yield Demographics(
            family=patient.name.family,
            given=patient.name.given or "",
            preferred=patient.name.preferred or "",
            birth_date=patient.birth_date,
            phone=phone,
            email=patient.email or "",
            address=address.line1 if address else "",
            postal_code=address.postal_code if address else "",
        )
