"""What becomes of each appointment of the demo practice, drawn beforehand. Pure.

So the clinic is the same each time, in whatever order its people get to it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import time
from random import Random
from typing import Any

from .demo_data import CLINICIANS, TYPES, note_for

SEEN, ABSENT, CANCELLED = "seen", "absent", "cancelled"
ADD_ON = "G2211"
SELF_PAID = 3
"""The one of TYPES that patients pay for themselves."""


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """One appointment. Patient, clinician and type are numbers in their lists."""

    patient: int
    clinician: int
    type: int
    starts: time
    fate: str
    pays_copay: bool
    note: dict[str, Any]
    diagnosis: str
    procedures: tuple[str, ...]
    is_signed: bool
    pays_rest: bool

    @property
    def codes(self) -> dict[str, Any]:
        """The body that codes the encounter."""
        return {
            "diagnoses": [{"code": self.diagnosis}],
            "procedures": [{"code": c, "units": 1, "pointers": [1]} for c in self.procedures],
        }


def plan_day(
    random: Random, visits: int, self_payers: Collection[int], patients: int
) -> list[PlannedVisit]:
    """`visits` appointments of as many patients, the same number for each clinician; none clash."""
    who = random.sample(range(patients), visits)
    return [
        _visit(random, patient, number, patient in self_payers)
        for number, patient in enumerate(who)
    ]


def of_clinician(plan: Sequence[PlannedVisit], clinician: int) -> list[PlannedVisit]:
    """One clinician's own, in the order of the day."""
    return [visit for visit in plan if visit.clinician == clinician]


def _visit(random: Random, patient: int, number: int, pays_self: bool) -> PlannedVisit:
    """A visit takes 45 minutes at most and starts within two hours of its own."""
    kind = SELF_PAID if pays_self else random.randrange(SELF_PAID)
    turn, clinician = divmod(number, len(CLINICIANS))
    note, diagnosis = note_for(random)
    add_on = (ADD_ON,) if random.random() < 0.3 else ()
    return PlannedVisit(
        patient=patient,
        clinician=clinician,
        type=kind,
        starts=time(8 + 2 * turn, random.choice((0, 15, 30, 45))),
        fate=random.choices((SEEN, ABSENT, CANCELLED), (88, 6, 6))[0],
        pays_copay=not pays_self and random.random() < 0.7,
        note=note,
        diagnosis=diagnosis,
        procedures=(TYPES[kind][3], *add_on),
        is_signed=random.random() < 0.95,
        pays_rest=random.random() < 0.6,
    )
