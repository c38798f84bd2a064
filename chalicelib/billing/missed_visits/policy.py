"""The practice's policy on missed visits: set, and the one that a visit was booked under."""

from datetime import datetime

from ...platform.context import Context
from ...platform.errors import FieldError, Invalid, Stale
from ...platform.store import find, find_many, query_all
from ...scheduling.set_up.models import AppointmentType
from ..ledger import minor_of
from .models import MissedVisitPolicy
from .schemas import MissedVisitPolicyBody
from .terms import Terms, TypeFees


def read_policy(context: Context) -> MissedVisitPolicy:
    """The one that holds; before any was set, version 0, which charges nothing."""
    key = MissedVisitPolicy.key(context.practice_id)
    stored = find(MissedVisitPolicy, key, consistent=True)
    return stored or MissedVisitPolicy(*key, since=context.now(), terms=Terms())


def change_policy(context: Context, body: MissedVisitPolicyBody) -> MissedVisitPolicy:
    """Another policy from now on; what is booked already stays under the one it was booked under.

    Invalid (422) names an appointment type that is not there, or stands twice.
    """
    policy = context.matching(read_policy(context))
    terms = _terms(context, body)
    if policy.version:
        key = MissedVisitPolicy.former_key(context.practice_id, policy.version)
        context.work.create(
            MissedVisitPolicy(*key, since=policy.since, terms=policy.terms), refusal=Stale()
        )
    policy.since = context.now()
    policy.terms = terms
    if policy.version:
        context.work.save(policy)
    else:
        context.work.create(policy, refusal=Stale())
    return policy


def terms_at(context: Context, booked_at: datetime) -> Terms | None:
    """What held when a visit was booked; None where nothing did. One Query.

    A visit knows its second: what was booked within that of a change is under the former policy.
    """
    stored = query_all(MissedVisitPolicy.partition(context.practice_id), consistent=True)
    held = [each for each in stored if each.since < booked_at]
    newest = max(held, key=lambda each: each.since, default=None)
    return None if newest is None else newest.terms


def _terms(context: Context, body: MissedVisitPolicyBody) -> Terms:
    _refuse_types(context, [each.type_id for each in body.types])
    return Terms(
        late_cancel=minor_of(context, body.late_cancel),
        no_show=minor_of(context, body.no_show),
        types=tuple(
            TypeFees(
                each.type_id, minor_of(context, each.late_cancel), minor_of(context, each.no_show)
            )
            for each in body.types
        ),
        forgiven=body.forgiven,
        exempt_reasons=tuple(sorted({each.value for each in body.exempt_reasons})),
        exempt_payers=tuple(sorted(set(body.exempt_payers))),
    )


def _refuse_types(context: Context, type_ids: list[str]) -> None:
    keys = [AppointmentType.key(context.practice_id, each) for each in type_ids]
    found = find_many(set(keys)) if keys else {}
    wrong = tuple(
        FieldError(f"types.{at}.type_id", *why)
        for at, key in enumerate(keys)
        for why in (
            [("not_found", "No such record in this practice")]
            if key not in found
            else [("repeated", "Give it once")]
            if key in keys[:at]
            else []
        )
    )
    if wrong:
        raise Invalid("Something the policy names cannot be", errors=wrong)
