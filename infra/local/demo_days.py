"""The demo practice's days: a past one is worked through, a coming one is booked.

In the morning the front desk books and receives the day's patients and takes what earlier ones owe;
in the evening the clinicians write and sign. Claims go their way meanwhile: nobody waits for them.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

from .demo_clinic import DESK, DOCTORS, DemoClinic
from .demo_plan import ABSENT, CANCELLED, SEEN, PlannedVisit, of_clinician
from .founding import ZONE
from .people import Failed, usd

MORNING, EVENING = 7, 17
ANSWERED_AFTER = 2
"""Days after which the payer's answer to a claim is there."""
COPAY = 2_000
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Visit:
    """An appointment that is booked."""

    plan: PlannedVisit
    patient: str
    appointment: str


@dataclass
class Days:
    """Played in order, each by several `hands` at once."""

    clinic: DemoClinic
    hands: Executor
    _owing: deque[list[Visit]] = field(default_factory=deque)

    def work(self, day: date, plan: list[PlannedVisit]) -> None:
        """A past day, from its first patient to the last note."""
        self._come(day, MORNING)
        booked: list[Visit] = []
        received = [partial(self._receive, day, own, booked) for own in _by_clinician(plan)]
        owing = self._owing.popleft() if len(self._owing) >= ANSWERED_AFTER else []
        self._all([*received, *(partial(self._collect, visit) for visit in owing)])
        self._come(day, EVENING)
        seen = [visit for visit in booked if visit.plan.fate == SEEN]
        absent = [visit for visit in booked if visit.plan.fate == ABSENT]
        written = [
            partial(self._document, [visit for visit in seen if visit.plan.clinician == number])
            for number in range(len(DOCTORS))
        ]
        self._all([*written, *(partial(self._miss, visit) for visit in absent)])
        self._owing.append(seen)

    def book(self, day: date, plan: list[PlannedVisit]) -> None:
        """A coming day."""
        self._all(partial(self._book, day, visit) for visit in plan)

    def close(self) -> None:
        """The last days' patients pay too."""
        self._all(partial(self._collect, visit) for day in self._owing for visit in day)

    def _come(self, day: date, hour: int) -> None:
        self.clinic.people.api.advance_to(at(day, hour))
        self.clinic.people.sign_in_anew()

    def _all(self, calls: Iterable[Callable[[], Any]]) -> None:
        for future in [self.hands.submit(call) for call in calls]:
            future.result()

    # --- the front desk --------------------------------------------------------------------------

    def _receive(self, day: date, plan: list[PlannedVisit], booked: list[Visit]) -> None:
        for planned in plan:
            visit = self._book(day, planned)
            booked.append(visit)
            path = f"/v1/appointments/{visit.appointment}"
            if planned.fate == CANCELLED:
                self.clinic.people.post(DESK, f"{path}/cancel", {"reason": "pat"})
            elif planned.fate == SEEN:
                self.clinic.people.post(DESK, f"{path}/check-in")
                if planned.pays_copay:
                    self._pay(visit.patient, COPAY, "copay")

    def _book(self, day: date, plan: PlannedVisit) -> Visit:
        patient = self.clinic.patients[plan.patient]
        body = {
            "patient_id": patient,
            "practitioner_id": self.clinic.practitioners[plan.clinician],
            "location_id": self.clinic.location,
            "room_id": self.clinic.rooms[plan.clinician],
            "type_id": self.clinic.types[plan.type],
            "starts_at": datetime.combine(day, plan.starts, ZONE).isoformat(),
        }
        made = self.clinic.people.post(DESK, "/v1/appointments", body)
        return Visit(plan, patient, made["id"])

    def _miss(self, visit: Visit) -> None:
        self.clinic.people.post(DESK, f"/v1/appointments/{visit.appointment}/no-show")

    def _collect(self, visit: Visit) -> None:
        """Most patients pay what is theirs once it is known."""
        if visit.plan.pays_rest:
            path = f"/v1/patients/{visit.patient}/balance"
            owed = self.clinic.people.get(DESK, path)["patient"]["amount"]
            if owed > 0:
                self._pay(visit.patient, owed, "balance")

    def _pay(self, patient: str, amount: int, purpose: str) -> None:
        body = {"amount": usd(amount), "method": "card", "purpose": purpose}
        self.clinic.people.post(DESK, f"/v1/patients/{patient}/payments", body)

    # --- the clinicians --------------------------------------------------------------------------

    def _document(self, visits: list[Visit]) -> None:
        for visit in visits:
            self._write(visit)

    def _write(self, visit: Visit) -> None:
        """Note, codes and signature; a few are left unsigned: the clinician has not got round to it."""
        people, who, plan = self.clinic.people, DOCTORS[visit.plan.clinician], visit.plan
        encounter = self._encounter(who, visit)
        path = f"/v1/patients/{visit.patient}/encounters/{encounter['id']}"
        note = people.call("PUT", who, f"{path}/note", plan.note, If_Match='"1"').json
        version = f'"{encounter["version"]}"'
        coded = people.call("PUT", who, path, plan.codes, If_Match=version).json
        if plan.is_signed:
            versions = {
                "expected_version": coded["version"],
                "expected_note_version": note["version"],
            }
            people.post(who, f"{path}/sign", versions)

    def _encounter(self, who: str, visit: Visit) -> Any:
        """The one that check-in makes, by an event: looked for until it is there."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            chart = self.clinic.people.get(who, f"/v1/patients/{visit.patient}/chart")
            for each in chart["encounters"]:
                if each["appointment_id"] == visit.appointment:
                    return each
            time.sleep(0.5)
        raise Failed(f"check-in of {visit.appointment} made no encounter")


def at(day: date, hour: int) -> datetime:
    """That hour at the clinic."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZONE)


def _by_clinician(plan: list[PlannedVisit]) -> list[list[PlannedVisit]]:
    return [of_clinician(plan, number) for number in range(len(DOCTORS))]
