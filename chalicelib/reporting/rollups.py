"""Keeping the rollups: each event is counted once, on the day it belongs to, whenever it comes.

The mark of the event and the sums commit together; sums commute, so order does not matter.
"""

from datetime import date

from ..billing.models import Charge, Payment
from ..claims.models import Claim
from ..claims.states import SUBMITTED
from ..platform.context import Context
from ..platform.errors import AlreadyDone
from ..platform.events import Event
from ..platform.store import get, join, query_all
from .figures import Counts
from .models import CountedEvent, DayRollup, ReceivablesMonth

COUNTER_OF = {
    "appointment.booked": "booked",
    "appointment.rescheduled": "rescheduled",
    "appointment.cancelled": "cancelled",
    "appointment.no_show": "no_show",
    "appointment.checked_in": "checked_in",
    "appointment.completed": "completed",
    "claim.ready": "claims_ready",
    "claim.accepted": "claims_accepted",
    "claim.paid": "claims_paid",
    "claim.denied": "claims_denied",
}
"""What counts by its name alone."""


def count_occurrence(context: Context, event: Event) -> None:
    """One more of what the event's type says."""
    _count(context, event, **{COUNTER_OF[event.type]: 1})


def count_submission(context: Context, event: Event) -> None:
    """A claim went out; whether for the first time, its history tells. One GetItem."""
    _count(context, event, claims_submitted=1, first_submissions=int(_is_first(context, event)))


def count_rejection(context: Context, event: Event) -> None:
    """A claim came back; whether from its first submission, its history tells. One GetItem."""
    _count(context, event, claims_rejected=1, first_rejections=int(_is_first(context, event)))


def count_reinstatement(context: Context, event: Event) -> None:
    """A cancellation or no-show was entered in error: it counts no more."""
    _count(context, event, **{event.data["was"]: -1})


def count_fee(context: Context, event: Event) -> None:
    """A patient was charged for a missed visit; one that is waived is told as a negative amount."""
    _count(context, event, fees=int(event.data["amount"]))


def count_charges(context: Context, event: Event) -> None:
    """An encounter's charges moved into A/R. One Query of the patient's charges."""
    partition = join(context.practice_id, event.data["patient_id"])
    found = query_all(partition, begins="money#charge#", consistent=True)
    charges = [each for each in found if isinstance(each, Charge)]
    amount = sum(each.amount for each in charges if each.encounter_id == event.subject)
    _count(context, event, charged=amount)


def count_payment(context: Context, event: Event) -> None:
    """A patient gave money. One GetItem."""
    key = Payment.key(context.practice_id, event.data["patient_id"], event.subject)
    _count(context, event, patient_paid=get(Payment, key, consistent=True).amount)


def count_posting(context: Context, event: Event) -> None:
    """A payer's decision was posted; a reversal's amounts are negative."""
    told = ("insurance_paid", "adjusted", "patient_responsibility")
    _count(context, event, **{name: int(event.data[name]) for name in told})


def _count(context: Context, event: Event, **by: int) -> None:
    day = date.fromisoformat(event.data["day"])
    mark = CountedEvent.of(context.practice_id, event.id, context.now())
    context.work.create(mark, refusal=AlreadyDone())
    context.work.tally(DayRollup, DayRollup.key(context.practice_id, day), **by)
    change = Counts(**by).receivable_change
    if change:
        month = ReceivablesMonth.key(context.practice_id, day)
        context.work.tally(ReceivablesMonth, month, change=change)


def _is_first(context: Context, event: Event) -> bool:
    """Whether the claim had been submitted once when this happened: each version adds one step."""
    claim = get(Claim, Claim.key(context.practice_id, event.subject), consistent=True)
    by_then = claim.steps[: event.subject_version]
    return len([step for step in by_then if step.status == SUBMITTED]) == 1
