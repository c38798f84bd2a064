"""What messaging does when something happened."""

from typing import Any

from ..platform.context import Context
from ..platform.events import Event
from ..platform.queues import Consumers
from . import (
    links,
    notices,
    outside_notices,
    planning,
    reminders,
    sending,
    series_notices,
    visit_notices,
)
from .models import (
    NOTICE,
    REMINDER,
    SERIES_NOTICE,
    UNANSWERED,
    Message,
    Reminders,
    SeriesNotice,
    VisitNotice,
)

consumers = Consumers("messaging")


@consumers.on("identity.link_made")
def mail_link(context: Context, event: Event) -> None:
    """Mail a one-use link. Sent again if the queue brings it again: the link is good once."""
    links.mail_link(context, event.subject)


@consumers.on("identity.account_notice")
def mail_notice(context: Context, event: Event) -> None:
    """Mail what changed on an account. Sent again if the queue brings it again."""
    links.mail_notice(context, event.subject, event.data["notice"])


@consumers.on("glass.broken")
def tell_owners(context: Context, _event: Event) -> None:
    """The owners learn of it. Sent again if the queue brings it again."""
    notices.tell_of_broken_glass(context)


@consumers.on("appointment.booked")
@consumers.on("appointment.rescheduled")
@consumers.on("appointment.reinstated")
def plan_reminders(context: Context, event: Event) -> None:
    """The patient is reminded at the steps of the practice's plan."""
    planning.plan_reminders(context, event)


@consumers.on("appointment.cancelled")
@consumers.on("appointment.no_show")
@consumers.on("appointment.checked_in")
@consumers.on("appointment.completed")
def end_reminders(context: Context, event: Event) -> None:
    """There is nothing to remind of any more."""
    planning.end_reminders(context, event)


@consumers.on("appointment.booked")
@consumers.on("appointment.rescheduled")
@consumers.on("appointment.reinstated")
@consumers.on("appointment.cancelled")
@consumers.on("appointment.no_show")
@consumers.on("appointment.checked_in")
@consumers.on("appointment.completed")
def hear_of_visit(context: Context, event: Event) -> None:
    """The patient is told of it, if it stays so."""
    visit_notices.hear_of_visit(context, event)


@consumers.on("online_booking.booked")
def note_told(context: Context, event: Event) -> None:
    """They were told already."""
    visit_notices.note_told(context, event)


@consumers.on("series.carried_out")
def hear_of_series(context: Context, event: Event) -> None:
    """One message for all of it."""
    series_notices.hear_of_series(context, event)


@consumers.when_due(NOTICE)
def tell_of_visit(context: Context, due: VisitNotice) -> None:
    """Tell the patient what became of a visit; once, whatever the queue does."""
    visit_notices.tell_of_visit(context, due)


@consumers.when_due(SERIES_NOTICE)
def tell_of_series(context: Context, due: SeriesNotice) -> None:
    """Tell the patient of a series' visits; once, whatever the queue does."""
    series_notices.tell_of_series(context, due)


@consumers.when_due(REMINDER)
def remind(context: Context, due: Reminders) -> None:
    """Remind the patient by the channel they prefer and have agreed to; once, whatever the queue does."""
    reminders.remind(context, due)


@consumers.when_due(UNANSWERED)
def settle_unanswered(context: Context, due: Message) -> None:
    """Nobody knows whether it went out."""
    sending.settle_unanswered(context, due)


@consumers.from_outside
def receive_notice(envelope: dict[str, Any]) -> None:
    """What became of a message, or a text that somebody sent."""
    outside_notices.receive_notice(envelope)


@consumers.on("practice.notice", while_paused=True)
def tell_owners_of_practice(context: Context, event: Event) -> None:
    """The owners learn what became of their practice. Sent again if the queue brings it again."""
    notices.tell_owners(context, event.data["notice"])


@consumers.on("practice.suspended", while_paused=True)
@consumers.on("practice.resumed", while_paused=True)
def tell_of_suspension(context: Context, event: Event) -> None:
    """The owners learn of it. Sent again if the queue brings it again."""
    notices.tell_owners(context, event.type.removeprefix("practice."))
