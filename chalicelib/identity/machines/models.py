"""What is stored of a machine client."""

from datetime import datetime, timedelta

from pynamodb.attributes import UnicodeAttribute, UnicodeSetAttribute

from ...platform.store import IdInKey, InstantAttribute, Key, Record, join


class ApiKey(Record):
    """A machine client of a practice. Of its secret only the SHA-256 is here."""

    KIND = "api_key"

    id = IdInKey("key")
    name = UnicodeAttribute()
    scopes = UnicodeSetAttribute()
    created_by = UnicodeAttribute()
    secret_sha256 = UnicodeAttribute()
    sources = UnicodeSetAttribute(null=True)
    ends_at = InstantAttribute()
    revoked_at = InstantAttribute(null=True)
    last_used_at = InstantAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, key_id: str) -> Key:
        """`prc_1#` / `api-key#key_2#`: all of a practice's in one Query."""
        return Key(join(practice_id), join("api-key", key_id))

    def is_live(self, now: datetime) -> bool:
        return not self.revoked_at and now < self.ends_at

    def end(self, at: datetime, *, kept: timedelta) -> None:
        """Good until `at`; the table forgets it when it has been over for `kept`."""
        self.ends_at = at
        self.expires_at = int((at + kept).timestamp())
