"""Every route names a permission, and a role reaches those it has (PROMISES 3); no answer tells of
another practice (1), and none may be kept by a cache (22).
"""

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from chalicelib.identity.operators import OPERATOR_PERMISSIONS_OF, OperatorPermission
from chalicelib.identity.permissions import PERMISSIONS_OF, Permission
from chalicelib.platform.http import PUBLIC, Endpoint, endpoints
from tests import tables
from tests.isolation.actors import API_CLIENT, EVERYBODY, OPERATOR, SCOPED_CLIENT, may, who_may
from tests.isolation.cases import CASES, called, send
from tests.isolation.clinics import Clinics, changed_kinds
from tests.world import Answered

FOR_ANYBODY = {
    "confirm_receipt",
    "read_visit_link",
    "answer_visit_link",
    "read_offer_link",
    "answer_offer_link",
    "read_offer",
    "find_online_slots",
    "hold_online",
    "read_online_booking",
    "say_who_comes",
    "verify_online_booking",
    "find_slots_for_visit",
    "move_visit",
    "read_certificate",
    "healthz",
    "read_openapi",
    "read_docs",
    "create_practice",
    "verify_practice",
    "sign_in",
    "finish_sign_in",
    "ask_for_passkey",
    "unlock_session",
    "request_reset",
    "reset_password",
    "request_verification",
    "refresh_session",
    "accept_invitation",
    "cancel_recovery",
    "read_calendar",
    "read_video_link",
    "read_downtime_pack",
    "knock",
    "leave_by_link",
    "read_signing_keys",
    "start_provider_sign_in",
    "finish_provider_sign_in",
}
NOT_IDS_OF_OURS = {
    ("add_form", "document_id"): "where the practice files the document; not looked up",
    ("change_form", "document_id"): "where the practice files the document; not looked up",
    ("record_patient_form", "document_id"): "where the practice files the copy; not looked up",
    ("set_identity_provider", "client_id"): "what the provider knows us by",
    ("add_payer", "payer_id"): "what payers are known by on claims (NM109)",
    ("change_payer", "payer_id"): "what payers are known by on claims (NM109)",
    ("add_coverage", "member_id"): "what the payer knows the patient by",
    ("change_coverage", "member_id"): "what the payer knows the patient by",
    ("change_clearinghouse_account", "submitter_id"): "assigned by the clearinghouse",
    ("change_clearinghouse_account", "receiver_id"): "assigned by the clearinghouse",
}
PROBLEM = {"type", "title", "status", "code", "detail", "request_id"}

each_route = pytest.mark.parametrize("endpoint", called(), ids=lambda endpoint: endpoint.name)


def test_every_route_has_a_case_and_every_case_a_route() -> None:
    routes, cases = {endpoint.name for endpoint in endpoints()}, set(CASES)
    assert sorted(routes - cases) == [], "say in cases.py how to call these routes"
    assert sorted(cases - routes) == [], "there are no such routes any more"


def test_every_case_gives_each_id_that_its_route_takes() -> None:
    missing = [
        f"{endpoint.name}: {name}"
        for endpoint in called()
        for model, sent in (
            (endpoint.body, CASES[endpoint.name].body),
            (endpoint.query, CASES[endpoint.name].query),
        )
        for name in sorted(set(_id_fields(model)))
        if (endpoint.name, name) not in NOT_IDS_OF_OURS and f"'{name}': '$" not in str(sent)
    ]
    assert missing == []


def test_only_these_routes_are_for_anybody() -> None:
    assert {each.name for each in endpoints() if each.permission == PUBLIC} == FOR_ANYBODY


def test_every_other_route_names_a_permission_that_some_role_has() -> None:
    tables_of = (PERMISSIONS_OF.values(), OPERATOR_PERMISSIONS_OF.values())
    held = frozenset().union(*(held for table in tables_of for held in table))
    known = {*Permission, *OperatorPermission}
    named = {each.name: each.permission for each in endpoints() if not each.public}
    assert {name for name, permission in named.items() if permission not in known} == set()
    assert {name for name, permission in named.items() if permission not in held} == set()


@each_route
def test_a_role_reaches_a_route_if_it_has_its_permission(
    clinics: Clinics, endpoint: Endpoint
) -> None:
    for role in EVERYBODY:
        with clinics.undone() as kept:
            answer = send(clinics.a, role, endpoint, clinics.a.ids)
            assert answer.headers["Cache-Control"] == "no-store", role
            assert role == OPERATOR or not clinics.b.shows_in(answer), role
            if CASES[endpoint.name].whose not in (None, role) and role != API_CLIENT:
                assert answer.status in (401, 404), f"{role}: {answer.text}"
            elif role == OPERATOR and endpoint.permission == Permission.READ_SELF:
                assert answer.status in (endpoint.status, 404), "they work in no practice"
            elif endpoint.public or may(role, endpoint):
                assert answer.status == endpoint.status, f"{role}: {answer.text}"
            else:
                assert _refusal(answer) == (403, "forbidden"), role
                assert changed_kinds(kept) == ["audit"], role


def test_an_api_key_does_what_it_is_scoped_to_and_nothing_else(clinics: Clinics) -> None:
    tried = {True: 0, False: 0}
    for endpoint in (each for each in called() if may(API_CLIENT, each)):
        with clinics.undone() as kept:
            answer = send(clinics.a, SCOPED_CLIENT, endpoint, clinics.a.ids)
            scoped = may(SCOPED_CLIENT, endpoint)
            tried[scoped] += 1
            if scoped:
                assert answer.status == endpoint.status, f"{endpoint.name}: {answer.text}"
            else:
                assert _refusal(answer) == (403, "forbidden"), endpoint.name
                assert changed_kinds(kept) == ["audit"], endpoint.name
    assert min(tried.values()) > 10


def test_a_route_that_wants_a_step_up_refuses_a_factor_of_five_minutes_ago(
    clinics: Clinics,
) -> None:
    for endpoint in (each for each in called() if each.step_up):
        for role in who_may(endpoint):
            with clinics.undone() as kept:
                clinics.world.clock.advance(minutes=5)
                answer = send(clinics.a, role, endpoint, clinics.a.ids)
                clinics.world.clock.advance(minutes=-5)
                assert _refusal(answer) == (403, "step_up_required"), (endpoint.name, role)
                assert set(changed_kinds(kept)) <= {"audit", "session"}, (endpoint.name, role)


@each_route
def test_nobody_reaches_a_route_that_is_not_public(clinics: Clinics, endpoint: Endpoint) -> None:
    kept = tables.image()
    answer = send(clinics.a, "", endpoint, clinics.a.ids)
    assert answer.headers["Cache-Control"] == "no-store"
    assert not clinics.b.shows_in(answer)
    if endpoint.public:
        assert answer.status == endpoint.status, answer.text
    else:
        assert _refusal(answer) == (401, "unauthenticated")
        assert list(tables.changed_since(kept)) == []


def _refusal(answer: Answered) -> tuple[int, str]:
    """Status and code of a problem that says nothing else."""
    assert set(answer.json) == PROBLEM
    return answer.status, answer.json["code"]


def _id_fields(model: Any) -> Iterator[str]:
    """Names of the fields, nested ones too, that take an id."""
    if isinstance(model, type) and issubclass(model, BaseModel):
        for name, field in model.model_fields.items():
            if name.endswith("_id"):
                yield name
            yield from _id_fields(field.annotation)
    else:
        for part in get_args(model):
            yield from _id_fields(part)
