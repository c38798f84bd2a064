"""The rules that need the running application: its routes, handlers and errors."""

import importlib
import json
from collections.abc import Iterator, Sequence

import pytest
from chalice import Chalice

from chalicelib.identity.operators import OperatorPermission
from chalicelib.identity.permissions import Permission
from chalicelib.platform.errors import DomainError
from chalicelib.platform.http import Endpoint, endpoints
from chalicelib.platform.http.problems import STATUS_OF
from chalicelib.platform.http.schema_examples import example_of
from tests.architecture.endpoint_rules import (
    ENDPOINT_RULES,
    EndpointRule,
    every_error_has_a_code_of_its_own,
    every_error_has_a_status,
    handler_names_are_unique,
    permissions_are_known,
)
from tests.architecture.source_tree import product_tree


@pytest.fixture(scope="module")
def application() -> Chalice:
    return importlib.import_module("app").app


@pytest.fixture
def routes(application: Chalice) -> Sequence[Endpoint]:
    return endpoints()


@pytest.fixture
def errors(application: Chalice) -> list[type[DomainError]]:
    """Every error class of the product, also those no route has asked for yet."""
    for path in product_tree():
        if path.endswith("/errors.py"):
            importlib.import_module(path.removesuffix(".py").replace("/", "."))
    return sorted(
        {each for each in below(DomainError) if each.__module__.startswith("chalicelib.")},
        key=lambda error: (error.__module__, error.__qualname__),
    )


def below(error: type[DomainError]) -> Iterator[type[DomainError]]:
    for each in error.__subclasses__():
        yield each
        yield from below(each)


@pytest.mark.parametrize("rule", ENDPOINT_RULES, ids=lambda rule: rule.__name__)
def test_the_routes_keep(rule: EndpointRule, routes: Sequence[Endpoint]):
    assert len(routes) > 10
    assert list(rule(routes)) == []


def test_every_permission_of_a_route_is_known(routes: Sequence[Endpoint]):
    assert (
        list(
            permissions_are_known(
                routes, {str(each) for each in (*Permission, *OperatorPermission)}
            )
        )
        == []
    )


def test_the_documented_example_of_every_body_is_one_the_route_reads(routes: Sequence[Endpoint]):
    bodies = [each.body for each in routes if each.body is not None]

    for body in bodies:
        schema = body.model_json_schema()
        example = example_of(schema, schema.get("$defs", {}))
        body.model_validate_json(json.dumps(example), strict=True)
    assert bodies


def test_every_route_that_is_served_is_declared(application: Chalice, routes: Sequence[Endpoint]):
    served = {(method, path) for path, views in application.routes.items() for method in views}

    assert served == {(each.method, each.path) for each in routes}


def test_the_paths_read_off_the_source_are_those_of_the_routes(
    application: Chalice, routes: Sequence[Endpoint]
):
    assert set(application.routes) == {each.path for each in routes}
    assert all(application.routes[path] for path in application.routes)


def test_handler_names_are_unique(application: Chalice, routes: Sequence[Endpoint]):
    handlers = [*application.event_sources, *application.pure_lambda_functions]
    names = [*(each.name for each in handlers), *(each.name for each in routes)]

    assert len(handlers) >= 3
    assert list(handler_names_are_unique(names)) == []


def test_every_error_of_the_product_has_a_status(errors: list[type[DomainError]]):
    assert len(errors) > 15
    assert list(every_error_has_a_status(errors, STATUS_OF)) == []


def test_every_error_of_the_product_has_a_code_of_its_own(errors: list[type[DomainError]]):
    assert list(every_error_has_a_code_of_its_own(errors)) == []
