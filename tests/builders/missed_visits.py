"""A practice that charges for missed visits: its policy, its patients' payers, and visits to miss."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from chalicelib.billing.missed_visits.models import MissedVisitFee, MissedVisitPolicy
from chalicelib.billing.missed_visits.terms import Terms
from chalicelib.platform.queues import working
from chalicelib.scheduling.free_slots import SlotDemand
from chalicelib.scheduling.models import Appointment
from chalicelib.scheduling.progress import Progress, Status
from tests.builders.billing import Clinic as BillingClinic, usd
from tests.builders.ledgers import records_of
from tests.builders.patients import add_coverage
from tests.builders.scheduling import Clinic, add_patient, clinic, made
from tests.world import Answered, World

LATE, MISSED = 2_500, 5_000
POLICY_PATH = "/v1/missed-visit-policy"
TODAY_AT_TEN = "2026-03-02T10:00:00-05:00"  # an hour after START


@dataclass
class Desk:
    """A clinic of scheduling, and what its missed visits cost."""

    clinic: Clinic

    @property
    def world(self) -> World:
        return self.clinic.world

    def set_policy(self, **over: Any) -> Answered:
        """Another policy from now on; visits booked a second later are under it."""
        version = self.clinic.call("GET", POLICY_PATH).json["version"]
        body = {"late_cancel": usd(LATE), "no_show": usd(MISSED), **over}
        answer = self.clinic.call("PUT", POLICY_PATH, body, If_Match=f'"{version}"')
        self.world.clock.advance(seconds=1)
        return answer

    def payer(self, indicator: str) -> str:
        body = {"name": "Plan", "payer_id": "PLAN1", "filing_indicator": indicator}
        return made(self.clinic.call("POST", "/v1/payers", body))

    def patient(self, *indicators: str) -> str:
        """A patient with a coverage of each kind, the first billed first; `?`: a payer of no record."""
        patient_id = add_patient(self.world, self.clinic.token)
        for priority, each in enumerate(indicators, start=1):
            payer_id = "pyr_of_nobody" if each == "?" else self.payer(each)
            policy = {"payer_id": payer_id, "priority": priority}
            add_coverage(self.world, self.clinic.token, patient_id, **policy)
        return patient_id

    def book(self, patient_id: str = "", starts_at: str = TODAY_AT_TEN, **over: Any) -> str:
        who = patient_id or self.clinic.patient_id
        return self.clinic.booking(starts_at, patient_id=who, **over)

    def cancel(self, appointment_id: str, reason: str = "pat") -> None:
        """And all that follows from it."""
        assert self.clinic.act(appointment_id, "cancel", {"reason": reason}).status == 200
        self.world.pump()

    def miss(self, appointment_id: str) -> None:
        """The patient does not come: the next day all that follows has happened."""
        self.clinic.later(days=1)
        assert self.clinic.act(appointment_id, "no-show").status == 200
        self.world.pump()

    def late(self, patient_id: str = "", **over: Any) -> str:
        """An appointment that was booked and cancelled late."""
        appointment_id = self.book(patient_id, **over)
        self.cancel(appointment_id)
        return appointment_id

    def charged(self, *covered: tuple[str, ...]) -> dict[tuple[str, ...], int]:
        """What patients with such coverages owe for a late cancellation each; who owes nothing is left out."""
        patients = {each: self.patient(*each) for each in covered}
        for patient_id in patients.values():
            late = self.book(patient_id)
            assert self.clinic.act(late, "cancel", {"reason": "pat"}).status == 200
        self.world.pump()
        owed = {each: self.owed(patient_id) for each, patient_id in patients.items()}
        return {each: amount for each, amount in owed.items() if amount}

    def reinstate(self, appointment_id: str, body: Any = None) -> Answered:
        answer = self.clinic.act(appointment_id, "reinstate", body or {})
        self.world.pump()
        return answer

    def account(self, patient_id: str = "") -> Any:
        who = patient_id or self.clinic.patient_id
        answer = self.clinic.call("GET", f"/v1/patients/{who}/account")
        assert answer.status == 200, answer.text
        return answer.json

    def fees(self, patient_id: str = "") -> list[tuple[str, int, int, str | None]]:
        """Why, how much, what is owed of it, and why it was waived: of each fee."""
        return [
            (each["why"], each["amount"]["amount"], each["patient_due"]["amount"], each["waived"])
            for each in self.account(patient_id)["fees"]
        ]

    def owed(self, patient_id: str = "") -> int:
        balance: int = self.account(patient_id)["balance"]["patient"]["amount"]
        return balance

    def stored(self) -> list[MissedVisitFee]:
        return records_of(self.world.items(), MissedVisitFee)

    def tasks(self) -> list[str]:
        """The kinds of the tasks there are."""
        kept = (item for item in self.world.items() if item["kind"]["S"] == "task")
        return sorted(item["task_kind"]["S"] for item in kept)

    def waive(self, fee_id: str, reason: str = "goodwill", patient_id: str = "") -> Answered:
        path = f"/v1/patients/{patient_id or self.clinic.patient_id}/fees/{fee_id}/waive"
        return self.clinic.call("POST", path, {"reason": reason})


def desk(world: World, **policy: Any) -> Desk:
    """The clinic, its policy set; no visit is booked yet."""
    opened = Desk(clinic(world))
    answer = opened.set_policy(**policy)
    assert answer.status == 200, answer.text
    return opened


def policy_since(clinic: BillingClinic, day: date) -> None:
    """The practice has had its policy since then."""
    with working("billing", clinic.practice_id, "a test") as context:
        since = datetime.combine(day, time(), UTC)
        terms = Terms(late_cancel=LATE, no_show=MISSED)
        key = MissedVisitPolicy.key(clinic.practice_id)
        context.work.create(MissedVisitPolicy(*key, since=since, terms=terms))


def missed_visit(clinic: BillingClinic, patient_id: str, day: date, *, late: bool) -> str:
    """The id of an appointment that was booked before that day, and missed or cancelled late on it.

    Booked by now at the latest: under the policy that holds.
    """
    now = clinic.world.clock.now()
    clinic.world.clock.advance(seconds=1)
    with working("scheduling", clinic.practice_id, "a test") as context:
        appointment = Appointment(
            *Appointment.key(clinic.practice_id, context.new_id("apt")),
            status=Status.CANCELLED if late else Status.NO_SHOW,
            progress=Progress.NONE,
            patient_id=patient_id,
            patient_name="Rosa Diaz",
            practitioner_id=clinic.practitioner_id,
            type_id="typ_00000000000000000000000001",
            title="Follow-up",
            bill_to="insurance",
            late=late or None,
        )
        starts = datetime.combine(day, time(15), UTC)
        place = {"location_id": clinic.location_id, "time_zone": "America/New_York"}
        appointment.stand(starts, SlotDemand(30), **place)
        appointment.step(Status.BOOKED, min(now, starts - timedelta(hours=1)), "usr_1")
        appointment.step(appointment.status, now, "usr_1", reason="pat" if late else None)
        context.work.create(appointment)
    return appointment.id
