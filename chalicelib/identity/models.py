"""People who sign in, where they work, their sessions, and the one-use links we mail."""

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute, UnicodeSetAttribute

from ..platform.keyring import token
from ..platform.store import (
    SYSTEM,
    IdInKey,
    InstantAttribute,
    Key,
    PracticeInKey,
    Record,
    join,
)
from .permissions import Role


class EmailClaim(Record):
    """Makes an e-mail address unique, and finds its user."""

    KIND = "email"

    user_id = UnicodeAttribute()

    @classmethod
    def key(cls, email: str) -> Key:
        """`sys#email#<HMAC of the lower-cased address>#` / `email#`."""
        return Key(join(SYSTEM, "email", token("email", email.casefold())), "email#")


class User(Record):
    """A person. Belongs to no practice; works in one or several.

    `password_short`: below what an account without a second factor needs.
    """

    KIND = "user"

    id = IdInKey("usr")
    email = UnicodeAttribute()
    name = UnicodeAttribute()
    password_hash = UnicodeAttribute(null=True)
    password_short = BooleanAttribute(default=False)
    password_set_at = InstantAttribute(null=True)
    email_verified = BooleanAttribute(default=False)

    @classmethod
    def key(cls, user_id: str) -> Key:
        """`sys#user#usr_1#` / `user#`; the user and their practices are one Query."""
        return Key(join(SYSTEM, "user", user_id), "user#")


class Workplace(Record):
    """A practice that a user is a member of, beside the user: for choosing one at sign-in."""

    KIND = "workplace"

    practice_id = PracticeInKey()
    joined_at = InstantAttribute()

    @classmethod
    def key(cls, user_id: str, practice_id: str) -> Key:
        """`sys#user#usr_1#` / `workplace#prc_2#`."""
        return Key(join(SYSTEM, "user", user_id), join("workplace", practice_id))


class Member(Record):
    """A user in a practice, with roles. Read with every request: a changed role holds at once.

    `roles` are built-in ones by name and the practice's own by id; `invitation` is the link that
    is good while they are invited. Sessions that began before `signed_out_at`, or at that moment, are over.
    """

    KIND = "member"

    user_id = IdInKey("usr")
    name = UnicodeAttribute()
    email = UnicodeAttribute()
    roles = UnicodeSetAttribute()
    status = UnicodeAttribute()
    invitation = UnicodeAttribute(null=True)
    hand_over_id = UnicodeAttribute(null=True)
    locations = UnicodeSetAttribute(null=True)
    signed_out_at = InstantAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, user_id: str) -> Key:
        """`prc_1#` / `member#usr_2#`: all of a practice's in one Query."""
        return Key(join(practice_id), join("member", user_id))

    @property
    def reach(self) -> frozenset[str] | None:
        """The locations they are limited to; an owner never is."""
        limited = self.locations and Role.OWNER not in self.roles
        return frozenset(self.locations) if limited else None


class Session(Record):
    """One sign-in in one practice. `refresh_hash` is of the only refresh token that is good.

    `bearer` is the kind of user whose limits hold (limits.py). `amr`, `signed_in_at` and `mfa_at` say
    how and when the person proved who they are: another practice's session, once switched to, keeps
    them. `provider_id` is of the practice's own identity provider, if that one said so.
    """

    KIND = "session"

    id = IdInKey("ses")
    practice_id = PracticeInKey()
    user_id = UnicodeAttribute()
    refresh_hash = UnicodeAttribute()
    started_at = InstantAttribute()
    seen_at = InstantAttribute()
    ends_at = InstantAttribute()
    mfa_at = InstantAttribute(null=True)
    ended = BooleanAttribute(default=False)
    bearer = UnicodeAttribute(default="staff")
    amr = UnicodeSetAttribute(null=True)
    signed_in_at = InstantAttribute(null=True)
    refreshed_at = InstantAttribute(null=True)
    provider_id = UnicodeAttribute(null=True)
    device = UnicodeAttribute(null=True)
    source_ip = UnicodeAttribute(null=True)
    spared_at = InstantAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, session_id: str) -> Key:
        """`prc_1#session#ses_2#` / `session#`."""
        return Key(join(practice_id, "session", session_id), "session#")


class SessionOfUser(Record):
    """Where a session of a user lies: all of theirs, in whatever practice, are one Query."""

    KIND = "session_of_user"

    id = IdInKey("ses")
    practice_id = UnicodeAttribute()

    @classmethod
    def key(cls, user_id: str, session_id: str) -> Key:
        """`sys#user#usr_1#session#` / `ses_2#`: apart from what each sign-in reads of the user."""
        return Key(join(SYSTEM, "user", user_id, "session"), join(session_id))


class Link(Record):
    """A one-use link we mail: what it is for, whose it is, until when.

    It is a user's, or goes to an address that has no account here (`email`).
    """

    KIND = "link"

    id = IdInKey("lnk")
    purpose = UnicodeAttribute()
    user_id = UnicodeAttribute(null=True)
    email = UnicodeAttribute(null=True)
    practice_id = UnicodeAttribute()
    ends_at = InstantAttribute()
    spent = BooleanAttribute(default=False)

    @classmethod
    def key(cls, link_id: str) -> Key:
        """`sys#link#lnk_1#` / `link#`."""
        return Key(join(SYSTEM, "link", link_id), "link#")
