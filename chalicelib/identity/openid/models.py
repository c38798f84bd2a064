"""A practice's own identity provider, and whom it knows there."""

from pynamodb.attributes import UnicodeAttribute

from ...platform.keyring import token
from ...platform.store import Key, Record, join


class IdentityProvider(Record):
    """By which OpenID provider the members of a practice may sign in.

    `provider_id` is new with each set-up, so that who was linked by an earlier one is not any more.
    """

    KIND = "identity_provider"

    provider_id = UnicodeAttribute()
    issuer = UnicodeAttribute()
    client_id = UnicodeAttribute()
    sealed_secret = UnicodeAttribute()
    email_domain = UnicodeAttribute()

    @classmethod
    def key(cls, practice_id: str) -> Key:
        """`prc_1#` / `identity_provider#`."""
        return Key(join(practice_id), "identity_provider#")


class ProviderSubject(Record):
    """Which member someone is at the practice's provider; found by what the provider calls them."""

    KIND = "provider_subject"

    user_id = UnicodeAttribute()

    @classmethod
    def key(cls, practice_id: str, provider: IdentityProvider, subject: str) -> Key:
        """`prc_1#provider_subjects#` / `subject#<HMAC of set-up, issuer and subject>#`."""
        mark = token("provider_subject", provider.provider_id, provider.issuer, subject)
        return Key(join(practice_id, "provider_subjects"), join("subject", mark))


class ProviderMember(Record):
    """That a member is linked: a second subject with their address is somebody else."""

    KIND = "provider_member"

    @classmethod
    def key(cls, practice_id: str, provider: IdentityProvider, user_id: str) -> Key:
        """`prc_1#provider_subjects#` / `member#idp_2#usr_3#`."""
        own = join("member", provider.provider_id, user_id)
        return Key(join(practice_id, "provider_subjects"), own)


class SpentState(Record):
    """A sign-in by a provider that has been finished: its state is good once."""

    KIND = "spent_state"

    @classmethod
    def key(cls, practice_id: str, attempt: str) -> Key:
        """`prc_1#spent_state#<32 hex>#` / `spent_state#`."""
        return Key(join(practice_id, "spent_state", attempt), "spent_state#")
