"""42 CFR Part 2: records of a programme for substance use disorders, and the consent they wait for.

What makes a record one of these is who provides (2.11), not what it is about: programme and
provider are marked, and their encounters carry it for good.
"""

from ..platform.context import Context
from ..platform.errors import Unavailable
from ..platform.store import find
from .models import Part2Record, Patient

CONSENT = "part2"


def has_consented(patient: Patient) -> bool:
    """To all future uses for treatment, payment and operations (42 CFR 2.31, 2.33), not revoked."""
    return patient.agreed_to(CONSENT)


def has_part2_records(context: Context, patient_id: str) -> bool:
    """Whether anything of this patient's is a Part 2 programme's. One GetItem."""
    return find(Part2Record, Part2Record.key(context.practice_id, patient_id)) is not None


def note_part2_record(context: Context, patient_id: str) -> None:
    """Stage that the patient has such records from now on; nothing where that is known."""
    key = Part2Record.key(context.practice_id, patient_id)
    if find(Part2Record, key) is None:
        record = Part2Record(*key, since=context.now())
        context.work.create(record, refusal=Unavailable(retry_after=1))
