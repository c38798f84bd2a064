"""The main job, as a person would play it: one visit from sign-up to paid claim, one self-paid.

Every step is an API call or an event, made over real HTTP (smoke.py) or inside a test.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from .founding import ZONE
from .people import Api, People, expect
from .visit_clinic import BILLER, PRICE, Clinic
from .visit_insured import InsuredVisit
from .visit_self_paid import SelfPaidVisit


@dataclass
class Visit:
    """What the steps learn on their way; `steps` in the order they are played."""

    api: Api
    ids: dict[str, str] = field(default_factory=dict)
    people: People = field(init=False)
    clinic: Clinic = field(init=False)
    insured: InsuredVisit = field(init=False)

    def __post_init__(self) -> None:
        self.people = People(self.api)
        self.clinic = Clinic(self.people, self.ids)
        self.insured = InsuredVisit(self.people, self.ids)

    def steps(self) -> Iterator[tuple[str, Callable[[], None]]]:
        clinic, insured = self.clinic, self.insured
        yield "a person signs a practice up", clinic.sign_up
        yield "verifies the e-mail", clinic.verify
        yield "the owner accepts the business associate agreement", clinic.accept_agreement
        yield "invites clinician, front desk and biller, who set passwords", clinic.invite
        yield "sets up location, room, hours, types, fees, billing identity, payer", clinic.set_up
        yield "operations verify the practice for claims and SMS", clinic.clear
        yield "registers a patient with a coverage", insured.register
        yield "finds a free slot and books it", insured.book
        yield "a reminder goes out", insured.remind
        yield "the front desk checks the patient in and takes the copay", insured.check_in
        yield "the clinician writes a SOAP note with diagnoses and procedures", insured.write_note
        yield "and signs it", insured.sign
        yield "charges are made, the scrubber passes, an 837P goes out, answers come", insured.claim
        yield "the ledger shows adjustment, insurance payment and patient share", insured.ledger
        yield "the patient pays; the balance is 0", insured.pay
        self_paid = SelfPaidVisit(self.people, self.ids)
        second = "a second patient pays for themselves: invoice, payment, receipt, superbill"
        yield second, self_paid.play
        yield "the dashboard shows the visits, the claim and the money", self.dashboard

    def play(self, told: Callable[[str], None] = lambda _: None) -> None:
        """Every step; Failed (or the error) at the first that does not hold."""
        for name, step in self.steps():
            told(name)
            step()

    def dashboard(self) -> None:
        day = self.api.now().astimezone(ZONE).date().isoformat()
        totals = self.people.get(BILLER, f"/v1/dashboard?from={day}&until={day}")["totals"]
        expect(totals["completed"] == 2, f"two visits: {totals}")
        expect(totals["claims_paid"] == 1, f"one paid claim: {totals}")
        expect(totals["patient_paid"]["amount"] > PRICE, f"the patients' money: {totals}")
        expect(totals["insurance_paid"]["amount"] > 0, f"the payer's money: {totals}")
