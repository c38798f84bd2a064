"""What is stored of a hand-over: who left, what became of each thing, which domains are through."""

from pynamodb.attributes import UnicodeAttribute

from ...platform.store import IdInKey, InstantAttribute, IntegerAttribute, Key, Record, join


class HandOver(Record):
    """What a leaver leaves behind, and to whom; its lines lie beside it."""

    KIND = "hand_over"

    id = IdInKey("hov")
    user_id = UnicodeAttribute()
    successor_id = UnicodeAttribute(null=True)
    practitioner_id = UnicodeAttribute(null=True)
    begun_by = UnicodeAttribute()
    begun_at = InstantAttribute()

    @classmethod
    def key(cls, practice_id: str, hand_over_id: str) -> Key:
        """`prc_1#hand-over#hov_2#` / `hand-over#`."""
        return Key(join(practice_id, "hand-over", hand_over_id), "hand-over#")


class HandOverPart(Record):
    """A domain is through with what is its own."""

    KIND = "hand_over_part"
    BEGINS = "part#"

    domain = UnicodeAttribute()
    at = InstantAttribute()
    moved = IntegerAttribute()
    left = IntegerAttribute()

    @classmethod
    def key(cls, practice_id: str, hand_over_id: str, domain: str) -> Key:
        """`prc_1#hand-over#hov_2#` / `part#clinical#`."""
        return Key(HandOver.key(practice_id, hand_over_id).pk, cls.BEGINS + join(domain))


class HandedOver(Record):
    """One thing of a hand-over: moved, or left behind and why."""

    KIND = "handed_over"
    BEGINS = "item#"

    outcome = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    patient_id = UnicodeAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, hand_over_id: str, subject_id: str) -> Key:
        """`prc_1#hand-over#hov_2#` / `item#apt_3#`."""
        return Key(HandOver.key(practice_id, hand_over_id).pk, cls.BEGINS + join(subject_id))

    @property
    def subject_id(self) -> str:
        return self.sk.removeprefix(self.BEGINS).rstrip("#")
