"""Whose credentials sign a call: what a practice owns goes under a role session that carries its id.

The guard says, before each call of the table or of S3, whose keys it names. A call of one practice
is signed as the practice role with the session tag `practice`; one that names `sys#` keys beside a
practice's (sign-up, invitations) as the entry role; one of `sys#` alone as the function itself. The
roles' policies (infra/resources.yaml) admit only keys that begin with the tag, so AWS refuses what
the guard would have let through by mistake.
"""

from collections import OrderedDict
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from threading import Lock
from typing import Any, NamedTuple

from botocore.credentials import Credentials, ReadOnlyCredentials

from .aws import AwsError, client
from .clock import Clock, SystemClock
from .config import settings

SYSTEM = "sys"
LIVES = timedelta(hours=1)
"""The longest a session of a role taken from a role may last (IAM, "Role chaining")."""
RENEWED_BEFORE = timedelta(minutes=20)
"""A signed link is good for a quarter of an hour, and no longer than the session that signed it."""
MOST_SESSIONS = 1_000
MOST_PRACTICES = 2
"""In one call: who switches from one practice to another writes to both."""


class Session(NamedTuple):
    """A role and the practices its session is tagged with: what credentials are kept by."""

    role: str
    practices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Held:
    keys: ReadOnlyCredentials
    ends_at: datetime


_owners: ContextVar[frozenset[str]] = ContextVar("owners_of_the_call", default=frozenset())


def sign_for(owners: Iterable[str]) -> None:
    """The next call of this thread names keys of these owners: practices, `sys`."""
    _owners.set(frozenset(owners))


def session_for(owners: Iterable[str]) -> Session | None:
    """The session a call of these owners is signed with; None for the function's own role."""
    named = frozenset(owners)
    practices = tuple(sorted(named - {SYSTEM}))
    if not practices:
        return None
    if len(practices) > MOST_PRACTICES:
        raise ValueError(f"one call names keys of {len(practices)} practices")
    entering = SYSTEM in named or len(practices) > 1
    return Session(settings().entry_role if entering else settings().practice_role, practices)


class AssumedRoles:
    """The credentials of role sessions, each kept until shortly before it ends.

    One renewal at a time; while it is under way, and if it fails, credentials that still hold serve
    on. The session not used for longest is forgotten beyond `most`.
    """

    def __init__(self, clock: Clock, *, most: int = MOST_SESSIONS) -> None:
        self._clock = clock
        self._most = most
        self._held: OrderedDict[Session, _Held] = OrderedDict()
        self._books, self._renewing = Lock(), Lock()

    def keys_of(self, session: Session) -> ReadOnlyCredentials:
        """Its access key. ClientError or BotoCoreError if STS gives none."""
        held = self._find(session)
        if held is None or self._clock.now() >= held.ends_at:
            with self._renewing:
                held = self._find(session)
                if held is None or self._clock.now() >= held.ends_at:
                    held = self._renewed(session)
        elif self._is_ending(held) and self._renewing.acquire(blocking=False):
            try:
                held = self._renewed(session)
            except AwsError:
                return held.keys
            finally:
                self._renewing.release()
        return held.keys

    def _find(self, session: Session) -> _Held | None:
        with self._books:
            if session in self._held:
                self._held.move_to_end(session)
            return self._held.get(session)

    def _is_ending(self, held: _Held) -> bool:
        return self._clock.now() >= held.ends_at - RENEWED_BEFORE

    def _renewed(self, session: Session) -> _Held:
        answer = client("sts").assume_role(**_asked(session))["Credentials"]
        keys = ReadOnlyCredentials(
            answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"]
        )
        held = _Held(keys, answer["Expiration"])
        with self._books:
            self._held[session] = held
            self._held.move_to_end(session)
            if len(self._held) > self._most:
                self._held.popitem(last=False)
        return held


@cache
def assumed_roles() -> AssumedRoles:
    """The process's. Sessions end by the machine's clock, whatever the product's says."""
    return AssumedRoles(SystemClock())


class ScopedCredentials(Credentials):
    """Credentials of one client that are, for each call, those of the owners of its keys."""

    def __init__(self, own: Any) -> None:
        self._own = own
        self.method, self.account_id = "careloom", None

    @property
    def access_key(self) -> str:
        return str(self.get_frozen_credentials().access_key)

    @property
    def secret_key(self) -> str:
        return str(self.get_frozen_credentials().secret_key)

    @property
    def token(self) -> str:
        return str(self.get_frozen_credentials().token)

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        """What the call under way is signed with."""
        session = session_for(_owners.get())
        if session is None:
            own: ReadOnlyCredentials = self._own.get_frozen_credentials()
            return own
        return assumed_roles().keys_of(session)


def sign_by_owner(session: Any) -> None:
    """The clients made of this botocore session sign each call for the owners of its keys."""
    session._credentials = ScopedCredentials(session.get_credentials())  # as its set_credentials


def _asked(session: Session) -> dict[str, Any]:
    """What STS is asked. The entry role always carries two tags, be they of one practice."""
    first, second = (*session.practices, *session.practices)[:2]
    tags = [{"Key": "practice", "Value": first}]
    if session.role == settings().entry_role:
        tags.append({"Key": "second", "Value": second})
    return {
        "RoleArn": session.role,
        "RoleSessionName": first,
        "DurationSeconds": int(LIVES.total_seconds()),
        "Tags": tags,
        "TransitiveTagKeys": [tag["Key"] for tag in tags],
    }
