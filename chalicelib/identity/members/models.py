"""An owner's offer to hand the practice over, and how many seats are taken."""

from pynamodb.attributes import UnicodeAttribute

from ...platform.store import InstantAttribute, IntegerAttribute, Key, Record, join


class OwnershipOffer(Record):
    """An owner offers the practice to a member, until `ends_at`. One at a time."""

    KIND = "ownership_offer"

    user_id = UnicodeAttribute()
    by = UnicodeAttribute()
    ends_at = InstantAttribute()

    @classmethod
    def key(cls, practice_id: str) -> Key:
        """`prc_1#` / `ownership-offer#`."""
        return Key(join(practice_id), "ownership-offer#")


class Seats(Record):
    """How many members are invited or active, and the plan that bounds them."""

    KIND = "seats"

    plan = UnicodeAttribute()
    taken = IntegerAttribute()

    @classmethod
    def key(cls, practice_id: str) -> Key:
        """`prc_1#` / `seats#`."""
        return Key(join(practice_id), "seats#")
