"""The last step: the code is right, and the visit is booked, or the practice has to be called."""

from datetime import datetime, timedelta

from ..patients.intake import record_answers
from ..patients.models import Patient
from ..patients.registration import register_patient
from ..patients.schemas import ConsentsBody, RegistrationBody
from ..platform import outbox
from ..platform.clock import iso
from ..platform.context import Context, SystemContext
from ..platform.errors import Conflict, NotFound
from ..platform.store import UnitOfWork, find, find_many, get, query_all
from ..scheduling.errors import HoldLapsed
from ..scheduling.holds.holding import book_held, release_hold
from ..scheduling.models import Appointment
from ..scheduling.progress import Status
from ..scheduling.reasons.schemas import ReasonBody
from ..scheduling.set_up.models import AppointmentType
from .days import book_on_day, leave_day, place_of
from .errors import BookingUnderWay, CodeSpent, CodeWrong, NoCodeYet
from .matching import patients_who_are, person_of
from .models import (
    BOOKED,
    DECLINED,
    BookingSession,
    OnlinePerson,
    OnlineVisit,
    Visitor,
)
from .offering import is_online
from .schemas import CodeBody
from .sessions import Open, is_code_of, open_booking
from .standing import Standing, standing_of
from .visitors import demand_open, good_until, listed_reasons

BOOKED_ONLINE = "online_booking.booked"
MOST_TRIES = 5
KEPT_IF_DECLINED = timedelta(days=30)


def verify(context: SystemContext, secret: str, body: CodeBody) -> Standing:
    """Book for whoever gives the code. Sent again, the right code has the same answer.

    NoCodeYet, CodeSpent (409); CodeWrong (422); HoldLapsed, SlotTaken (409) where the patient has
    another visit then.
    """
    with open_booking(context, secret) as (opened, session):
        within = opened.context
        _count_try(within, session)
        if not is_code_of(session, body.code):
            raise CodeWrong
        if session.status in (BOOKED, DECLINED):
            return standing_of(opened, session, verified=True)
        demand_open(within, session)
        try:
            appointment = _decide(opened, session)
        except NotFound:
            raise _without_hold(within, session) from None
        within.work.save(session, refusal=BookingUnderWay())
        return standing_of(opened, session, verified=True, appointment=appointment)


def _count_try(context: Context, session: BookingSession) -> None:
    """Counted and committed before the code is looked at: five looks at one code, however they race."""
    if session.coded_at is None:
        raise NoCodeYet
    over = session.status not in (BOOKED, DECLINED) and good_until(session) <= context.now()
    if session.tries >= MOST_TRIES or over:
        raise CodeSpent
    work = UnitOfWork()
    session.tries += 1
    work.save(session, refusal=BookingUnderWay())
    work.commit()


def _without_hold(context: Context, session: BookingSession) -> Conflict:
    """Why what was held is not there: the same code was given at the same moment, or staff let it go."""
    key = BookingSession.key(context.practice_id, session.id)
    now = find(BookingSession, key, consistent=True)
    return HoldLapsed() if now and now.version == session.version else BookingUnderWay()


def _decide(opened: Open, session: BookingSession) -> Appointment | None:
    """Stage the visit, or why the practice has to be called; who waits for it learns no more."""
    context, visitor = opened.context, session.visitor
    kind = get(AppointmentType, AppointmentType.key(context.practice_id, session.type_id))
    person = person_of(context, visitor)
    known = patients_who_are(context, visitor, person)
    why = _why_not(opened, kind, session, person=person, known=known)
    if why:
        _decline(context, session, why, known)
        return None
    return _book(context, session, kind, person, known[0] if known else None)


def _why_not(
    opened: Open,
    kind: AppointmentType,
    session: BookingSession,
    *,
    person: OnlinePerson,
    known: list[Patient],
) -> str | None:
    """The code of what stands against it; None where nothing does."""
    context, page = opened.context, opened.page
    shown = page.shown.get(session.practitioner_id)
    if shown is None or not is_online(kind):
        return "not_online"
    if len(known) > 1:
        return "several_patients"
    if known:
        if known[0].id in (page.blocked or ()):
            return "blocked"
        person.visits = _visits_ahead(context, known[0], person)
        return "too_many_visits" if len(person.visits) >= page.most_upcoming else None
    takes_new = page.new_patients and shown.new_patients and kind.online == "everybody"
    return None if takes_new else "new_patient"


def _visits_ahead(context: Context, patient: Patient, person: OnlinePerson) -> set[str]:
    """What is booked and to come: what the index has, and what was booked online a moment ago."""
    partition, begins = Appointment.of_patient(context.practice_id, patient.id)
    now = context.now()
    since = begins + now.strftime("%Y-%m-%dT%H:%MZ")
    rows = query_all(partition, index="gs2", between=(since, f"{begins}~"))
    keys = {row.item_key for row in rows}
    keys |= {Appointment.key(context.practice_id, each) for each in person.visits or ()}
    visits = [
        each for each in find_many(keys, consistent=True).values() if isinstance(each, Appointment)
    ]
    return {each.id for each in visits if each.status == Status.BOOKED and each.starts_at > now}


def _decline(context: Context, session: BookingSession, why: str, known: list[Patient]) -> None:
    release_hold(context, session.hold_id)
    leave_day(context, session)
    session.status, session.why = DECLINED, why
    session.patient_id = known[0].id if len(known) == 1 else None
    session.expires_at = int((context.now() + KEPT_IF_DECLINED).timestamp())
    _ask_desk(context, "online_booking_declined", session.id, session.version + 1,
              patient_id=known[0].id if len(known) == 1 else None, due=session.start)  # fmt: skip


def _book(
    context: Context,
    session: BookingSession,
    kind: AppointmentType,
    person: OnlinePerson,
    known: Patient | None,
) -> Appointment:
    visitor: Visitor = session.visitor
    patient = known or register_patient(context, _registration(visitor))
    appointment = book_held(
        context,
        session.hold_id,
        patient_id=patient.id,
        reason=_reason(context, visitor),
        newcomer=None if known else patient,
    )
    if known and visitor.agreed and not known.agreed_to(visitor.channel):
        record_answers(context, known, _consents(visitor))
        context.work.save(known)
    context.concerns(patient.id)
    _keep(context, session, kind, person, appointment)
    book_on_day(context, session)
    session.status, session.appointment_id = BOOKED, appointment.id
    session.visitor, session.patient_id = None, patient.id
    outbox.publish(
        context,
        BOOKED_ONLINE,
        appointment.id,
        appointment.version,
        patient_id=patient.id,
        session_id=session.id,
        registered="no" if known else "yes",
        messages="yes" if visitor.agreed else "no",
    )
    if kind.deposit:
        _ask_desk(context, "deposit_due", appointment.id, appointment.version,
                  patient_id=patient.id, due=session.start)  # fmt: skip
    return appointment


def _keep(
    context: Context,
    session: BookingSession,
    kind: AppointmentType,
    person: OnlinePerson,
    appointment: Appointment,
) -> None:
    context.work.create(
        OnlineVisit(
            *OnlineVisit.key(context.practice_id, appointment.id),
            patient_id=appointment.patient_id,
            session_id=session.id,
            counted=place_of(session),
            deposit=kind.deposit,
        )
    )
    person.patient_id = appointment.patient_id
    person.visits = (person.visits or set()) | {appointment.id}
    if person.version:
        context.work.save(person, refusal=BookingUnderWay())
    else:
        context.work.create(person, refusal=BookingUnderWay())


def _reason(context: Context, visitor: Visitor) -> ReasonBody | None:
    """Unless the practice has struck it off its list since."""
    if visitor.reason is None or visitor.reason not in listed_reasons(context):
        return None
    return ReasonBody(code=visitor.reason)


def _registration(visitor: Visitor) -> RegistrationBody:
    """Nothing but what they said; the front desk asks for the rest, and whether they are a double."""
    email = visitor.address if visitor.channel == "email" else None
    phones = [] if email else [{"number": visitor.address, "use": "mobile"}]
    said = {
        "name": {"family": visitor.family, "given": visitor.given},
        "birth_date": visitor.birth_date,
        "sex": visitor.sex,
        "language": visitor.language,
        "email": email,
        "phones": phones,
        "preferred_channel": visitor.channel,
        "consents": _consents(visitor),
        "confirm_not_duplicate": True,
    }
    return RegistrationBody.model_validate(said)


def _consents(visitor: Visitor) -> ConsentsBody:
    return ConsentsBody.model_validate({visitor.channel: True} if visitor.agreed else {})


def _ask_desk(
    context: Context,
    kind: str,
    subject: str,
    version: int,
    *,
    patient_id: str | None,
    due: datetime,
) -> None:
    about = {"patient_id": patient_id} if patient_id else {}
    outbox.publish(
        context, "task.wanted", subject, version,
        queue="front_desk", kind=kind, due=iso(due), **about,
    )  # fmt: skip
