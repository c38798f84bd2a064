"""A process of its own, as a Lambda function is, that exports one practice and says what memory it took.

`python -m tests.integration.custody.exporting_process PRACTICE` → JSON: megabytes before and at most.
It imports the product alone: what tests need would count.
"""

import json
import sys
from pathlib import Path

import app  # noqa: F401  # its import installs the runtime
from chalicelib.custody.exporting import STEP, start_export
from chalicelib.custody.handlers import consumers
from chalicelib.custody.models import RUNNING, Export
from chalicelib.custody.requesting import new_export
from chalicelib.platform.events import Event
from chalicelib.platform.queues import working
from chalicelib.platform.runtime import runtime
from chalicelib.platform.store import get, practice_scope


def megabytes() -> float:
    """The most that was resident so far; `ru_maxrss` would count what the parent had at the fork."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main(practice_id: str) -> None:
    before, slices = megabytes(), 0
    with working("custody", practice_id, "a test") as context:
        export = new_export(context)
        export.approved_at = context.now()
        start_export(context, export)
        context.work.create(export)
    while export.state == RUNNING:
        told = Event("evt_1", STEP, practice_id, export.id, 1, runtime().clock.now())
        told.data["step"] = str(export.step)
        consumers.handle(told.to_json())
        slices += 1
        with practice_scope(practice_id):
            export = get(Export, Export.key(practice_id, export.id))
    shown = {
        "records": sum(export.counts.values()),
        "parts": export.files,
        "slices": slices,
        "before": before,
        "most": megabytes(),
    }
    sys.stdout.write(json.dumps(shown) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
