"""What any patient's visit has: registration, a slot, an encounter with a note, a signature."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .people import People, expect
from .visit_clinic import CLINICIAN, DESK

HOME = {"line1": "7 Oak Road", "city": "Albany", "state": "NY", "postal_code": "12203"}
SOAP = {
    "subjective": {
        "chief_complaint": "Low back pain",
        "history_of_present_illness": "Since lifting boxes four days ago; no leg pain.",
    },
    "vitals": {"temperature": {"value": 36.8, "unit": "Cel"}},
    "objective": {"examination": "Tender over L4 and L5; straight leg raise negative."},
    "assessment": {"impression": "Mechanical low back pain."},
    "plan": {"treatment": "Stay active; ibuprofen 400 mg as needed."},
}
REASON = {"system": "icd-10-cm", "code": "M54.50"}
CODES = {
    "diagnoses": [{"code": "M54.50"}, {"code": "I10"}],
    "procedures": [
        {"code": "G0463", "units": 1, "pointers": [1, 2]},
        {"code": "G2211", "units": 1, "pointers": [2]},
    ],
}


@dataclass
class PatientVisit:
    """One patient, known as `name` in `ids`, and one appointment of theirs."""

    people: People
    ids: dict[str, str]
    name: str
    appointment: str = ""
    encounter: str = ""
    slot: str = ""

    @property
    def path(self) -> str:
        """The patient's."""
        return f"/v1/patients/{self.ids[self.name]}"

    @property
    def starts_at(self) -> datetime:
        return datetime.fromisoformat(self.slot)

    def register(self, family: str, given: str, email: str, phone: str) -> None:
        body = {
            "name": {"family": family, "given": given},
            "birth_date": "1984-02-29",
            "sex": "female",
            "addresses": [HOME],
            "phones": [{"number": phone, "use": "mobile"}],
            "email": email,
            "consents": {"email": True, "sms": True},
        }
        self.ids[self.name] = self.people.post(DESK, "/v1/patients", body)["id"]

    def book(self, bill_to: str, day: str) -> None:
        """The first free slot of the day."""
        query = (
            f"practitioner_id={self.ids['practitioner']}&type_id={self.ids[bill_to]}"
            f"&from={day}&until={day}&room_id={self.ids['room']}"
        )
        slots = self.people.get(DESK, f"/v1/slots?{query}")["items"]
        expect(len(slots) > 0, f"there are slots on {day}")
        self.slot = slots[0]["starts_at"]
        body = {
            "patient_id": self.ids[self.name],
            "practitioner_id": self.ids["practitioner"],
            "location_id": self.ids["location"],
            "room_id": self.ids["room"],
            "type_id": self.ids[bill_to],
            "starts_at": self.slot,
            "reason": REASON,
        }
        self.appointment = self.people.post(DESK, "/v1/appointments", body)["id"]
        self.people.api.settle()

    def check_in(self) -> None:
        """The patient signs what is missing, and is taken to a room."""
        path = f"/v1/appointments/{self.appointment}"
        missing = self.people.post(DESK, f"{path}/check-in")["readiness"]["missing"]
        expect(missing == ["consents"], f"the consent is missing, not {missing}")
        self.people.post(DESK, f"{self.path}/forms", {"form_id": self.ids["consent"]})
        missing = self.people.get(DESK, f"{path}/readiness")["missing"]
        expect(missing == [], f"nothing is missing any more, not {missing}")
        roomed = self.people.post(DESK, f"{path}/progress", {"progress": "roomed"})
        expect(roomed["in_room_id"] == self.ids["room"], "the patient is in the booked room")

    def document(self) -> None:
        """The clinician finds the encounter that check-in made, writes the note and the codes."""
        encounters = self.people.get(CLINICIAN, f"{self.path}/chart")["encounters"]
        own = [each["id"] for each in encounters if each["appointment_id"] == self.appointment]
        expect(len(own) == 1, "check-in made one encounter")
        self.encounter = own[0]
        seen = self._encounter()
        reason = seen.json["reason_code"]
        expect(reason["code"] == REASON["code"], "the encounter has the reason for the visit")
        note = {"template": "soap_general", "content": SOAP}
        path, version = f"{self.path}/encounters/{self.encounter}", seen.json["note"]["version"]
        self.people.call("PUT", CLINICIAN, f"{path}/note", note, If_Match=f'"{version}"')
        self.people.call("PUT", CLINICIAN, path, CODES, If_Match=seen.etag)

    def sign(self) -> None:
        seen = self._encounter().json
        versions = {
            "expected_version": seen["version"],
            "expected_note_version": seen["note"]["version"],
        }
        path = f"{self.path}/encounters/{self.encounter}/sign"
        signed = self.people.post(CLINICIAN, path, versions)
        expect(signed["status"] == "signed", "the encounter is signed")

    def _encounter(self) -> Any:
        return self.people.call("GET", CLINICIAN, f"{self.path}/encounters/{self.encounter}")
