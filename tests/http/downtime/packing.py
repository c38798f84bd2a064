"""A practice with downtime packs: its plan, its links, its evenings."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from chalicelib.downtime import page
from chalicelib.platform.config import settings
from chalicelib.platform.events import Event
from chalicelib.platform.runtime import runtime
from tests import tables
from tests.builders import scheduling
from tests.builders.packs import open_pack
from tests.builders.scheduling import Clinic, add_patient
from tests.conftest import START
from tests.world import Answered, World, step_up

PASSPHRASE = "lantern otter seventeen máple"
PLAN = "/v1/practice/downtime-plan"
TUESDAY, THURSDAY = "2026-03-03T{}:00-05:00", "2026-03-05T{}:00-05:00"
EVENING = {"hours": 11}
"""From 09:00 in New York to its 20:00."""


@pytest.fixture(autouse=True)
def few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """One test has all of them."""
    monkeypatch.setattr(page, "ITERATIONS", 1_000)


_built: list[tuple[Clinic, tables.Image, int]] = []


@pytest.fixture
def at(aws: None) -> Clinic:
    """A practice at START; built once, and put back for each test."""
    if not _built:
        made = scheduling.clinic(World(START - timedelta(seconds=1)))
        made.world.pump()
        _built.append((made, tables.image(), runtime().ids._last))
    clinic, image, last_id = _built[0]
    tables.put_back(image)
    world = World(START)
    runtime().ids._last = last_id
    return replace(clinic, world=world)


def plan(at: Clinic, passphrase: str = PASSPHRASE, version: int = 0, **over: Any) -> Answered:
    step_up(at.world, at.token)
    return at.call("PUT", PLAN, {"passphrase": passphrase, **over}, If_Match=f'"{version}"')


def link(at: Clinic, location_id: str = "") -> str:
    """The path of a new link's URL."""
    step_up(at.world, at.token)
    path = f"/v1/locations/{location_id or at.location_id}/downtime-links"
    answer = at.call("POST", path, {"label": "Front desk PC"})
    assert answer.status == 201, answer.text
    url: str = answer.json["url"]
    return url[url.index("/v1/") :]


def links(at: Clinic) -> Any:
    return at.call("GET", f"/v1/locations/{at.location_id}/downtime-links").json


def nights(at: Clinic, location_id: str) -> list[str]:
    """The days of March whose evening has a pack there."""
    path = f"/v1/locations/{location_id}/downtime-links"
    return [each["night"][-2:] for each in at.call("GET", path).json["packs"]]


def evening(at: Clinic, **by: float) -> None:
    """The hour comes, and what it brings."""
    at.later(**(by or EVENING))
    at.world.tick()


def opened(answer: Answered, folder: Path, passphrase: str = PASSPHRASE) -> Any:
    assert answer.status == 200, answer.text
    file = folder / "pack.html"
    file.write_text(answer.text, encoding="utf-8")
    return open_pack(file, passphrase)


def nguyen(at: Clinic) -> str:
    return add_patient(
        at.world,
        at.token,
        name={"family": "Nguyễn", "given": "Thị Ánh"},
        phones=[{"number": "(212) 555-0147", "use": "mobile"}],
        emergency_contacts=[{"name": "Văn", "relationship": "son", "phone": "(212) 555-0199"}],
    )


def files() -> list[str]:
    """The keys of all packs that are stored."""
    found = boto3.client("s3").list_objects_v2(Bucket=settings().files_bucket).get("Contents", [])
    return [each["Key"] for each in found if "/downtime/" in each["Key"]]


def wanted(at: Clinic) -> str:
    """The message that asks for tonight's pack."""
    data, now = {"night": "2026-03-02"}, at.world.clock.now()
    kind = "downtime_pack.wanted"
    return Event("evt_1", kind, at.practice_id, at.location_id, 1, now, data).to_json()
