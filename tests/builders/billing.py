"""A practice that bills: its people, fees and payer, built through the API once and then restored."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.billing.charging import INSURANCE
from chalicelib.clinical.coding import Diagnosis, Procedure
from chalicelib.clinical.models import SIGNED, Encounter
from chalicelib.platform import outbox
from chalicelib.platform.outbox import OutboxItem
from chalicelib.platform.queues import working
from chalicelib.platform.store import Record
from tests import tables
from tests.builders.patients import add_coverage, register_patient
from tests.conftest import START
from tests.world import Answered, World, add_member, clear, sign_up

STREET = {"line1": "12 Elm Street", "city": "Albany", "state": "NY", "postal_code": "12207-1234"}
BILLING = {
    "legal_name": "Elm Street Clinic PC",
    "npi": "1234567893",
    "tin": "12-3456789",
    "taxonomy": "261QP2300X",
    "address": STREET,
    "contact_name": "Bill Biller",
    "contact_phone": "+15185550123",
}
TODAY = START.date()
FEES = {"G0463": 20_000, "G2211": 1_600, "X0001": 0}
VISIT, ADD_ON, UNPRICED = (
    Procedure("G0463", 1, ("25",), (1,)),
    Procedure("G2211", 1, (), (1,)),
    Procedure("X0002", 2, (), (1,)),
)
ROLES = ("manager", "front_desk", "biller", "clinician", "nurse")


@dataclass
class Clinic:
    """A practice with everything a claim needs, and two patients: insured, and without coverage."""

    world: World
    tokens: dict[str, str]
    practice_id: str
    location_id: str
    practitioner_id: str
    payer_id: str
    insured: str
    coverage_id: str
    uninsured: str

    def call(self, role: str, method: str, path: str, body: Any = None, **headers: str) -> Answered:
        """One request of the member with this role."""
        return self.world.call(method, path, body, token=self.tokens[role], **headers)

    def get(self, role: str, path: str) -> Any:
        answer = self.call(role, "GET", path)
        assert answer.status == 200, answer.text
        return answer.json

    def patient(self, **coverage: Any) -> str:
        """A further patient; with a coverage, if it says anything of one."""
        owner = self.tokens["front_desk"]
        patient_id: str = register_patient(self.world, owner)["id"]
        if coverage:
            add_coverage(self.world, owner, patient_id, **{"payer_id": self.payer_id, **coverage})
        return patient_id

    def visit(
        self,
        patient_id: str,
        *procedures: Procedure,
        bill_to: str = INSURANCE,
        day: date = TODAY,
        pump: bool = True,
        bare: bool = False,
        part2: bool = False,
    ) -> str:
        """The id of a signed encounter; with `pump`, all that follows from it has happened.

        A usual visit if no procedure is given; `bare` is one without any; `part2`: of a programme
        under 42 CFR Part 2.
        """
        with working("clinical", self.practice_id, "a test") as context:
            encounter_id = context.new_id("enc")
            encounter = Encounter(
                *Encounter.key(self.practice_id, patient_id, encounter_id),
                practitioner_id=self.practitioner_id,
                location_id=self.location_id,
                started_at=START,
                day=day,
                bill_to=bill_to,
                status=SIGNED,
                diagnoses=(Diagnosis("M54.50", "valid"), Diagnosis("I10", "valid")),
                procedures=() if bare else procedures or (VISIT, ADD_ON),
                part2_programme=part2 or None,
            )
            context.work.create(encounter)
            told = {"patient_id": patient_id, "day": day.isoformat(), "bill_to": bill_to}
            outbox.publish(context, "encounter.signed", encounter_id, 2, **told)
        if pump:
            self.world.pump()
        return encounter_id

    def pending(self, event_type: str) -> list[str]:
        """The messages of this type that the outbox holds and nobody has carried yet."""
        items = (item for item in self.world.items() if item["kind"]["S"] == OutboxItem.KIND)
        events = (Record.from_raw_data(item).event() for item in items)
        return [event.to_json() for event in events if event.type == event_type]

    def pay(self, patient_id: str, amount: int, purpose: str = "balance", **over: Any) -> Answered:
        """The front desk takes money."""
        body = {"amount": usd(amount), "method": "card", "purpose": purpose, **over}
        return self.call("front_desk", "POST", f"/v1/patients/{patient_id}/payments", body)

    def invoice(self, patient_id: str, encounter_id: str) -> Answered:
        body = {"encounter_id": encounter_id}
        return self.call("front_desk", "POST", f"/v1/patients/{patient_id}/invoices", body)

    def account(self, patient_id: str) -> Any:
        return self.get("biller", f"/v1/patients/{patient_id}/account")

    def balance(self, patient_id: str) -> tuple[int, int, int]:
        """What the payer owes, what the patient owes, the patient's credit."""
        shown = self.get("front_desk", f"/v1/patients/{patient_id}/balance")
        return tuple(shown[name]["amount"] for name in ("insurance", "patient", "credit"))


@pytest.fixture
def clinic(aws: None) -> Iterator[Clinic]:
    """The practice at START; no two tests share it."""
    if _built:
        opened, image = _built[0]
        tables.put_back(image)
        yield replace(opened, world=World(START + timedelta(seconds=1)))
        return
    opened = open_clinic(World(START))
    _built.append((opened, tables.image()))
    yield opened


def open_clinic(world: World, *, email: str = "owner@elm.example", **billing: str) -> Clinic:
    """Sign a practice up and set it up; `billing` over its identity."""
    owner = sign_up(world, email=email)
    tokens = {role: add_member(world, owner, role, email=f"{role}.{email}")[0] for role in ROLES}
    tokens["owner"] = owner
    practice = world.call("GET", "/v1/practice", token=owner)
    change = {"billing": {**BILLING, **billing}}
    set_up(world, "PATCH", "/v1/practice", change, owner, practice.etag)
    clear(world, owner, "claims")
    place = {"name": "Elm Street", "time_zone": "America/New_York", "address": STREET}
    person = {"family_name": "Osei", "given_name": "Kofi", "npi": "1987654328"}
    payer = {"name": "Bay State Health Plan", "payer_id": "BSHP1"}
    fees = {"fees": [fee(code, price) for code, price in FEES.items()]}
    set_up(world, "PUT", "/v1/fee-schedule", fees, owner, '"0"')
    opened = Clinic(
        world,
        tokens,
        practice_id=practice.json["id"],
        location_id=set_up(world, "POST", "/v1/locations", place, owner),
        practitioner_id=set_up(world, "POST", "/v1/practitioners", person, owner),
        payer_id=set_up(world, "POST", "/v1/payers", payer, tokens["biller"]),
        insured=register_patient(world, tokens["front_desk"])["id"],
        coverage_id="",
        uninsured=register_patient(world, tokens["front_desk"])["id"],
    )
    desk, insured = tokens["front_desk"], opened.insured
    covered = add_coverage(world, desk, insured, payer_id=opened.payer_id)
    world.pump()
    return replace(opened, coverage_id=covered["id"])


def set_up(
    world: World, method: str, path: str, body: Any, token: str, if_match: str = '"1"'
) -> str:
    """One step of a set-up; the id of what it made, if it has one."""
    answer = world.call(method, path, body, token=token, If_Match=if_match)
    assert answer.status in (200, 201), answer.text
    return str(answer.json.get("id", ""))


def usd(amount: int, currency: str = "USD") -> dict[str, Any]:
    return {"amount": amount, "currency": currency}


def fee(code: str, price: int, description: str = "A service") -> dict[str, Any]:
    return {"code": code, "description": description, "price": usd(price)}


_built: list[tuple[Clinic, Any]] = []
