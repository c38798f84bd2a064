"""The self-paid visit: invoice, payment, receipt and superbill; no claim."""

from dataclasses import dataclass
from typing import Any

from .founding import ZONE
from .people import People, expect
from .visit_clinic import BILLER, DESK
from .visit_patient import PatientVisit


@dataclass
class SelfPaidVisit:
    """All of it is one step, after the clinic's."""

    people: People
    ids: dict[str, str]

    def play(self) -> None:
        visit = PatientVisit(self.people, self.ids, "payer_of_self")
        visit.register("Nguyễn", "Thu", "thu.nguyen@example.com", "+15185550178")
        day = self.people.api.now().astimezone(ZONE).date()
        visit.book("self_pay", day.isoformat())
        visit.check_in()
        self.people.api.settle()
        visit.document()
        visit.sign()
        self.people.api.settle()
        self._pay(visit.path, visit.encounter)
        superbill = self.people.get(BILLER, f"{visit.path}/encounters/{visit.encounter}/superbill")
        expect(superbill["paid"] == superbill["total"], "the superbill says paid")
        self.people.api.settle()

    def _pay(self, path: str, encounter: str) -> None:
        asked = {"encounter_id": encounter}
        invoice: Any = self.people.post(DESK, f"{path}/invoices", asked)
        money = {"amount": invoice["open"], "method": "cash"}
        payment = self.people.post(DESK, f"{path}/payments", money)
        settled = self.people.get(DESK, f"{path}/invoices/{invoice['id']}")
        expect(settled["status"] == "paid", "the invoice is paid")
        receipt = self.people.get(DESK, f"{path}/payments/{payment['id']}/receipt")
        expect(receipt["amount"] == invoice["amount"], "the receipt is for all of it")
