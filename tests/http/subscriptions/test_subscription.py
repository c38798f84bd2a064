"""A subscription: trial, plan, monthly invoices of what was used, dunning that locks no chart."""

from contextlib import redirect_stdout
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest

from chalicelib.platform.queues import working
from infra.ops import invoice
from tests import tables
from tests.world import World, add_member, sign_in, sign_up, step_up

TRIAL_ENDS = datetime(2026, 4, 1, 14, 1, tzinfo=UTC)


@pytest.fixture
def owner(world: World) -> str:
    token = sign_up(world)
    world.pump()
    return token


def _now(world: World, at: datetime) -> str:
    """It is `at`, the minute's work is done, and the owner has signed in with a second factor."""
    world.clock.instant = at
    world.tick()
    token = sign_in(world, "ada@clinic.example")
    step_up(world, token)
    return token


def _shown(world: World, token: str) -> Any:
    answer = world.call("GET", "/v1/subscription", token=token)
    assert answer.status == 200, answer.text
    return answer.json


def _choose(world: World, token: str, plan: str) -> Any:
    step_up(world, token)
    seen = world.call("GET", "/v1/subscription", token=token)
    body = {"plan": plan}
    return world.call("PUT", "/v1/subscription/plan", body, token=token, If_Match=seen.etag)


def _invoices(world: World, token: str) -> Any:
    return world.call("GET", "/v1/subscription/invoices", token=token).json["items"]


def _sign(world: World, practice_id: str, *practitioners: str) -> None:
    """Encounters were signed, as the clinical domain tells it."""
    from chalicelib.platform import outbox

    with working("clinical", practice_id, "a test") as context:
        for practitioner in practitioners:
            outbox.publish(
                context, "encounter.signed", context.new_id("enc"), 2,
                practitioner_id=practitioner, patient_id="pat_1", bill_to="", day="2026-04-10",
            )  # fmt: skip
    item_types = [row for row in tables.rows().values() if row["kind"]["S"] == "outbox"]
    bodies = [_event_of(row) for row in item_types]
    assert world.deliver("messaging", bodies * 2) == []
    tables.forget("outbox")


def _event_of(row: Any) -> str:
    from chalicelib.platform.outbox import OutboxItem

    item = OutboxItem.from_raw_data(row)
    return item.event().to_json()


def _practice(world: World, token: str) -> str:
    practice: str = world.call("GET", "/v1/me", token=token).json["practice_id"]
    return practice


def _settle(*arguments: str) -> int:
    with redirect_stdout(StringIO()):
        return invoice.run([*arguments, "--by", "Vera Vendor", "--reference", "wire 17"])


def _mails(world: World, subject: str) -> int:
    return sum(subject in mail for mail in world.mails())


def test_a_verified_practice_is_on_trial_for_thirty_days(world: World, owner: str) -> None:
    shown = _shown(world, owner)
    assert (shown["status"], shown["plan"], shown["overdue"]) == ("trial", "trial", False)
    assert shown["trial_ends_at"] == "2026-04-01T14:00:00Z"
    assert shown["per_provider"] == {"amount": 0, "currency": "USD"}
    assert shown["limits"] == [
        {"limit": "seats", "used": 1, "allowed": 15},
        {"limit": "messages", "used": 0, "allowed": 500},
        {"limit": "storage_bytes", "used": 0, "allowed": 5_000_000_000},
    ]


def test_a_trial_that_ends_without_a_plan_stops_new_seats_alone(world: World, owner: str) -> None:
    owner = _now(world, TRIAL_ENDS)
    shown = _shown(world, owner)
    assert (shown["status"], shown["overdue"]) == ("trial_over", True)
    assert _mails(world, "your trial is over") == 1
    invited = {"email": "n@clinic.example", "name": "N", "roles": ["nurse"]}
    refused = world.call("POST", "/v1/members", invited, token=owner)
    assert (refused.status, refused.json["code"]) == (409, "payment_overdue")
    assert _choose(world, owner, "clinic").json["overdue"] is False
    assert world.call("POST", "/v1/members", invited, token=owner).status == 201
    assert _shown(world, owner)["billed_from"] == "2026-04-01"


def test_the_month_is_invoiced_for_who_signed_in_it_by_each_plans_days(
    world: World, owner: str
) -> None:
    practice_id = _practice(world, owner)
    assert _choose(world, owner, "solo").status == 200
    owner = _now(world, datetime(2026, 4, 11, 9, tzinfo=UTC))
    assert _shown(world, owner)["per_provider"]["amount"] == 9_900
    _sign(world, practice_id, "pra_1", "pra_2", "pra_1")
    assert _choose(world, owner, "clinic").status == 200
    assert _shown(world, owner)["providers"] == 2
    assert _invoices(world, owner) == []

    owner = _now(world, datetime(2026, 5, 1, 0, 1, tzinfo=UTC))
    world.tick()
    (made,) = _invoices(world, owner)
    assert (made["month"], made["status"]) == ("2026-04", "open")
    assert [
        (line["plan"], line["since"], line["until"], line["providers"], line["amount"]["amount"])
        for line in made["lines"]
    ] == [
        ("solo", "2026-04-01", "2026-04-11", 2, 6_600),
        ("clinic", "2026-04-11", "2026-05-01", 2, 17_200),
    ]
    assert made["total"] == {"amount": 23_800, "currency": "USD"}
    assert _mails(world, "your invoice") == 1
    assert _shown(world, owner)["billed_from"] == "2026-05-01"


def test_a_month_without_use_costs_nothing_and_is_paid(world: World, owner: str) -> None:
    _choose(world, owner, "group")
    owner = _now(world, TRIAL_ENDS)
    owner = _now(world, datetime(2026, 5, 1, 0, 1, tzinfo=UTC))
    (made,) = _invoices(world, owner)
    assert (made["status"], made["total"]["amount"]) == ("paid", 0)


def test_the_end_of_a_month_that_comes_several_times_is_invoiced_once(
    world: World, owner: str
) -> None:
    practice_id = _practice(world, owner)
    _choose(world, owner, "solo")
    _now(world, TRIAL_ENDS)
    _sign(world, practice_id, "pra_1")
    (row,) = [r for r in tables.rows().values() if r["kind"]["S"] == "subscription"]
    message = (
        f'{{"due": "subscription_period", "pk": "{row["pk"]["S"]}", "sk": "{row["sk"]["S"]}",'
        f' "duepk": "{row["duepk"]["S"]}"}}'
    )
    world.clock.instant = datetime(2026, 5, 1, 0, 1, tzinfo=UTC)
    assert world.deliver("messaging", [message] * 3) == []
    owner = _now(world, datetime(2026, 5, 1, 0, 2, tzinfo=UTC))
    assert len(_invoices(world, owner)) == 1
    assert _mails(world, "your invoice") == 1


def test_months_that_passed_unseen_are_each_invoiced(world: World, owner: str) -> None:
    practice_id = _practice(world, owner)
    _choose(world, owner, "solo")
    _now(world, TRIAL_ENDS)
    _sign(world, practice_id, "pra_1")
    world.clock.instant = datetime(2026, 7, 2, tzinfo=UTC)
    for _ in range(5):
        world.tick()
    owner = sign_in(world, "ada@clinic.example")
    assert [each["month"] for each in _invoices(world, owner)] == ["2026-06", "2026-05", "2026-04"]
    assert [each["total"]["amount"] for each in _invoices(world, owner)] == [0, 0, 9_900]


def _overdue(world: World, owner: str) -> str:
    """The owner's token, two weeks after an invoice that nobody paid."""
    practice_id = _practice(world, owner)
    _choose(world, owner, "solo")
    _now(world, TRIAL_ENDS)
    _sign(world, practice_id, "pra_1")
    _now(world, datetime(2026, 5, 1, 0, 1, tzinfo=UTC))
    told = []
    for day in (2, 3, 4, 7, 8, 14, 15):
        owner = _now(world, datetime(2026, 5, day, 1, tzinfo=UTC))
        reminders = _mails(world, "an invoice is open") + _mails(world, "two weeks late")
        told.append((day, reminders, _shown(world, owner)["overdue"]))
    changes = [
        now for before, now in zip([None, *told], told, strict=False) if not _same(before, now)
    ]
    assert changes == [(2, 0, False), (4, 1, False), (8, 2, False), (15, 3, True)]
    return owner


def _same(before: Any, now: Any) -> bool:
    return before is not None and before[1:] == now[1:]


def test_reminders_go_out_after_three_seven_and_fourteen_days_and_a_payment_ends_it(
    world: World, owner: str
) -> None:
    owner = _overdue(world, owner)
    practice_id = _practice(world, owner)
    (late,) = _invoices(world, owner)
    assert late["status"] == "past_due"
    assert _settle(practice_id, "2026-04", "paid") == 0
    (paid,) = _invoices(world, owner)
    assert (paid["status"], paid["lines"], paid["total"]) == ("paid", late["lines"], late["total"])
    assert _shown(world, owner)["overdue"] is False
    assert _settle(practice_id, "2026-04", "void") == 1
    world.clock.advance(days=10)
    world.tick()
    assert _mails(world, "two weeks late") == 1


def test_an_invoice_that_is_void_is_owed_no_more(world: World, owner: str) -> None:
    owner = _overdue(world, owner)
    assert _settle(_practice(world, owner), "2026-04", "void") == 0
    assert _invoices(world, owner)[0]["status"] == "void"
    assert _shown(world, owner)["overdue"] is False


def test_a_seat_beyond_the_plan_is_refused_with_what_is_used_and_allowed(
    world: World, owner: str
) -> None:
    assert _choose(world, owner, "solo").status == 200
    for number in range(4):
        invited = {"email": f"n{number}@clinic.example", "name": "N", "roles": ["nurse"]}
        assert world.call("POST", "/v1/members", invited, token=owner).status == 201
    invited = {"email": "n5@clinic.example", "name": "N", "roles": ["nurse"]}
    refused = world.call("POST", "/v1/members", invited, token=owner)
    assert (refused.status, refused.json["code"]) == (409, "plan_limit_reached")
    assert refused.json["errors"] == [
        {"field": "seats", "code": "plan_limit_reached", "message": "5 of 5 are used"}
    ]
    _choose(world, owner, "clinic")
    assert world.call("POST", "/v1/members", invited, token=owner).status == 201
    down = _choose(world, owner, "solo")
    assert (down.status, down.json["code"]) == (409, "plan_limit_reached")
    assert _shown(world, owner)["plan"] == "clinic"


def test_a_plan_is_chosen_by_an_owner_with_a_second_factor_from_the_newest_version(
    world: World, owner: str
) -> None:
    manager, _ = add_member(world, owner, "manager")
    assert _choose(world, manager, "solo").json["code"] == "forbidden"
    path, body = "/v1/subscription/plan", {"plan": "solo"}
    fresh = sign_in(world, "ada@clinic.example")
    refused = world.call("PUT", path, body, token=fresh, If_Match='"1"')
    assert refused.json["code"] == "step_up_required"
    assert _choose(world, owner, "solo").status == 200
    stale = world.call("PUT", path, body, token=owner, If_Match='"1"')
    assert stale.status == 412
    unknown = world.call("PUT", path, {"plan": "trial"}, token=owner, If_Match='"2"')
    assert (unknown.status, unknown.json["errors"][0]["field"]) == (400, "plan")


def test_a_suspended_member_comes_back_only_where_there_is_a_seat(world: World, owner: str) -> None:
    assert _choose(world, owner, "solo").status == 200
    _, back = add_member(world, owner, "nurse")
    path = f"/v1/members/{back}"
    assert world.call("POST", f"{path}/suspend", token=owner).status == 200
    assert _shown(world, owner)["limits"][0]["used"] == 1
    invited = [{"email": f"n{n}@clinic.example", "name": "N", "roles": ["nurse"]} for n in range(4)]
    added = [world.call("POST", "/v1/members", each, token=owner) for each in invited]
    assert [each.status for each in added] == [201] * 4
    refused = world.call("POST", f"{path}/reactivate", token=owner)
    assert (refused.status, refused.json["code"]) == (409, "plan_limit_reached")
    assert world.call("GET", path, token=owner).json["status"] == "suspended"
    taken_back = f"/v1/members/{added[0].json['user_id']}/invitation"
    withdrawn = world.call("DELETE", taken_back, token=owner, If_Match=added[0].etag)
    assert withdrawn.status == 200, withdrawn.text
    assert world.call("POST", f"{path}/reactivate", token=owner).status == 200
    left = world.call("POST", f"{path}/leave", {}, token=owner)
    assert left.status == 200, left.text
    assert _shown(world, owner)["limits"][0]["used"] == 4
