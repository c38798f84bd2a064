"""Each rule bites: it finds the violations planted for it, and nothing beside them."""

from typing import Any, ClassVar

import pytest

from chalicelib.platform.errors import Conflict, DomainError, NotFound
from chalicelib.platform.http import PUBLIC, Endpoint
from tests.architecture import endpoint_rules
from tests.architecture.code_rules import CODE_RULES
from tests.architecture.endpoint_rules import PUBLIC_ROUTES
from tests.architecture.layer_rules import LAYER_RULES
from tests.architecture.planted import PLANTS, Plant
from tests.architecture.source_tree import Rule


@pytest.mark.parametrize("plant", PLANTS, ids=str)
def test_a_rule_finds_just_what_is_planted(plant: Plant):
    found = {(each.path, each.line) for each in plant.rule(plant.tree)}

    assert plant.places
    assert found == plant.places


@pytest.mark.parametrize("rule", [*LAYER_RULES, *CODE_RULES], ids=lambda rule: rule.__name__)
def test_every_rule_has_a_planted_violation(rule: Rule):
    assert rule in {plant.rule for plant in PLANTS}


def route(name: str, path: str = "/v1/patients", **changes: Any) -> Endpoint:
    declared: dict[str, Any] = {
        "method": "GET", "path": path, "name": name, "domain": "patients",
        "permission": "read_patients", "status": 200, "body": None, "query": None,
        "path_parameters": (), "answer": None, "summary": "List them.", "description": "",
    }  # fmt: skip
    return Endpoint(**(declared | changes))


LISTED = [route(name, permission=PUBLIC) for name in sorted(PUBLIC_ROUTES)]


def test_the_listed_public_routes_pass():
    assert list(endpoint_rules.only_listed_routes_are_public([*LISTED, route("read")])) == []


def test_an_unlisted_public_route_is_found():
    planted = [*LISTED, route("export_all", permission=PUBLIC)]

    assert list(endpoint_rules.only_listed_routes_are_public(planted)) == [
        "export_all is public and not in PUBLIC_ROUTES"
    ]


def test_a_listed_route_that_is_no_longer_public_is_found():
    (found,) = endpoint_rules.only_listed_routes_are_public(LISTED[1:])

    assert found == f"{LISTED[0].name} is in PUBLIC_ROUTES, not public"


def test_two_routes_of_one_name_are_found():
    planted = [route("read"), route("read", "/v1/payers"), route("list")]

    assert list(endpoint_rules.route_names_are_unique(planted)) == ["2 routes are named read"]


@pytest.mark.parametrize("summary", ["", "todo", " Leading space."])
def test_a_route_without_a_sentence_is_found(summary: str):
    planted = [route("read", summary=summary), route("list")]

    assert len(list(endpoint_rules.every_route_says_what_it_does(planted))) == 1


@pytest.mark.parametrize(
    "path",
    ["/patients", "/v2/patients", "/v1/Patients", "/v1/patients/", "/v1/x_y", "/v1/{patientId}"],
)
def test_a_path_out_of_style_is_found(path: str):
    assert len(list(endpoint_rules.paths_are_versioned_and_plain([route("read", path)]))) == 1


@pytest.mark.parametrize("path", ["/healthz", "/v1/patients/{patient_id}/check-in", "/v1/me"])
def test_a_path_in_style_passes(path: str):
    assert list(endpoint_rules.paths_are_versioned_and_plain([route("read", path)])) == []


def test_a_path_tree_too_large_is_found():
    fits = [route(f"r{at}", f"/v1/x/n{at}") for at in range(277)]

    assert list(endpoint_rules.the_path_tree_fits(fits)) == []
    assert list(endpoint_rules.the_path_tree_fits([*fits, route("last", "/v1/x/last")])) == [
        "the path tree has 280 nodes; fewer than 280 are allowed"
    ]


def test_two_variables_in_one_place_are_found():
    planted = [
        route("a", "/v1/patients/{patient_id}"),
        route("b", "/v1/patients/{patient_id}/notes/{note_id}"),
        route("c", "/v1/patients/{id}/notes"),
    ]

    assert list(endpoint_rules.a_place_has_one_variable(planted)) == [
        "/v1/patients/ is followed by {id} and {patient_id}"
    ]
    assert list(endpoint_rules.a_place_has_one_variable(planted[:2])) == []


def test_a_permission_that_no_role_has_is_found():
    planted = [route("read"), route("erase", permission="erase_all"), *LISTED]

    assert list(endpoint_rules.permissions_are_known(planted, {"read_patients"})) == [
        "erase needs 'erase_all', which no role could have"
    ]


def test_two_handlers_of_one_name_are_found():
    names = ["billing_queue", "sweep", "billing_queue"]

    assert list(endpoint_rules.handler_names_are_unique(names)) == [
        "2 handlers are named billing_queue"
    ]


class Stray(DomainError):
    code: ClassVar[str] = "stray"


class SlotTaken(Conflict):
    code: ClassVar[str] = "slot_taken"


class Nameless(Conflict):
    """It has its base's code only."""


class Shouting(Conflict):
    code: ClassVar[str] = "SLOT TAKEN"


class TakenAgain(Conflict):
    code: ClassVar[str] = "slot_taken"


def test_an_error_without_a_status_is_found():
    table = {Conflict: 409, NotFound: 404, DomainError: 500}

    assert list(endpoint_rules.every_error_has_a_status([SlotTaken, Stray, NotFound], table)) == [
        "Stray has no status"
    ]


def test_an_error_without_a_code_of_its_own_is_found():
    planted = [NotFound, SlotTaken, Nameless, Shouting, TakenAgain]

    assert list(endpoint_rules.every_error_has_a_code_of_its_own(planted)) == [
        "Nameless has no code of its own",
        "Shouting has no code of its own",
        "TakenAgain has the code of SlotTaken: slot_taken",
    ]
