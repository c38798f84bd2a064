"""Finding patients: one Query of a search token, one BatchGet."""

from dataclasses import dataclass, replace

from ..platform.context import Context
from ..platform.errors import Invalid, invalid_field
from ..platform.http import open_cursor, seal_cursor
from ..platform.keyring import token
from ..platform.store import find_many, query
from ..practices.service import phone_of
from .models import Patient, SearchToken
from .schemas import PatientPageQuery, PatientSearch
from .search_terms import Criteria, lookup_term, meets, phone_ending


@dataclass(frozen=True, slots=True)
class Found:
    """One page of patients who meet the criteria."""

    items: list[Patient]
    next_cursor: str | None


def search_patients(context: Context, body: PatientSearch, page: PatientPageQuery) -> Found:
    """Patients who meet all criteria, active or not; notes whose data it shows.

    The Query takes the criterion that fewest patients share; the others are checked on what it
    finds. Invalid (422) if there is no criterion, or one that nothing can meet.
    """
    criteria = _criteria(context, body)
    term = lookup_term(criteria)
    if term is None:
        raise invalid_field("name", "no_letters", "Give letters to search for")
    bound = replace(context, binding=f"{context.binding} {token('cursor', repr(criteria))}")
    hits = query(
        SearchToken.partition(context.practice_id, term),
        limit=page.limit,
        start=open_cursor(bound, page.cursor),
    )
    keys = [Patient.key(context.practice_id, hit.patient_id) for hit in hits.records]
    read = find_many(keys)
    patients = (read.get(key) for key in keys)
    found = [
        each for each in patients if isinstance(each, Patient) and meets(each.findable, criteria)
    ]
    context.concerns(*(patient.id for patient in found))
    return Found(found, seal_cursor(bound, hits.next_key))


def _criteria(context: Context, body: PatientSearch) -> Criteria:
    if not body.model_dump(exclude_none=True):
        raise Invalid("Give a name, a birth date, a telephone number or an MRN to search for")
    phone = body.phone and phone_ending(body.phone)
    if body.phone is not None and phone is None:
        phone = phone_of(body.phone, context.tenant.country, field="phone")
    return Criteria(mrn=body.mrn, phone=phone, birth_date=body.birth_date, name=body.name)
