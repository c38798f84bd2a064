"""Recurring series: ordered, booked off the queue, cancelled and moved; what has begun stays."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.builders.scheduling import (
    Clinic,
    add_equipment,
    add_patient,
    add_practitioner,
    add_type,
    clinic,
    made,
)
from tests.faults import Died, answering, dying, meanwhile
from tests.world import Answered, World

TUESDAYS = "FREQ=WEEKLY;COUNT=4"
CONFLICT = {"error": "TransactionCanceledException", "reasons": ["TransactionConflict"]}


@pytest.fixture
def at(world: World) -> Clinic:
    return clinic(world)


def _order(at: Clinic, **over: Any) -> Answered:
    """Tuesdays at nine, over the change of clocks on 8 March."""
    names = ("patient_id", "practitioner_id", "location_id", "type_id")
    own = {each: getattr(at, each) for each in names}
    body = {**own, "starts": "2026-03-03T09:00:00", "rule": TUESDAYS, **over}
    return at.call("POST", "/v1/appointment-series", body)


def _read(at: Clinic, series_id: str) -> Any:
    return at.call("GET", f"/v1/appointment-series/{series_id}").json


def _carried_out(at: Clinic, answer: Answered) -> list[dict[str, Any]]:
    assert answer.status in (200, 201), answer.text
    assert answer.json["under_way"] is True
    at.world.pump()
    shown = _read(at, answer.json["id"])
    assert shown["under_way"] is False
    occurrences: list[dict[str, Any]] = shown["occurrences"]
    return occurrences


def _change(at: Clinic, series_id: str, verb: str, **body: Any) -> Answered:
    return at.call("POST", f"/v1/appointment-series/{series_id}/{verb}", body)


def _told(occurrences: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(each["outcome"], each["code"]) for each in occurrences]


def test_every_occurrence_is_at_nine_by_the_clinics_clock(at: Clinic) -> None:
    answer = _order(at)
    found = _carried_out(at, answer)
    assert _told(found) == [("booked", None)] * 4
    visits = [at.read(each["appointment_id"]) for each in found]
    assert [visit["starts_at"] for visit in visits] == [
        "2026-03-03T09:00:00-05:00",
        "2026-03-10T09:00:00-04:00",
        "2026-03-17T09:00:00-04:00",
        "2026-03-24T09:00:00-04:00",
    ]
    assert {visit["series_id"] for visit in visits} == {answer.json["id"]}
    assert len(at.taken(at.practitioner_id)) == 4


def test_what_cannot_be_booked_says_why_and_the_rest_is(at: Clinic) -> None:
    leave = {"kind": "leave", "starts": "2026-03-17T00:00:00", "ends": "2026-03-18T00:00:00"}
    at.set_hours([at.rule("tue", "09:00", "17:00")], [leave])
    other = add_patient(at.world, at.token, name={"family": "Other"})
    at.booking("2026-03-10T09:15:00-04:00", patient_id=other)
    assert _told(_carried_out(at, _order(at))) == [
        ("booked", None),
        ("refused", "provider_taken"),
        ("refused", "outside_availability"),
        ("booked", None),
    ]


BAD_RULES = {
    "FREQ=WEEKLY": "endless",
    "FREQ=WEEKLY;COUNT=2;UNTIL=20260401": "endless",
    "FREQ=DAILY;COUNT=10000": "too_many",
    "FREQ=DAILY;UNTIL=20301231": "too_many",
    "FREQ=HOURLY;COUNT=3": "bad_rule",
    "FREQ=WEEKLY;COUNT=0": "bad_rule",
    "FREQ=WEEKLY;COUNT=-1": "bad_rule",
    "FREQ=WEEKLY;BYHOUR=3;COUNT=3": "bad_rule",
    "FREQ=WEEKLY;BYDAY=XX;COUNT=3": "bad_rule",
    "FREQ=WEEKLY;INTERVAL=x;COUNT=3": "bad_rule",
    "FREQ=DAILY;INTERVAL=0;COUNT=3": "bad_rule",
    "FREQ=WEEKLY;INTERVAL=0;BYDAY=MO;COUNT=2": "bad_rule",
    "FREQ=MONTHLY;COUNT=100": "too_far_ahead",
    "FREQ=WEEKLY;INTERVAL=999999999999;COUNT=2": "too_far_ahead",
    "FREQ=WEEKLY;FREQ=DAILY;COUNT=3": "bad_rule",
    "FREQ=WEEKLY;UNTIL=soon": "bad_rule",
    "every week": "bad_rule",
    "FREQ=DAILY;INTERVAL=7;BYDAY=MO;COUNT=3": "never",
    "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30;COUNT=2": "never",
    "FREQ=WEEKLY;UNTIL=20260301": "never",
}


def test_a_rule_that_cannot_be_followed_is_refused(at: Clinic) -> None:
    answers = {rule: _order(at, rule=rule) for rule in BAD_RULES}
    assert {answer.status for answer in answers.values()} == {422}
    assert {
        rule: (answer.json["errors"][0]["field"], answer.json["errors"][0]["code"])
        for rule, answer in answers.items()
    } == {rule: ("rule", code) for rule, code in BAD_RULES.items()}
    there = clinic(at.world)
    for field in ("patient_id", "practitioner_id", "location_id", "type_id"):
        refused = _order(at, **{field: getattr(there, field)})
        assert (refused.status, refused.json["errors"][0]["field"]) == (422, field)


@pytest.mark.parametrize(
    ("starts", "code"),
    [
        ("2026-03-02T08:00:00", "in_the_past"),
        ("0001-01-01T00:00:00", "in_the_past"),
        ("2026-03-03T09:02:00", "off_grid"),
        ("2026-03-03T09:00:01", "off_grid"),
        ("2100-01-01T09:00:00", "too_far_ahead"),
        ("9998-01-01T09:00:00", "too_far_ahead"),
        ("9999-12-31T23:55:00", "out_of_range"),
    ],
)
def test_a_start_at_which_nothing_can_be_booked_is_refused(
    at: Clinic, starts: str, code: str
) -> None:
    refused = _order(at, starts=starts)
    assert refused.status == 422, refused.text
    assert [(each["field"], each["code"]) for each in refused.json["errors"]] == [("starts", code)]


def test_this_and_all_later_are_cancelled(at: Clinic) -> None:
    series_id = _order(at).json["id"]
    busy = _change(at, series_id, "cancel", reason="pat")
    assert (busy.status, busy.json["code"]) == (409, "series_under_way")
    at.world.pump()
    found = _carried_out(at, _change(at, series_id, "cancel", first=3, reason="pat"))
    assert [each["outcome"] for each in found] == ["booked", "booked", "cancelled", "cancelled"]
    assert len(at.taken(at.practitioner_id)) == 2
    beyond = _change(at, series_id, "cancel", first=5, reason="pat")
    assert (beyond.status, beyond.json["errors"][0]["field"]) == (422, "first")


def test_moving_all_leaves_what_has_begun_and_what_was_moved_by_hand(at: Clinic) -> None:
    series_id = _order(at).json["id"]
    at.world.pump()
    ids = [each["appointment_id"] for each in _read(at, series_id)["occurrences"]]
    at.act(ids[2], "reschedule", {"starts_at": "2026-03-18T11:00:00-04:00"})
    at.later(days=2)
    found = _carried_out(at, _change(at, series_id, "reschedule", minutes=24 * 60 + 30))
    assert _told(found) == [
        ("left", "begun"),
        ("booked", None),
        ("left", "changed_by_hand"),
        ("booked", None),
    ]
    assert [at.read(each)["starts_at"] for each in ids] == [
        "2026-03-03T09:00:00-05:00",
        "2026-03-11T09:30:00-04:00",
        "2026-03-18T11:00:00-04:00",
        "2026-03-25T09:30:00-04:00",
    ]
    found = _carried_out(at, _change(at, series_id, "cancel", reason="prov"))
    assert [each["outcome"] for each in found] == ["left", "cancelled", "left", "cancelled"]


def test_a_series_goes_to_another_practitioner_where_they_are_free(at: Clinic) -> None:
    second = add_practitioner(at.world, at.token)
    at.set_hours([at.rule("tue", "09:00", "17:00")], practitioner_id=second)
    other = add_patient(at.world, at.token, name={"family": "Other"})
    at.booking("2026-03-10T09:00:00-04:00", patient_id=other, practitioner_id=second)
    series_id = _order(at).json["id"]
    at.world.pump()
    found = _carried_out(at, _change(at, series_id, "reschedule", practitioner_id=second))
    assert _told(found)[:2] == [("booked", None), ("left", "provider_taken")]
    assert len(at.taken(at.practitioner_id)) == 1


def test_an_order_that_comes_again_books_nothing_twice(at: Clinic) -> None:
    series_id = made(_order(at))
    (item,) = (i for i in at.world.items() if i.get("type", {}).get("S") == "series.ordered")
    message = _message(at, item)
    with answering("TransactWriteItems", times=6, **CONFLICT):
        assert at.world.deliver("scheduling", [message]) == ["0"]
    assert at.world.deliver("scheduling", [message, message]) == []
    first = _read(at, series_id)
    _forget_the_report(at, series_id)
    assert at.world.deliver("scheduling", [message]) == []
    assert _read(at, series_id)["occurrences"] == first["occurrences"]
    booked = [i for i in at.world.items() if i["kind"]["S"] == "appointment"]
    assert len(booked) == 4
    assert sum(map(len, at.taken(at.practitioner_id).values())) == 24


def test_an_order_that_comes_again_too_late_to_book_reports_what_it_booked(at: Clinic) -> None:
    """Its consumer died before the report; meanwhile the first has begun, and the only ECG is theirs."""
    add_equipment(at.world, at.token, at.location_id)
    kind = add_type(at.world, at.token, needs=[{"kind": "ecg"}])
    series_id = made(_order(at, type_id=kind, starts="2026-03-02T09:10:00"))
    (item,) = (i for i in at.world.items() if i.get("type", {}).get("S") == "series.ordered")
    message = _message(at, item)
    with (
        dying(4, after=False, only=lambda name: name == "TransactWriteItems"),
        pytest.raises(Died),
    ):
        at.world.deliver("scheduling", [message])
    at.later(minutes=11)
    assert at.world.deliver("scheduling", [message]) == []
    assert _told(_read(at, series_id)["occurrences"]) == [("booked", None)] * 4


def test_a_series_moves_by_its_own_interval_both_ways(at: Clinic) -> None:
    """None meets the one that is still to move."""
    at.later(hours=1)
    series_id = made(_order(at, rule="FREQ=DAILY;COUNT=4"))
    at.world.pump()
    ids = [each["appointment_id"] for each in _read(at, series_id)["occurrences"]]
    found = _carried_out(at, _change(at, series_id, "reschedule", minutes=24 * 60))
    assert _told(found) == [("booked", None)] * 4
    assert [at.read(each)["starts_at"][:10] for each in ids] == [
        "2026-03-04",
        "2026-03-05",
        "2026-03-06",
        "2026-03-07",
    ]
    assert [each["number"] for each in found] == [1, 2, 3, 4]
    found = _carried_out(at, _change(at, series_id, "reschedule", minutes=-24 * 60))
    assert _told(found) == [("booked", None)] * 4


def test_a_move_that_comes_again_moves_nothing_twice(at: Clinic) -> None:
    series_id = made(_order(at))
    at.world.pump()
    assert _change(at, series_id, "reschedule", minutes=60).status == 200
    told = (i for i in at.world.items() if i.get("type", {}).get("S") == "series.ordered")
    message = _message(at, next(told))
    with (
        dying(4, after=False, only=lambda name: name == "TransactWriteItems"),
        pytest.raises(Died),
    ):
        at.world.deliver("scheduling", [message])
    assert at.world.deliver("scheduling", [message]) == []
    found = _read(at, series_id)["occurrences"]
    assert _told(found) == [("booked", None)] * 4
    assert [at.read(each["appointment_id"])["version"] for each in found] == [2] * 4


def test_what_changes_at_the_same_moment_is_moved_when_the_message_comes_again(at: Clinic) -> None:
    series_id = made(_order(at))
    at.world.pump()
    assert _change(at, series_id, "reschedule", minutes=60).status == 200
    told = (i for i in at.world.items() if i.get("type", {}).get("S") == "series.ordered")
    message = _message(at, next(told))
    other = add_patient(at.world, at.token, name={"family": "Other"})
    with meanwhile(lambda: at.booking("2026-03-24T15:00:00-04:00", patient_id=other)):
        assert at.world.deliver("scheduling", [message]) == ["0"]
    assert at.world.deliver("scheduling", [message]) == []
    assert _told(_read(at, series_id)["occurrences"]) == [("booked", None)] * 4


def test_what_was_missed_or_is_over_is_not_reported_as_cancelled(at: Clinic) -> None:
    series_id = made(_order(at))
    at.world.pump()
    first = _read(at, series_id)["occurrences"][0]["appointment_id"]
    at.later(days=1, hours=1)
    assert at.act(first, "no-show").status == 200
    found = _carried_out(at, _change(at, series_id, "cancel", reason="pat"))
    assert _told(found) == [("left", "begun"), *[("cancelled", None)] * 3]


def test_a_skipped_hour_is_reported_and_a_doubled_one_is_its_first(aws: None) -> None:
    at = clinic(World(datetime(2026, 3, 5, 12, tzinfo=UTC)), hours=("00:00", "06:00"))
    spring = _order(at, starts="2026-03-07T02:30:00", rule="FREQ=DAILY;COUNT=3")
    assert _told(_carried_out(at, spring)) == [
        ("booked", None),
        ("refused", "local_time_in_gap"),
        ("booked", None),
    ]
    autumn = _order(at, starts="2026-10-31T01:30:00", rule="FREQ=DAILY;COUNT=2")
    starts = [each["starts_at"] for each in _carried_out(at, autumn)]
    assert starts == ["2026-10-31T05:30:00Z", "2026-11-01T05:30:00Z"]


def test_another_practices_series_is_not_there(at: Clinic) -> None:
    there = clinic(at.world)
    series_id = made(_order(there))
    assert at.call("GET", f"/v1/appointment-series/{series_id}").status == 404
    assert _change(at, series_id, "cancel", reason="pat").status == 404
    assert _change(at, series_id, "reschedule", minutes=60).status == 404


def _message(at: Clinic, item: dict[str, Any]) -> str:
    from chalicelib.platform.outbox import OutboxItem

    return OutboxItem.from_raw_data(item).event().to_json()


def _forget_the_report(at: Clinic, series_id: str) -> None:
    """As if the consumer had died before it wrote it: the order is still there."""
    from chalicelib.platform.store import get
    from chalicelib.scheduling.series.models import Order, Series

    with at.working() as context:
        series = get(Series, Series.key(at.practice_id, series_id))
        series.order = Order("book")
        context.work.save(series)
        context.work.commit()
