"""An owner's offer to hand the practice over."""

from pynamodb.attributes import UnicodeAttribute

from ...platform.store import InstantAttribute, Key, Record, join


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
