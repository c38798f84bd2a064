"""Any malformed request is a 4xx problem, never a 500, and no answer is foreign (PROMISES 28).

Requests are made of the OpenAPI document, well-formed ones and broken ones, as every role, with ids
that exist and with ids of another practice; schemathesis judges the answers by the same document.
"""

from typing import Any
from urllib.parse import urlencode

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, seed, settings, strategies as st
from schemathesis.checks import load_all_checks
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode

from chalicelib.identity.permissions import Role
from chalicelib.platform.http import Endpoint
from chalicelib.platform.service_routes import _openapi
from infra.local.gateway import wsgi
from tests.isolation.actors import OPERATOR, who_may
from tests.isolation.cases import CASES, called
from tests.isolation.clinics import ID, Clinic, Clinics

SEED, EXAMPLES, IN_CAMPAIGN = 28, 3, 150
REFUSALS = ["401", "403", "404", "409", "412", "415", "422", "428"]
CHECKS = {
    "positive_data_acceptance": {"expected-statuses": ["2xx", *REFUSALS]},
    "negative_data_rejection": {"expected-statuses": ["400", *REFUSALS]},
}
"""What the shape of a request allows, a rule or the state of things may refuse, but not as 400."""

load_all_checks()


@pytest.fixture(scope="module")
def document(_mocked_aws: None) -> Any:
    """The API as schemathesis knows it."""
    from app import app

    served = wsgi(app)

    def from_somewhere(environ: dict[str, Any], start_response: Any) -> Any:
        return served({**environ, "REMOTE_ADDR": "203.0.113.28"}, start_response)

    config = schemathesis.Config.from_dict({"checks": CHECKS})
    described = schemathesis.openapi.from_dict(_without_cursors(_openapi()), config=config)
    described.app = from_somewhere
    return described


each_route = pytest.mark.parametrize("endpoint", called(), ids=lambda endpoint: endpoint.name)


@each_route
def test_a_request_made_of_the_document_is_answered_as_it_says(
    clinics: Clinics, document: Any, endpoint: Endpoint
) -> None:
    _try_out(clinics, document, endpoint, examples=EXAMPLES)


@pytest.mark.campaign
@each_route
def test_so_are_many_more(clinics: Clinics, document: Any, endpoint: Endpoint) -> None:
    _try_out(clinics, document, endpoint, examples=IN_CAMPAIGN)


def _without_cursors(document: dict[str, Any]) -> dict[str, Any]:
    """The document without what no one can make up: test_cursors.py says what becomes of those."""
    for operations in document["paths"].values():
        for operation in operations.values():
            given = operation.get("parameters", [])
            operation["parameters"] = [each for each in given if each.get("name") != "cursor"]
    return document


def _as_written(value: Any) -> Any:
    """JSON Schema takes 4.0 for an integer; the API wants it written 4."""
    match value:
        case dict():
            return {name: _as_written(part) for name, part in value.items()}
        case list():
            return [_as_written(part) for part in value]
        case float() if value.is_integer():
            return int(value)
        case _:
            return value


def _try_out(clinics: Clinics, document: Any, endpoint: Endpoint, *, examples: int) -> None:
    who = [*Role, "", *3 * who_may(endpoint)]
    operation = document[endpoint.path][endpoint.method]
    requests = st.one_of(
        operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
    )

    @seed(SEED)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(request=requests, who=st.sampled_from(who), ids=st.sampled_from([*"aaab", ""]))
    def answered(request: Any, who: str, ids: str) -> None:
        assume(_is_sent(request))
        if ids:  # an operator's routes name the practice
            elsewhere = ids == "b" and who != OPERATOR and not _opens_by_secret(clinics, endpoint)
            _give_ids(request, endpoint, clinics.b if elsewhere else clinics.a)
        request.body = _as_written(request.body)
        with clinics.undone():
            _call(clinics, request, who)

    answered()


def _call(clinics: Clinics, request: Any, who: str) -> None:
    token = clinics.a.tokens.get(who, "")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    response = request.call_and_validate(headers=headers)
    if who != OPERATOR:
        assert clinics.b.mark.lower() not in response.text.lower()


def _is_sent(request: Any) -> bool:
    """Whether each parameter stands in the URL: an empty list is written as nothing at all."""
    given = (request.query or {}).items()
    return all(value is not None and urlencode({name: value}, doseq=True) for name, value in given)


def _opens_by_secret(clinics: Clinics, endpoint: Endpoint) -> bool:
    """Whether a secret in the path says whose it is, to whoever has it."""
    named = [CASES[endpoint.name].path.get(part, part) for part in endpoint.path_parameters]
    return endpoint.public and not all(ID.fullmatch(clinics.b.ids[name]) for name in named)


def _give_ids(request: Any, endpoint: Endpoint, clinic: Clinic) -> None:
    """Ids and versions of what exists in place of made-up ones, where those are well-formed."""
    case, ids = CASES[endpoint.name], clinic.ids
    if _is_well_formed(request, ParameterLocation.PATH):
        for part in endpoint.path_parameters:
            request.path_parameters[part] = ids[case.path.get(part, part)]
    if endpoint.needs_if_match and _is_well_formed(request, ParameterLocation.HEADER):
        request.headers["If-Match"] = f'"{case.if_match}"'
    if isinstance(request.body, dict) and _is_well_formed(request, ParameterLocation.BODY):
        request.body |= {
            name: ids[name] for name in request.body if name.endswith("_id") and name in ids
        }


def _is_well_formed(request: Any, place: ParameterLocation) -> bool:
    part = request.meta.components.get(place)
    return part is None or part.mode == GenerationMode.POSITIVE
