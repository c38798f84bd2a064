"""Recurring series: ordered, booked off the queue, cancelled and moved; what has begun stays."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.builders.scheduling import Clinic, add_patient, add_practitioner, clinic, made
from tests.faults import answering
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
    refused = _order(at, starts="2026-03-02T08:00:00")
    assert (refused.json["errors"][0]["field"], refused.status) == ("starts", 422)
    there = clinic(at.world)
    for field in ("patient_id", "practitioner_id", "location_id", "type_id"):
        refused = _order(at, **{field: getattr(there, field)})
        assert (refused.status, refused.json["errors"][0]["field"]) == (422, field)


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
