"""Events become counts: each once, on its own day, whatever the order, and through death."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from chalicelib.platform.events import Event
from tests.faults import Died, answering, calls, dying
from tests.http.reporting.telling import DAY, Told, counted, practice
from tests.world import World, sign_in

NEXT = DAY + timedelta(days=1)
OCCURRENCES = {
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


@pytest.fixture
def told(world: World) -> Told:
    return practice(world)


def totals(told: Told) -> dict[str, int]:
    return counted(told.dashboard(DAY, NEXT)["totals"])


def test_an_occurrence_counts_under_its_name(told: Told) -> None:
    # given each type as often as its place in the list
    places = {event_type: place for place, event_type in enumerate(OCCURRENCES, start=1)}
    events = [told.event(each, "apt_1") for each, times in places.items() for _ in range(times)]
    assert told.deliver(*events) == []
    assert totals(told) == {OCCURRENCES[each]: times for each, times in places.items()}


def test_a_duplicate_counts_once_in_one_batch_and_in_another(told: Told) -> None:
    posted = told.posted(paid=700, adjusted=200, share=100)
    assert told.deliver(posted, posted, posted) == []
    assert told.deliver(posted) == []
    assert totals(told) == {
        "insurance_paid": 700,
        "adjusted": 200,
        "patient_responsibility": 100,
        "collected": 700,
        "receivable_change": -900,
    }
    assert len(told.kept("counted_event")) == 1


def test_two_events_of_one_subject_count_twice(told: Told) -> None:
    told.deliver(
        told.event("appointment.rescheduled", "apt_1", version=2),
        told.event("appointment.rescheduled", "apt_1", version=3),
    )
    assert totals(told) == {"rescheduled": 2}


def test_a_late_event_counts_on_the_day_it_belongs_to(told: Told) -> None:
    late = told.event("appointment.completed", "apt_1", DAY)
    told.world.clock.advance(days=20)
    told.token = sign_in(told.world, "ada@clinic.example")
    told.deliver(told.event("appointment.completed", "apt_2", NEXT), late)
    days = told.dashboard(DAY, NEXT)["days"]
    assert [(day["day"], day["completed"]) for day in days] == [
        (DAY.isoformat(), 1),
        (NEXT.isoformat(), 1),
    ]


def test_charges_are_summed_over_the_lines_of_their_encounter(told: Told) -> None:
    told.charged(DAY, 5_000)  # another encounter of the patient: its event is still to come
    told.deliver(told.charged(DAY, 12_000, 3_000))
    assert totals(told) == {"charged": 15_000, "receivable_change": 15_000}


def test_a_payment_counts_by_its_record(told: Told) -> None:
    told.deliver(told.paid(DAY, 2_500))
    assert totals(told) == {"patient_paid": 2_500, "collected": 2_500, "receivable_change": -2_500}


def test_a_reversal_takes_back_what_was_posted(told: Told) -> None:
    told.deliver(
        told.posted(paid=700, adjusted=200, share=100),
        told.posted(NEXT, paid=-700, adjusted=-200, share=-100),
    )
    days = told.dashboard(DAY, NEXT)["days"]
    assert totals(told) == {}
    assert [day["insurance_paid"]["amount"] for day in days] == [700, -700]


def test_a_first_submission_and_its_rejection_are_told_from_later_ones(told: Told) -> None:
    # given a claim that was rejected, sent again and rejected again: events come late, newest first
    told.claim("clm_1", "ready", "submitted", "rejected", "ready", "submitted", "rejected")
    told.deliver(
        told.event("claim.rejected", "clm_1", version=6),
        told.event("claim.submitted", "clm_1", version=5),
        told.event("claim.rejected", "clm_1", version=3),
        told.event("claim.submitted", "clm_1", version=2),
    )
    assert totals(told) == {
        "claims_submitted": 2,
        "claims_rejected": 2,
        "first_submissions": 1,
        "first_rejections": 1,
    }


def test_a_message_that_cannot_be_counted_comes_back_alone(told: Told) -> None:
    booked = told.event("appointment.booked", "apt_1")
    unknown = told.event("payment.taken", "pay_unknown")
    undated = Event(**{**vars_of(booked), "id": "evt_undated", "data": {"day": "someday"}})
    assert told.deliver(booked, unknown, undated) == ["1", "2"]
    assert totals(told) == {"booked": 1}
    assert len(told.kept("counted_event")) == 1


def test_a_conflict_with_another_transaction_is_tried_again(told: Told) -> None:
    booked = told.event("appointment.booked", "apt_1")
    with answering(
        "TransactWriteItems",
        times=2,
        error="TransactionCanceledException",
        reasons=["None", "TransactionConflict"],
    ) as left:
        assert told.deliver(booked) == []
    assert left == [0]
    assert totals(told) == {"booked": 1}


def _submitted(told: Told) -> Event:
    told.claim("clm_1", "ready", "submitted")
    return told.event("claim.submitted", "clm_1", version=2)


KINDS: dict[str, Callable[[Told], Event]] = {
    "an occurrence": lambda told: told.event("appointment.completed", "apt_1"),
    "charges": lambda told: told.charged(DAY, 12_000, 3_000),
    "a payment": lambda told: told.paid(DAY, 2_500),
    "a posting": lambda told: told.posted(paid=700, adjusted=200, share=100),
    "a submission": _submitted,
}


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_dies_at_any_call_counts_once_when_the_event_comes_again(
    told: Told, kind: str
) -> None:
    event = KINDS[kind](told)
    with calls() as sent:
        told.deliver(event)
    expected = totals(told)
    assert expected
    assert sent[-1] == "TransactWriteItems"

    for after in (False, True):
        for at in range(len(sent)):
            told.forget()
            with pytest.raises(Died), dying(at, after=after):
                told.deliver(event)
            lost = not (after and at == len(sent) - 1)
            assert totals(told) == ({} if lost else expected), (at, after)

            assert told.deliver(event) == []
            assert totals(told) == expected, (at, after)
            assert len(told.kept("counted_event")) == 1


def test_a_mark_expires_a_month_on(told: Told) -> None:
    told.deliver(told.event("appointment.booked", "apt_1"))
    (mark,) = told.kept("counted_event")
    month_on = told.world.clock.now() + timedelta(days=30)
    assert int(mark["expires_at"]["N"]) == month_on.timestamp()


def vars_of(event: Event) -> dict[str, object]:
    return {name: getattr(event, name) for name in Event.__dataclass_fields__}
