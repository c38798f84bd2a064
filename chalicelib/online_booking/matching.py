"""Whether a verified visitor is a patient of the practice.

They are, if exactly one living patient has the contact that was verified (the e-mail address, or the
number among their telephones), the family name, the first of the given names (or the preferred name)
and the birth date that they gave; names are compared without case, marks and punctuation. Anything
less is somebody new: a name and a birth date alone open nothing.
"""

from ..patients.demographics import PersonName
from ..patients.models import Patient, SearchToken
from ..patients.name_matching import normalise_name
from ..patients.search_terms import Findable, duplicate_terms
from ..platform.context import Context
from ..platform.store import find, find_many, query_all
from .models import BookingPage, OnlinePerson, Visitor

_WHOLE_NAME = "whole_name"


def person_of(context: Context, visitor: Visitor) -> OnlinePerson:
    """What is kept of them: at version 0 for who has not booked online by this contact."""
    said = (
        visitor.channel,
        visitor.address.casefold(),
        normalise_name(visitor.family),
        _first(visitor.given),
        visitor.birth_date.isoformat(),
    )
    key = OnlinePerson.key(context.practice_id, *said)
    return find(OnlinePerson, key, consistent=True) or OnlinePerson(*key, patient_id="")


def patients_who_are(context: Context, visitor: Visitor, person: OnlinePerson) -> list[Patient]:
    """Those who fit. One Query and one BatchGet, whoever it is."""
    name = PersonName(visitor.family, visitor.given)
    terms = duplicate_terms(Findable(name, visitor.birth_date, ()))
    (term,) = (each for each in terms if each.kind == _WHOLE_NAME)
    hits = query_all(SearchToken.partition(context.practice_id, term), consistent=True)
    alike = {hit.patient_id for hit in hits} | {person.patient_id} - {""}
    keys = [Patient.key(context.practice_id, each) for each in sorted(alike)]
    found = find_many([BookingPage.key(context.practice_id), *keys], consistent=True)
    return [each for each in found.values() if isinstance(each, Patient) and fits(each, visitor)]


def fits(patient: Patient, visitor: Visitor) -> bool:
    """Whether the rule above holds."""
    names = {_first(each) for each in (patient.name.given, patient.name.preferred) if each}
    return (
        not patient.deceased
        and patient.birth_date == visitor.birth_date
        and normalise_name(patient.name.family) == normalise_name(visitor.family)
        and _first(visitor.given) in names
        and visitor.address.casefold() in _addresses(patient, visitor.channel)
    )


def _addresses(patient: Patient, channel: str) -> set[str]:
    if channel == "email":
        return {patient.email.casefold()} if patient.email else set()
    return {phone.number for phone in patient.phones}


def _first(given: str) -> str:
    """The first of the given names."""
    return (normalise_name(given).split() or [""])[0]
