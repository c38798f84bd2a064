"""The second step: who comes, and where the code goes. No patient is looked up: nothing could tell."""

from datetime import datetime, timedelta

from ..patients.intake import checked_birth_date
from ..patients.name_matching import normalise_name
from ..platform import outbox
from ..platform.context import Context, SystemContext
from ..platform.errors import invalid_field
from ..platform.identifiers import is_email
from ..practices.service import phone_of
from ..scheduling.errors import HoldLapsed
from ..scheduling.reasons.listing import read_visit_reasons
from .attempts import count_code
from .errors import BookingOver, BookingUnderWay, TooManyCodes
from .models import CODED, HELD, BookingSession, Visitor
from .offering import channels_of
from .schemas import ContactValue, VisitorBody
from .sessions import open_booking

CODE_WANTED = "online_booking.code_wanted"
MOST_CODES = 3
GOOD_FOR = timedelta(minutes=10)
SENT_AGAIN_AFTER = timedelta(seconds=30)


def take_visitor(context: SystemContext, secret: str, body: VisitorBody) -> BookingSession:
    """Keep who comes, and have a code sent to the contact given: the same for whoever it is.

    The same again within half a minute sends none. BookingOver, TooManyCodes, HoldLapsed (409);
    TooManyRequests (429); Invalid (422) naming what cannot be.
    """
    with open_booking(context, secret) as (opened, session):
        within = opened.context
        demand_open(within, session)
        visitor = _visitor(within, body)
        if session.visitor == visitor and _just_sent(within, session):
            return session
        if session.codes >= MOST_CODES:
            raise TooManyCodes
        count_code(within, visitor.address)
        session.visitor, session.status = visitor, CODED
        session.codes += 1
        session.tries, session.coded_at = 0, within.now()
        within.work.save(session, refusal=BookingUnderWay())
        outbox.publish(within, CODE_WANTED, session.id, session.version, code=str(session.codes))
        return session


def demand_open(context: Context, session: BookingSession) -> None:
    """BookingOver, HoldLapsed (409)."""
    if session.status not in (HELD, CODED):
        raise BookingOver
    if session.until <= context.now():
        raise HoldLapsed


def good_until(session: BookingSession) -> datetime:
    """When the code that was sent last ends: after ten minutes, or with the hold."""
    sent: datetime = session.coded_at
    return min(sent + GOOD_FOR, session.until)


def listed_reasons(context: Context) -> set[str]:
    """The codes that can be chosen now."""
    return {each.code for each in read_visit_reasons(context).reasons}


def _just_sent(context: Context, session: BookingSession) -> bool:
    return bool(session.coded_at and context.now() < session.coded_at + SENT_AGAIN_AFTER)


def _visitor(context: Context, body: VisitorBody) -> Visitor:
    for field in ("family_name", "given_name"):
        if not normalise_name(getattr(body, field)):
            raise invalid_field(field, "no_letters", "A name has letters")
    channel, address = _contact(context, body.contact)
    if body.reason is not None and body.reason not in listed_reasons(context):
        raise invalid_field("reason", "not_found", "Not on the practice's list of reasons")
    return Visitor(
        family=body.family_name,
        given=body.given_name,
        birth_date=checked_birth_date(body.birth_date, field="birth_date", today=context.today()),
        sex=body.sex,
        channel=channel,
        address=address,
        agreed=body.agrees_to_messages,
        language=body.language,
        reason=body.reason,
    )


def _contact(context: Context, contact: ContactValue) -> tuple[str, str]:
    """Channel and address; a number in E.164."""
    if (contact.email is None) == (contact.mobile is None):
        raise invalid_field("contact", "one_of_both", "Give an e-mail address or a mobile number")
    if contact.email is not None:
        if not is_email(contact.email):
            raise invalid_field("contact.email", "bad_email", "Not an e-mail address")
        return "email", contact.email
    if "sms" not in channels_of(context):
        raise invalid_field("contact.mobile", "not_offered", "This practice sends no texts")
    number = phone_of(contact.mobile or "", context.tenant.country, field="contact.mobile")
    return "sms", number
