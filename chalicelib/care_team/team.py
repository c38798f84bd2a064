"""The care team of a patient: who is on it, joining it, and what it takes to mark a record."""

from collections.abc import Collection
from typing import Any, Protocol

from ..identity.members.holders import holders_of
from ..identity.permissions import Permission
from ..patients.registration import read_patient
from ..platform import outbox
from ..platform.context import Context
from ..platform.errors import FieldError, Invalid
from ..platform.store import find
from .errors import CareTeamChanged, NotOnCareTeam, OnCareTeam, OwnMembership
from .membership import TeamMember, is_on_team
from .models import CareTeam
from .schemas import CareTeamBody, JoinBody, TeamMemberBody


class Tagged(Protocol):
    """A record that may be marked as sensitive."""

    sensitivity: Any


TREATING = "treating"


def read_team(context: Context, patient_id: str) -> CareTeam:
    """The team, empty and at version 0 while there is none. NotFound for the patient."""
    read_patient(context, patient_id)
    return find_team(context, patient_id)


def change_team(context: Context, patient_id: str, body: CareTeamBody) -> CareTeam:
    """Replace the members. NotOnCareTeam (403) for who is not one; OwnMembership (403).

    Invalid naming a member who is not there, may read no chart, or is named twice.
    """
    team = context.matching(read_team(context, patient_id))
    if not is_on_team(team.members, context.actor.id, context.now()):
        raise NotOnCareTeam
    known = {each.user_id: each for each in team.members}
    _demand_members(context, body, known)
    members = tuple(_placed(context, each, known.get(each.user_id)) for each in body.members)
    own = known[context.actor.id]
    if any(each.user_id == own.user_id and each != own for each in members):
        raise OwnMembership
    team.members = members
    stage_team(context, team)
    return team


def join_team(context: Context, patient_id: str, body: JoinBody) -> CareTeam:
    """Add oneself, for a reason that is kept; a task asks for its review. OnCareTeam (409)."""
    team, now, user_id = read_team(context, patient_id), context.now(), context.actor.id
    if is_on_team(team.members, user_id, now):
        raise OnCareTeam
    context.concerns(patient_id)
    context.trace.why = "care_team"
    others = tuple(each for each in team.members if each.user_id != user_id)
    joining = TeamMember(user_id, body.role, now, added_by=user_id, reason=body.reason)
    team.members = (*others, joining)
    stage_team(context, team)
    outbox.publish(
        context,
        "task.wanted",
        patient_id,
        team.version,
        queue="privacy",
        kind="care_team_review",
        patient_id=patient_id,
        about=user_id,
    )
    return team


def tag(
    context: Context,
    patient_id: str,
    record: Tagged,
    tags: Collection[str] | None,
    *,
    practitioner: str | None = None,
) -> None:
    """Give a record these tags; None leaves those it has. The caller stages the record.

    NotOnCareTeam (403): only who is on the team marks and unmarks, and a break-glass does not
    make one of it. The encounter's practitioner, by user, comes onto the team with its first tag.
    """
    if tags is None or set(tags) == (record.sensitivity or set()):
        return
    team = find_team(context, patient_id)
    if practitioner and not is_on_team(team.members, practitioner, context.now()):
        others = tuple(each for each in team.members if each.user_id != practitioner)
        seen = TeamMember(practitioner, TREATING, context.now(), added_by=context.actor.id)
        team.members = (*others, seen)
        stage_team(context, team)
    if not is_on_team(team.members, context.actor.id, context.now()):
        raise NotOnCareTeam
    record.sensitivity = set(tags) or None


def find_team(context: Context, patient_id: str) -> CareTeam:
    """The team as it is stored, or an empty one at version 0."""
    context.concerns(patient_id)
    key = CareTeam.key(context.practice_id, patient_id)
    return find(CareTeam, key, consistent=True) or CareTeam(*key)


def stage_team(context: Context, team: CareTeam) -> None:
    """Write it, without the break-glasses that are over. CareTeamChanged (409)."""
    team.openings = tuple(each for each in team.openings if context.now() < each.until)
    if team.version:
        context.work.save(team, refusal=CareTeamChanged())
    else:
        context.work.create(team, refusal=CareTeamChanged())


def _placed(context: Context, body: TeamMemberBody, known: TeamMember | None) -> TeamMember:
    """A member's place: as it is where nothing of it changes, else anew from now."""
    if known and (known.role, known.until) == (body.role, body.until):
        return known
    return TeamMember(body.user_id, body.role, context.now(), body.until, context.actor.id)


def _demand_members(context: Context, body: CareTeamBody, known: Collection[str]) -> None:
    ids = [each.user_id for each in body.members]
    strangers = [each for each in ids if each not in known]
    found = holders_of(context, Permission.READ_CHART, strangers)
    wrong = [
        FieldError(f"members.{at}.user_id", code, text)
        for at, each in enumerate(ids)
        for holds, code, text in (
            (each in found or each in known, "not_found", "Nobody here who reads charts"),
            (each not in ids[:at], "repeated", "Name each member once"),
        )
        if not holds
    ]
    if wrong:
        raise Invalid("Some members cannot be on the team", errors=tuple(wrong))
