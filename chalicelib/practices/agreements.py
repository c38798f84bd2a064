"""The business associate agreement: no patient's data before the owner has accepted it."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

from ..platform.context import Context
from ..platform.store import find, get, query_all
from .agreement_versions import VERSIONS, AgreementVersion, current, holds
from .errors import AgreementNotAccepted, AgreementSuperseded
from .models import AgreementAcceptance, Practice
from .schemas import AgreementAccepted

_TEXTS = Path(__file__).parent / "agreement_texts"


class Shown(NamedTuple):
    """A version with its text, and its acceptance if there is one."""

    version: AgreementVersion
    text: str
    current: bool
    accepted: AgreementAcceptance | None


def demand_agreement(context: Context) -> None:
    """AgreementNotAccepted (409) unless the owner has accepted a version that still holds.

    It stands before a new patient alone: nothing that is there is ever locked by it.
    """
    if not is_agreed(context):
        raise AgreementNotAccepted


def is_agreed(context: Context) -> bool:
    """Whether the owner has accepted a version that still holds."""
    return holds(context.tenant.agreement, context.today())


def list_agreements(context: Context) -> list[Shown]:
    """Every version published so far, oldest first."""
    found = query_all(Practice.key(context.practice_id).pk, begins="agreement#")
    accepted = {record.sk: record for record in found}
    now = current(context.today())
    return [
        _shown(context, version, now, accepted)
        for version in VERSIONS
        if version.published <= now.published
    ]


def accept_agreement(context: Context, body: AgreementAccepted) -> Shown:
    """Accept the current version; accepting it again changes nothing.

    AgreementSuperseded (409) for another version, or for a text that is not the one published.
    """
    now = current(context.today())
    if (body.agreement, body.sha256) != (now.version, now.sha256):
        raise AgreementSuperseded
    key = AgreementAcceptance.key(context.practice_id, now.version)
    accepted = find(AgreementAcceptance, key)
    if accepted is None:
        accepted = AgreementAcceptance(
            *key,
            sha256=now.sha256,
            user_id=context.actor.id,
            accepted_at=context.now(),
            source_ip=context.source or None,
        )
        practice = get(Practice, Practice.key(context.practice_id))
        practice.agreement = now.version
        context.work.create(accepted)
        context.work.save(practice)
    return _shown(context, now, now, {accepted.sk: accepted})


@cache
def text_of(version: str) -> str:
    """The text of a version as it is shipped."""
    return (_TEXTS / f"{version}.txt").read_text(encoding="utf-8")


def _shown(
    context: Context,
    version: AgreementVersion,
    now: AgreementVersion,
    accepted: dict[str, AgreementAcceptance],
) -> Shown:
    key = AgreementAcceptance.key(context.practice_id, version.version)
    return Shown(version, text_of(version.version), version == now, accepted.get(key.sk))
