"""What a `Field` of a schema declares is what its JSON Schema says, and so what pydantic enforces.

`x: Line = Field(max_length=60)` is silently 200 long: pydantic puts the constraints of the
annotation after those of the default.
"""

import ast
import importlib
from collections.abc import Iterator
from types import ModuleType
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, StringConstraints

from tests.architecture.source_tree import product_tree

KEYWORDS = {
    "max_length": ("maxLength", "maxItems", "maxProperties"),
    "min_length": ("minLength", "minItems", "minProperties"),
    "ge": ("minimum",),
    "gt": ("exclusiveMinimum",),
    "le": ("maximum",),
    "lt": ("exclusiveMaximum",),
    "multiple_of": ("multipleOf",),
    "pattern": ("pattern",),
}
TREE = product_tree()
MODULES = sorted(
    path.removesuffix(".py").replace("/", ".")
    for path, source in TREE.items()
    if "Field(" in source and "pydantic" in source
)


def lost_limits(source: str, names: dict[str, Any]) -> Iterator[str]:
    """`Class.field: limit` for each limit that a Field declares and the JSON Schema lacks.

    `names` is the namespace of the module whose source it is.
    """
    for made in ast.walk(ast.parse(source)):
        model = names.get(made.name) if isinstance(made, ast.ClassDef) else None
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            continue
        schema = model.model_json_schema(by_alias=False)
        for field, limits in _declared(made, names):
            shown = _shapes(schema["properties"][field], schema)
            for limit, value in limits:
                if not any(node.get(key) == value for node in shown for key in KEYWORDS[limit]):
                    yield f"{model.__name__}.{field}: {limit}={value!r}"


def _declared(
    made: ast.ClassDef, names: dict[str, Any]
) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    for line in made.body:
        if not (isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)):
            continue
        call = line.value
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "Field":
            yield (
                line.target.id,
                [
                    (keyword.arg, eval(ast.unparse(keyword.value), names))
                    for keyword in call.keywords
                    if keyword.arg in KEYWORDS
                ],
            )


def _shapes(node: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The node and, where it is a union or a reference, what it may be."""
    if "$ref" in node:
        return _shapes(schema["$defs"][node["$ref"].rpartition("/")[2]], schema)
    return [node, *(each for option in node.get("anyOf", ()) for each in _shapes(option, schema))]


@pytest.mark.parametrize("name", MODULES)
def test_every_limit_that_a_field_declares_is_enforced(name: str):
    module = importlib.import_module(name)

    assert list(lost_limits(TREE[f"{name.replace('.', '/')}.py"], vars(module))) == []


def test_the_schemas_of_every_domain_are_looked_at():
    assert {f"chalicelib.{each}.schemas" for each in ("identity", "claims", "patients")} <= set(
        MODULES
    )


def test_a_limit_that_the_annotation_overrides_is_found():
    source = """
class Planted(BaseModel):
    lost: Line = Field(max_length=60)
    widened: Line = Field(max_length=300)
    kept: Line | None = Field(default=None, max_length=60)
    narrowed: Short = Field(min_length=3)
    listed: list[Line] = Field(max_length=3)
    counted: Counted = Field(ge=5, le=90)
    chosen: Literal["a"] = Field(default="a")
"""
    planted = _planted(source)

    assert list(lost_limits(source, vars(planted))) == [
        "Planted.lost: max_length=60",
        "Planted.widened: max_length=300",
        "Planted.narrowed: min_length=3",
        "Planted.counted: le=90",
    ]


def _planted(source: str) -> ModuleType:
    line = Annotated[str, StringConstraints(min_length=1, max_length=200)]
    module = ModuleType("planted")
    vars(module).update(
        BaseModel=BaseModel,
        Field=Field,
        Literal=Literal,
        Line=line,
        Short=Annotated[line, StringConstraints(max_length=60)],
        Counted=Annotated[int, Field(le=480)],
    )
    exec(source, vars(module))
    return module
