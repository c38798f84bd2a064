"""A practitioner has left: the visits they have not signed wait for their successor."""

from ..identity.leavers.hand_over import Order, finish, note
from ..platform.context import Context
from ..platform.errors import AlreadyDone, Stale
from ..platform.store import find, query_all
from .models import IN_PROGRESS, Encounter

NO_SUCCESSOR, SENSITIVE = "no_successor", "sensitive"


def hand_over_drafts(context: Context, order: Order) -> None:
    """Give each unsigned encounter, its draft with it, to the successor. Safe to repeat.

    One transaction an encounter; a signed one never changes hands. What is tagged as sensitive
    stays: its care team is not the successor's to join by somebody's leaving.
    """
    for practitioner_id in order.practitioner_ids:
        waiting = Encounter.open_of(context.practice_id, practitioner_id)
        for row in list(query_all(waiting, index="gs1")):
            encounter = find(Encounter, row.item_key, consistent=True)
            if encounter is None or encounter.status != IN_PROGRESS:
                continue
            if encounter.practitioner_id == practitioner_id:
                _hand_over(context, order, encounter)
    finish(context, order, "clinical", things="enc")


def _hand_over(context: Context, order: Order, encounter: Encounter) -> None:
    reason = "" if order.to_practitioner_id else NO_SUCCESSOR
    if encounter.sensitivity:
        reason = SENSITIVE
    context.concerns(encounter.patient_id)
    if order.to_practitioner_id and not reason:
        _give(context, encounter, order.to_practitioner_id)
    note(context, order, encounter.id, reason=reason, patient_id=encounter.patient_id)
    try:
        context.work.commit()
    except AlreadyDone:
        context.work.discard()


def _give(context: Context, encounter: Encounter, practitioner_id: str) -> None:
    as_read = encounter.at_version()
    listed = Encounter.open_of(context.practice_id, practitioner_id)
    actions = encounter.changing(practitioner_id=practitioner_id, gs1pk=listed)
    context.work.update(
        Encounter, encounter.item_key, actions=actions, condition=as_read, refusal=Stale()
    )
