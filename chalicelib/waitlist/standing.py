"""An offer with the wish it is made to and its patient's other offers: read together, ended together."""

from dataclasses import dataclass

from ..platform.context import Context
from ..platform.errors import NotFound
from ..platform.store import find, find_many, query_all
from .models import Offer, WaitingPatient, Wish


@dataclass(frozen=True, slots=True)
class Standing:
    """As they are stored now."""

    wish: Wish
    offer: Offer
    waiting: WaitingPatient


def find_standing(context: Context, wish_id: str, offer_id: str) -> Standing | None:
    """None without such a wish or offer. A BatchGet, then a GetItem."""
    keys = Wish.key(context.practice_id, wish_id), Offer.key(context.practice_id, wish_id, offer_id)
    wish, offer = map(find_many(keys, consistent=True).get, keys)
    if not isinstance(wish, Wish) or not isinstance(offer, Offer):
        return None
    context.concerns(wish.patient_id)
    key = WaitingPatient.key(context.practice_id, wish.patient_id)
    return Standing(wish, offer, find(WaitingPatient, key) or WaitingPatient(*key))


def read_standing(context: Context, wish_id: str, offer_id: str) -> Standing:
    """NotFound without such a wish or offer, and for one where the caller does not work."""
    found = find_standing(context, wish_id, offer_id)
    if found is None or not context.allows_at(found.offer.location_id):
        raise NotFound
    return found


def wishes_of(context: Context, patient_id: str) -> list[Wish]:
    """All of a patient's, past ones too, as the table has them."""
    rows = query_all(Wish.of_patient(context.practice_id, patient_id), index="gs2")
    found = find_many((row.item_key for row in rows), consistent=True).values()
    return [each for each in found if isinstance(each, Wish)]
