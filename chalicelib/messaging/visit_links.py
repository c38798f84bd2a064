"""The link in a reminder: what it shows, which names nobody, and what it does, once.

Looking at it changes nothing: mail filters and previews follow every link.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from ..patients.models import Patient
from ..platform.context import SystemContext
from ..platform.errors import NotFound
from ..platform.store import find, find_many
from ..practices.models import Location, Practice
from .answering import BY_LINK, take_answer
from .errors import VisitLinkSpent
from .models import Reminders
from .visit_texts import language_of
from .visit_tokens import VisitToken, visit_token


@dataclass(frozen=True, slots=True)
class VisitShown:
    """What whoever holds the link may see."""

    practice: str
    location: str
    phone: str | None
    first_name: str | None
    language: str
    starts_at: datetime
    time_zone: str
    answer: str | None
    open: bool


def read_visit(context: SystemContext, secret: str) -> VisitShown:
    """The visit that a link is about. NotFound for a link that we did not make."""
    with open_visit(context, secret) as (token, reminders):
        keys = (
            Practice.key(token.practice_id),
            Location.key(token.practice_id, reminders.location_id),
            Patient.key(token.practice_id, reminders.patient_id),
        )
        context.concerns(reminders.patient_id)
        found = find_many(keys, consistent=True)
        practice, location, patient = (found.get(key) for key in keys)
        if not (
            isinstance(practice, Practice)
            and isinstance(location, Location)
            and isinstance(patient, Patient)
        ):
            raise NotFound
        return VisitShown(
            practice.name,
            location.name,
            location.phone or practice.phone,
            patient.name.preferred or patient.name.given,
            language_of(patient.language, practice.locale),
            reminders.start.astimezone(reminders.zone),
            reminders.time_zone,
            reminders.answer,
            is_open(context, reminders, token),
        )


def answer_visit(context: SystemContext, secret: str, answer: str) -> Reminders:
    """Confirm the visit, cancel it, or ask for another time. NotFound; VisitLinkSpent (409)."""
    with open_visit(context, secret) as (token, reminders):
        spend(context, token, reminders)
        take_answer(context, reminders, answer, channel=BY_LINK)
        return reminders


@contextmanager
def open_visit(context: SystemContext, secret: str) -> Iterator[tuple[VisitToken, Reminders]]:
    """The visit that a link is about, in its practice. NotFound for a link that we did not make."""
    token = _token(secret)
    with context.entering(token.practice_id, f"link:{token.appointment_id}"):
        yield token, _visit(token)


def spend(context: SystemContext, token: VisitToken, reminders: Reminders) -> None:
    """This link is used; whoever calls keeps `reminders`. VisitLinkSpent (409) if it was, or is of no use."""
    if not is_open(context, reminders, token):
        raise VisitLinkSpent
    reminders.spent = (*reminders.spent, token.step)


def _token(secret: str) -> VisitToken:
    token = visit_token(secret)
    if token is None:
        raise NotFound
    return token


def _visit(token: VisitToken) -> Reminders:
    key = Reminders.key(token.practice_id, token.appointment_id)
    reminders = find(Reminders, key, consistent=True)
    if reminders is None:
        raise NotFound
    return reminders


def is_open(context: SystemContext, reminders: Reminders, token: VisitToken) -> bool:
    return (
        reminders.link_version == token.version
        and not reminders.over
        and token.step not in reminders.spent
        and reminders.start > context.now()
    )
