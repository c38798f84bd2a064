"""What a missed or late-cancelled visit costs: over HTTP, through the queue, onto the account."""

import pytest

from tests.builders.billing import usd
from tests.builders.missed_visits import LATE, MISSED, POLICY_PATH, TODAY_AT_TEN, Desk, desk
from tests.builders.patients import add_coverage, demographics
from tests.builders.scheduling import add_type, clinic
from tests.world import World

NEXT_WEEK = "2026-03-09T10:00:00-04:00"


@pytest.fixture
def at(world: World) -> Desk:
    return desk(world)


def test_a_late_cancellation_is_the_patients_to_pay(at: Desk) -> None:
    at.late()
    assert at.fees() == [("late_cancel", LATE, LATE, None)]
    assert at.owed() == LATE
    account = at.account()
    assert (account["charges"], account["balance"]["insurance"]["amount"]) == ([], 0)


def test_a_no_show_costs_what_the_policy_says_of_it(at: Desk) -> None:
    at.miss(at.book())
    assert (at.fees(), at.owed()) == ([("no_show", MISSED, MISSED, None)], MISSED)


def test_what_the_practice_or_the_weather_cancelled_costs_nothing(at: Desk) -> None:
    for reason in ("prov", "oth-weath", "maint", "oth-err"):
        at.clinic.act(at.book(), "cancel", {"reason": reason})
    at.world.pump()
    assert (at.fees(), at.owed()) == ([], 0)


def test_what_was_cancelled_in_time_costs_nothing(at: Desk) -> None:
    at.cancel(at.book(starts_at=NEXT_WEEK))
    assert at.fees() == []


def test_a_practice_without_a_policy_charges_nothing(world: World) -> None:
    at = Desk(clinic(world))
    at.late()
    shown = at.clinic.call("GET", POLICY_PATH).json
    assert (shown["version"], shown["since"], at.fees()) == (0, None, [])


def test_a_visit_is_judged_by_the_policy_it_was_booked_under_even_after_it_moves(at: Desk) -> None:
    early, moved = at.book(), at.book(starts_at="2026-03-02T11:00:00-05:00")
    assert at.set_policy(late_cancel=usd(9_900)).json["version"] == 2
    at.clinic.act(moved, "reschedule", {"starts_at": "2026-03-02T13:00:00-05:00"})
    late = at.book(starts_at="2026-03-02T12:00:00-05:00")
    for each in (early, moved, late):
        at.cancel(each)
    assert sorted(amount for _, amount, _, _ in at.fees()) == [LATE, LATE, 9_900]


def test_a_type_may_cost_otherwise_and_a_reason_nothing(at: Desk) -> None:
    other = add_type(at.world, at.clinic.token, name="Long")
    own = {"type_id": other, "late_cancel": usd(7_000), "no_show": usd(0)}
    shown = at.set_policy(types=[own], exempt_reasons=["pat-lt"]).json
    assert (shown["types"], shown["exempt_reasons"]) == ([own], ["pat-lt"])
    at.late(type_id=other)
    at.cancel(at.book(starts_at="2026-03-02T11:00:00-05:00"), "pat-lt")
    assert [amount for _, amount, _, _ in at.fees()] == [7_000]
    at.miss(at.book(type_id=other))
    assert len(at.fees()) == 1


def test_medicaids_patients_are_never_charged_whatever_else_covers_them(at: Desk) -> None:
    spared = [("MC",), ("MB", "MC"), ("CI", "MC")]
    charged = [("CI",), ("BL", "15"), ("CH",), ("MB",), ("16",)]
    assert at.charged(*spared, *charged) == dict.fromkeys(charged, LATE)
    assert at.tasks() == []


def test_medicares_are_charged_only_what_everybody_is(at: Desk) -> None:
    at.set_policy(exempt_payers=["medicaid", "tricare"])
    assert at.charged(("MB",), ("16",), ("MA",), ("CH",), ("CI",)) == {("CI",): LATE}


@pytest.mark.parametrize("indicator", ["?", "HM"])
def test_where_the_kind_of_plan_is_not_known_a_biller_is_asked(at: Desk, indicator: str) -> None:
    patient_id = at.patient("CI", indicator)
    appointment_id = at.late(patient_id)
    assert (at.fees(patient_id), at.tasks()) == ([], ["missed_visit_to_charge"])
    # When the biller does not say what it is, it stays so
    path, body = f"/v1/patients/{patient_id}/fees", {"appointment_id": appointment_id}
    answer = at.clinic.call("POST", path, body)
    assert (answer.status, answer.json["code"]) == (409, "payer_unknown")
    # When it is Medicaid's, it is not charged; when it is an employer's, it is, once
    answer = at.clinic.call("POST", path, {**body, "payer_kind": "medicaid"})
    assert (answer.status, answer.json["code"]) == (409, "not_chargeable")
    answer = at.clinic.call("POST", path, {**body, "payer_kind": "commercial"})
    assert (answer.status, answer.json["amount"]) == (201, usd(LATE))
    assert answer.json == at.clinic.call("GET", f"{path}/{answer.json['id']}").json
    again = at.clinic.call("POST", path, {**body, "payer_kind": "commercial"})
    assert (again.status, again.json["code"]) == (409, "already_charged")
    assert at.owed(patient_id) == LATE


def test_a_coverage_counts_on_the_day_of_the_visit_only(at: Desk) -> None:
    patient_id, payer_id = at.patient(), at.payer("MC")
    ended = {"payer_id": payer_id, "effective_until": "2026-03-01"}
    add_coverage(at.world, at.clinic.token, patient_id, **ended)
    at.late(patient_id)
    assert at.owed(patient_id) == LATE


def test_the_first_ones_within_a_year_may_be_forgiven(at: Desk) -> None:
    at.set_policy(forgiven=2)
    for hour in (10, 11, 12, 13):
        late = at.book(starts_at=f"2026-03-02T{hour}:00:00-05:00")
        at.clinic.act(late, "cancel", {"reason": "pat"})
    at.world.pump()
    assert (len(at.fees()), at.owed()) == (2, 2 * LATE)
    assert at.tasks() == []


def test_a_visit_that_was_not_missed_or_is_anothers_is_not_charged(at: Desk) -> None:
    path = f"/v1/patients/{at.clinic.patient_id}/fees"
    kept = at.book(starts_at=NEXT_WEEK)
    answer = at.clinic.call("POST", path, {"appointment_id": kept})
    assert (answer.status, answer.json["code"]) == (409, "not_missed")
    others = at.late(at.patient())
    for unknown in (others, "apt_0"):
        answer = at.clinic.call("POST", path, {"appointment_id": unknown})
        assert (answer.status, answer.json["errors"][0]["field"]) == (422, "appointment_id")


def test_who_died_owes_nothing_for_not_coming(at: Desk) -> None:
    patient_id = at.patient()
    appointment_id = at.book(patient_id)
    path = f"/v1/patients/{patient_id}"
    body = demographics(deceased=True, deceased_on="2026-03-02")
    assert at.clinic.call("PUT", path, body, If_Match='"1"').status == 200
    at.miss(appointment_id)
    assert at.fees(patient_id) == []


def test_a_visit_that_was_entered_after_the_fact_costs_nothing(at: Desk) -> None:
    appointment_id = at.book(starts_at="2026-02-27T10:00:00-05:00", entry="past")
    at.miss(appointment_id)
    assert at.fees() == []


def test_a_fee_is_invoiced_paid_and_shown(at: Desk) -> None:
    at.late()
    path, (fee,) = f"/v1/patients/{at.clinic.patient_id}", at.account()["fees"]
    made = at.clinic.call("POST", f"{path}/invoices", {"fee_id": fee["id"]})
    assert (made.status, made.json["amount"], made.json["open"]) == (201, usd(LATE), usd(LATE))
    assert (made.json["encounter_id"], made.json["charges"]) == (None, [])
    assert [each["id"] for each in made.json["fees"]] == [fee["id"]]
    again = at.clinic.call("POST", f"{path}/invoices", {"fee_id": fee["id"]})
    assert (again.status, again.json["code"]) == (409, "nothing_to_invoice")
    payment = {"amount": usd(LATE + 100), "method": "card"}
    assert at.clinic.call("POST", f"{path}/payments", payment).status == 201
    shown = at.clinic.call("GET", f"{path}/invoices/{made.json['id']}").json
    assert (shown["open"], shown["status"]) == (usd(0), "paid")
    balance = at.account()["balance"]
    assert (balance["patient"], balance["credit"]) == (usd(0), usd(100))


def test_credit_is_applied_to_a_fee_as_it_is_invoiced(at: Desk) -> None:
    path = f"/v1/patients/{at.clinic.patient_id}"
    payment = {"amount": usd(LATE), "method": "cash", "purpose": "prepayment"}
    at.clinic.call("POST", f"{path}/payments", payment)
    at.late()
    (fee,) = at.account()["fees"]
    made = at.clinic.call("POST", f"{path}/invoices", {"fee_id": fee["id"]}).json
    assert (made["status"], at.owed()) == ("paid", 0)


def test_an_invoice_is_for_something(at: Desk) -> None:
    answer = at.clinic.call("POST", f"/v1/patients/{at.clinic.patient_id}/invoices", {})
    assert (answer.status, answer.json["errors"][0]["code"]) == (422, "missing")


@pytest.mark.parametrize("paid", [0, LATE])
def test_a_waived_fee_leaves_by_an_entry_and_what_was_paid_is_the_patients(
    at: Desk, paid: int
) -> None:
    at.late()
    if paid:
        payment = {"amount": usd(paid), "method": "card"}
        at.clinic.call("POST", f"/v1/patients/{at.clinic.patient_id}/payments", payment)
    (fee,) = at.account()["fees"]
    answer = at.waive(fee["id"], "emergency")
    assert (answer.status, answer.json["waived"]) == (200, "emergency")
    account = at.account()
    assert at.fees() == [("late_cancel", LATE, 0, "emergency")]
    assert (account["balance"]["patient"], account["balance"]["credit"]) == (usd(0), usd(paid))
    assert account["entries"][-1]["type"] == "fee_waiver"
    again = at.waive(fee["id"])
    assert (again.status, again.json["code"]) == (409, "already_waived")


def test_a_no_show_that_was_entered_in_error_is_undone_with_its_fee(at: Desk) -> None:
    appointment_id = at.book()
    at.miss(appointment_id)
    taken = at.clinic.taken(at.clinic.practitioner_id)
    answer = at.reinstate(appointment_id)
    assert (answer.status, answer.json["status"]) == (200, "booked")
    assert at.clinic.taken(at.clinic.practitioner_id) != taken
    assert (at.fees(), at.owed()) == ([("no_show", MISSED, 0, "entered_in_error")], 0)
    # And when they did not come after all, it costs what it costs, once more
    assert at.clinic.act(appointment_id, "no-show").status == 200
    at.world.pump()
    assert sorted(due for _, _, due, _ in at.fees()) == [0, MISSED]


def test_what_was_forgiven_in_error_is_there_for_the_next_one(at: Desk) -> None:
    at.set_policy(forgiven=1)
    first = at.late()
    at.reinstate(first)
    at.late(starts_at="2026-03-02T11:00:00-05:00")
    assert at.fees() == []
    at.late(starts_at="2026-03-02T12:00:00-05:00")
    assert len(at.fees()) == 1


def test_what_another_took_meanwhile_is_not_given_back(at: Desk) -> None:
    first = at.late()
    at.book(at.patient(), starts_at=TODAY_AT_TEN)
    answer = at.reinstate(first)
    assert (answer.status, answer.json["code"]) == (409, "slot_taken")
    assert at.clinic.read(first)["status"] == "cancelled"
    beside = at.reinstate(first, {"overbook": "provider_asked"})
    assert (beside.status, beside.json["overbooked"]) == (200, "provider_asked")


def test_what_stands_is_not_reinstated(at: Desk) -> None:
    answer = at.reinstate(at.book())
    assert (answer.status, answer.json["code"]) == (409, "not_ended")


def test_the_dashboard_counts_fees_apart_from_charges(at: Desk) -> None:
    at.late()
    at.late(starts_at="2026-03-02T11:00:00-05:00")
    at.waive(at.account()["fees"][0]["id"])
    at.world.pump()
    shown = at.clinic.call("GET", "/v1/dashboard?from=2026-03-02&until=2026-03-02").json
    totals, figures = shown["totals"], shown["figures"]
    assert (totals["fees"], totals["charged"]) == (usd(LATE), usd(0))
    assert (totals["receivable_change"], figures["receivables"]) == (usd(LATE), usd(LATE))
    assert totals["insurance_paid"] == usd(0)


def test_a_reinstated_visit_is_neither_cancelled_nor_missed_on_the_dashboard(at: Desk) -> None:
    at.reinstate(at.late())
    shown = at.clinic.call("GET", "/v1/dashboard?from=2026-03-02&until=2026-03-02").json
    assert (shown["totals"]["cancelled"], shown["totals"]["booked"]) == (0, 1)


def test_a_policy_that_cannot_be_is_refused(at: Desk) -> None:
    wrong: list[tuple[dict[str, object], int, list[str]]] = [
        ({"no_show": usd(-1)}, 400, ["no_show.amount"]),
        ({"no_show": usd(1, "EUR")}, 422, []),
        ({"forgiven": 11}, 400, ["forgiven"]),
        ({"exempt_reasons": ["prov"]}, 400, ["exempt_reasons.0"]),
        ({"exempt_payers": ["uncle"]}, 400, ["exempt_payers.0"]),
    ]
    for over, status, fields in wrong:
        answer = at.set_policy(**over)
        named = [each["field"] for each in answer.json.get("errors", [])]
        assert (answer.status, named) == (status, fields), over


def test_a_policy_names_types_that_there_are_each_once(at: Desk) -> None:
    own = {"late_cancel": usd(1), "no_show": usd(1)}
    there, nowhere = at.clinic.type_id, "typ_00000000000000000000000000"
    types = [{"type_id": each, **own} for each in (there, nowhere, there)]
    answer = at.set_policy(types=types)
    assert answer.status == 422
    named = [(each["field"], each["code"]) for each in answer.json["errors"]]
    assert named == [("types.1.type_id", "not_found"), ("types.2.type_id", "repeated")]
