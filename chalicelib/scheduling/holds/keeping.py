"""The hold that a booking or a move names: it does not hinder, and ends with it."""

from collections.abc import Mapping, Sequence

from ...platform.context import Context
from ...platform.errors import invalid_field
from ...platform.store import Key, Record
from ..errors import HoldLapsed
from ..occupants import Occupant
from .lapsing import end_hold, occupant_of
from .models import SlotHold


def holds_named(context: Context, hold_id: str | None) -> list[Key]:
    """What has to be read of it; nothing where none is named."""
    return [SlotHold.key(context.practice_id, hold_id)] if hold_id else []


def end_kept(
    context: Context,
    keys: Sequence[Key],
    found: Mapping[Key, Record],
    *,
    come: Occupant,
    patient_id: str,
) -> list[Occupant]:
    """Stage that it is no more: `exchange` has to be told who goes.

    Invalid (422) for one that is not there, as where the caller does not work, or somebody else's;
    HoldLapsed (409).
    """
    kept = [_kept(context, found.get(key), patient_id) for key in keys]
    for hold in kept:
        end_hold(context, hold, unless_taken_by=come)
    return [occupant_of(hold) for hold in kept]


def _kept(context: Context, hold: object, patient_id: str) -> SlotHold:
    if not isinstance(hold, SlotHold) or not context.allows_at(hold.location_id):
        raise invalid_field("slot_hold_id", "not_found", "No such hold")
    if hold.patient_id not in (None, patient_id):
        raise invalid_field("slot_hold_id", "other_patient", "It is held for another patient")
    if hold.has_lapsed(context.now()):
        raise HoldLapsed
    return hold
