"""A practice as operations look after it: how it stands and what it uses. Figures, no names but its own."""

from ..identity.members.seats import seats_taken
from ..platform.context import SystemContext
from ..practices.service import read_practice
from ..practices.usage import month_of, read_usage, storage_used
from .acting import acting_in
from .schemas import ClearanceRow, PracticeOverview


def read_overview(context: SystemContext, practice_id: str) -> PracticeOverview:
    """NotFound for an id that no practice has. The look is in the practice's audit."""
    with acting_in(context, practice_id) as there:
        practice, seats = read_practice(there), seats_taken(there)
        used, stored = read_usage(there, month_of(context.now())), storage_used(there)
    return PracticeOverview(
        id=practice.id,
        name=practice.name,
        status=practice.status,
        country=practice.country,
        plan=practice.plan,
        overdue=practice.overdue,
        agreement=practice.agreement,
        clearances=[ClearanceRow.model_validate(each) for each in practice.clearances or ()],
        seats=seats,
        providers=used.providers,
        messages=used.messages,
        storage_bytes=stored,
    )
