"""Wishes: entered by staff, changed, withdrawn, listed for the front desk."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from ..messaging.channels import is_written_to
from ..patients.models import Patient
from ..platform.context import Context
from ..platform.errors import FieldError, Invalid, NotFound, invalid_field
from ..platform.http import filtered_page
from ..platform.store import Key, Record, Results, find_many, get, query, query_all
from ..practices.models import Location, Practitioner
from ..scheduling.local_time import day_bounds
from ..scheduling.models import Appointment
from ..scheduling.placing import Named, refuse_missing
from ..scheduling.progress import Status
from ..scheduling.set_up.models import AppointmentType
from .closing import close_wish
from .errors import TooManyWishes, WishOver
from .matching import DaySpan
from .models import WITHDRAWN, Offer, Wish
from .schemas import WaitlistQuery, WishBody, WishRequest
from .standing import wishes_of

MOST_WISHES = 20
KEPT_FOR = timedelta(days=90)
LONGEST = timedelta(days=2 * 366)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line of the list."""

    wish: Wish
    patient_name: str


@dataclass(frozen=True, slots=True)
class History:
    """A wish, and all that was offered to it."""

    wish: Wish
    history: list[Offer]


def add_wish(context: Context, body: WishRequest) -> Wish:
    """Put somebody on the list. Invalid (422) names what is not there or cannot be; TooManyWishes (409)."""
    now = context.now()
    patient_key = Patient.key(context.practice_id, body.patient_id)
    context.concerns(body.patient_id)
    found = find_many([patient_key], consistent=True)
    refuse_missing(found, ("patient_id", Patient, patient_key))
    patient = found[patient_key]
    if isinstance(patient, Patient) and not is_written_to(patient):
        raise invalid_field("patient_id", "not_active", "The patient is deceased or inactive")
    if sum(not each.over for each in wishes_of(context, body.patient_id)) >= MOST_WISHES:
        raise TooManyWishes
    wish = Wish(
        *Wish.key(context.practice_id, context.new_id("wsh")),
        patient_id=body.patient_id,
        since=now,
        entered_by=context.actor.id,
    )
    _fill(context, wish, body)
    context.work.create(wish)
    return wish


def change_wish(context: Context, wish_id: str, body: WishBody) -> Wish:
    """Replace what is wished for; it keeps its place, and what is offered now stays. WishOver (409)."""
    wish = context.matching(_read(context, wish_id))
    if wish.over:
        raise WishOver
    _fill(context, wish, body)
    context.work.save(wish)
    return wish


def withdraw_wish(context: Context, wish_id: str) -> None:
    """The patient waits no more; what they are offered goes to the next. WishOver (409)."""
    wish = context.matching(_read(context, wish_id))
    if wish.over:
        raise WishOver
    close_wish(context, wish, WITHDRAWN)


def read_wish(context: Context, wish_id: str) -> History:
    """A wish with its offers where the caller works: one Query. NotFound without one, and for one of
    other places."""
    records = list(query_all(Wish.key(context.practice_id, wish_id).pk, consistent=True))
    wish = next((each for each in records if isinstance(each, Wish)), None)
    if wish is None or not _is_here(context, wish):
        raise NotFound
    context.concerns(wish.patient_id)
    offers = [
        each for each in records if isinstance(each, Offer) and context.allows_at(each.location_id)
    ]
    return History(wish, sorted(offers, key=lambda each: each.number))


def list_waiting(context: Context, asked: WaitlistQuery) -> tuple[list[Waiting], str | None]:
    """Who waits, who is offered first first; of one patient all wishes, the latest first."""
    return filtered_page(
        context,
        asked,
        lambda start, limit: _page(context, asked, start, limit),
        lambda keys: _shown(context, asked, keys),
    )


def _read(context: Context, wish_id: str) -> Wish:
    wish = get(Wish, Wish.key(context.practice_id, wish_id))
    if not _is_here(context, wish):
        raise NotFound
    context.concerns(wish.patient_id)
    return wish


def _is_here(context: Context, wish: Wish) -> bool:
    """Whether the caller works where the patient would come."""
    return not wish.location_ids or any(map(context.allows_at, wish.location_ids))


def _page(context: Context, asked: WaitlistQuery, start: Any, limit: int) -> Results:
    if asked.patient_id is None:
        partition = Wish.waiting_at(context.practice_id)
        return query(partition, index="gs1", limit=limit, start=start)
    partition = Wish.of_patient(context.practice_id, asked.patient_id)
    return query(partition, index="gs2", limit=limit, start=start, newest_first=True)


def _shown(context: Context, asked: WaitlistQuery, keys: list[Key]) -> Iterator[Waiting]:
    """Those of a page that are asked for: a BatchGet of wishes, one of patients."""
    found = find_many(keys, consistent=True)
    wishes = [each for key in keys if isinstance(each := found.get(key), Wish)]
    wanted = [each for each in wishes if _is_here(context, each) and _is_asked(asked, each)]
    patients = {
        each.patient_id: Patient.key(context.practice_id, each.patient_id) for each in wanted
    }
    known = find_many(patients.values())
    for wish in wanted:
        context.concerns(wish.patient_id)
        patient = known.get(patients[wish.patient_id])
        yield Waiting(wish, patient.full_name if isinstance(patient, Patient) else "")


def _is_asked(asked: WaitlistQuery, wish: Wish) -> bool:
    if asked.patient_id is None and wish.over:
        return False
    here = asked.location_id is None or asked.location_id in (
        wish.location_ids or [asked.location_id]
    )
    return here and asked.type_id in (None, wish.type_id)


def _fill(context: Context, wish: Wish, body: WishBody) -> None:
    """As it is asked for. Invalid names what is not there, or cannot be."""
    found = _found(context, body)
    wrong = tuple(_wrong(context, body))
    if wrong:
        raise Invalid("This wish cannot be", errors=wrong)
    wish.type_id, wish.urgency, wish.source = body.type_id, body.urgency, body.source
    wish.practitioner_ids = tuple(dict.fromkeys(body.practitioner_ids))
    wish.location_ids = tuple(dict.fromkeys(body.location_ids))
    wish.weekdays = tuple(dict.fromkeys(body.weekdays))
    wish.times = tuple(DaySpan(each.starts, each.ends) for each in body.times)
    wish.first_day, wish.last_day = body.first_day, body.last_day
    wish.notice_minutes = body.notice_minutes
    wish.keep_until = body.keep_until or context.today() + KEPT_FOR
    wish.earlier_than = _start_of_visit(context, wish, body, found)
    wish.appointment_id = body.appointment_id
    wish.stand(_lapses_at(context, wish.keep_until))


def _lapses_at(context: Context, day: date) -> datetime:
    return day_bounds(day, context.tenant.zone)[1]


def _found(context: Context, body: WishBody) -> dict[Key, Record]:
    """All that it names, where the caller works."""
    practice_id = context.practice_id
    named: list[Named] = [
        ("type_id", AppointmentType, AppointmentType.key(practice_id, body.type_id))
    ]
    for at, each in enumerate(body.practitioner_ids):
        key = Practitioner.key(practice_id, each)
        named.append((f"practitioner_ids.{at}", Practitioner, key))
    for at, each in enumerate(body.location_ids):
        named.append((f"location_ids.{at}", Location, Location.key(practice_id, each)))
    if body.appointment_id:
        key = Appointment.key(practice_id, body.appointment_id)
        named.append(("appointment_id", Appointment, key))
    found = find_many((key for _, _, key in named), consistent=True)
    seen = {
        key: each
        for key, each in found.items()
        if not isinstance(each, Location) or context.allows_at(each.id)
    }
    refuse_missing(seen, *named)
    return seen


def _wrong(context: Context, body: WishBody) -> Iterator[FieldError]:
    for at, span in enumerate(body.times):
        if span.ends <= span.starts:
            yield FieldError(f"times.{at}.ends", "before_start", "It ends before it starts")
    if body.first_day and body.last_day and body.last_day < body.first_day:
        yield FieldError("last_day", "before_first", "The last day is before the first")
    if body.last_day and body.last_day < context.today():
        yield FieldError("last_day", "in_the_past", "This day has passed")
    if body.keep_until and body.keep_until < context.today():
        yield FieldError("keep_until", "in_the_past", "This day has passed")
    if body.keep_until and body.keep_until > context.today() + LONGEST:
        yield FieldError("keep_until", "too_far", "At most two years ahead")


def _start_of_visit(
    context: Context, wish: Wish, body: WishBody, found: dict[Key, Record]
) -> datetime | None:
    """Of the later visit that is to be moved. Invalid where it is not theirs, or is over."""
    if body.appointment_id is None:
        return None
    visit = found[Appointment.key(context.practice_id, body.appointment_id)]
    if not isinstance(visit, Appointment) or not context.allows_at(visit.location_id):
        raise invalid_field("appointment_id", "not_found", "No such record in this practice")
    if visit.patient_id != wish.patient_id:
        raise invalid_field("appointment_id", "other_patient", "It is another patient's")
    if visit.type_id != body.type_id:
        raise invalid_field("appointment_id", "other_type", "It is of another type")
    if visit.status != Status.BOOKED or visit.starts_at <= context.now():
        raise invalid_field("appointment_id", "not_ahead", "It is not booked, or has begun")
    starts_at: datetime = visit.starts_at
    return starts_at
