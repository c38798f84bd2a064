"""A clinician's practice with colleagues of every kind, one of whom is on the patient's care team."""

from dataclasses import dataclass, field
from typing import Any

import boto3

from chalicelib.platform.config import settings
from tests.builders.clinical import Clinician, clinician
from tests.world import Answered, World, add_member, step_up

REASON = "Takes part in the treatment."
EMERGENCY = {"reason": "ETREAT", "explanation": "Unconscious, brought in by ambulance."}


@dataclass
class Circle:
    """`tokens` and `users` by name: owner, treating (who saw the patient), colleague, nurse, biller."""

    her: Clinician
    tokens: dict[str, str] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)

    @property
    def world(self) -> World:
        return self.her.world

    @property
    def patient(self) -> str:
        return f"/v1/patients/{self.her.patient_id}"

    def call(self, who: str, method: str, path: str, body: Any = None, **headers: str) -> Answered:
        """One request by the one of this name."""
        return self.world.call(method, path, body, token=self.tokens[who], **headers)

    def done(self, who: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """What it answers, which is no refusal."""
        answer = self.call(who, method, path, body, **headers)
        assert answer.status < 300, answer.text
        return answer.json if answer.text else None

    def join(self, who: str) -> Answered:
        body = {"role": "treating", "reason": REASON}
        return self.call(who, "POST", f"{self.patient}/care-team", body)

    def break_glass(self, who: str, body: Any = EMERGENCY) -> Answered:
        """With a second factor given just now."""
        step_up(self.world, self.tokens[who])
        return self.call(who, "POST", f"{self.patient}/break-glass", body)

    def chart(self, who: str) -> Any:
        return self.done(who, "GET", f"{self.patient}/chart")

    def audited(self, action: str) -> list[dict[str, Any]]:
        """The audit entries of a route, as they are stored."""
        items = self.world.items()
        return [
            item for item in items if item["kind"]["S"] == "audit" and item["action"]["S"] == action
        ]


def circle(world: World) -> Circle:
    """The circle at work."""
    her = clinician(world)
    made = Circle(her, {"owner": her.owner, "treating": her.token}, {"treating": her.user_id})
    for name, role in (("colleague", "clinician"), ("nurse", "nurse"), ("biller", "biller")):
        token, user_id = add_member(world, her.owner, role, email=f"{name}@clinic.example")
        made.tokens[name], made.users[name] = token, user_id
    return made


def put_rows(*rows: dict[str, Any]) -> None:
    """Store these items behind everybody's back."""
    for row in rows:
        boto3.client("dynamodb").put_item(TableName=settings().table, Item=row)
