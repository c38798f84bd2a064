"""The documentation page: one HTML file, made from the OpenAPI document, that works offline.

No network and no external script; without JavaScript only filter and copy buttons are missing.
Import late: only `/docs` needs this module.
"""

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
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
_LIMITS: Final[dict[str, str]] = {
    "minimum": "≥ {}",
    "exclusiveMinimum": "> {}",
    "maximum": "≤ {}",
    "exclusiveMaximum": "< {}",
    "minLength": "≥ {} characters",
    "maxLength": "≤ {} characters",
    "minItems": "≥ {} items",
    "maxItems": "≤ {} items",
    "pattern": "matches {}",
    "default": "default {}",
}
_ATOM: Final = re.compile(r"(\[\^?[^\]]+\]|\\.|[^\\^$(){}|*+?.])(?:\{(\d+)[,\d]*\}|([*+?]))?")


def render_docs(openapi: Json) -> str:
    """The whole page. Every text of the document is escaped."""
    style, script = (_beside(f"docs_page.{kind}") for kind in ("css", "js"))
    policy = (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    page = _Page(openapi)
    return _html(
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<title>{title} API</title><style>{style}</style></head>"
        '<body><a class="skip" href="#main">Skip to the operations</a>{navigation}'
        '<main id="main"><header><h1>{title} API</h1>{about}</header>{groups}</main>'
        "<script>{script}</script></body></html>\n",
        policy=policy,
        title=openapi["info"]["title"],
        about=_prose(openapi["info"].get("description", "")),
        style=style,
        script=script,
        navigation=page.navigation(),
        groups=[page.group(name) for name in page.tags()],
    )


def example_of(schema: Json, definitions: Json, *, within: Names = frozenset()) -> Any:
    """A value of the schema's shape: its own example, else its default, else one by its type.

    None where a definition, all of which `within` names, would contain itself.
    """
    name = _referred(schema)
    if name and name in within:
        return None
    schema, within = _followed(schema, definitions), within | {name}
    for key in ("example", "const", "default"):
        if schema.get(key) is not None:
            return schema[key]
    for key in ("examples", "enum"):
        if schema.get(key):
            return schema[key][0]
    if choices := schema.get("anyOf") or schema.get("oneOf"):
        return example_of(choices[0], definitions, within=within)
    match schema.get("type"):
        case "object":
            return _object_example(schema, definitions, within)
        case "array":
            item = example_of(schema.get("items", {}), definitions, within=within)
            return [] if item is None else [item] * max(1, schema.get("minItems", 1))
        case "integer" | "number":
            least = schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
            most = schema.get("maximum", schema.get("exclusiveMaximum", least + 2) - 1)
            return int(min(max(1, least), most))
        case "string":
            return _string_example(schema)
        case "boolean":
            return True
    return None


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
    return letter * (int(count) if count else int(sign not in {"*", "?"} or not sign))


def _referred(schema: Json) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _followed(schema: Json, definitions: Json) -> Json:
    while name := _referred(schema):
        schema = definitions[name] | {key: schema[key] for key in schema if key != "$ref"}
    return schema


class _Html(str):
    """Markup, which is not escaped again."""

    __slots__ = ()


def _html(template: str, **values: Any) -> _Html:
    """`template` with each value filled in: markup as it is, lists joined, all else escaped."""

    def filled(value: Any) -> str:
        if isinstance(value, list):
            return "".join(map(filled, value))
        return value if isinstance(value, _Html) else escape(str(value))

    return _Html(template.format(**{name: filled(value) for name, value in values.items()}))


def _beside(name: str) -> _Html:
    return _Html(Path(__file__).with_name(name).read_text(encoding="utf-8"))


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _inline(text: str) -> list[_Html]:
    """A line of text, `code` in backticks."""
    parts = enumerate(re.split(r"`([^`]+)`", text))
    return [_html("<code>{part}</code>" if at % 2 else "{part}", part=part) for at, part in parts]


def _prose(text: str) -> list[_Html]:
    """Paragraphs, parted by blank lines; a block of lines that begin with a hyphen is a list."""
    blocks = [block.strip() for block in re.split(r"\n\s*\n", text) if block.strip()]
    return [
        _html("<ul>{items}</ul>", items=[_html("<li>{item}</li>", item=_inline(each)) for each in
                                         re.split(r"(?:^|\n)\s*- ", block)[1:]])
        if block.startswith("- ")
        else _html("<p>{text}</p>", text=_inline(block))
        for block in blocks
    ]


def _json_media(node: Json) -> Json:
    """The JSON media type of a request body or an answer; empty where it has none."""
    return dict(node.get("content", {}).get("application/json", {}))


def _sample(title: str, text: str) -> _Html:
    return _html(
        '<figure><figcaption>{title}</figcaption><pre tabindex="0"><code>{text}</code></pre>'
        "</figure>", title=title, text=text,
    )


@dataclass(frozen=True, slots=True)
class _Operation:
    method: str
    path: str
    spec: Json

    @property
    def named(self) -> dict[str, Any]:
        """What the templates call it."""
        words = f"{self.method} {self.path} {self.spec['summary']} {self.spec['x-permission']}"
        return {
            "id": self.spec["operationId"],
            "words": words.lower(),
            "summary": _inline(self.spec["summary"]),
            "badge": _html('<b class="method {tone}">{method}</b>', method=self.method, tone=self.method.lower()),
        }

    @property
    def success(self) -> tuple[str, Json]:
        """Status and response of the good answer."""
        return next(each for each in self.spec["responses"].items() if each[0] < "4")

    @property
    def body(self) -> Json:
        return _json_media(self.spec.get("requestBody", {}))


@dataclass(frozen=True, slots=True)
class _Page:
    openapi: Json

    def tags(self) -> list[str]:
        return [tag["name"] for tag in self.openapi["tags"]]

    def navigation(self) -> _Html:
        groups = [
            _html(
                '<section data-group><h2><a href="#tag-{tag}">{tag}</a></h2><ul>{links}</ul></section>',
                tag=tag,
                links=[
                    _html('<li data-text="{words}"><a href="#{id}">{badge}<span>{summary}</span></a></li>', **each.named)
                    for each in self._operations(tag)
                ],
            )
            for tag in self.tags()
        ]
        return _html(
            '<nav aria-label="Operations"><a class="brand" href="#main">{title} <small>{version}</small></a>'
            '<input id="filter" type="search" placeholder="Filter" aria-label="Filter operations" hidden>'
            "{groups}</nav>",
            groups=groups, **self.openapi["info"],
        )

    def group(self, tag: str) -> _Html:
        return _html(
            '<section data-group aria-labelledby="tag-{tag}"><h2 id="tag-{tag}">{tag}</h2>{articles}</section>',
            tag=tag, articles=[self._article(each) for each in self._operations(tag)],
        )

    def _operations(self, tag: str) -> Iterator[_Operation]:
        for path, item in self.openapi["paths"].items():
            for method, spec in item.items():
                if tag in spec["tags"]:
                    yield _Operation(method.upper(), path, spec)

    def _article(self, operation: _Operation) -> _Html:
        spec, (status, response) = operation.spec, operation.success
        answer = _json_media(response)
        public = spec["x-permission"] == "public"
        samples = [_sample("Request", self._curl(operation))]
        if answer:
            samples.append(_sample(f"Answer {status}", self._json_example(answer)))
        return _html(
            '<article id="{id}" aria-labelledby="{id}-name" data-text="{words}"><h3 id="{id}-name">{summary}</h3>'
            '<p class="route">{badge} <code>{path}</code></p><div class="columns"><div>'
            '<p class="who">{who}</p>{about}{parameters}{body}{answer}{responses}</div>'
            '<div class="samples">{samples}</div></div></article>',
            path=operation.path,
            who="Public: no token" if public else _inline(f"Permission `{spec['x-permission']}`"),
            about=_prose(spec.get("description", "")),
            parameters=self._parameters(spec.get("parameters", [])),
            body=self._shape("Body", operation.body),
            answer=self._shape("Answer", answer),
            responses=self._responses(spec["responses"]),
            samples=samples,
            **operation.named,
        )
