"""What a visit lacks, shown when its patient checks in and before."""

from typing import Any

import pytest

from chalicelib.billing.ledger import move_balance
from tests.builders.patients import add_coverage
from tests.builders.scheduling import Clinic, add_type, clinic, made
from tests.faults import calls
from tests.world import World, add_member

NINE, NOON = "2026-03-02T09:30:00-05:00", "2026-03-02T12:00:00-05:00"


@pytest.fixture
def at(world: World) -> Clinic:
    return clinic(world)


def _form(at: Clinic, of_kind: str, **over: Any) -> str:
    body = {"name": f"The {of_kind}", "of_kind": of_kind, "needed_by": "everybody", **over}
    return made(at.call("POST", "/v1/forms", body))


def _record(at: Clinic, form_id: str, outcome: str = "received", **over: Any) -> None:
    body = {"form_id": form_id, "outcome": outcome, **over}
    assert at.call("POST", f"/v1/patients/{at.patient_id}/forms", body).status == 201


def _insure(at: Clinic, **over: Any) -> str:
    return str(add_coverage(at.world, at.token, at.patient_id, **over)["id"])


def _permit(at: Clinic, coverage_id: str, **over: Any) -> Any:
    body = {
        "number": "PA-1",
        "coverage_id": coverage_id,
        "visits_allowed": 1,
        "effective_from": "2026-03-01",
        **over,
    }
    return at.call("POST", f"/v1/patients/{at.patient_id}/authorizations", body).json


def _owe(at: Clinic, amount: int) -> None:
    """A no-show fee or an invoice would do the same: the patient's balance has it."""
    with at.working() as context:
        move_balance(context, at.patient_id, patient=amount)
        context.work.commit()


def _readiness(at: Clinic, appointment_id: str, token: str = "") -> Any:
    path = f"/v1/appointments/{appointment_id}/readiness"
    answer = at.world.call("GET", path, token=token or at.token)
    assert answer.status == 200, answer.text
    return answer.json


def test_a_visit_with_all_it_needs_lacks_nothing(at: Clinic) -> None:
    _record(at, _form(at, "intake"))
    coverage_id = _insure(at)
    shown = _permit(at, coverage_id)
    assert _readiness(at, at.booking(NINE)) == {
        "appointment_id": at.call("GET", f"/v1/patients/{at.patient_id}/appointments").json[
            "items"
        ][0]["id"],
        "missing": [],
        "forms": [],
        "consents": [],
        "coverage_id": coverage_id,
        "balance_due": {"amount": 0, "currency": "USD"},
        "authorization": {"id": shown["id"], "number": "PA-1", "visits_left": 0, "covers": True},
    }


def test_checking_in_names_all_that_is_missing_and_hinders_nobody(at: Clinic) -> None:
    form, consent = _form(at, "intake"), _form(at, "consent")
    at.booking(NOON)
    _permit(at, _insure(at, effective_until="2026-03-01"), effective_from="2026-03-02")
    _owe(at, 2_550)
    appointment_id = at.booking(NINE)
    at.world.pump()
    answer = at.act(appointment_id, "check-in")
    assert (answer.status, answer.json["progress"]) == (200, "checked_in")
    shown = answer.json["readiness"]
    assert shown["missing"] == ["forms", "consents", "coverage", "balance", "authorization"]
    assert shown["forms"] == [{"form_id": form, "name": "The intake", "standing": "none"}]
    assert shown["consents"] == [{"form_id": consent, "name": "The consent", "standing": "none"}]
    assert (shown["coverage_id"], shown["balance_due"]["amount"]) == (None, 2_550)
    assert shown["authorization"]["visits_left"] == -1
    assert shown == _readiness(at, appointment_id)


def test_forms_are_those_of_the_visits_type_as_they_stand_on_its_day(at: Clinic) -> None:
    named = _form(at, "intake", needed_by="types", valid_months=1)
    _form(at, "consent", needed_by="types", name="Of no visit")
    other_type = at.type_id
    at.type_id = add_type(at.world, at.token, form_ids=[named])
    _record(at, named, signed_on="2026-02-02")
    ahead = at.booking("2026-03-01T12:00:00-05:00", entry="past")
    assert _readiness(at, ahead)["forms"] == []
    today = _readiness(at, at.booking(NINE))["forms"]
    assert [each["standing"] for each in today] == ["expired"]
    at.type_id = other_type
    assert _readiness(at, at.booking(NOON))["missing"] == ["coverage"]


@pytest.mark.parametrize("outcome", ["refused", "withdrawn"])
def test_a_consent_that_is_not_given_is_missing_and_says_why(at: Clinic, outcome: str) -> None:
    consent = _form(at, "consent")
    appointment_id = at.booking(NINE, bill_to="self_pay")
    _record(at, consent)
    assert _readiness(at, appointment_id)["missing"] == []
    _record(at, consent, outcome)
    shown = _readiness(at, appointment_id)
    assert (shown["missing"], shown["consents"][0]["standing"]) == (["consents"], outcome)


def test_who_pays_for_themselves_lacks_no_coverage(at: Clinic) -> None:
    shown = _readiness(at, at.booking(NINE, bill_to="self_pay"))
    assert (shown["missing"], shown["coverage_id"], shown["authorization"]) == ([], None, None)


def test_an_authorisation_that_no_longer_covers_the_day_is_missing(at: Clinic) -> None:
    permit = _permit(at, _insure(at))
    appointment_id = at.booking(NINE)
    path = f"/v1/patients/{at.patient_id}/authorizations/{permit['id']}"
    terms = ("number", "coverage_id", "visits_allowed", "effective_from")
    body = {**{name: permit[name] for name in terms}, "status": "cancelled"}
    assert at.call("PUT", path, body, If_Match='"1"').status == 200
    shown = _readiness(at, appointment_id)
    assert (shown["missing"], shown["authorization"]["covers"]) == (["authorization"], False)


def test_what_is_owed_is_for_who_takes_payments(at: Clinic) -> None:
    _owe(at, 500)
    appointment_id, shown = at.booking(NINE, bill_to="self_pay"), {}
    for role in ("front_desk", "nurse", "clinician"):
        token, _ = add_member(at.world, at.owner, role, email=f"{role}@clinic.example")
        told = _readiness(at, appointment_id, token)
        shown[role] = (told["missing"], told["balance_due"] and told["balance_due"]["amount"])
    assert shown == {
        "front_desk": (["balance"], 500),
        "nurse": ([], None),
        "clinician": ([], None),
    }
    path = f"/v1/appointments/{appointment_id}/readiness"
    for role in ("owner", "biller"):
        token = at.owner
        if role == "biller":
            token, _ = add_member(at.world, at.owner, role, email=f"{role}@clinic.example")
        assert at.world.call("GET", path, token=token).status == 403


def test_checking_in_reads_with_the_caller_and_at_once(at: Clinic) -> None:
    appointment_id = at.booking(NINE)
    with calls() as sent:
        at.act(appointment_id, "check-in")
    assert sorted(sent) == ["BatchGetItem"] * 2 + ["Query"] * 4 + ["TransactWriteItems"]
    assert (sent[0], sent[-1]) == ("BatchGetItem", "TransactWriteItems")


def test_another_practices_visit_is_not_there(at: Clinic) -> None:
    strange = clinic(at.world).booking(NINE)
    assert at.call("GET", f"/v1/appointments/{strange}/readiness").status == 404
    assert at.act(strange, "check-in").status == 404


def test_a_visit_that_is_booked_again_is_under_its_authorisation_again(at: Clinic) -> None:
    _permit(at, _insure(at))
    appointment_id = at.booking(NINE)
    at.act(appointment_id, "cancel", {"reason": "pat"})
    assert _readiness(at, appointment_id)["authorization"] is None
    assert at.act(appointment_id, "reinstate", {}).status == 200
    assert _readiness(at, appointment_id)["authorization"]["visits_left"] == 0
