import json

import pytest
from hypothesis import given, settings, strategies as st

from chalicelib.clinical.note_templates import (
    Field,
    FieldKind,
    NoteTemplate,
    missing_for_signing,
    validate_draft,
)
from chalicelib.clinical.specialty_templates import TEMPLATES

SOAP = TEMPLATES["soap_general"]
UCUM = {"Cel", "[degF]", "kg", "g", "[lb_av]", "cm", "mm", "[in_i]", "deg", "%", "/min", "mm[Hg]",
        "{score}", "min", "/wk"}  # fmt: skip


def filled(template: NoteTemplate) -> dict[str, dict[str, object]]:
    """Every field filled in properly."""
    return {s.key: {f.key: good_value(f) for f in s.fields} for s in template.sections}


def good_value(field: Field) -> object:
    return {
        FieldKind.TEXT: "Seen.\n\tAgreed.",
        FieldKind.CHOICE: field.choices[0] if field.choices else None,
        FieldKind.BOOLEAN: False,
        FieldKind.NUMBER: {"value": field.units[0].most, "unit": field.units[0].unit}
        if field.units
        else None,
    }[field.kind]


def errors(content: dict, template: NoteTemplate = SOAP) -> list[tuple[str, str]]:
    return [(error.path, error.code) for error in validate_draft(template, content)]


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_a_full_note_is_valid_and_ready_and_survives_json(template: NoteTemplate) -> None:
    content = json.loads(json.dumps(filled(template)))
    assert validate_draft(template, content) == []
    assert missing_for_signing(template, content) == []


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_an_empty_draft_is_valid_and_lacks_just_what_is_required(template: NoteTemplate) -> None:
    required = [f"{s.key}.{f.key}" for s in template.sections for f in s.fields if f.required]
    assert validate_draft(template, {}) == []
    assert missing_for_signing(template, {}) == required != []


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_a_template_is_well_formed(template: NoteTemplate) -> None:
    keys = [f"{s.key}.{f.key}" for s in template.sections for f in s.fields]
    assert len(set(keys)) == len(keys)
    assert len({s.key for s in template.sections}) == len(template.sections)
    for field in (f for s in template.sections for f in s.fields):
        assert bool(field.choices) == (field.kind is FieldKind.CHOICE)
        assert bool(field.units) == (field.kind is FieldKind.NUMBER)
        assert {unit.unit for unit in field.units} <= UCUM
        assert all(unit.least < unit.most for unit in field.units)
        assert len(set(field.choices)) == len(field.choices)


def test_the_psychology_note_holds_what_a_psychotherapy_note_may_not() -> None:
    template = TEMPLATES["psychology_progress"]
    keys = {field.key for section in template.sections for field in section.fields}
    assert keys >= {"medication", "started", "ended", "modality", "frequency", "test_results",
                    "diagnosis_summary", "functional_status", "treatment_plan", "symptoms",
                    "prognosis", "progress"}  # fmt: skip


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"mood": {}}, [("mood", "unknown_field")]),
        ({"plan": {"mood": "x"}}, [("plan.mood", "unknown_field")]),
        ({"plan": "rest"}, [("plan", "wrong_type")]),
        ({"plan": {"treatment": 3}}, [("plan.treatment", "wrong_type")]),
        ({"plan": {"treatment": "x" * 20_001}}, [("plan.treatment", "too_long")]),
        ({"plan": {"follow_up": "x" * 2001}}, [("plan.follow_up", "too_long")]),
        ({"plan": {"treatment": "a\x00b"}}, [("plan.treatment", "wrong_characters")]),
        ({"vitals": {"pulse": 72}}, [("vitals.pulse", "wrong_type")]),
        ({"vitals": {"pulse": {"value": 72}}}, [("vitals.pulse", "wrong_type")]),
        ({"vitals": {"pulse": {"value": 72, "unit": "bpm"}}}, [("vitals.pulse.unit", "wrong_unit")]),
        ({"vitals": {"pulse": {"value": "72", "unit": "/min"}}}, [("vitals.pulse.value", "wrong_type")]),
        ({"vitals": {"pulse": {"value": True, "unit": "/min"}}}, [("vitals.pulse.value", "wrong_type")]),
        ({"vitals": {"pulse": {"value": float("nan"), "unit": "/min"}}}, [("vitals.pulse.value", "wrong_type")]),
        ({"vitals": {"pulse": {"value": 10**400, "unit": "/min"}}}, [("vitals.pulse.value", "out_of_range")]),
        ({"vitals": {"temperature": {"value": 99, "unit": "Cel"}}}, [("vitals.temperature.value", "out_of_range")]),
        (
            {"vitals": {"pulse": {"value": None, "unit": ["/min"]}}},
            [("vitals.pulse.unit", "wrong_unit"), ("vitals.pulse.value", "wrong_type")],
        ),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_path(content: dict, expected: list[tuple[str, str]]) -> None:
    assert errors(content) == expected


def test_a_text_may_be_as_long_as_its_field() -> None:
    assert errors({"plan": {"follow_up": "x" * 2000, "treatment": "x" * 20_000}}) == []


def test_a_choice_and_a_boolean_take_nothing_else() -> None:
    wound = TEMPLATES["wound_care"]
    content = {"wound": {"type": "bite", "stage": ["1"], "odour": "no", "signs_of_infection": 0}}
    assert errors(content, wound) == [
        ("wound.type", "not_a_choice"),
        ("wound.stage", "not_a_choice"),
        ("wound.odour", "wrong_type"),
        ("wound.signs_of_infection", "wrong_type"),
    ]


def test_the_same_temperature_is_taken_in_either_unit() -> None:
    for value, unit in ((37.2, "Cel"), (98.6, "[degF]")):
        assert errors({"vitals": {"temperature": {"value": value, "unit": unit}}}) == []


def test_all_faults_are_reported_at_once_in_order_with_strangers_last() -> None:
    content = {"zebra": 1, "plan": {"apple": 1, "treatment": 1}, "vitals": {"pulse": 1}}
    assert [path for path, _ in errors(content)] == [
        "vitals.pulse",
        "plan.treatment",
        "plan.apple",
        "zebra",
    ]


@pytest.mark.parametrize("blank", [None, "", "  \n"])
def test_a_blank_field_is_a_valid_draft_and_is_missing_for_signing(blank: object) -> None:
    content = filled(SOAP)
    content["plan"]["treatment"] = blank
    assert validate_draft(SOAP, content) == []
    assert missing_for_signing(SOAP, content) == ["plan.treatment"]


def test_a_required_yes_or_no_counts_as_answered_when_it_is_no() -> None:
    wound = TEMPLATES["wound_care"]
    content = filled(wound)
    assert content["wound"]["signs_of_infection"] is False
    assert missing_for_signing(wound, content) == []


def test_a_null_section_is_blank() -> None:
    assert validate_draft(SOAP, {"plan": None}) == []
    assert "plan.treatment" in missing_for_signing(SOAP, {"plan": None})


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2)
    | st.dictionaries(st.sampled_from(["value", "unit", "pulse", "treatment", "x"]), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(["vitals", "plan", "subjective", "x"]), _json, max_size=4))
@settings(derandomize=True, max_examples=200, deadline=None)
def test_any_json_is_judged_and_a_stranger_never_passes(content: dict) -> None:
    found = {path for path, _ in errors(content)}
    missing_for_signing(SOAP, content)
    known = {s.key: {f.key for f in s.fields} for s in SOAP.sections}
    strangers = {key for key in content if key not in known} | {
        f"{key}.{field}"
        for key, section in content.items()
        if key in known and isinstance(section, dict)
        for field in section
        if field not in known[key]
    }
    assert strangers <= found
