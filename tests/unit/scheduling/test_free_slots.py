from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from chalicelib.scheduling.availability import WeeklyRule, Window, WorkingHours, windows_of
from chalicelib.scheduling.buckets import buckets_of
from chalicelib.scheduling.free_slots import Resource, SlotDemand, free_slots
from chalicelib.scheduling.local_time import day_bounds
from tests.unit.scheduling.clock_oracle import (
    DAY,
    FIVE,
    hours_at_a_change,
    hours_written,
    latest_time_shown,
    open_at,
)

NINE = datetime(2026, 7, 6, 9, tzinfo=UTC)
TODAY = date(2026, 7, 6)


def window(minutes: int, *, opens: datetime = NINE, location_id: str = "loc_a") -> Window:
    return Window(opens, opens + timedelta(minutes=minutes), location_id, opens)


def taken(*spans: tuple[int, int]) -> dict[date, frozenset[int]]:
    """Minutes after nine, from and to, as taken buckets."""
    numbers: frozenset[int] = frozenset()
    for start, end in spans:
        at = NINE + timedelta(minutes=start)
        numbers |= buckets_of(at, NINE + timedelta(minutes=end))[TODAY]
    return {TODAY: numbers}


def starts(windows: list[Window], busy: dict, demand: SlotDemand, **options: object) -> list[str]:
    bounds: dict = {"earliest": NINE - DAY, "latest": NINE + DAY, **options}
    return [f"{s.starts:%H:%M}" for s in free_slots(windows, busy, demand=demand, **bounds)]


def test_a_visit_is_offered_at_every_step_where_it_fits() -> None:
    assert starts([window(60)], {}, SlotDemand(30)) == ["09:00", "09:15", "09:30"]


def test_a_taken_bucket_blocks_what_overlaps_it_and_nothing_else() -> None:
    busy = taken((30, 35))
    assert starts([window(90)], busy, SlotDemand(30)) == ["09:00", "09:45", "10:00"]


def test_buffers_are_inside_the_hours_and_clear_of_other_visits() -> None:
    demand = SlotDemand(30, before=5, after=10)
    assert starts([window(120)], taken((60, 65)), demand) == ["09:15", "10:15"]


def test_a_closure_does_not_move_the_grid() -> None:
    after_lunch = Window(NINE + timedelta(minutes=70), NINE + timedelta(minutes=120), "loc_a", NINE)
    assert starts([after_lunch], {}, SlotDemand(20)) == ["10:15", "10:30"]


def test_a_visit_may_run_from_one_window_into_the_next() -> None:
    touching = [window(30), window(30, opens=NINE + timedelta(minutes=30))]
    assert starts(touching, {}, SlotDemand(45)) == ["09:00", "09:15"]
    apart = [window(30), window(30, opens=NINE + timedelta(minutes=35))]
    assert starts(apart, {}, SlotDemand(45)) == []


def test_a_visit_does_not_run_from_one_location_into_the_other() -> None:
    moving = [window(30), window(30, opens=NINE + timedelta(minutes=30), location_id="loc_b")]
    assert starts(moving, {}, SlotDemand(45)) == []


def test_hours_off_the_five_minute_grid_lose_the_broken_bucket() -> None:
    odd = window(27, opens=NINE + timedelta(minutes=2))
    assert starts([odd], {}, SlotDemand(10, step=5)) == ["09:05", "09:10", "09:15"]


def test_earliest_is_included_and_latest_is_not() -> None:
    limits = {"earliest": NINE + timedelta(minutes=14), "latest": NINE + timedelta(minutes=45)}
    assert starts([window(120)], {}, SlotDemand(15), **limits) == ["09:15", "09:30"]
    off_grid = {"earliest": NINE, "latest": NINE + timedelta(minutes=16)}
    assert starts([window(120)], {}, SlotDemand(15), **off_grid) == ["09:00", "09:15"]


def test_one_free_member_of_each_set_is_named() -> None:
    rooms = [Resource("res_1", taken((0, 30))), Resource("res_2", {})]
    patient = [Resource("pat_1", taken((15, 20)))]
    slots = free_slots(
        [window(60)],
        {},
        demand=SlotDemand(15),
        earliest=NINE,
        latest=NINE + DAY,
        resource_sets=[rooms, patient],
    )
    assert [(f"{s.starts:%H:%M}", s.resource_ids) for s in slots] == [
        ("09:00", ("res_2", "pat_1")),
        ("09:30", ("res_1", "pat_1")),
        ("09:45", ("res_1", "pat_1")),
    ]


def test_a_room_elsewhere_does_not_count() -> None:
    rooms = [[Resource("res_1", {}, "loc_b")]]
    assert starts([window(60)], {}, SlotDemand(30), resource_sets=rooms) == []


def test_no_resource_serves_two_sets_and_a_way_to_share_out_is_found() -> None:
    both, one = Resource("res_1", {}), Resource("res_2", {})
    assert starts([window(30)], {}, SlotDemand(30), resource_sets=[[both], [both]]) == []
    (slot,) = free_slots(
        [window(30)],
        {},
        demand=SlotDemand(30),
        earliest=NINE,
        latest=NINE + DAY,
        resource_sets=[[both, one], [both]],
    )
    assert slot.resource_ids == ("res_2", "res_1")


def test_round_the_clock_hours_offer_a_visit_over_local_midnight() -> None:
    zone = ZoneInfo("America/New_York")
    always = tuple(
        WeeklyRule(weekday, time(0), time(0), "loc_a", date(2026, 1, 1)) for weekday in range(7)
    )
    windows = windows_of(WorkingHours(zone, always), TODAY - DAY, TODAY + DAY)
    earliest, latest = day_bounds(TODAY, zone)
    slots = free_slots(windows, {}, demand=SlotDemand(60), earliest=earliest, latest=latest)
    assert len(slots) == 96


@pytest.mark.parametrize(
    ("demand", "reason"),
    [
        ({"length": 17}, "multiples of 5"),
        ({"length": 20, "before": 3}, "multiples of 5"),
        ({"length": 0}, "positive"),
        ({"length": 20, "step": 0}, "positive"),
        ({"length": 20, "after": -5}, "negative"),
        ({"length": 470, "after": 15}, "8 hours"),
    ],
)
def test_a_demand_that_no_booking_could_meet_is_refused(demand: dict, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        SlotDemand(**demand)


_demands = st.builds(
    SlotDemand,
    length=st.sampled_from([15, 30, 90, 240]),
    step=st.sampled_from([5, 15, 20, 60]),
    before=st.sampled_from([0, 0, 10]),
    after=st.sampled_from([0, 5]),
)


@given(hours_at_a_change(), _demands, st.sets(st.integers(0, 287), max_size=20))
@settings(derandomize=True, max_examples=50, deadline=None)
def test_slots_are_just_the_steps_at_which_every_claimed_bucket_is_open_and_free(
    case: tuple[WorkingHours, date, date], demand: SlotDemand, numbers: set[int]
) -> None:
    hours, first, last = case
    busy = {first: numbers, last: numbers}
    earliest, latest = day_bounds(first, hours.zone)[0], day_bounds(last, hours.zone)[1]
    windows = windows_of(hours, first - DAY, last + DAY)
    found = free_slots(windows, busy, demand=demand, earliest=earliest, latest=latest)

    expected = set()
    written = hours_written(hours, first, last)
    shown = latest_time_shown(hours.zone, first, last)
    for place in ("loc_a", "loc_b"):
        free = {
            t
            for t, local in shown.items()
            if open_at(hours, local, place, written)
            and (t.hour * 60 + t.minute) // 5 not in busy.get(t.date(), ())
        }
        for starts_at, ends_at, where in written:
            start = next((t for t, local in shown.items() if local >= starts_at), latest)
            while where == place and start < latest and shown[start] < ends_at:
                claimed = start - timedelta(minutes=demand.before)
                end = start + timedelta(minutes=demand.length + demand.after)
                buckets = [claimed + n * FIVE for n in range((end - claimed) // FIVE)]
                if earliest <= start and free.issuperset(buckets):
                    expected.add((start, place))
                start += timedelta(minutes=demand.step)
    assert [(s.starts, s.location_id) for s in found] == sorted(expected)


@given(hours_at_a_change(), _demands)
@settings(derandomize=True, max_examples=25, deadline=None)
def test_booking_a_slot_takes_just_the_slots_that_overlap_it_away(
    case: tuple[WorkingHours, date, date], demand: SlotDemand
) -> None:
    hours, first, last = case
    windows = windows_of(hours, first - DAY, last + DAY)
    limits = {"earliest": NINE - 400 * DAY, "latest": NINE + 400 * DAY}
    before = free_slots(windows, {}, demand=demand, **limits)
    for slot in before[:1] + before[-1:]:
        booked = demand.claim(slot.starts)
        after = free_slots(windows, buckets_of(*booked), demand=demand, **limits)
        gone = [s for s in before if s not in after]
        assert gone == [
            s
            for s in before
            if demand.claim(s.starts)[0] < booked[1] and booked[0] < demand.claim(s.starts)[1]
        ]
