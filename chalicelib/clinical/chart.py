"""The chart: everything about a patient that a clinician opens, in one Query."""

from dataclasses import dataclass
from typing import TypeVar

from ..care_team.models import CareTeam
from ..care_team.reach import Reach, reach_of, read_reach
from ..identity.permissions import Permission
from ..patients.models import Coverage, Patient
from ..platform.context import Context
from ..platform.errors import NotFound
from ..platform.http import open_cursor, seal_cursor
from ..platform.overlap import beside
from ..platform.store import Record, Results, query
from .models import Allergy, Encounter, Problem

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Chart:
    """One page, nearly always the whole: newest first in each group."""

    patient: Patient | None
    problems: list[Problem]
    allergies: list[Allergy]
    encounters: list[Encounter]
    coverages: list[Coverage]
    withheld: bool
    next_cursor: str | None


def read_chart(context: Context, patient_id: str, cursor: str | None) -> Chart:
    """A page of at most 1 MB as stored; NotFound for the patient.

    Read backwards (`chart#team#`, `…problem#`, `…patient#`, `…intolerance#`, `…encounter#`,
    `…coverage#`): the first page has who may see what, who it is and what to beware of, however
    long the record is. Later pages read the care team beside their Query.
    """
    context.concerns(patient_id)
    partition = Patient.key(context.practice_id, patient_id).pk
    start = open_cursor(context, cursor)
    team = beside(read_reach, context, patient_id) if start else None
    page = query(partition, begins="chart#", start=start, newest_first=True)
    reach = team.result() if team else reach_of(context, next(iter(_of(CareTeam, page)), None))
    patient = next(iter(_of(Patient, page)), None)
    if patient is None and start is None:
        raise NotFound
    shown = Results([each for each in page.records if _sees(reach, each)], page.next_key)
    hidden = len(shown.records) < len(page.records)
    return Chart(
        patient,
        _of(Problem, shown),
        _of(Allergy, shown),
        sorted(_of(Encounter, shown), key=lambda each: each.started_at, reverse=True),
        sorted(_of(Coverage, shown), key=lambda each: each.priority),
        withheld=hidden and context.allows(Permission.BREAK_GLASS),
        next_cursor=seal_cursor(context, page.next_key),
    )


def _sees(reach: Reach, record: Record) -> bool:
    return reach.sees(getattr(record, "sensitivity", None))


def _of(kind: type[R], page: Results) -> list[R]:
    return [record for record in page.records if isinstance(record, kind)]
