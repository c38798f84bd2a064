"""Legal holds: what lies under one is not destroyed, whatever its date."""

from ..patients.registration import read_patient
from ..platform.context import Context
from ..platform.store import get, query_all
from .models import LegalHold
from .schemas import HoldBody


def place_hold(context: Context, body: HoldBody) -> LegalHold:
    """Keep one patient's records, or the whole practice's, until the hold is lifted. NotFound."""
    if body.patient_id is not None:
        read_patient(context, body.patient_id)
    hold = LegalHold(
        *LegalHold.key(context.practice_id, context.new_id("hld")),
        patient_id=body.patient_id,
        reason=body.reason,
        placed_by=context.actor.id,
        placed_at=context.now(),
    )
    context.work.create(hold)
    return hold


def list_holds(context: Context) -> list[LegalHold]:
    return list(query_all(LegalHold.key(context.practice_id, "hld_0").pk, consistent=True))


def lift_hold(context: Context, hold_id: str) -> None:
    """The records have their dates again."""
    context.work.remove(
        context.matching(get(LegalHold, LegalHold.key(context.practice_id, hold_id)))
    )
