"""The documentation page: whole, safe, offline, readable, and its examples are true."""

import base64
import hashlib
import html
import json
import re
import shlex
from collections import Counter
from datetime import date, datetime
from html.parser import HTMLParser
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from hypothesis import given, settings, strategies as st
from pydantic import BaseModel, Field, create_model

from chalicelib.platform.http.docs_page import render_docs
from chalicelib.platform.http.endpoint import Endpoint
from chalicelib.platform.http.openapi import build_openapi
from chalicelib.platform.http.schema_examples import example_of

VOID = {"meta", "input"}
HOSTILE = "</code></pre><script>alert('x')</script><b a=\"' onx='"


class Name(BaseModel):
    family: str = Field(description="Family name, as on the card `A1`.", min_length=1)
    given: list[str] = Field(min_length=2)


class Person(BaseModel):
    version: int = Field(ge=3)
    name: Name
    guardian: "Person | None" = None
    born: date


class Filter(BaseModel):
    on: date = Field(description="The day.")
    limit: int = Field(default=50, le=200)


class Landmark(HTMLParser):
    """What a browser would build: elements in order, text of each, and that all tags close."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self._open[-1] if self._open else "", data))

    def texts_of(self, tag: str) -> list[str]:
        return [text for at, text in self.texts if at == tag]

    def values(self, attribute: str) -> list[str]:
        return [attrs[attribute] or "" for _, attrs in self.elements if attribute in attrs]


def endpoint(method: str, path: str, **changes: Any) -> Endpoint:
    declared: dict[str, Any] = {
        "method": method,
        "path": path,
        "name": f"{method}_{len(path)}".lower(),
        "domain": "people",
        "permission": "people.read",
        "status": 200,
        "body": None,
        "query": None,
        "path_parameters": tuple(re.findall(r"{(\w+)}", path)),
        "answer": None,
        "summary": "Do it.",
        "description": "",
        "idempotent": method == "POST",
    }
    return Endpoint(**(declared | changes))


REGISTER = endpoint(
    "POST", "/v1/people", name="register", body=Person, answer=Person, status=201,
    description="409 `likely_duplicate` names who looks alike.\n\nSecond paragraph.",
)  # fmt: skip
CHANGE = endpoint("PUT", "/v1/people/{person_id}", name="change", body=Person, answer=Person)
DAY = endpoint("GET", "/v1/people/{person_id}/day", name="day", query=Filter, answer=Name)
HEALTH = endpoint("GET", "/healthz", name="health", domain="platform", permission="public")
ALL = (REGISTER, CHANGE, DAY, HEALTH)


def document(*endpoints: Endpoint, server_url: str = "https://api.example.org/") -> dict[str, Any]:
    return build_openapi(endpoints, title="Careloom", version="1.2.3", server_url=server_url)


@pytest.fixture(scope="module")
def page() -> str:
    return render_docs(document(*ALL))


@pytest.fixture(scope="module")
def landmark(page: str) -> Landmark:
    return Landmark(page)


def curl(*endpoints: Endpoint, server_url: str = "https://api.example.org/") -> list[str]:
    page = Landmark(render_docs(document(*endpoints, server_url=server_url)))
    text = next(each for each in page.texts_of("code") if each.startswith("curl "))
    return shlex.split(text)


def test_every_operation_shows_its_route_permission_and_text(landmark: Landmark):
    codes = landmark.texts_of("code")

    assert {each.path for each in ALL} <= set(codes)
    assert codes.count("people.read") == 3
    assert "Public: no token" in landmark.texts_of("p")
    assert "Second paragraph." in landmark.texts_of("p")


def test_a_field_shows_whether_it_is_required_and_its_limits(landmark: Landmark):
    assert {"required", "optional"} <= set(landmark.texts_of("span"))
    assert "≥ 3" in landmark.texts_of("span")
    assert "≥ 2 items" in landmark.texts_of("span")
    assert "A1" in landmark.texts_of("code")


def test_every_response_is_listed_with_its_codes(landmark: Landmark):
    statuses = Counter(landmark.texts_of("b"))

    assert statuses["201"] == 1
    assert statuses["412"] == 1
    assert statuses["429"] == len(ALL)
    assert "likely_duplicate" in landmark.texts_of("code")


def test_links_lead_to_places_on_the_page_and_ids_are_unique(landmark: Landmark):
    ids = Counter(landmark.values("id"))
    links = landmark.values("href")

    assert max(ids.values()) == 1
    assert {f"#{each.name}" for each in ALL} <= set(links)
    assert {link.removeprefix("#") for link in links} <= ids.keys()


def test_landmarks_headings_and_names_serve_a_screen_reader(landmark: Landmark):
    tags = Counter(tag for tag, _ in landmark.elements)
    by_tag = dict(landmark.elements)

    assert (tags["nav"], tags["main"], tags["h1"]) == (1, 1, 1)
    assert by_tag["html"]["lang"] == "en"
    assert by_tag["nav"]["aria-label"]
    assert by_tag["input"]["aria-label"]
    assert set(landmark.values("aria-labelledby")) <= set(landmark.values("id"))
    assert landmark.elements[[tag for tag, _ in landmark.elements].index("a")][1]["href"] == "#main"
    assert all("tabindex" in attrs for tag, attrs in landmark.elements if tag == "pre")


def test_the_page_asks_the_network_for_nothing(page: str, landmark: Landmark):
    policy = next(each for each in landmark.values("content") if "default-src" in each)

    assert policy.startswith("default-src 'none';")
    assert not {"src", "srcset", "action"} & {key for _, at in landmark.elements for key in at}
    assert not re.search(r"@import|url\(", page)
    assert Counter(tag for tag, _ in landmark.elements)["link"] == 0


@pytest.mark.parametrize("tag", ["style", "script"])
def test_the_policy_admits_just_the_pages_own_style_and_script(page: str, tag: str):
    (own,) = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(own.encode()).digest()).decode()

    assert f"{tag}-src 'sha256-{digest}'" in html.unescape(page)


def test_without_javascript_only_the_filter_is_hidden(landmark: Landmark):
    hidden = [attrs.get("id") for _, attrs in landmark.elements if "hidden" in attrs]

    assert hidden == ["filter"]


def test_hostile_texts_stay_text():
    hostile = create_model(
        "Hostile",
        field=(str, Field(default=HOSTILE, description=HOSTILE, examples=[HOSTILE])),
        __doc__=HOSTILE,
    )
    declared = endpoint(
        "POST", "/v1/x", body=hostile, answer=hostile, summary=HOSTILE, description=HOSTILE,
        permission=HOSTILE,
    )  # fmt: skip

    page = Landmark(render_docs(document(declared, HEALTH)))

    tags = Counter(tag for tag, _ in page.elements)
    assert tags["script"] == 1
    assert not [attrs for _, attrs in page.elements if "onx" in attrs or "a" in attrs]
    assert HOSTILE.lower() in page.values("data-text")[0]


def test_braces_in_texts_are_no_template():
    declared = endpoint("GET", "/v1/x", summary="Give `{id}` {0} {unknown}", description="{style}")

    page = Landmark(render_docs(document(declared)))

    assert page.texts.count(("p", "{style}")) == 1
    assert "{id}" in page.texts_of("code")


def test_the_command_carries_token_key_and_a_body_that_the_model_accepts():
    command = curl(REGISTER)

    assert command[:4] == ["curl", "-X", "POST", "https://api.example.org/v1/people"]
    assert "Authorization: Bearer $TOKEN" in command
    assert "Idempotency-Key: $(uuidgen)" in command
    assert "Content-Type: application/json" in command
    Person.model_validate_json(command[command.index("-d") + 1], strict=True)


def test_a_quote_in_the_body_does_not_end_the_command():
    model = create_model("Quoted", text=(str, Field(examples=["it's $HOME `id`"])))

    command = curl(endpoint("POST", "/v1/x", body=model))

    assert json.loads(command[command.index("-d") + 1]) == {"text": "it's $HOME `id`"}


def test_the_command_of_a_change_names_path_and_version():
    command = curl(CHANGE)

    assert command[3] == "https://api.example.org/v1/people/$PERSON_ID"
    assert 'If-Match: "1"' in command
    assert not any(part.startswith("Idempotency-Key") for part in command)


def test_the_command_of_a_list_has_the_required_parameters_only():
    assert curl(DAY)[3].endswith("/day?on=2026-11-23")


def test_the_command_of_a_public_operation_has_no_token():
    assert curl(HEALTH, server_url="/") == ["curl", "-X", "GET", "$CARELOOM_URL/healthz"]


def test_a_model_that_holds_itself_ends():
    page = Landmark(render_docs(document(CHANGE)))
    answer = json.loads(next(each for each in page.texts_of("code") if each.startswith("{\n")))

    assert "Fields of guardian" not in page.texts_of("summary")
    assert "Fields of name" in page.texts_of("summary")
    assert answer.keys() == {"version", "name", "born"}


def test_light_and_dark_themes_name_the_same_colours_and_each_text_is_legible(page: str):
    light, dark = themes(page)
    pairs = [
        *((ink, ground) for ink in ("ink", "soft", "accent") for ground in ("page", "side")),
        *((ink, "page") for ink in ("get", "post", "put", "patch", "delete")),
        *((ink, "side") for ink in ("get", "post", "put", "patch", "delete")),
        ("panel-ink", "panel"), ("panel-soft", "panel"), ("accent", "mark"), ("ink", "mark"),
    ]  # fmt: skip

    assert light.keys() == dark.keys()
    for theme in (light, dark):
        for ink, ground in pairs:
            assert contrast(theme[ink], theme[ground]) >= 4.5, (ink, ground)


def themes(page: str) -> tuple[dict[str, str], dict[str, str]]:
    light, dark = re.findall(r":root \{(.*?)\}", page, re.DOTALL)[:2]
    read = re.compile(r"--([\w-]+): (#[0-9a-f]{6});")
    return dict(read.findall(light)), dict(read.findall(dark))


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, 1.4.3: the ratio of relative luminances."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_contrast_is_measured_as_the_standard_says():
    assert round(contrast("#000000", "#ffffff"), 1) == 21.0
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


numbers = st.integers(-50, 50).flatmap(
    lambda least: st.tuples(st.just(least), st.integers(least + 2, least + 90)).map(
        lambda ends: st.sampled_from(
            [
                Annotated[int, Field(ge=ends[0], le=ends[1])],
                Annotated[float, Field(gt=ends[0], lt=ends[1])],
                Annotated[int, Field(ge=ends[0])],
                Annotated[int, Field(le=ends[1])],
            ]
        )
    )
).flatmap(lambda types: types)  # fmt: skip
texts = st.sampled_from(
    [
        str, Annotated[str, Field(min_length=9)], Annotated[str, Field(max_length=2)],
        Annotated[str, Field(pattern=r"^\d{5}(-\d{4})?$")], Annotated[str, Field(pattern="^[A-Z]{2}$")],
        Annotated[str, Field(pattern=r"^[^\x00-\x1f]*$")], Annotated[str, Field(pattern=r"^\+[1-9]\d{7,14}$")],
        Literal["a", "b"], Literal["only"],
    ]
)  # fmt: skip
plain = st.one_of(numbers, texts, st.sampled_from([bool, date, datetime, UUID]))


def containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        inner.map(lambda kind: list[kind]),  # type: ignore[valid-type]
        inner.map(lambda kind: Annotated[list[kind], Field(min_length=2)]),  # type: ignore[valid-type]
        inner.map(lambda kind: kind | None),
        inner.map(lambda kind: dict[str, kind]),  # type: ignore[valid-type]
        inner.map(lambda kind: create_model("Inner", field=(kind, ...))),
    )


@settings(max_examples=80, derandomize=True, deadline=None)
@given(st.dictionaries(st.sampled_from("abcd"), st.recursive(plain, containers, max_leaves=3)))
def test_an_example_is_accepted_by_the_model_it_was_made_for(fields: dict[str, Any]):
    model = create_model("Model", **{name: (kind, ...) for name, kind in fields.items()})
    schema = model.model_json_schema()

    example = example_of(schema, schema.get("$defs", {}))

    model.model_validate_json(json.dumps(example))
