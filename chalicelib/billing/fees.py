"""The practice's fee schedule."""

from collections import Counter

from ..platform.context import Context
from ..platform.errors import FieldError
from ..platform.store import find
from .errors import DuplicateFee, FeeScheduleTooLarge
from .ledger import minor_of
from .models import Fee, FeeSchedule
from .schemas import FeeScheduleBody

LARGEST = 390_000
"""Bytes of fees: an item holds 400 KB, its keys and names included."""


def read_fee_schedule(context: Context) -> FeeSchedule:
    """The fees; before any were set, an empty schedule of version 0."""
    key = FeeSchedule.key(context.practice_id)
    return find(FeeSchedule, key, consistent=True) or FeeSchedule(*key, fees=())


def change_fee_schedule(context: Context, body: FeeScheduleBody) -> FeeSchedule:
    """Replace the fees. DuplicateFee (422) names the second of two equal codes.

    FeeScheduleTooLarge (422). Charges that stand keep the amount they were made with.
    """
    schedule = context.matching(read_fee_schedule(context))
    _refuse_duplicates([fee.code for fee in body.fees])
    schedule.fees = tuple(
        Fee(fee.code, fee.description, minor_of(context, fee.price)) for fee in body.fees
    )
    if len(_serialized(schedule)) > LARGEST:
        raise FeeScheduleTooLarge
    if schedule.version:
        context.work.save(schedule)
    else:
        context.work.create(schedule)
    return schedule


def _serialized(schedule: FeeSchedule) -> bytes:
    text: str = FeeSchedule.fees.serialize(schedule.fees)
    return text.encode()


def _refuse_duplicates(codes: list[str]) -> None:
    twice = {code for code, times in Counter(codes).items() if times > 1}
    if twice:
        at = max(place for place, code in enumerate(codes) if code in twice)
        raise DuplicateFee(errors=(FieldError(f"fees.{at}.code", "duplicate", "Stands twice"),))
