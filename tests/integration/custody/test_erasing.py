"""An erasure goes on where it was, whatever happens to it, and states what was there (38)."""

from collections import Counter
from random import Random

import boto3
import pytest

from chalicelib.custody import erasing
from chalicelib.custody.handlers import consumers
from chalicelib.custody.keeping import STAYS
from chalicelib.custody.models import DONE, RUNNING, Erasure
from chalicelib.platform.config import settings
from chalicelib.platform.context import ERASING
from chalicelib.platform.events import Event
from chalicelib.platform.queues import working
from chalicelib.platform.runtime import runtime
from chalicelib.platform.store import get, practice_scope, sweep_page
from chalicelib.practices.models import Practice
from tests import tables
from tests.builders.practices import plant, random_practice, some_id
from tests.faults import Died, dying
from tests.world import World

OWN, OTHER = (some_id(Random(seed), "prc") for seed in (1, 2))
AUDIT = {"audit", "audit_amendment"}


@pytest.fixture
def begun(world: World, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Two practices, one about to be erased in slices of eight items; what it holds, by kind."""
    monkeypatch.setattr(erasing, "SLICE_SECONDS", 0)
    monkeypatch.setattr(
        erasing, "sweep_page", lambda own, start: sweep_page(own, start=start, limit=8)
    )
    rows = random_practice(Random(1), OWN, rows=14, patients=2)
    plant(OWN, rows)
    plant(OTHER, random_practice(Random(2), OTHER, rows=5, patients=1))
    for at in range(2):
        boto3.client("s3").put_object(Bucket=settings().files_bucket, Key=f"{OWN}/a{at}", Body=b"x")
    with working("custody", OWN, "a test") as context:
        practice = get(Practice, Practice.key(OWN))
        practice.status = ERASING
        context.work.save(practice)
        erasure = Erasure(
            *Erasure.key(OWN),
            state=RUNNING,
            asked_by="Ann",
            asked_at=context.now(),
            custodian_email="keep@records.example",
        )
        context.work.create(erasure)
    kinds = Counter(row["kind"]["S"] for row in rows)
    return Counter({kind: n for kind, n in kinds.items() if kind not in {*AUDIT, *STAYS}})


def erasure_of(practice_id: str) -> Erasure:
    with practice_scope(practice_id):
        return get(Erasure, Erasure.key(practice_id))


def finish() -> Erasure:
    while (erasure := erasure_of(OWN)).state == RUNNING:
        now = runtime().clock.now()
        told = Event(
            "evt_1", "erasure.step", OWN, "everything#", 1, now, {"step": str(erasure.step)}
        )
        consumers.handle(told.to_json())
    return erasure


def left(world: World) -> set[str]:
    return {
        item["kind"]["S"] for item in world.items() if OWN in f"{item['pk']['S']}{item['sk']['S']}"
    }


@pytest.mark.parametrize("stride", [19, pytest.param(1, marks=pytest.mark.campaign)])
def test_a_death_at_any_call_leaves_nothing_behind_and_no_wrong_count(
    world: World, begun: Counter[str], stride: int
) -> None:
    start, deaths = tables.image(), 0
    theirs = [item for item in world.items() if item["pk"]["S"].startswith(OTHER)]
    for after in (False, True):
        at, died = 0, True
        while died:
            tables.put_back(start)
            try:
                with dying(at, after=after):
                    finish()
                died = False
            except Died:
                deaths += 1
            done = finish()
            assert done.state == DONE
            assert Counter(done.found) == begun, (after, at)
            assert left(world) <= {*STAYS, *AUDIT}
            at += stride
    assert deaths > 30 // stride
    kept = [item for item in world.items() if item["pk"]["S"].startswith(OTHER)]
    assert kept == theirs


def test_what_comes_late_is_found_and_goes_too(world: World, begun: Counter[str]) -> None:
    while erasure_of(OWN).phase != "check":
        told = {"step": str(erasure_of(OWN).step)}
        now = runtime().clock.now()
        consumers.handle(Event("e", "erasure.step", OWN, "everything#", 1, now, told).to_json())
    late = random_practice(Random(9), OWN, rows=6, patients=1)[1:]
    plant(OWN, late)
    boto3.client("s3").put_object(Bucket=settings().files_bucket, Key=f"{OWN}/late", Body=b"x")
    assert finish().state == DONE
    assert left(world) <= {*STAYS, *AUDIT}
    listed = boto3.client("s3").list_object_versions(
        Bucket=settings().files_bucket, Prefix=f"{OWN}/"
    )
    assert "Versions" not in listed
