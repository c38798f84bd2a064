"""Practices that operations create: one, or many from a table with a report for each row."""

from ..identity.signing_up.founding import found_practice
from ..identity.signing_up.schemas import NewPractice
from ..platform.context import SystemContext
from ..platform.errors import DomainError
from ..platform.http import body_of
from ..platform.store import system_scope
from .errors import BrokenUpload
from .onboarding_csv import BrokenTable, Row, read_rows
from .schemas import RowReport


def import_practices(context: SystemContext, table: str) -> list[RowReport]:
    """Create a practice a row, each in a transaction of its own; a row that is wrong stops no other.

    BrokenUpload (422) where the table as a whole cannot be read: then nothing is created.
    """
    try:
        rows = read_rows(table)
    except BrokenTable as broken:
        raise BrokenUpload(str(broken)) from broken
    return [_create(context, row) for row in rows]


def _create(context: SystemContext, row: Row) -> RowReport:
    if row.problem:
        return RowReport(line=row.line, status="refused", code="bad_row", reason=row.problem)
    try:
        practice = found_practice(context, body_of(NewPractice, row.values))
        with system_scope(*context.trace.reach):
            context.work.commit()
    except DomainError as refusal:
        context.work.discard()
        return _refused(row, refusal)
    return RowReport(line=row.line, status="created", practice_id=practice.id)


def _refused(row: Row, refusal: DomainError) -> RowReport:
    named = "; ".join(f"{bad.field}: {bad.message}" for bad in refusal.errors)
    return RowReport(
        line=row.line, status="refused", code=refusal.code, reason=named or refusal.detail
    )
