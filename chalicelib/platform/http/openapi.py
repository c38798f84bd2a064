"""OpenAPI 3.1 from the registered endpoints: one declaration serves, documents and is checked.

Import late: only `/openapi.json`, `/docs` and the drift check need this module.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema

from .endpoint import Endpoint
from .openapi_parts import CONVENTIONS, PROBLEM_SCHEMA, Json, components, problem_response
from .request import PATH_PARAMETER

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")

_SUCCESS: Final[dict[int, str]] = {
    200: "OK.",
    201: "Created.",
    202: "Accepted; the work goes on after the answer.",
    204: "Done; no body.",
}
_QUALIFIED = re.compile(r"chalicelib\.(\w+)\.(?:\w+\.)*(\w+)")
_SENTENCE_ENDS = re.compile(r"(?<=[.?!])\s+(?=[A-Z0-9`])")
_DOCUMENTED_CODES = re.compile(r"\b([45]\d\d)((?:(?:,|;| or| and)?\s*`[a-z0-9_]+`)+)")


def build_openapi(
    endpoints: Iterable[Endpoint], *, title: str, version: str, server_url: str
) -> Json:
    """The OpenAPI 3.1 document, in an order that does not depend on that of `endpoints`.

    ValueError if two endpoints share a method and path, or a schema takes a reserved name.
    """
    ordered = sorted(endpoints, key=lambda each: (each.path, METHODS.index(each.method)))
    schemas = _Schemas.of(ordered)
    paths: dict[str, Json] = {}
    for endpoint in ordered:
        operations = paths.setdefault(endpoint.path, {})
        method = endpoint.method.lower()
        if method in operations:
            raise ValueError(f"{endpoint.method} {endpoint.path} is declared twice")
        operations[method] = _operation(endpoint, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version, "description": CONVENTIONS},
        "servers": [{"url": server_url}],
        "security": [{"bearer": []}],
        "tags": [{"name": name} for name in sorted({each.domain for each in ordered})],
        "paths": paths,
        "components": components(schemas.reachable_from(paths)),
    }


class _Generator(GenerateJsonSchema):
    """No titles of fields, which only repeat their names; names that clients can live with.

    `Page[StepView]` → PageOfStepView; where two domains have a StepView, ClaimsStepView.
    """

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False

    def normalize_name(self, name: str) -> str:
        name = _QUALIFIED.sub(lambda found: found[1].capitalize() + found[2], name)
        return super().normalize_name(re.sub(r"\[(.*)\]", r"Of\1", name))


@dataclass(frozen=True, slots=True)
class _Schemas:
    """Every model of every endpoint, generated at once: shared models have one definition."""

    reference: dict[tuple[Any, JsonSchemaMode], Json]
    definitions: Json

    @classmethod
    def of(cls, endpoints: Iterable[Endpoint]) -> "_Schemas":
        wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {}
        for endpoint in endpoints:
            for model in (endpoint.body, endpoint.query):
                if model is not None:
                    wanted[model, "validation"] = None
            if endpoint.answer is not None:
                wanted[endpoint.answer, "serialization"] = None
        reference, document = models_json_schema(
            list(wanted), ref_template="#/components/schemas/{model}", schema_generator=_Generator
        )
        definitions = document.get("$defs", {})
        if PROBLEM_SCHEMA in definitions:
            raise ValueError(f"the schema name {PROBLEM_SCHEMA} is reserved for errors")
        return cls(reference, definitions)

    def definition(self, model: type[BaseModel], mode: JsonSchemaMode) -> Json:
        """The model's own schema, its reference followed."""
        schema = self.reference[model, mode]
        while "$ref" in schema:
            schema = self.definitions[_name_of(schema["$ref"])]
        return schema

    def media(self, model: type[BaseModel], mode: JsonSchemaMode) -> Json:
        """A media type object, with the model's first example where it has one."""
        media: Json = {"schema": self.reference[model, mode]}
        schema = self.definition(model, mode)
        examples = schema.get("examples") or [schema[key] for key in ("example",) if key in schema]
        return media | ({"example": examples[0]} if examples else {})

    def reachable_from(self, document: Any) -> Json:
        """The definitions that `document` refers to, directly or not, by name."""
        found: set[str] = set()
        open_names = set(_references(document))
        while open_names:
            name = open_names.pop()
            found.add(name)
            open_names |= set(_references(self.definitions[name])) - found
        return {name: self.definitions[name] for name in sorted(found)}


def _name_of(reference: str) -> str:
    return reference.rpartition("/")[2]


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _references(item)
    elif isinstance(node, dict):
        target = node.get("$ref")
        if isinstance(target, str) and target.startswith("#/components/schemas/"):
            name = _name_of(target)
            if name != PROBLEM_SCHEMA:
                yield name
        for value in node.values():
            yield from _references(value)


def _operation(endpoint: Endpoint, schemas: _Schemas) -> Json:
    summary, *more = _SENTENCE_ENDS.split(endpoint.summary, maxsplit=1)
    operation: Json = {"operationId": endpoint.name, "tags": [endpoint.domain], "summary": summary}
    if description := "\n\n".join(filter(None, [*more, endpoint.description])):
        operation["description"] = description
    operation["x-permission"] = str(endpoint.permission)
    if endpoint.step_up:
        operation["x-step-up"] = True
    if endpoint.public:
        operation["security"] = []
    parameters = [*_path_parameters(endpoint), *_headers(endpoint), *_query(endpoint, schemas)]
    if parameters:
        operation["parameters"] = parameters
    if endpoint.body is not None:
        operation["requestBody"] = {
            "required": "required" in schemas.definition(endpoint.body, "validation"),
            "content": {"application/json": schemas.media(endpoint.body, "validation")},
        }
    operation["responses"] = {
        str(endpoint.status): _success(endpoint, schemas),
        **_problems(endpoint),
        "default": {"$ref": "#/components/responses/Problem"},
    }
    return operation


def _path_parameters(endpoint: Endpoint) -> Iterator[Json]:
    for name in endpoint.path_parameters:
        thing, is_id = name.removesuffix("_id").replace("_", " "), name.endswith("_id")
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "description": f"Id of the {thing}." if is_id else f"The {thing}.",
            "schema": {"type": "string", "pattern": f"^{PATH_PARAMETER.pattern}$"},
        }


def _headers(endpoint: Endpoint) -> Iterator[Json]:
    if endpoint.idempotent:
        yield {"$ref": "#/components/parameters/IdempotencyKey"}
    if endpoint.needs_if_match:
        yield {"$ref": "#/components/parameters/IfMatch"}


def _query(endpoint: Endpoint, schemas: _Schemas) -> Iterator[Json]:
    if endpoint.query is None:
        return
    model = schemas.definition(endpoint.query, "validation")
    required = set(model.get("required", ()))
    for name, field in model.get("properties", {}).items():
        schema = _without_null(field)
        description = schema.pop("description", None)
        yield {
            "name": name,
            "in": "query",
            "required": name in required,
            **({"description": description} if description else {}),
            "schema": schema,
        }


def _without_null(field: Json) -> Json:
    """A parameter is there or not: it is never null."""
    schema = {key: value for key, value in field.items() if (key, value) != ("default", None)}
    choices: list[Json] = [each for each in schema.pop("anyOf", ()) if each != {"type": "null"}]
    if len(choices) == 1:
        return choices[0] | schema
    return schema | ({"anyOf": choices} if choices else {})


def _success(endpoint: Endpoint, schemas: _Schemas) -> Json:
    response: Json = {"description": _SUCCESS.get(endpoint.status, "Success.")}
    if endpoint.answer is not None:
        fields = endpoint.answer.model_fields
        names = ["ETag"] if "version" in fields else []
        names += ["Location"] if endpoint.status == 201 and "id" in fields else []
        if names:
            response["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
        response["content"] = {
            endpoint.content_type: schemas.media(endpoint.answer, "serialization")
        }
    elif endpoint.status != 204:
        kind = "object" if endpoint.content_type.endswith("json") else "string"
        response["content"] = {endpoint.content_type: {"schema": {"type": kind}}}
    return response


def _problems(endpoint: Endpoint) -> Json:
    codes = _documented_codes(f"{endpoint.summary}\n{endpoint.description}")
    return {
        str(status): (
            problem_response(status, codes[status])
            if status in codes
            else {"$ref": f"#/components/responses/Problem{status}"}
        )
        for status in sorted(_statuses(endpoint) | codes.keys())
    }


def _statuses(endpoint: Endpoint) -> set[int]:
    statuses = {429, 503}
    if not endpoint.public:
        statuses |= {401, 403}
    if endpoint.body is not None or endpoint.query is not None:
        statuses |= {400, 422}
    if endpoint.path_parameters:
        statuses.add(404)
    if not endpoint.reads:
        statuses |= {400, 409}
    if endpoint.needs_if_match:
        statuses |= {412, 428}
    return statuses


def _documented_codes(text: str) -> dict[int, tuple[str, ...]]:
    """From a docstring's 409 `slot_taken`, `day_closed` → {409: ("slot_taken", "day_closed")}."""
    codes: dict[int, tuple[str, ...]] = {}
    for match in _DOCUMENTED_CODES.finditer(text):
        status = int(match[1])
        codes[status] = codes.get(status, ()) + tuple(re.findall(r"`(\w+)`", match[2]))
    return codes
