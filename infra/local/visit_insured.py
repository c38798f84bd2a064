"""The insured visit: a copay, a claim that a payer answers, and the patient's share of it."""

from dataclasses import dataclass, field
from datetime import timedelta

from .founding import ZONE
from .people import People, expect, usd
from .visit_clinic import BILLER, DESK
from .visit_patient import PatientVisit

COPAY = 2_000
EMAIL, PHONE = "rosa.diaz@example.com", "+15185550177"


@dataclass
class InsuredVisit:
    """The steps of it, after the clinic's."""

    people: People
    ids: dict[str, str]
    visit: PatientVisit = field(init=False)

    def __post_init__(self) -> None:
        self.visit = PatientVisit(self.people, self.ids, "patient")

    def register(self) -> None:
        self.visit.register("Diaz", "Rosa", EMAIL, PHONE)
        coverage = {
            "payer_id": self.ids["payer"],
            "payer_name": "Bay State Health Plan",
            "member_id": "W123456789",
            "relationship": "self",
            "priority": 1,
            "effective_from": "2024-01-01",
        }
        made = self.people.post(DESK, f"{self.visit.path}/coverages", coverage)
        self.ids["coverage"] = made["id"]

    def book(self) -> None:
        day = (self.people.api.now() + timedelta(days=3)).astimezone(ZONE).date()
        self.visit.book("insurance", day.isoformat())

    def remind(self) -> None:
        api = self.people.api
        api.advance_to(self.visit.starts_at - timedelta(hours=47, minutes=59))
        api.tick()
        api.settle()
        mails, texts = api.mails_to(EMAIL), api.texts_to(PHONE)
        told = f"one text that it is booked, and one reminder, not {len(texts)}"
        expect(len(texts) == 2, told)
        expect(not mails, f"none by e-mail beside it, not {len(mails)}")

    def check_in(self) -> None:
        self.people.api.advance_to(self.visit.starts_at - timedelta(minutes=10))
        self.visit.check_in()
        copay = {"amount": usd(COPAY), "method": "card", "purpose": "copay"}
        path = f"{self.visit.path}/payments"
        payment = self.people.post(DESK, path, copay)
        expect(payment["unapplied"]["amount"] == COPAY, "the copay is unapplied")
        receipt = self.people.get(DESK, f"{path}/{payment['id']}/receipt")
        expect(receipt["amount"]["amount"] == COPAY, "there is a receipt")
        self.people.api.settle()

    def write_note(self) -> None:
        self.visit.document()

    def sign(self) -> None:
        self.visit.sign()

    def claim(self) -> None:
        self.people.api.settle()
        rows = self.people.get(BILLER, "/v1/claims?status=paid")["items"]
        expect(len(rows) == 1, f"one claim is paid, not {len(rows)}")
        claim = self.people.get(BILLER, f"/v1/claims/{rows[0]['id']}")
        states = [step["status"] for step in claim["steps"]]
        for state in ("ready", "submitted", "accepted", "paid"):
            expect(state in states, f"the claim was {state}: {states}")

    def ledger(self) -> None:
        account = self.people.get(BILLER, f"{self.visit.path}/account")
        types = {entry["type"] for entry in account["entries"]}
        for kind in ("insurance_payment", "contractual_adjustment", "patient_responsibility"):
            expect(kind in types, f"the ledger has a {kind}: {sorted(types)}")
        balance = account["balance"]
        expect(balance["insurance"]["amount"] == 0, "the payer owes nothing more")
        expect(balance["credit"]["amount"] == 0, "the copay was applied")

    def pay(self) -> None:
        due = self.people.get(DESK, f"{self.visit.path}/balance")["patient"]["amount"]
        if due:
            body = {"amount": usd(due), "method": "cash"}
            self.people.post(DESK, f"{self.visit.path}/payments", body)
        balance = self.people.get(DESK, f"{self.visit.path}/balance")
        amounts = {name: value["amount"] for name, value in balance.items()}
        expect(not any(amounts.values()), f"the balance is 0: {amounts}")
        self.people.api.settle()
