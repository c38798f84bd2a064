"""What the demo practice is made of: made-up people, fees, notes. The same seed, the same clinic."""

from dataclasses import dataclass
from random import Random
from typing import Any

from faker import Faker

SEED = 20_260_302
CLINICIANS = (
    ("Osei", "Kofi", "207Q00000X"),
    ("Marsh", "Ellen", "207Q00000X"),
    ("Ferreira", "Ana", "208D00000X"),
    ("Lindqvist", "Per", "225100000X"),
)
PAYERS = (
    ("Bay State Health Plan", "BSHP1", "CI"),
    ("Hudson Valley Mutual", "HVM22", "BL"),
    ("Empire Community Care", "ECC07", "HM"),
)
TYPES = (
    ("Office visit", 30, "insurance", "VISIT30"),
    ("Short follow-up", 15, "insurance", "VISIT15"),
    ("New patient", 45, "insurance", "VISIT45"),
    ("Self-pay visit", 30, "self_pay", "VISIT30"),
)
ONLINE = {
    "Short follow-up": "known_patients",
    "Office visit": "everybody",
    "New patient": "everybody",
}
"""Who books a type online, where anybody does."""
FEES = (
    ("VISIT15", "Follow-up, 15 minutes", 9_000),
    ("VISIT30", "Office visit, 30 minutes", 16_500),
    ("VISIT45", "New patient, 45 minutes", 24_000),
    ("G2211", "Longitudinal care add-on", 1_600),
    ("G0444", "Depression screening, 15 minutes", 2_400),
)
COMPLAINTS = (
    ("Low back pain", "M54.50", "Stay active; heat; recheck in two weeks."),
    ("High blood pressure, follow-up", "I10", "Continue lisinopril 10 mg; home readings."),
    ("Sore throat", "J02.9", "Fluids and rest; return if fever over 38.5 Cel."),
    ("Type 2 diabetes, follow-up", "E11.9", "Continue metformin; HbA1c in three months."),
    ("Knee pain", "M25.561", "Physiotherapy; ibuprofen as needed."),
    ("Anxiety", "F41.1", "Sleep hygiene; referral to counselling."),
)
FATES = ("DEN", "REJ", "DED", "WAIT0", "WAIT1", "WAIT2", "WAIT3", "NOPAYER")
"""Member-id prefixes that make the clearinghouse simulator answer in a special way."""


@dataclass(frozen=True, slots=True)
class DemoPatient:
    """A registration body, and the member id that decides how claims of theirs end."""

    body: dict[str, Any]
    member_id: str | None
    payer: int


def demo_patients(count: int) -> list[DemoPatient]:
    """`count` people: most insured, one in eight paying themselves, a few of each fate."""
    fake = Faker("en_US")
    fake.seed_instance(SEED)
    random = Random(SEED)  # made-up people need no secrets
    return [_patient(fake, random, number) for number in range(count)]


def note_for(random: Random) -> tuple[dict[str, Any], str]:
    """A SOAP note that can be signed, and its diagnosis."""
    complaint, code, plan = random.choice(COMPLAINTS)
    content = {
        "subjective": {
            "chief_complaint": complaint,
            "history_of_present_illness": "As described by the patient; no alarm signs.",
        },
        "vitals": {"temperature": {"value": round(random.uniform(36.2, 37.4), 1), "unit": "Cel"}},
        "objective": {"examination": "Unremarkable but for the complaint."},
        "assessment": {"impression": complaint},
        "plan": {"treatment": plan},
    }
    return {"template": "soap_general", "content": content}, code


def _patient(fake: Faker, random: Random, number: int) -> DemoPatient:
    sex = random.choice(("female", "male"))
    given = fake.first_name_female() if sex == "female" else fake.first_name_male()
    body = {
        "name": {"family": fake.last_name(), "given": given},
        "birth_date": fake.date_of_birth(minimum_age=2, maximum_age=90).isoformat(),
        "sex": sex,
        "addresses": [
            {
                "line1": fake.street_address()[:55],
                "city": "Albany",
                "state": "NY",
                "postal_code": f"122{random.randrange(1, 60):02d}",
            }
        ],
        "phones": [{"number": f"+1518555{number:04d}", "use": "mobile"}],
        "email": f"patient{number}@example.com",
        "consents": {"email": random.random() < 0.8, "sms": random.random() < 0.6},
        "confirm_not_duplicate": True,
    }
    if number % 8 == 7:
        return DemoPatient(body, None, 0)
    fate = FATES[number // 4 % len(FATES)] if number % 4 == 0 and number < 100 else "W"
    return DemoPatient(body, f"{fate}{100_000 + number}", number % len(PAYERS))
