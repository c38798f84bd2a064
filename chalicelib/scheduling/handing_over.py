"""A practitioner has left: their hours end, and what is booked with them goes to their successor."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from ..identity.leavers.hand_over import Order, finish, note
from ..platform.context import Context
from ..platform.errors import AlreadyDone, DomainError, Unavailable
from ..platform.store import Key, find
from .availability import ExceptionKind
from .changing import reschedule
from .coming import booked_with, days_taken
from .errors import PASSING
from .models import Appointment, ResourceDay
from .schemas import RescheduleRequest
from .sessions.handing_over import hand_over_session, sessions_with
from .set_up.models import Availability

_ONE_DAY = timedelta(days=1)
NO_SUCCESSOR = "no_successor"
A_SEAT = "group_session"
"""Left behind: the session stays, or is another's in which the leaver takes part."""


def hand_over_appointments(context: Context, order: Order) -> None:
    """Move each appointment to come that the successor can take; list the others. Safe to repeat.

    One transaction an appointment. Unavailable, so that the message comes again, while the index
    of days does not show yet what the practitioner's own days hold.
    """
    for practitioner_id in order.practitioner_ids:
        _end_hours(context, practitioner_id)
        stay = _hand_over_sessions(context, order, practitioner_id)
        for appointment in booked_with(context, practitioner_id):
            _hand_over(context, order, appointment, stay)
        _refuse_unseen(context, practitioner_id)
    finish(context, order, "scheduling", things="apt")


def _hand_over(
    context: Context, order: Order, appointment: Appointment, stay: Mapping[Key, str]
) -> None:
    if order.to_practitioner_id is None:
        _keep(context, order, appointment, NO_SUCCESSOR)
        return
    if appointment.seat:
        _keep(context, order, appointment, stay.get(appointment.seat, A_SEAT))
        return
    try:
        reschedule(context, appointment.id, _with_successor(order, appointment))
        note(context, order, appointment.id, patient_id=appointment.patient_id)
        context.work.commit()
    except AlreadyDone:
        context.work.discard()
    except PASSING:
        raise
    except DomainError as refusal:
        _keep(context, order, appointment, _reason(refusal))


def _hand_over_sessions(context: Context, order: Order, practitioner_id: str) -> dict[Key, str]:
    """Each whole; of those that stay, why."""
    stay: dict[Key, str] = {}
    if order.to_practitioner_id is None:
        return stay
    for session in sessions_with(context, practitioner_id):
        try:
            for appointment in hand_over_session(context, session, order.to_practitioner_id):
                note(context, order, appointment.id, patient_id=appointment.patient_id)
            context.work.commit()
        except PASSING:
            raise
        except DomainError as refusal:
            context.work.discard()
            stay[session.item_key] = _reason(refusal)
    return stay


def _with_successor(order: Order, appointment: Appointment) -> RescheduleRequest:
    """The same visit, with the successor, once, wherever one who left takes part."""
    successors = dict.fromkeys(order.practitioner_ids, order.to_practitioner_id)
    everybody = [appointment.practitioner_id, *appointment.other_practitioner_ids]
    first, *others = dict.fromkeys(successors.get(each) or each for each in everybody)
    return RescheduleRequest(
        starts_at=appointment.starts_at, practitioner_id=first, other_practitioner_ids=others
    )


def _reason(refusal: DomainError) -> str:
    """`provider_taken` says more than `slot_taken`."""
    return refusal.errors[0].code if refusal.errors else refusal.code


def _keep(context: Context, order: Order, appointment: Appointment, reason: str) -> None:
    context.work.discard()
    note(context, order, appointment.id, reason=reason, patient_id=appointment.patient_id)
    try:
        context.work.commit()
    except AlreadyDone:
        context.work.discard()


def _end_hours(context: Context, practitioner_id: str) -> None:
    """From today on they have none: nobody books with them any more."""
    hours = find(Availability, Availability.key(context.practice_id, practitioner_id))
    if hours is None:
        return
    last = context.today() - _ONE_DAY
    ended = tuple(
        replace(rule, effective_until=min(rule.effective_until or last, last))
        for rule in hours.rules
        if rule.effective_from <= last
    )
    kept = tuple(each for each in hours.exceptions if each.kind != ExceptionKind.EXTRA)
    if (ended, kept) == (hours.rules, hours.exceptions):
        return
    hours.rules, hours.exceptions = ended, kept
    context.work.save(hours)
    context.work.commit()


def _refuse_unseen(context: Context, practitioner_id: str) -> None:
    """Unavailable if a day after tomorrow holds time of no appointment that was found."""
    tomorrow = context.now().date() + _ONE_DAY
    seen: dict[Key, set[int]] = {}
    for appointment in booked_with(context, practitioner_id):
        if appointment.group_session_id:
            claim = appointment.demand.claim(appointment.starts_at)
            taken = ResourceDay.spread(context.practice_id, [practitioner_id], *claim)
        else:
            taken = appointment.holds()
        for key, buckets in taken.items():
            seen.setdefault(key, set()).update(buckets)
    for session in sessions_with(context, practitioner_id):
        for key, buckets in session.holds().items():
            seen.setdefault(key, set()).update(buckets)
    for day in days_taken(context, practitioner_id):
        held = set().union(*(each.buckets for each in day.held))
        if day.day > tomorrow and set(day.taken) - held - seen.get(day.item_key, set()):
            raise Unavailable(retry_after=1)
