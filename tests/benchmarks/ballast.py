"""What lies in the table beside what the rows touch: other practices, and other patients of this one."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from chalicelib.platform.ids import derived_id
from chalicelib.platform.store import Record

from . import records
from .pricing import Item
from .rows import Scale


def ballast(ids: dict[str, str], scale: Scale, at: datetime) -> Iterator[Item]:
    """Each of the scale's practices with all its patients; the first practice is the rows' own.

    Every fourth patient has the family name that rows look for. Patients are copies but for ids.
    """
    patterns = [_text(_patient(ids, family, at)) for family in (records.SHARED_NAME, *["Lee"] * 3)]
    others = [derived_id("prc", str(place)) for place in range(1, scale.practices)]
    for practice_id in (ids["practice"], *others):
        for place in range(scale.patients):
            copy = patterns[place % len(patterns)]
            for prefix in ("pat", "apt", "enc"):
                new = derived_id(prefix, practice_id, str(place))
                copy = copy.replace(derived_id(prefix, "pattern"), new)
            yield from json.loads(copy.replace(ids["practice"], practice_id))


def _text(found: Iterator[Record]) -> str:
    return json.dumps([record.serialize() for record in found])


def _patient(ids: dict[str, str], family: str, at: datetime) -> Iterator[Record]:
    """A patient, the name they are found by, a visit past, and one ahead at the rows' location."""
    patient = records.patient(ids["practice"], derived_id("pat", "pattern"), family, at)
    yield patient
    yield from records.name_tokens(ids["practice"], patient, records.SHARED_NAME)
    yield records.encounter(ids, patient.id, derived_id("enc", "pattern"), at)
    apt, ahead = derived_id("apt", "pattern"), at + timedelta(days=90)
    yield records.appointment(ids, patient, apt, ahead)
