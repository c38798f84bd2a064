"""Death at every call, then delivery again: what is left must be what one undisturbed run leaves."""

from collections.abc import Callable
from itertools import count
from typing import Any

from tests import tables
from tests.builders.billing import Clinic
from tests.faults import Died, dying

BOOKS = {
    "balance",
    "charge",
    "claim",
    "claim_body",
    "inbound_file",
    "invoice",
    "ledger_entry",
    "missed_visit_fee",
    "missed_visits",
    "outbox",
    "payment",
    "remittance",
    "remittance_item",
    "submission",
}
BY_CHANCE = {"control_number", "duesk", "duepk"}
"""What differs from run to run: numbers handed out, and what follows from a random id."""


def after_each_death(clinic: Clinic, act: Callable[[], None]) -> int:
    """Do `act` once; then, from the same start, die before and after each call of it and do it again.

    Asserts the same books every time, and that a death leaves nothing half done: the books are as
    before, or as after some whole transaction that the second delivery completes. How many deaths.
    """
    files = moto_files()
    start, kept = tables.image(), set(files)
    act()
    act()
    expected, deaths = books(clinic), 0
    for after in (False, True):
        for at in count():
            tables.put_back(start)
            for key in set(files) - kept:
                del files[key]
            try:
                with dying(at, after=after):
                    act()
            except Died:
                deaths += 1
                act()
                assert books(clinic) == expected, (
                    f"death {'after' if after else 'before'} call {at}"
                )
                continue
            break
    return deaths


def books(clinic: Clinic) -> list[Any]:
    """All that money, missed visits and claims have on record, and the files that were sent."""
    rows = [_row(item) for item in clinic.world.items() if item["kind"]["S"] in BOOKS]
    return [*sorted(rows, key=repr), *sorted(moto_files())]


def moto_files() -> dict[str, Any]:
    """moto's own objects of the mailbox, by key."""
    from moto.backends import get_backend

    from chalicelib.platform.config import settings

    buckets = get_backend("s3")["123456789012"]["aws"].buckets
    keys: dict[str, Any] = buckets[settings().mailbox_bucket].keys
    return keys


def _row(item: dict[str, Any]) -> dict[str, Any]:
    keyless = (
        {"pk", "sk"} if item["kind"]["S"] in ("ledger_entry", "outbox", "submission") else set()
    )
    return {name: value for name, value in item.items() if name not in BY_CHANCE | keyless}
