"""The chart: everything about a patient that a clinician opens, in one Query."""

from dataclasses import dataclass
from typing import TypeVar

from ..patients.models import Coverage, Patient
from ..platform.context import Context
from ..platform.errors import NotFound
from ..platform.http import open_cursor, seal_cursor
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
    next_cursor: str | None


def read_chart(context: Context, patient_id: str, cursor: str | None) -> Chart:
    """A page of at most 1 MB as stored; NotFound for the patient.

    Read backwards (`chart#problem#`, `…patient#`, `…intolerance#`, `…encounter#`, `…coverage#`):
    the first page has who it is and what to beware of, however long the record is.
    """
    context.concerns(patient_id)
    partition = Patient.key(context.practice_id, patient_id).pk
    start = open_cursor(context, cursor)
    page = query(partition, begins="chart#", start=start, newest_first=True)
    patient = next(iter(_of(Patient, page)), None)
    if patient is None and start is None:
        raise NotFound
    return Chart(
        patient,
        _of(Problem, page),
        _of(Allergy, page),
        sorted(_of(Encounter, page), key=lambda each: each.started_at, reverse=True),
        sorted(_of(Coverage, page), key=lambda each: each.priority),
        seal_cursor(context, page.next_key),
    )


def _of(kind: type[R], page: Results) -> list[R]:
    return [record for record in page.records if isinstance(record, kind)]
