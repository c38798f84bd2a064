"""A clinician with a patient, and visits documented through the API."""

from dataclasses import dataclass
from typing import Any

import boto3

from chalicelib.platform.config import settings
from tests.builders.patients import register_patient
from tests.world import ADDRESS, Answered, World, add_member, sign_up

SOAP: dict[str, Any] = {
    "subjective": {
        "chief_complaint": "Low back pain",
        "history_of_present_illness": "Since lifting boxes four days ago; no leg pain.",
    },
    "vitals": {
        "temperature": {"value": 36.8, "unit": "Cel"},
        "pulse": {"value": 72, "unit": "/min"},
    },
    "objective": {"examination": "Tender over L4–L5; straight leg raise negative on both sides."},
    "assessment": {"impression": "Mechanical low back pain."},
    "plan": {"treatment": "Stay active; ibuprofen 400 mg as needed."},
}
"""A note that can be signed."""


@dataclass
class Clinician:
    """Someone who sees patients at one location, and one of the patients; `token` is theirs."""

    world: World
    owner: str
    token: str
    user_id: str
    practice_id: str
    practitioner_id: str
    location_id: str
    patient_id: str

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answered:
        """A request as the clinician."""
        return self.world.call(method, path, body, token=self.token, **headers)

    def path(self, encounter_id: str, tail: str = "", *, patient_id: str = "") -> str:
        """The path of an encounter, or of what lies under it."""
        return f"/v1/patients/{patient_id or self.patient_id}/encounters/{encounter_id}{tail}"

    def start(self, *, patient_id: str = "", **over: Any) -> Answered:
        """Begin a visit without an appointment."""
        body = {
            "practitioner_id": self.practitioner_id,
            "location_id": self.location_id,
            **over,
        }
        return self.call("POST", f"/v1/patients/{patient_id or self.patient_id}/encounters", body)

    def encounter(self, **over: Any) -> str:
        """The id of an encounter in progress."""
        return _made(self.start(**over))

    def read(self, encounter_id: str) -> Any:
        """The encounter with its note as it is now."""
        answer = self.call("GET", self.path(encounter_id))
        assert answer.status == 200, answer.text
        return answer.json

    def code(self, encounter_id: str, *, version: int = 1, **over: Any) -> Answered:
        """Give the encounter its codes."""
        body = {**codes(), **over}
        return self.call("PUT", self.path(encounter_id), body, If_Match=f'"{version}"')

    def write(
        self, encounter_id: str, content: Any = None, *, version: int = 1, **over: Any
    ) -> Answered:
        """Save the note's draft."""
        body = {"template": "soap_general", "content": SOAP if content is None else content, **over}
        path = self.path(encounter_id, "/note")
        return self.call("PUT", path, body, If_Match=f'"{version}"')

    def sign(self, encounter_id: str, *, token: str = "", **over: Any) -> Answered:
        """Sign the encounter as it is now."""
        now = self.read(encounter_id)
        body = {
            "expected_version": now["version"],
            "expected_note_version": now["note"]["version"],
        }
        headers = {name: over.pop(name) for name in ("Idempotency_Key",) if name in over}
        return self.world.call(
            "POST",
            self.path(encounter_id, "/sign"),
            {**body, **over},
            token=token or self.token,
            **headers,
        )

    def documented(self, **over: Any) -> str:
        """The id of an encounter that has all it takes to be signed."""
        encounter_id = self.encounter(**over)
        for answer in (self.code(encounter_id), self.write(encounter_id)):
            assert answer.status == 200, answer.text
        return encounter_id

    def signed(self, **over: Any) -> str:
        """The id of a signed encounter."""
        encounter_id = self.documented(**over)
        answer = self.sign(encounter_id)
        assert answer.status == 200, answer.text
        return encounter_id

    def item(self, kind: str) -> dict[str, Any]:
        """The one item of this kind, as it is stored."""
        (found,) = (item for item in self.world.items() if item["kind"]["S"] == kind)
        return found

    def told(self, event_type: str = "encounter.signed") -> list[dict[str, Any]]:
        """The events of this type that have not been carried off."""
        outbox = (item for item in self.world.items() if item["kind"]["S"] == "outbox")
        return [item for item in outbox if item["type"]["S"] == event_type]

    def alter(self, kind: str, /, **attributes: dict[str, Any]) -> None:
        """Change the one item of this kind behind everybody's back."""
        item = {**self.item(kind), **attributes}
        boto3.client("dynamodb").put_item(TableName=settings().table, Item=item)

    def chart(self, patient_id: str = "") -> Any:
        """The first page of a chart."""
        answer = self.call("GET", f"/v1/patients/{patient_id or self.patient_id}/chart")
        assert answer.status == 200, answer.text
        return answer.json


def codes(**over: Any) -> dict[str, Any]:
    """One diagnosis and one procedure for it."""
    return {
        "diagnoses": [{"code": "M54.50"}],
        "procedures": [{"code": "G0463", "units": 1, "modifiers": ["25"], "pointers": [1]}],
        **over,
    }


def clinician(world: World, *, email: str = "", time_zone: str = "America/New_York") -> Clinician:
    """A practice with one clinician, one location and one patient."""
    owner = sign_up(world, email=email or "ada@clinic.example", time_zone=time_zone)
    token, user_id = add_member(world, owner, "clinician", email=f"clinician.{email}" * bool(email))
    place = {"name": "Main", "time_zone": time_zone, "address": ADDRESS}
    return Clinician(
        world,
        owner,
        token,
        user_id,
        practice_id=world.call("GET", "/v1/me", token=token).json["practice_id"],
        practitioner_id=practitioner(world, owner, user_id),
        location_id=_made(world.call("POST", "/v1/locations", place, token=owner)),
        patient_id=register_patient(world, token)["id"],
    )


def practitioner(world: World, owner: str, user_id: str | None) -> str:
    """The id of a practitioner linked to this member."""
    body = {"family_name": "Lee", "given_name": "Kim", "user_id": user_id}
    return _made(world.call("POST", "/v1/practitioners", body, token=owner))


def _made(answer: Answered) -> str:
    assert answer.status == 201, answer.text
    made_id: str = answer.json["id"]
    return made_id
