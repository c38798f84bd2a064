"""The practice of the year: ten providers, two places in two zones, three types, and who is seen."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.platform import overlap
from chalicelib.platform.runtime import runtime
from chalicelib.platform.store import get
from chalicelib.practices.models import Practice as PracticeRecord
from tests.builders.scheduling import (
    ADDRESSES,
    Clinic,
    add_patient,
    add_practitioner,
    add_room,
    add_type,
    clinic,
    made,
)
from tests.world import World, clear

from .oracle import Kind, Person, Place, Provider

PROVIDERS = 10
OPENS, CLOSES = 8, 17
ZONES = ("America/New_York", "America/Phoenix")
"""One that changes its clock, and one that does not: between them two hours in summer, three in winter."""
OWN_ZONES = (None, None, None, ZoneInfo("America/Los_Angeles"), ZoneInfo("America/Halifax"))
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")


@dataclass(frozen=True)
class Practice:
    """All of it. The last provider is the annex's: what is measured is booked there."""

    at: Clinic
    providers: list[Provider]
    annex: Provider
    kinds: list[Kind]
    people: list[Person]
    guest: Person
    """Whom the annex sees."""


def practice(world: World, people: int, chance: Random) -> Practice:
    """Built through the API."""
    at = clinic(world, time_zone=ZONES[0])
    clear(world, at.owner, "sms")
    places = [Place(at.location_id, ZoneInfo(ZONES[0])), _place(at, "West", ZONES[1])]
    kinds = _kinds(at)
    _set_plan(at, kinds)
    providers = [_provider(at, places[number % 2], number) for number in range(PROVIDERS)]
    annex = _provider(at, _place(at, "Annex", ZONES[0]), PROVIDERS)
    seen = [_person(at, number, chance) for number in range(people)]
    _is_of_the_largest_plan(at)
    return Practice(at, providers, annex, kinds, seen, _person(at, people, chance))


def _place(at: Clinic, name: str, zone: str) -> Place:
    body = {"name": name, "time_zone": zone, "address": ADDRESSES["US"]}
    return Place(made(at.call("POST", "/v1/locations", body)), ZoneInfo(zone))


def _kinds(at: Clinic) -> list[Kind]:
    physical = add_type(at.world, at.token, name="Physical", minutes=45, needs_room=True)
    video = {"minutes": 20, "minutes_before": 5, "minutes_after": 5, "modality": "video"}
    seen = add_type(at.world, at.token, name="Video visit", **video)
    return [
        Kind(at.type_id, 30, 0, 0, ((2, "d"), (2, "h"))),
        Kind(physical, 45, 0, 0, ((7, "d"), (1, "d"))),
        Kind(seen, 20, 5, 5, ((3, "h"),), in_room=False),
    ]


def _set_plan(at: Clinic, kinds: list[Kind]) -> None:
    units = {"d": "days", "h": "hours"}
    steps = [[{"before": many, "unit": units[unit]} for many, unit in kind.steps] for kind in kinds]
    own = zip(kinds[1:], steps[1:], strict=True)
    body = {
        "steps": steps[0],
        "by_type": [{"type_id": kind.id, "steps": given} for kind, given in own],
        "quiet_hours": {"starts": "21:00", "ends": "08:00"},
    }
    answer = at.call("PUT", "/v1/practice/reminders", body, If_Match='"0"')
    assert answer.status == 200, answer.text


def _provider(at: Clinic, place: Place, number: int) -> Provider:
    name = {"family_name": f"Lee{number}"}
    provider_id = add_practitioner(at.world, at.token, **name)
    room_id = add_room(at.world, at.token, place.id, name=f"Room {number}")
    hours = (f"{OPENS:02}:00", f"{CLOSES:02}:00")
    rules = [at.rule(day, *hours, location_id=place.id) for day in WEEKDAYS]
    answer = at.set_hours(rules, practitioner_id=provider_id)
    assert answer.status == 200, answer.text
    return Provider(provider_id, place, room_id)


def _person(at: Clinic, number: int, chance: Random) -> Person:
    """Four of ten by text, four by mail, two by nothing: they have not agreed."""
    zone, sms, mail = (
        chance.choice(OWN_ZONES),
        f"+1212555{number:04}",
        f"p{number}@patients.example",
    )
    channel = chance.choice(("sms", "sms", "email", "email", None))
    consents = {"consents": {channel: True}} if channel else {}
    patient_id = add_patient(
        at.world,
        at.token,
        name={"family": f"Shaw{number}", "given": "Amy"},
        phones=[{"number": sms, "use": "mobile"}],
        email=mail,
        **consents,
        **({"time_zone": zone.key} if zone else {}),
    )
    return Person(patient_id, {"sms": sms, "email": mail}.get(channel or ""), zone)


def _is_of_the_largest_plan(at: Clinic) -> None:
    """A trial sends 500 messages a month."""
    with at.working() as context:
        record = get(PracticeRecord, PracticeRecord.key(at.practice_id))
        record.plan = "group"
        context.work.save(record)
        context.work.commit()
    at.__dict__.pop("tenant", None)
    assert at.tenant.plan == "group"


@contextmanager
def read_once(at: Clinic) -> Iterator[None]:
    """The practice stays as it is: meanwhile consumers need not read it each time, nor wake threads."""
    live, tenant = runtime(), at.tenant
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(live, "tenant_of", lambda _: tenant)
        patched.setattr(overlap, "_pool", _AtOnce)
        yield


class _AtOnce:
    """What runs beside runs now: no thread has to be woken to find moto in another's hands."""

    def submit(self, call: Callable[[], Any]) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(call())
        except Exception as error:  # noqa: BLE001  # it is raised where the result is wanted
            done.set_exception(error)
        return done
