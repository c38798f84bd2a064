"""OpenAPI 3.1 from endpoint declarations, and the drift check of the committed copy."""

import json
import random
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Generic, TypeVar

import pytest
from pydantic import BaseModel, ConfigDict, Field, create_model

from chalicelib.platform.http.endpoint import Endpoint
from chalicelib.platform.http.openapi import build_openapi
from infra.openapi import differences, main, written

X = TypeVar("X")


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"


class Edge(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Address(Edge):
    """Where someone lives."""

    line: str = Field(max_length=80)
    postal_code: str = Field(pattern=r"^\d{5}$", description="ZIP code.")
    country: str = "US"


class NewPerson(Edge):
    model_config = ConfigDict(json_schema_extra={"examples": [{"family": "Ek"}, {"family": "Al"}]})

    family: str = Field(min_length=1)
    addresses: tuple[Address, ...] = ()


class Person(Edge):
    id: str
    version: int
    sex: Sex
    born: date | None
    addresses: tuple[Address, ...]
    contact: "Person | None" = None


class Page(Edge, Generic[X]):
    items: tuple[X, ...]
    next_cursor: str | None = None


class PeopleQuery(Edge):
    limit: int = Field(default=50, ge=1, le=200, description="At most so many.")
    cursor: str | None = Field(default=None, max_length=900, description="Of the page before.")
    sex: Sex | None = None
    on: date


class Search(Edge):
    born: date | None = None


class OnlyInQuery(Edge):
    q: str


def endpoint(method: str, path: str, **changes: Any) -> Endpoint:
    names = tuple(part[1:-1] for part in path.split("/") if part.startswith("{"))
    declared: dict[str, Any] = {
        "method": method,
        "path": path,
        "name": f"{method}{path}".lower().translate(str.maketrans("/{}-", "____")),
        "domain": "people",
        "permission": "people.read",
        "status": 200,
        "body": None,
        "query": None,
        "path_parameters": names,
        "answer": None,
        "summary": "Do it.",
        "description": "",
        "idempotent": method == "POST",
    }
    return Endpoint(**(declared | changes))


REGISTER = endpoint(
    "POST", "/v1/people", name="register", status=201, body=NewPerson, answer=Person,
    permission="people.write", summary="Register a person.",
    description="409 `already_exists`, `likely_duplicate` show who it is. 422 `birth_in_future`.",
)  # fmt: skip
LIST = endpoint("GET", "/v1/people", name="list_people", query=PeopleQuery, answer=Page[Person])
READ = endpoint("GET", "/v1/people/{person_id}", name="read_person", answer=Person)
CHANGE = endpoint(
    "PUT", "/v1/people/{person_id}", name="change_person", body=NewPerson, answer=Person
)
DELETE = endpoint("DELETE", "/v1/people/{person_id}", name="remove_person", status=204)
DAY = endpoint("GET", "/v1/people/{person_id}/days/{day}", name="day", answer=Page[Address])
SEARCH = endpoint("POST", "/v1/people/search", name="search_people", body=Search, idempotent=False)
HEALTH = endpoint("GET", "/healthz", name="health", domain="platform", permission="public")
DOCS = endpoint(
    "GET", "/docs", name="docs", domain="platform", permission="public", content_type="text/html"
)
ALL = (REGISTER, LIST, READ, CHANGE, DELETE, DAY, HEALTH, DOCS)


def build(*endpoints: Endpoint) -> dict[str, Any]:
    return build_openapi(endpoints, title="Careloom", version="1.2.3", server_url="/")


def operation(declared: Endpoint) -> dict[str, Any]:
    return build(declared)["paths"][declared.path][declared.method.lower()]


def parameters(declared: Endpoint) -> dict[str, dict[str, Any]]:
    document = build(declared)
    found = document["paths"][declared.path][declared.method.lower()].get("parameters", [])
    return {each["name"]: each for each in (resolved(document, each) for each in found)}


def resolved(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        target: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for child in (
        node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    ):
        yield from nodes(child)


def test_the_document_names_its_version_title_and_server():
    document = build(HEALTH)

    assert document["openapi"].startswith("3.1.")
    assert (document["info"]["title"], document["info"]["version"]) == ("Careloom", "1.2.3")
    assert document["servers"] == [{"url": "/"}]


def test_every_reference_leads_somewhere():
    document = build(*ALL)

    targets = [resolved(document, node) for node in nodes(document) if "$ref" in node]

    assert len(targets) > 50
    assert all(targets)


def test_the_order_of_registration_does_not_show():
    expected = json.dumps(build(*ALL))
    shuffled = list(ALL)

    for seed in range(5):
        random.Random(seed).shuffle(shuffled)
        assert json.dumps(build(*shuffled)) == expected


def test_a_model_used_in_many_places_is_defined_once():
    schemas = build(*ALL)["components"]["schemas"]

    assert sorted(schemas) == [
        "Address", "NewPerson", "PageOfAddress", "PageOfPerson", "Person", "ProblemDetails", "Sex",
    ]  # fmt: skip


def test_models_of_one_name_are_told_apart_by_their_domain():
    of_claims, of_scheduling = (
        create_model("StepView", __module__=f"chalicelib.{domain}.schemas", step=(kind, ...))
        for domain, kind in (("claims", int), ("scheduling", str))
    )

    document = build(
        endpoint("GET", "/v1/a", answer=Page[of_claims]),
        endpoint("GET", "/v1/b", answer=of_scheduling),
    )

    names = list(document["components"]["schemas"])
    assert {"ClaimsStepView", "SchedulingStepView"} < set(names)
    assert all(name.isidentifier() for name in names)


def test_a_query_model_becomes_parameters_with_their_constraints():
    query = parameters(LIST)

    assert query["limit"] == {
        "name": "limit",
        "in": "query",
        "required": False,
        "description": "At most so many.",
        "schema": {"default": 50, "maximum": 200, "minimum": 1, "type": "integer"},
    }
    assert query["cursor"]["schema"] == {"type": "string", "maxLength": 900}
    assert query["sex"]["schema"] == {"$ref": "#/components/schemas/Sex"}
    assert query["on"]["required"] is True
    assert query["on"]["schema"] == {"type": "string", "format": "date"}


def test_path_parameters_come_in_the_order_of_the_path():
    declared = operation(DAY)["parameters"]

    assert [each["name"] for each in declared] == ["person_id", "day"]
    assert all(each["required"] and each["in"] == "path" for each in declared)
    assert declared[0]["description"] == "Id of the person."
    assert "pattern" in declared[0]["schema"]


@pytest.mark.parametrize(
    ("declared", "header", "required"),
    [(REGISTER, "Idempotency-Key", False), (CHANGE, "If-Match", True), (DELETE, "If-Match", True)],
)
def test_writes_declare_their_header(declared: Endpoint, header: str, required: bool):
    headers = [each for each in parameters(declared).values() if each["in"] == "header"]

    assert [(each["name"], each["required"]) for each in headers] == [(header, required)]


@pytest.mark.parametrize("declared", [READ, SEARCH])
def test_reads_declare_no_header(declared: Endpoint):
    assert all(each["in"] != "header" for each in parameters(declared).values())


@pytest.mark.parametrize(
    ("declared", "statuses"),
    [
        (READ, "200 401 403 404 429 503"),
        (SEARCH, "200 400 401 403 422 429 503"),
        (LIST, "200 400 401 403 422 429 503"),
        (REGISTER, "201 400 401 403 409 422 429 503"),
        (CHANGE, "200 400 401 403 404 409 412 422 428 429 503"),
        (DELETE, "204 400 401 403 404 409 412 428 429 503"),
        (HEALTH, "200 429 503"),
    ],
)
def test_an_operation_declares_the_statuses_that_apply(declared: Endpoint, statuses: str):
    responses = operation(declared)["responses"]

    assert " ".join(responses) == f"{statuses} default"


def test_every_problem_is_problem_json_of_one_schema():
    document = build(*ALL)

    for item in document["paths"].values():
        for declared in item.values():
            for status, response in declared["responses"].items():
                if status[0] in "45d":
                    content = resolved(document, response)["content"]
                    assert list(content) == ["application/problem+json"]
                    schema = content["application/problem+json"]["schema"]
                    assert schema == {"$ref": "#/components/schemas/ProblemDetails"}


def test_the_problem_schema_names_the_fields_of_the_answer():
    problem = build(HEALTH)["components"]["schemas"]["ProblemDetails"]

    assert list(problem["properties"]) == [
        "type", "title", "status", "code", "detail", "request_id", "errors",
    ]  # fmt: skip
    assert list(problem["properties"]["errors"]["items"]["properties"]) == [
        "field", "code", "message",
    ]  # fmt: skip


def test_codes_in_the_docstring_stand_in_the_responses():
    responses = operation(REGISTER)["responses"]

    assert "`already_exists`, `likely_duplicate`" in responses["409"]["description"]
    assert "`birth_in_future`" in responses["422"]["description"]
    assert "content" in responses["409"]


def test_a_status_that_only_the_docstring_names_is_declared():
    sign_in = endpoint(
        "POST", "/v1/sessions", permission="public", summary="Sign in.",
        description="401 `bad_credentials` for every cause; 423 `locked`.",
    )  # fmt: skip

    responses = operation(sign_in)["responses"]

    assert responses["401"]["description"].endswith("Codes: `bad_credentials`.")
    assert "`locked`" in responses["423"]["description"]


def test_waiting_is_told_by_retry_after():
    document = build(READ)

    for status in ("429", "503"):
        headers = document["components"]["responses"][f"Problem{status}"]["headers"]
        assert resolved(document, headers["Retry-After"])["schema"]["type"] == "integer"


def test_an_answer_with_a_version_carries_an_etag():
    assert "ETag" in operation(READ)["responses"]["200"]["headers"]
    assert "headers" not in operation(LIST)["responses"]["200"]


def test_what_is_created_has_a_location():
    assert list(operation(REGISTER)["responses"]["201"]["headers"]) == ["ETag", "Location"]


def test_an_operation_names_its_permission_and_needs_a_token():
    document = build(READ, HEALTH)

    assert document["security"] == [{"bearer": []}]
    assert document["components"]["securitySchemes"]["bearer"]["bearerFormat"] == "JWT"
    assert document["paths"][READ.path]["get"]["x-permission"] == "people.read"
    assert "security" not in document["paths"][READ.path]["get"]


def test_a_public_operation_needs_no_token():
    assert operation(HEALTH)["security"] == []
    assert operation(HEALTH)["x-permission"] == "public"


def test_the_summary_is_one_sentence_and_the_rest_the_description():
    several = endpoint(
        "GET", "/v1/x", summary="Sign in, e.g. here. 401 `x` is no.", description="A."
    )

    assert operation(several)["summary"] == "Sign in, e.g. here."
    assert operation(several)["description"] == "401 `x` is no.\n\nA."
    assert "description" not in operation(READ)


def test_the_models_example_is_the_operations_example():
    content = operation(REGISTER)["requestBody"]["content"]["application/json"]

    assert content["example"] == {"family": "Ek"}
    assert content["schema"] == {"$ref": "#/components/schemas/NewPerson"}


def test_a_body_without_required_fields_may_be_left_out():
    assert operation(SEARCH)["requestBody"]["required"] is False
    assert operation(REGISTER)["requestBody"]["required"] is True


def test_no_body_means_no_content():
    assert operation(DELETE)["responses"]["204"] == {"description": "Done; no body."}
    assert "requestBody" not in operation(DELETE)


def test_an_answer_that_is_no_json_is_text():
    content = operation(DOCS)["responses"]["200"]["content"]

    assert content == {"text/html": {"schema": {"type": "string"}}}


def test_a_model_that_no_operation_refers_to_is_left_out():
    search = endpoint("GET", "/v1/search", query=OnlyInQuery)

    assert list(build(search)["components"]["schemas"]) == ["ProblemDetails"]


def test_two_endpoints_on_one_path_and_method_are_refused():
    with pytest.raises(ValueError, match=r"GET /v1/people/\{person_id\} is declared twice"):
        build(READ, endpoint("GET", READ.path, name="other"))


def test_the_name_of_the_error_schema_is_reserved():
    reserved = type("ProblemDetails", (Edge,), {"__annotations__": {"id": str}})

    with pytest.raises(ValueError, match="reserved"):
        build(endpoint("GET", "/v1/x", answer=reserved))


def test_the_written_copy_has_no_drift(tmp_path: Path):
    target = tmp_path / "docs" / "openapi.json"

    assert main(["--write"], build=lambda: build(*ALL), target=target) == 0

    assert main(["--check"], build=lambda: build(*ALL), target=target) == 0
    assert json.loads(target.read_text()) == build(*ALL)


def test_drift_names_the_operations_and_shows_the_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    target = tmp_path / "openapi.json"
    target.write_text(written(build(READ, DELETE, LIST)))
    restricted = endpoint("GET", READ.path, name=READ.name, answer=Person, permission="people.all")

    status = main(["--check"], build=lambda: build(restricted, LIST, HEALTH), target=target)

    shown = capsys.readouterr().out
    assert status == 1
    assert "added    GET /healthz" in shown
    assert "removed  DELETE /v1/people/{person_id}" in shown
    assert "changed  GET /v1/people/{person_id}" in shown
    assert "GET /v1/people\n" not in shown
    assert '+        "x-permission": "people.all"' in shown


def test_a_missing_copy_is_drift(tmp_path: Path):
    assert main(["--check"], build=lambda: build(READ), target=tmp_path / "openapi.json") == 1


def test_a_changed_schema_is_drift_though_no_operation_changed():
    before = build(READ)
    after = json.loads(json.dumps(before))
    after["components"]["schemas"]["Sex"]["enum"].append("unknown")

    assert differences(written(before), written(after))[0] == "changed  schema Sex"
