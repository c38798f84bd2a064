"""A practice with a visit by video in ten minutes, a clinician who sees it, and a patient's phone."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.messaging.video_tokens import VideoToken
from chalicelib.platform.clock import from_iso
from chalicelib.platform.runtime import runtime
from tests import tables
from tests.builders import scheduling
from tests.builders.scheduling import Clinic
from tests.conftest import START
from tests.world import Answered, World, add_member, sign_in

PHONE, OTHER_PHONE = "a" * 32, "b" * 32
CLINICIAN = "cli@clinic.example"
STARTS = "2026-03-02T09:10:00-05:00"
READY = {"consents": True, "located_in": "US-NY"}


@dataclass
class Video:
    """The visit, and how its people call."""

    clinic: Clinic
    clinician: str
    appointment_id: str
    secret: str

    @property
    def world(self) -> World:
        return self.clinic.world

    @property
    def path(self) -> str:
        return f"/v1/appointments/{self.appointment_id}/video"

    def later(self, **by: float) -> None:
        """Time passes; staff sign in again."""
        self.clinic.later(**by)
        self.clinician = sign_in(self.world, CLINICIAN)

    def look(self, secret: str = "") -> Answered:
        return self.world.call("GET", f"/v1/video-links/{secret or self.secret}")

    def knock(self, secret: str = "", *, device: str = PHONE, **over: Any) -> Answered:
        """A patient's phone, or a guest's."""
        body = {"device": device, **READY, **over}
        return self.world.call("POST", f"/v1/video-links/{secret or self.secret}", body)

    def hang_up(self, secret: str = "", *, device: str = PHONE) -> Answered:
        path = f"/v1/video-links/{secret or self.secret}/leave"
        return self.world.call("POST", path, {"device": device})

    def provide(self, verb: str = "", body: Any = None) -> Answered:
        """The clinician: joins without a verb."""
        path = f"{self.path}/{verb}" if verb else self.path
        return self.world.call("POST", path, body, token=self.clinician)

    def decide(self, decision: str, seat: str = "p0") -> Answered:
        return self.provide("decisions", {"seat": seat, "decision": decision})

    def end(self, decision: str = "end") -> Answered:
        return self.provide("decisions", {"decision": decision})

    def room(self) -> Any:
        answer = self.world.call("GET", self.path, token=self.clinician)
        assert answer.status == 200, answer.text
        return answer.json

    def link(self, for_whom: str, **over: Any) -> str:
        """The secret of a further link."""
        answer = self.clinic.call("POST", f"{self.path}/links", {"for_whom": for_whom, **over})
        assert answer.status == 201, answer.text
        return str(answer.json["url"].rpartition("/")[2])

    def admitted(self) -> str:
        """The patient's join token, once the clinician has let them in."""
        assert self.knock().json["state"] == "waiting"
        assert self.decide("admit").status == 200
        return token_of(self.knock())

    def encounter(self) -> Any:
        """The visit's encounter, as the chart has it."""
        self.world.pump()
        path = f"/v1/patients/{self.clinic.patient_id}/chart"
        (found,) = self.world.call("GET", path, token=self.clinician).json["encounters"]
        return found


_built: list[tuple[Video, tables.Image, int]] = []


@pytest.fixture
def at(aws: None) -> Video:
    """The practice at START, its visit in ten minutes; built once, and put back for each test."""
    if not _built:
        made = _video(World(START - timedelta(seconds=1)))
        made.world.pump()
        _built.append((made, tables.image(), runtime().ids._last))
    built, image, last_id = _built[0]
    tables.put_back(image)
    world = World(START)
    runtime().ids._last = last_id
    return replace(built, clinic=replace(built.clinic, world=world))


def _video(world: World) -> Video:
    """`clinic.token` is a manager's."""
    clinic = scheduling.clinic(world, modality="video")
    clinician, _ = add_member(world, clinic.owner, "clinician", email=CLINICIAN)
    appointment_id = clinic.booking(STARTS)
    token = VideoToken(clinic.practice_id, appointment_id, from_iso(STARTS), "p0")
    return Video(clinic, clinician, appointment_id, token.secret())


def token_of(answer: Answered) -> str:
    """The join token of a Chime attendee that an answer gives."""
    assert answer.status == 200, answer.text
    credentials = answer.json.get("credentials", answer.json)
    return str(credentials["attendee"]["token"])
