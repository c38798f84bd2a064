"""Example values from JSON Schema, for the documentation page."""

import re
from typing import Any, Final

Json = dict[str, Any]
Names = frozenset[str]

_FORMATS: Final[dict[str, str]] = {
    "date": "2026-11-23",
    "date-time": "2026-11-23T14:30:00Z",
    "time": "14:30:00",
    "duration": "PT30M",
    "email": "name@example.org",
    "uri": "https://example.org/",
    "uuid": "0190163d-8694-739b-aea5-966c26f8ad91",
}
_ATOM: Final = re.compile(r"(\[\^?[^\]]+\]|\\.|[^\\^$(){}|*+?.])(?:\{(\d+)[,\d]*\}|([*+?]))?")


def example_of(schema: Json, definitions: Json, *, within: Names = frozenset()) -> Any:
    """A value of the schema's shape: its own example, else its default, else one by its type.

    None where a definition, all of which `within` names, would contain itself.
    """
    name = referred(schema)
    if name and name in within:
        return None
    schema, within = followed(schema, definitions), within | {name}
    for key in ("example", "const", "default"):
        if schema.get(key) is not None:
            return schema[key]
    for key in ("examples", "enum"):
        if schema.get(key):
            return schema[key][0]
    if choices := choices_of(schema):
        return example_of(choices[0], definitions, within=within)
    match schema.get("type"):
        case "object":
            return _object_example(schema, definitions, within)
        case "array":
            item = example_of(schema.get("items", {}), definitions, within=within)
            return [item] * max(int(item is not None), schema.get("minItems", 0))
        case "integer" | "number":
            least = schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
            most = schema.get("maximum", schema.get("exclusiveMaximum", least + 2) - 1)
            return int(min(max(1, least), most))
        case "string":
            return _string_example(schema)
        case "boolean":
            return True
    return None


def referred(schema: Json) -> str:
    """The name of the definition that `schema` refers to, or ""."""
    return str(schema.get("$ref", "")).rpartition("/")[2]


def followed(schema: Json, definitions: Json) -> Json:
    """The schema with its reference followed; what stands beside the reference prevails."""
    while name := referred(schema):
        schema = definitions[name] | {key: schema[key] for key in schema if key != "$ref"}
    return schema


def choices_of(schema: Json) -> list[Json]:
    """The alternatives of a union."""
    return list(schema.get("anyOf") or schema.get("oneOf") or ())


def _object_example(schema: Json, definitions: Json, within: Names) -> Json:
    fields = dict(schema.get("properties", {}))
    if isinstance(schema.get("additionalProperties"), dict):
        fields["key"] = schema["additionalProperties"]
    made = {name: example_of(field, definitions, within=within) for name, field in fields.items()}
    required = schema.get("required", ())
    return {name: value for name, value in made.items() if value is not None or name in required}


def _string_example(schema: Json) -> str:
    """Text of the format or, for the plain patterns of codes, of the pattern (`[A-Z]{2}` → AA)."""
    least, pattern = schema.get("minLength", 0), schema.get("pattern", "")
    text = _FORMATS.get(schema.get("format", ""), "text")
    plain = text.ljust(least, "x")[: schema.get("maxLength", 500)]
    made = "".join(_atom_example(*found) for found in _ATOM.findall(pattern))
    return next((each for each in (plain, made) if re.search(pattern, each)), plain)


def _atom_example(atom: str, count: str, sign: str) -> str:
    if atom.startswith("["):
        atom = atom[1:3] if atom[1] == "\\" else atom[1]
    letter = {"\\d": "1", "\\w": "x"}.get(atom, atom[-1])
    return letter * (int(count) if count else 0 if sign in ("*", "?") else 1)
