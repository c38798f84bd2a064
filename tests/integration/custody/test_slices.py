"""An export goes on where it was, whatever happens to a slice of it."""

from random import Random

import pytest

from chalicelib.custody import exporting
from chalicelib.custody.models import READY
from chalicelib.platform.errors import AlreadyExists, Stale
from chalicelib.platform.queues import working
from chalicelib.platform.store import sweep_page
from tests import tables
from tests.builders.custody import (
    Kept,
    alike,
    deliver_slice,
    finish_export,
    kept,
    read,
    write_export,
)
from tests.builders.practices import plant, random_practice, some_id
from tests.faults import Died, dying, meanwhile
from tests.world import World

OWN = some_id(Random(1), "prc")


@pytest.fixture
def small(world: World, monkeypatch: pytest.MonkeyPatch) -> Kept:
    """A practice of a dozen records, exported whole; from here on slices are of one page of eight items."""
    plant(OWN, random_practice(Random(1), OWN, rows=10, patients=1))
    whole = kept(OWN, write_export(OWN))
    monkeypatch.setattr(exporting, "PART_BYTES", 1)
    monkeypatch.setattr(
        exporting, "sweep_page", lambda own, start: sweep_page(own, start=start, limit=8)
    )
    return whole


def begun() -> str:
    with working("custody", OWN, "a test") as context:
        export = exporting.Export(
            *exporting.Export.key(OWN, context.new_id("exp")),
            state="requested",
            requested_by="usr_1",
            requested_at=context.now(),
            approved_at=context.now(),
        )
        exporting.start_export(context, export)
        context.work.create(export)
    return str(export.id)


@pytest.mark.parametrize("stride", [7, pytest.param(1, marks=pytest.mark.campaign)])
def test_a_death_at_any_call_loses_nothing_and_repeats_nothing(small: Kept, stride: int) -> None:
    start, deaths = tables.image(), 0
    for after in (False, True):
        at = 0
        while True:
            tables.put_back(start)
            export_id, survived = begun(), True
            try:
                with dying(at, after=after):
                    finish_export(OWN, export_id)
            except Died:
                survived = False
                deaths += 1
            finish_export(OWN, export_id)
            again = kept(OWN, export_id)
            assert alike(again, OWN) == alike(small, OWN), (after, at)
            assert again.manifest["records"] == small.manifest["records"]
            if survived:
                break
            at += stride
    assert deaths > 30 // stride


def test_a_message_that_comes_twice_writes_nothing_twice(small: Kept) -> None:
    export_id = begun()
    while (export := read(OWN, export_id)).state != READY:
        deliver_slice(OWN, export_id, export.step)
        for step in range(export.step + 1):
            deliver_slice(OWN, export_id, step)
    assert alike(kept(OWN, export_id), OWN) == alike(small, OWN)


def test_of_two_at_one_slice_one_gives_way(small: Kept) -> None:
    export_id = begun()
    with (
        meanwhile(lambda: deliver_slice(OWN, export_id, 0)),
        pytest.raises((Stale, AlreadyExists)),
    ):
        deliver_slice(OWN, export_id, 0)
    finish_export(OWN, export_id)
    assert alike(kept(OWN, export_id), OWN) == alike(small, OWN)
