"""CloudFormation fragments: read, with `Fn::ForEach` expanded, and resolved to plain values.

Only what infra/*.yaml uses is known: ForEach when reading, Ref, GetAtt, Sub and Join when resolving
(AWS CloudFormation User Guide, "Intrinsic function reference").
"""

import re
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any, cast

import yaml

INFRA = Path(__file__).resolve().parent
FOR_EACH = "Fn::ForEach::"
VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")


def load(*paths: Path) -> dict[str, Any]:
    """The fragments in long form (`{"Ref": …}`), loops expanded, laid over one another in order.

    Mappings merge; lists and scalars of a later file replace those of an earlier one.
    """
    merged: dict[str, Any] = {}
    for path in paths:
        merged = merge(merged, expand(_parsed(path.read_text())))
    return merged


@cache
def resources() -> dict[str, Any]:
    """infra/resources.yaml: what the deployment, the tests and the local stack create."""
    return load(INFRA / "resources.yaml")


@cache
def functions() -> dict[str, Any]:
    """infra/functions.yaml: what is laid over the functions that Chalice generates."""
    return load(INFRA / "functions.yaml")


def merge(under: Any, over: Any) -> Any:
    """As Chalice's template merger: mappings merge, the rest is replaced."""
    if not (isinstance(under, dict) and isinstance(over, dict)):
        return over
    return under | {key: merge(under.get(key), value) for key, value in over.items()}


def expand(value: Any) -> Any:
    """The value with every `Fn::ForEach::Name: [variable, values, body]` written out."""
    if isinstance(value, list):
        return [expand(each) for each in value]
    if not isinstance(value, dict):
        return value
    written: dict[str, Any] = {}
    for key, inner in value.items():
        if not key.startswith(FOR_EACH):
            written[key] = expand(inner)
            continue
        variable, values, body = inner
        for each in values:
            written |= expand(_substituted(body, f"${{{variable}}}", each))
    return written


def resolve(
    value: Any, *, reference: Callable[[str], Any], attribute: Callable[[str, str], Any]
) -> Any:
    """The value with references replaced; ValueError for a function other than the four.

    `reference` answers Ref (parameter, resource, pseudo parameter); `attribute(resource, name)`
    answers GetAtt.
    """
    again = partial(resolve, reference=reference, attribute=attribute)

    def named(found: re.Match[str]) -> str:
        resource, dot, name = found[1].partition(".")
        return str(attribute(resource, name) if dot else reference(resource))

    if isinstance(value, list):
        return [again(each) for each in value]
    if not isinstance(value, dict):
        return value
    match list(value.items()):
        case [("Ref", name)]:
            return reference(name)
        case [("Fn::GetAtt", [resource, name])]:
            return attribute(resource, name)
        case [("Fn::Sub", str(text))]:
            return VARIABLE.sub(named, text).replace("${!", "${")
        case [("Fn::Join", [separator, parts])]:
            return separator.join(again(parts))
        case [(str(name), _)] if name.startswith("Fn::"):
            raise ValueError(f"{name} is not resolved here")
        case entries:
            return {key: again(inner) for key, inner in entries}


def _substituted(value: Any, placeholder: str, text: str) -> Any:
    if isinstance(value, str):
        return value.replace(placeholder, text)
    if isinstance(value, list):
        return [_substituted(each, placeholder, text) for each in value]
    if isinstance(value, dict):
        return {
            key.replace(placeholder, text): _substituted(inner, placeholder, text)
            for key, inner in value.items()
        }
    return value


def _parsed(text: str) -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.load(text, Loader=_Loader)  # noqa: S506  a SafeLoader with tags
    return parsed


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms (`!Ref`, `!GetAtt a.b`, `!Sub` …)."""


def _short_form(loader: _Loader, tag: str, node: yaml.Node) -> dict[str, Any]:
    name = tag if tag in ("Ref", "Condition") else f"Fn::{tag}"
    if isinstance(node, yaml.ScalarNode):
        text = loader.construct_scalar(node)
        return {name: text.split(".", 1) if tag == "GetAtt" else text}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    return {name: loader.construct_mapping(cast("yaml.MappingNode", node), deep=True)}


_Loader.add_multi_constructor("!", _short_form)
