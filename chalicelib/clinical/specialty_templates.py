"""The note templates that come with the system, by key. Pure data; see `note_templates`."""

from collections.abc import Mapping

from chalicelib.clinical.note_templates import (
    MOST_TEXT,
    Field,
    FieldKind,
    NoteTemplate,
    Section,
    UnitRange,
)


def _text(key: str, label: str, *, required: bool = False, most: int = MOST_TEXT) -> Field:
    return Field(key, label, FieldKind.TEXT, required, max_length=most)


def _choice(key: str, label: str, *choices: str, required: bool = False) -> Field:
    return Field(key, label, FieldKind.CHOICE, required, choices=choices)


def _number(key: str, label: str, *units: UnitRange, required: bool = False) -> Field:
    return Field(key, label, FieldKind.NUMBER, required, units=units)


def _yes_no(key: str, label: str, *, required: bool = False) -> Field:
    return Field(key, label, FieldKind.BOOLEAN, required)


def _section(key: str, label: str, *fields: Field) -> Section:
    return Section(key, label, fields)


def _score(most: float) -> UnitRange:
    return UnitRange("{score}", 0, most)


_TEMPERATURE = (UnitRange("Cel", 25, 45), UnitRange("[degF]", 77, 113))
_WEIGHT = (UnitRange("kg", 0.2, 500), UnitRange("[lb_av]", 0.4, 1100), UnitRange("g", 200, 20_000))
_LENGTH = (UnitRange("cm", 20, 260), UnitRange("[in_i]", 8, 102))
_SMALL_LENGTH = (UnitRange("cm", 0, 100), UnitRange("mm", 0, 1000))
_ANGLE = UnitRange("deg", -90, 360)
_PERCENT = UnitRange("%", 0, 100)
_PER_MINUTE = UnitRange("/min", 0, 400)
_PRESSURE = UnitRange("mm[Hg]", 10, 350)

_VITALS = _section(
    "vitals",
    "Vital signs",
    _number("temperature", "Temperature", *_TEMPERATURE),
    _number("pulse", "Pulse", _PER_MINUTE),
    _number("respiration", "Respiratory rate", _PER_MINUTE),
    _number("systolic", "Systolic blood pressure", _PRESSURE),
    _number("diastolic", "Diastolic blood pressure", _PRESSURE),
    _number("oxygen_saturation", "Oxygen saturation", _PERCENT),
    _number("weight", "Weight", *_WEIGHT),
    _number("height", "Height", *_LENGTH),
)

_SOAP = NoteTemplate(
    "soap_general",
    1,
    "SOAP, general",
    (
        _section(
            "subjective",
            "Subjective",
            _text("chief_complaint", "Chief complaint", required=True, most=500),
            _text("history_of_present_illness", "History of present illness", required=True),
            _text("review_of_systems", "Review of systems"),
            _text("past_history", "Past medical, family and social history"),
        ),
        _VITALS,
        _section("objective", "Objective", _text("examination", "Examination", required=True)),
        _section("assessment", "Assessment", _text("impression", "Impression", required=True)),
        _section(
            "plan",
            "Plan",
            _text("treatment", "Treatment and orders", required=True),
            _text("education", "Patient education"),
            _text("follow_up", "Follow-up", most=2000),
        ),
    ),
)

_PHYSIOTHERAPY = NoteTemplate(
    "physiotherapy",
    1,
    "Physiotherapy, musculoskeletal",
    (
        _section(
            "subjective",
            "Subjective",
            _text("presenting_problem", "Presenting problem", required=True, most=2000),
            _text("mechanism", "Onset and mechanism", most=4000),
            _text("aggravating", "Aggravating factors", most=2000),
            _text("easing", "Easing factors", most=2000),
            _number("pain_now", "Pain now, 0–10", _score(10), required=True),
            _number("pain_worst", "Worst pain in 24 hours, 0–10", _score(10)),
            _yes_no("red_flags_screened", "Red flags screened", required=True),
            _text("red_flags", "Red flags found", most=2000),
            _text("goals", "Patient's goals", most=2000),
        ),
        _section(
            "objective",
            "Objective",
            _text("observation", "Observation and gait", most=4000),
            _choice("region", "Region", "cervical", "thoracic", "lumbar", "shoulder", "elbow",
                    "wrist or hand", "hip", "knee", "ankle or foot", required=True),
            _choice("side", "Side", "left", "right", "both", "midline"),
            _number("active_flexion", "Active flexion", _ANGLE),
            _number("active_extension", "Active extension", _ANGLE),
            _number("active_rotation", "Active rotation", _ANGLE),
            _choice("strength", "Strength, MRC grade", "0", "1", "2", "3", "4", "5"),
            _text("neurological", "Neurological findings", most=4000),
            _text("special_tests", "Special tests", most=4000),
        ),
        _section(
            "assessment",
            "Assessment",
            _text("impression", "Clinical impression", required=True),
            _choice("irritability", "Irritability", "low", "moderate", "high"),
            _number("functional_scale", "Patient-specific functional scale, 0–10", _score(10)),
            _choice("progress", "Progress", "first visit", "better", "same", "worse"),
        ),
        _section(
            "plan",
            "Plan",
            _yes_no("consent", "Consent to treatment given", required=True),
            _text("treatment_given", "Treatment given", required=True),
            _number("treatment_time", "Time of treatment", UnitRange("min", 0, 480)),
            _text("home_exercise", "Home exercise programme", most=4000),
            _number("frequency", "Visits a week", UnitRange("/wk", 0, 14)),
            _text("next_visit", "Next visit", most=2000),
        ),
    ),
)  # fmt: skip

_WELL_CHILD = NoteTemplate(
    "well_child",
    1,
    "Paediatric well visit",
    (
        _section(
            "history",
            "Interval history",
            _text("accompanied_by", "Accompanied by", required=True, most=200),
            _text("concerns", "Concerns of parent or child", most=4000),
            _text("nutrition", "Nutrition", most=2000),
            _text("sleep", "Sleep", most=2000),
            _text("elimination", "Elimination", most=2000),
            _text("household", "Household, school and safety", most=4000),
        ),
        _section(
            "growth",
            "Growth and vital signs",
            _number("weight", "Weight", *_WEIGHT, required=True),
            _number("length", "Length or height", *_LENGTH, required=True),
            _number("head_circumference", "Head circumference", *_LENGTH),
            _number("temperature", "Temperature", *_TEMPERATURE),
            _number("pulse", "Pulse", _PER_MINUTE),
            _number("respiration", "Respiratory rate", _PER_MINUTE),
            _choice(
                "growth_pattern", "Growth pattern", "as expected", "to watch", "to investigate"
            ),
        ),
        _section(
            "development",
            "Development",
            _choice("milestones", "Milestones", "met", "in question", "not met", required=True),
            _text("screening_tool", "Screening tool and result", most=1000),
            _text("behaviour", "Behaviour", most=2000),
        ),
        _section(
            "examination",
            "Examination",
            _text("general", "General and skin", required=True, most=4000),
            _text("head_and_neck", "Head, eyes, ears, nose, throat", most=4000),
            _choice("red_reflex", "Red reflex", "both eyes", "abnormal", "not examined"),
            _text("heart_and_lungs", "Heart and lungs", required=True, most=4000),
            _text("abdomen", "Abdomen and genitals", most=4000),
            _choice("hips", "Hips", "stable", "abnormal", "not examined"),
            _text("neurological", "Neurological", most=4000),
        ),
        _section(
            "plan",
            "Assessment and plan",
            _text("impression", "Impression", required=True),
            _yes_no("immunizations_reviewed", "Immunizations reviewed", required=True),
            _text("immunizations", "Immunizations given or declined", most=4000),
            _text("anticipatory_guidance", "Anticipatory guidance", required=True, most=4000),
            _text("next_visit", "Next visit", most=1000),
        ),
    ),
)

# What 45 CFR 164.501 takes out of psychotherapy notes stands here; the analysis of what was said
# in session belongs in a psychotherapy note, which is another record.
_PSYCHOLOGY = NoteTemplate(
    "psychology_progress",
    1,
    "Psychology progress note",
    (
        _section(
            "session",
            "Session",
            _text("started", "Start time", required=True, most=40),
            _text("ended", "Stop time", required=True, most=40),
            _choice("modality", "Modality", "individual", "couple", "family", "group",
                    required=True),
            _choice("setting", "Setting", "in person", "video", "telephone"),
            _text("frequency", "Frequency of treatment", most=200),
            _text("medication", "Medication as reported", most=2000),
        ),
        _section(
            "status",
            "Symptoms and function",
            _text("symptoms", "Symptoms", required=True, most=4000),
            _text("functional_status", "Functional status", most=4000),
            _text("mental_status", "Mental status examination", most=4000),
            _number("phq9", "PHQ-9", _score(27)),
            _number("gad7", "GAD-7", _score(21)),
            _text("test_results", "Other test results", most=4000),
        ),
        _section(
            "risk",
            "Risk",
            _choice("suicide", "Suicide risk", "none found", "low", "moderate", "high",
                    required=True),
            _choice("harm_to_others", "Risk to others", "none found", "low", "moderate", "high",
                    required=True),
            _text("safety_plan", "Safety plan", most=4000),
        ),
        _section(
            "plan",
            "Diagnosis and plan",
            _text("diagnosis_summary", "Summary of diagnosis", required=True, most=4000),
            _text("interventions", "Interventions", required=True, most=4000),
            _text("progress", "Progress to date", required=True, most=4000),
            _choice("prognosis", "Prognosis", "good", "fair", "guarded", "poor"),
            _text("treatment_plan", "Treatment plan", required=True, most=4000),
        ),
    ),
)  # fmt: skip

_WOUND = NoteTemplate(
    "wound_care",
    1,
    "Wound care",
    (
        _section(
            "wound",
            "Wound",
            _text("site", "Site", required=True, most=200),
            _choice("type", "Type", "pressure injury", "venous ulcer", "arterial ulcer",
                    "diabetic foot ulcer", "surgical", "traumatic", "burn", "skin tear", "other",
                    required=True),
            _choice("stage", "Stage of a pressure injury", "1", "2", "3", "4", "unstageable",
                    "deep tissue injury"),
            _number("length", "Length", *_SMALL_LENGTH, required=True),
            _number("width", "Width", *_SMALL_LENGTH, required=True),
            _number("depth", "Depth", *_SMALL_LENGTH),
            _text("undermining", "Undermining and tunnelling", most=1000),
            _number("granulation", "Granulation tissue", _PERCENT),
            _number("slough", "Slough", _PERCENT),
            _number("necrosis", "Necrotic tissue", _PERCENT),
            _choice("exudate_amount", "Exudate, amount", "none", "scant", "moderate", "heavy"),
            _choice("exudate_type", "Exudate, type", "serous", "serosanguineous", "sanguineous",
                    "purulent"),
            _yes_no("odour", "Odour"),
            _text("surrounding_skin", "Surrounding skin", most=2000),
            _yes_no("signs_of_infection", "Signs of infection", required=True),
            _number("pain", "Pain, 0–10", _score(10)),
        ),
        _section(
            "treatment",
            "Treatment",
            _text("cleansing", "Cleansing", most=1000),
            _choice("debridement", "Debridement", "none", "autolytic", "enzymatic", "mechanical",
                    "sharp"),
            _text("dressing", "Dressing applied", required=True, most=2000),
            _text("compression_or_offloading", "Compression or offloading", most=2000),
        ),
        _section(
            "plan",
            "Assessment and plan",
            _choice("healing", "Healing", "first visit", "improving", "static", "worse",
                    required=True),
            _text("impression", "Impression", required=True),
            _text("plan", "Plan and dressing changes", required=True),
        ),
    ),
)  # fmt: skip

_DERMATOLOGY = NoteTemplate(
    "dermatology",
    1,
    "Dermatology",
    (
        _section(
            "history",
            "History",
            _text("chief_complaint", "Chief complaint", required=True, most=500),
            _text("history", "Duration, change, symptoms, treatment so far", required=True),
            _yes_no("skin_cancer_history", "Own or family history of skin cancer"),
            _text("sun_exposure", "Sun exposure", most=1000),
        ),
        _section(
            "examination",
            "Examination",
            _yes_no("full_skin", "Full skin examined", required=True),
            _text("site", "Site and distribution", required=True, most=2000),
            _choice("primary_lesion", "Primary lesion", "macule", "patch", "papule", "plaque",
                    "nodule", "vesicle", "bulla", "pustule", "wheal", "cyst", "ulcer"),
            _text("description", "Description", required=True, most=4000),
            _number("diameter", "Largest diameter", *_SMALL_LENGTH),
            _yes_no("asymmetry", "Asymmetry"),
            _yes_no("irregular_border", "Irregular border"),
            _yes_no("several_colours", "Several colours"),
            _yes_no("evolving", "Evolving"),
            _text("dermoscopy", "Dermoscopy", most=2000),
        ),
        _section(
            "plan",
            "Assessment and plan",
            _text("impression", "Impression and differential", required=True),
            _text("procedure", "Procedure, with site, method and specimen", most=4000),
            _yes_no("consent", "Consent to the procedure given"),
            _text("treatment", "Treatment", required=True),
            _text("follow_up", "Follow-up", most=2000),
        ),
    ),
)  # fmt: skip

TEMPLATES: Mapping[str, NoteTemplate] = {
    template.key: template
    for template in (_SOAP, _PHYSIOTHERAPY, _WELL_CHILD, _PSYCHOLOGY, _WOUND, _DERMATOLOGY)
}
