"""The documentation page: one HTML file, made from the OpenAPI document, that works offline.

No network and no external script; without JavaScript only filter and copy buttons are missing.
Markup, style and script lie in docs_page.html, .css and .js.
Import late: only `/docs` needs this module.
"""

import base64
import hashlib
import json
import re
import shlex
from collections.abc import Iterator
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from .schema_examples import Json, Names, choices_of, example_of, followed, referred

_HEADERS: Final[dict[str, str]] = {
    "Idempotency-Key": '-H "Idempotency-Key: $(uuidgen)"',
    "If-Match": """-H 'If-Match: "1"'""",
}
_LIMITS: Final[dict[str, str]] = {
    "minimum": "≥ {}",
    "exclusiveMinimum": "> {}",
    "maximum": "≤ {}",
    "exclusiveMaximum": "< {}",
    "minLength": "≥ {} characters",
    "maxLength": "≤ {} characters",
    "minItems": "≥ {} items",
    "maxItems": "≤ {} items",
    "pattern": "matches `{}`",
    "default": "default `{}`",
}


def render_docs(openapi: Json) -> str:
    """The whole page. Every text of the document is escaped."""
    style, script = _beside("docs_page.css"), _beside("docs_page.js")
    info, operations = openapi["info"], list(_operations(openapi))
    tags = [tag["name"] for tag in openapi["tags"]]
    return _html(
        "page",
        policy=f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'",
        title=info["title"],
        version=info["version"],
        about=_prose(info.get("description", "")),
        style=style,
        script=script,
        links=[_group("links", "link", tag, operations) for tag in tags],
        groups=[_group("group", "operation", tag, operations) for tag in tags],
    )


class _Html(str):
    """Markup, which is not escaped again."""

    __slots__ = ()


@cache
def _templates() -> dict[str, str]:
    _, *parts = re.split(r"<!-- (\w+) -->\n", _beside("docs_page.html"))
    return dict(zip(parts[::2], (part.strip() for part in parts[1::2]), strict=True))


def _html(template: str, **values: Any) -> _Html:
    """A template, filled: markup as it is, lists joined, everything else escaped."""

    def filled(value: Any) -> str:
        if isinstance(value, list):
            return "".join(map(filled, value))
        return value if isinstance(value, _Html) else escape(str(value))

    return _Html(_templates()[template].format(**{key: filled(values[key]) for key in values}))


def _beside(name: str) -> _Html:
    return _Html(Path(__file__).with_name(name).read_text(encoding="utf-8"))


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _inline(text: str) -> list[Any]:
    """One line of text, `code` in backticks."""
    parts = enumerate(re.split(r"`([^`]+)`", text))
    return [_html("code", text=part) if at % 2 else part for at, part in parts]


def _prose(text: str) -> list[_Html]:
    """Paragraphs, parted by blank lines; a block of lines that begin with a hyphen is a list."""
    made = []
    for block in filter(None, map(str.strip, re.split(r"\n\s*\n", text))):
        if block.startswith("- "):
            lines = re.split(r"\n\s*- ", block[2:])
            items = [_html("item", text=_inline(line)) for line in lines]
            made.append(_html("list", items=items))
        else:
            made.append(_html("paragraph", text=_inline(block)))
    return made


def _operations(openapi: Json) -> Iterator[tuple[str, dict[str, Any]]]:
    """(tag, what the templates call the parts of an operation)."""
    for path, item in openapi["paths"].items():
        for method, spec in item.items():
            yield spec["tags"][0], _described(openapi, method.upper(), path, spec)


def _group(
    template: str, each: str, tag: str, operations: list[tuple[str, dict[str, Any]]]
) -> _Html:
    members = [_html(each, **described) for at, described in operations if at == tag]
    return _html(template, tag=tag, operations=members)


def _described(openapi: Json, method: str, path: str, spec: Json) -> dict[str, Any]:
    """What the templates call the parts of an operation."""
    schemas, who = openapi["components"]["schemas"], spec["x-permission"]
    spec = spec | {
        "parameters": [_resolved(openapi, each) for each in spec.get("parameters", ())],
        "responses": {code: _resolved(openapi, each) for code, each in spec["responses"].items()},
    }
    answer = _json_media(next(each for code, each in spec["responses"].items() if code < "4"))
    body = _json_media(spec.get("requestBody", {}))
    return {
        "id": spec["operationId"],
        "words": f"{method} {path} {spec['summary']} {who}".lower(),
        "badge": _html("badge", method=method, tone=method.lower()),
        "path": path,
        "summary": _inline(spec["summary"].removesuffix(".")),
        "who": "Public: no token" if who == "public" else _inline(f"Permission `{who}`"),
        "about": _prose(spec.get("description", "")),
        "parameters": _parameters(spec["parameters"], schemas),
        "body": _shape("Body", body, schemas),
        "answer": _shape("Answer", answer, schemas),
        "responses": _responses(spec["responses"]),
        "samples": [
            _html("sample", title="Request", text=_curl(openapi, method, path, spec)),
            *([_html("sample", title="Answer", text=_example(answer, schemas))] if answer else []),
        ],
    }


def _json_media(node: Json) -> Json:
    """The JSON media type of a request body or an answer; empty where it has none."""
    return dict(node.get("content", {}).get("application/json", {}))


def _resolved(openapi: Json, node: Json) -> Json:
    if "$ref" in node:
        kind, name = node["$ref"].split("/")[-2:]
        return dict(openapi["components"][kind][name])
    return node


def _parameters(parameters: list[Json], schemas: Json) -> list[_Html]:
    items = [
        _field(
            each["name"],
            {"description": each.get("description", ""), **each["schema"]},
            schemas,
            required=each["required"],
            place=f"{each['in']} ",
        )
        for each in parameters
    ]
    return [_html("fields", heading="Parameters", note="", items=items)] if items else []


def _shape(heading: str, media: Json, schemas: Json) -> list[_Html]:
    if not media:
        return []
    items = _fields(media["schema"], schemas, frozenset())
    return [_html("fields", heading=heading, note=_type(media["schema"], schemas), items=items)]


def _fields(schema: Json, schemas: Json, within: Names) -> list[_Html]:
    """The fields of the object that `schema` is or holds; none where it would hold itself."""
    name, found = referred(schema), followed(schema, schemas)
    if name and name in within:
        return []
    required = found.get("required", ())
    made = [
        _field(each, field, schemas, required=each in required, within=within | {name})
        for each, field in found.get("properties", {}).items()
    ]
    inner = [*choices_of(found), found.get("items"), found.get("additionalProperties")]
    for each in inner:
        if isinstance(each, dict):
            made += _fields(each, schemas, within | {name})
    return made


def _field(
    name: str,
    schema: Json,
    schemas: Json,
    *,
    required: bool,
    place: str = "",
    within: Names = frozenset(),
) -> _Html:
    found = followed(schema, schemas)
    about = found.get("description", "")
    limits = ", ".join(_limits(found))
    below = _fields(schema, schemas, within)
    return _html(
        "field",
        name=name,
        type=place + _type(schema, schemas),
        need="required" if required else "optional",
        about=[_html("about", text=_inline(about))] if about else [],
        limits=[_html("limits", text=_inline(limits))] if limits else [],
        children=[_html("children", name=name, items=below)] if below else [],
    )


def _type(schema: Json, schemas: Json) -> str:
    """`array of Address`, `string date-time`, `female | male`."""
    found = followed(schema, schemas)
    if "const" in found or "enum" in found:
        return " | ".join(json.dumps(each) for each in found.get("enum", [found.get("const")]))
    if choices := choices_of(found):
        return " or ".join(_type(each, schemas) for each in choices)
    if found.get("type") == "array":
        return f"array of {_type(found.get('items', {}), schemas)}"
    if found.get("type") == "object":
        return str(found.get("title", "object"))
    return " ".join(filter(None, (str(found.get("type", "any")), found.get("format"))))


def _limits(schema: Json) -> Iterator[str]:
    for each in (schema, *choices_of(schema)):
        yield from (
            _LIMITS[key].format(each[key]) for key in _LIMITS if each.get(key) not in (None, "")
        )


def _responses(responses: Json) -> _Html:
    items = {
        code: _html("response", status=code, tone=code[0], text=_inline(each["description"]))
        for code, each in responses.items()
    }
    good = [item for code, item in items.items() if code < "4"]
    bad = {code: item for code, item in items.items() if code >= "4"}
    problems = _html(
        "problems", statuses=", ".join(bad).replace("default", "other"), items=list(bad.values())
    )
    return _html("responses", items=[*good, problems])


def _example(media: Json, schemas: Json) -> str:
    example = media.get("example") or example_of(media["schema"], schemas)
    return json.dumps(example, indent=2, ensure_ascii=False)


def _curl(openapi: Json, method: str, path: str, spec: Json) -> str:
    """A command for a POSIX shell; server, token and path parameters are its variables."""
    schemas, server = openapi["components"]["schemas"], openapi["servers"][0]["url"]
    host = server.rstrip("/") if "://" in server else "$CARELOOM_URL"
    place = re.sub(r"\{(\w+)\}", lambda found: f"${found[1].upper()}", path)
    query = urlencode(
        {
            each["name"]: example_of(each["schema"], schemas)
            for each in spec["parameters"]
            if each["in"] == "query" and each["required"]
        }
    )
    parts = [f'curl -X {method} "{host}{place}{"?" if query else ""}{query}"']
    if spec.get("security") != []:
        parts.append('-H "Authorization: Bearer $TOKEN"')
    sent = {each["name"] for each in spec["parameters"] if each["in"] == "header"}
    parts += [option for name, option in _HEADERS.items() if name in sent]
    if body := _json_media(spec.get("requestBody", {})):
        parts.append("-H 'Content-Type: application/json'")
        parts.append(f"-d {shlex.quote(_example(body, schemas))}")
    return " \\\n  ".join(parts)
