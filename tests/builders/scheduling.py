"""A practice that can be booked at, built through the API."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import Any

import boto3

from chalicelib.platform.config import settings
from chalicelib.platform.context import Actor, Context, Tenant
from chalicelib.platform.ids import PracticeId, UserId
from chalicelib.platform.runtime import runtime
from chalicelib.platform.store import UnitOfWork, practice_scope
from tests.world import Answered, World, add_member, sign_in, sign_up

ADDRESSES = {
    "US": {"line1": "1 Main St", "city": "New York", "state": "NY", "postal_code": "10001-1234"},
    "AU": {
        "line1": "1 George St",
        "city": "Sydney",
        "state": "NSW",
        "postal_code": "2000",
        "country": "AU",
    },
}
_EMAILS = count(1)


@dataclass
class Clinic:
    """One location, one practitioner, one type, one room, one patient; `token` is a manager's."""

    world: World
    practice_id: str
    email: str
    owner: str
    token: str
    location_id: str
    practitioner_id: str
    type_id: str
    room_id: str
    patient_id: str

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answered:
        """A request as the manager."""
        return self.world.call(method, path, body, token=self.token, **headers)

    def later(self, **by: float) -> None:
        """Time passes; the manager signs in again."""
        self.world.clock.advance(**by)
        self.token = sign_in(self.world, self.email)

    def book(self, starts_at: str, **over: Any) -> Answered:
        """Book at `starts_at`; what `over` gives as None is left out."""
        body = {
            "patient_id": self.patient_id,
            "practitioner_id": self.practitioner_id,
            "location_id": self.location_id,
            "type_id": self.type_id,
            "starts_at": starts_at,
            **over,
        }
        return self.call("POST", "/v1/appointments", _given(body))

    def booking(self, starts_at: str, **over: Any) -> str:
        """The id of an appointment booked at `starts_at`."""
        return made(self.book(starts_at, **over))

    def act(self, appointment_id: str, verb: str, body: Any = None) -> Answered:
        """POST /v1/appointments/{id}/{verb}."""
        return self.call("POST", f"/v1/appointments/{appointment_id}/{verb}", body)

    def read(self, appointment_id: str) -> Any:
        """The appointment as it is now."""
        return self.call("GET", f"/v1/appointments/{appointment_id}").json

    def slots(self, first: str, last: str | None = None, **over: str) -> Answered:
        """GET /v1/slots of the practitioner at the location."""
        query = {
            "practitioner_id": self.practitioner_id,
            "type_id": self.type_id,
            "location_id": self.location_id,
            "from": first,
            "until": last or first,
            **over,
        }
        pairs = "&".join(f"{name}={value}" for name, value in query.items() if value)
        return self.call("GET", f"/v1/slots?{pairs}")

    def starts(self, first: str, last: str | None = None, **over: str) -> list[str]:
        """The local starts of the free slots."""
        answer = self.slots(first, last, **over)
        assert answer.status == 200, answer.text
        return [slot["starts_at"] for slot in answer.json["items"]]

    def set_hours(
        self,
        rules: Sequence[dict[str, Any]],
        exceptions: Sequence[dict[str, Any]] = (),
        *,
        practitioner_id: str = "",
    ) -> Answered:
        """Replace a practitioner's hours, whatever they were."""
        path = f"/v1/practitioners/{practitioner_id or self.practitioner_id}/availability"
        version = self.call("GET", path).json["version"]
        body = {"rules": list(rules), "exceptions": list(exceptions)}
        return self.call("PUT", path, body, If_Match=f'"{version}"')

    def set_location(self, **over: Any) -> Answered:
        """Replace the location's details: its opening hours, its holidays."""
        path = f"/v1/locations/{self.location_id}"
        shown = self.call("GET", path)
        kept = {name: shown.json[name] for name in ("name", "time_zone", "address")}
        return self.call("PUT", path, {**kept, **over}, If_Match=shown.etag)

    def rule(self, weekday: str, starts: str, ends: str, **over: Any) -> dict[str, Any]:
        """Hours at the location from 2026 on."""
        return {
            "weekday": weekday,
            "starts": starts,
            "ends": ends,
            "location_id": self.location_id,
            "effective_from": "2026-01-01",
            **over,
        }

    @cached_property
    def tenant(self) -> Tenant:
        """Read once."""
        return runtime().tenant_of(PracticeId(self.practice_id))

    @contextmanager
    def working(self) -> Iterator[Context]:
        """A context of the practice, for use cases without HTTP; the caller commits `work`."""
        live, tenant = runtime(), self.tenant
        with practice_scope(self.practice_id):
            yield Context(
                tenant=tenant,
                actor=Actor(UserId("usr_00000000000000000000000000")),
                permissions=frozenset(),
                request_id="req_1",
                clock=live.clock,
                ids=live.ids,
                work=UnitOfWork(),
            )

    def run_due(self) -> None:
        """A minute's schedules, and what they put on the queue of scheduling."""
        self.world.tick_schedules()
        sqs, url = boto3.client("sqs"), settings().queue_urls["scheduling"]
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            failed = self.world.deliver("scheduling", [message["Body"] for message in messages])
            assert failed == []
            for message in messages:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def taken(self, resource_id: str) -> dict[str, set[int]]:
        """The taken buckets of a resource by UTC day; days without any are left out."""
        return taken_buckets(self.world.items(), resource_id)

    def events(self, kinds: str = "appointment.") -> list[dict[str, Any]]:
        """The events of these kinds not yet carried off, in order: type and data."""
        found = [item for item in self.world.items() if item["kind"]["S"] == "outbox"]
        return [
            {"type": item["type"]["S"], "subject": item["subject"]["S"], **_data_of(item)}
            for item in sorted(found, key=lambda item: item["sk"]["S"])
            if item["type"]["S"].startswith(kinds)
        ]

    def hold(self, starts_at: str, **over: Any) -> Answered:
        """Keep the slot at `starts_at`, for nobody in particular."""
        body = {
            "practitioner_id": self.practitioner_id,
            "location_id": self.location_id,
            "type_id": self.type_id,
            "starts_at": starts_at,
            **over,
        }
        return self.call("POST", "/v1/slot-holds", _given(body))


def clinic(
    world: World,
    *,
    time_zone: str = "America/New_York",
    hours: tuple[str, str] = ("09:00", "17:00"),
    country: str = "US",
    **type_over: Any,
) -> Clinic:
    """A practice whose practitioner works every day of the week; visits of 30 minutes."""
    number = next(_EMAILS)
    owner = sign_up(world, email=f"owner{number}@clinic.example", time_zone=time_zone)
    email = f"manager{number}@clinic.example"
    manager, _ = add_member(world, owner, "manager", email=email)
    location = {"name": "Main", "time_zone": time_zone, "address": ADDRESSES[country]}
    location_id = made(world.call("POST", "/v1/locations", location, token=manager))
    built = Clinic(
        world,
        world.call("GET", "/v1/me", token=manager).json["practice_id"],
        email,
        owner,
        manager,
        location_id,
        practitioner_id=add_practitioner(world, manager),
        type_id=add_type(world, manager, **type_over),
        room_id=add_room(world, manager, location_id),
        patient_id=add_patient(world, manager),
    )
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    answer = built.set_hours([built.rule(day, *hours) for day in days])
    assert answer.status == 200, answer.text
    return built


def add_practitioner(world: World, token: str, **over: Any) -> str:
    body = {"family_name": "Lee", "given_name": "Kim", **over}
    return made(world.call("POST", "/v1/practitioners", body, token=token))


def add_type(world: World, token: str, **over: Any) -> str:
    body = {"name": "Follow-up", "minutes": 30, **over}
    return made(world.call("POST", "/v1/appointment-types", body, token=token))


def add_room(world: World, token: str, location_id: str, **over: Any) -> str:
    body = {"name": "Room 1", "location_id": location_id, **over}
    return made(world.call("POST", "/v1/rooms", body, token=token))


def add_equipment(world: World, token: str, location_id: str, **over: Any) -> str:
    body = {"name": "ECG", "of_kind": "ecg", "location_id": location_id, **over}
    return made(world.call("POST", "/v1/equipment", body, token=token))


def add_patient(world: World, token: str, **over: Any) -> str:
    body = {
        "name": {"family": "Shaw", "given": "Amy"},
        "birth_date": "1987-02-20",
        "sex": "female",
        "confirm_not_duplicate": True,
        **over,
    }
    return made(world.call("POST", "/v1/patients", body, token=token))


def made(answer: Answered) -> str:
    """The id of what was made."""
    assert answer.status == 201, answer.text
    made_id: str = answer.json["id"]
    return made_id


def taken_buckets(items: Sequence[dict[str, Any]], resource_id: str) -> dict[str, set[int]]:
    """The taken buckets of a resource by UTC day, off the table's items."""
    return {
        item["sk"]["S"].rstrip("#"): {int(bucket) for bucket in item["taken"]["NS"]}
        for item in items
        if item["kind"]["S"] == "day" and f"#{resource_id}#" in item["pk"]["S"] and "taken" in item
    }


def _given(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}


def _data_of(item: dict[str, Any]) -> dict[str, Any]:
    return dict(json.loads(item["data"]["S"])) if "data" in item else {}
