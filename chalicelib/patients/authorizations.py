"""Prior authorisations and referrals of a patient, and how many visits each still allows.

What is left is counted, never kept: each visit booked or made under an authorisation has an item
beside it, which comes and goes in the transaction of the appointment (ADR 30).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ..platform import outbox
from ..platform.context import Context
from ..platform.errors import NotFound, invalid_field
from ..platform.overlap import beside
from ..platform.store import find_many, join, query_all
from .models import Authorization, AuthorizedVisit, Coverage, Patient
from .registration import read_patient
from .schemas import AuthorizationBody


@dataclass(frozen=True, slots=True)
class Standing:
    """An authorisation, and whose visits are under it."""

    authorization: Authorization
    appointment_ids: frozenset[str]

    @property
    def visits_left(self) -> int:
        """Below zero where more are booked than it allows."""
        return self.authorization.visits_allowed - len(self.appointment_ids)

    def covers(self, type_id: str, day: date) -> bool:
        return self.authorization.covers(type_id, day)


def add_authorization(context: Context, patient_id: str, body: AuthorizationBody) -> Standing:
    """NotFound for the patient; Invalid (422): not a coverage of theirs, an end before the beginning."""
    context.concerns(patient_id)
    patient_key = Patient.key(context.practice_id, patient_id)
    coverage_key = Coverage.key(context.practice_id, patient_id, body.coverage_id)
    found = find_many([patient_key, coverage_key], consistent=True)
    if not isinstance(found.get(patient_key), Patient):
        raise NotFound
    key = Authorization.key(context.practice_id, patient_id, context.new_id("aut"))
    made = Authorization(*key)
    _fill(made, body, known=coverage_key in found)
    context.work.create(made)
    _tell(context, made)
    return Standing(made, frozenset())


def change_authorization(
    context: Context, patient_id: str, authorization_id: str, body: AuthorizationBody
) -> Standing:
    """Replace its terms; visits that are under it stay. Errors as for a new one."""
    context.concerns(patient_id)
    reading = beside(standings_of, context, patient_id)
    key = Authorization.key(context.practice_id, patient_id, authorization_id)
    coverage_key = Coverage.key(context.practice_id, patient_id, body.coverage_id)
    found = find_many([key, coverage_key], consistent=True)
    changed = found.get(key)
    standings = reading.result()
    if not isinstance(changed, Authorization):
        raise NotFound
    _fill(context.matching(changed), body, known=coverage_key in found)
    context.work.save(changed)
    _tell(context, changed)
    under = (each.appointment_ids for each in standings if each.authorization.id == changed.id)
    return Standing(changed, next(under, frozenset()))


def list_authorizations(context: Context, patient_id: str) -> list[Standing]:
    """All of a patient's, the latest beginning first. NotFound for the patient."""
    known = beside(read_patient, context, patient_id)
    standings = standings_of(context, patient_id)
    known.result()
    latest = sorted(standings, key=lambda each: each.authorization.id)
    return sorted(latest, key=lambda each: each.authorization.effective_from, reverse=True)


def standings_of(context: Context, patient_id: str) -> list[Standing]:
    """Each with the visits that are under it: one Query, consistent."""
    context.concerns(patient_id)
    partition = join(context.practice_id, patient_id)
    found = list(query_all(partition, begins="authorization#", consistent=True))
    under: dict[str, set[str]] = {}
    for each in found:
        if isinstance(each, AuthorizedVisit):
            under.setdefault(each.authorization_id, set()).add(each.id)
    return [
        Standing(each, frozenset(under.get(each.id, ())))
        for each in found
        if isinstance(each, Authorization)
    ]


def standing_for(standings: Iterable[Standing], type_id: str, day: date) -> Standing | None:
    """Under which a visit comes: of those that have visits left the one that ends first.

    One that has none, where all have none: who books is told.
    """
    covering = [each for each in standings if each.covers(type_id, day)]
    return min(
        covering,
        key=lambda each: (
            each.visits_left <= 0,
            each.authorization.effective_until or date.max,
            each.authorization.id,
        ),
        default=None,
    )


def _fill(authorization: Authorization, body: AuthorizationBody, *, known: bool) -> None:
    if not known:
        raise invalid_field("coverage_id", "not_found", "Not a coverage of this patient")
    if body.effective_until is not None and body.effective_until < body.effective_from:
        raise invalid_field("effective_until", "before_start", "It ends before it begins")
    authorization.of_kind = body.of_kind.value
    authorization.number = body.number
    authorization.coverage_id = body.coverage_id
    authorization.type_ids = tuple(dict.fromkeys(body.type_ids))
    authorization.visits_allowed = body.visits_allowed
    authorization.effective_from = body.effective_from
    authorization.effective_until = body.effective_until
    authorization.note = body.note
    authorization.status = body.status.value


def _tell(context: Context, authorization: Authorization) -> None:
    """Who books puts what is booked already under it."""
    outbox.publish(
        context,
        "authorization.recorded",
        authorization.id,
        authorization.version,
        patient_id=authorization.patient_id,
    )
