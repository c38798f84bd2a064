"""What a leaver leaves behind, and what has become of it: the report of a hand-over.

Each domain tells its part: a line a thing, in the transaction that moves it, and a line when it is
through. Signed notes are no part of it: they never change hands.
"""

from dataclasses import dataclass

from ...platform.context import Context
from ...platform.errors import AlreadyDone, NotFound
from ...platform.events import Event
from ...platform.http import PageQuery, open_cursor, seal_cursor
from ...platform.store import get, query, query_all
from ..models import Member
from .models import HandedOver, HandOver, HandOverPart

MOVED, LEFT_BEHIND = "moved", "left"


@dataclass(frozen=True, slots=True)
class Order:
    """What `member.left` says: whose work goes to whom."""

    hand_over_id: str
    leaver_id: str
    successor_id: str | None
    practitioner_ids: tuple[str, ...]
    to_practitioner_id: str | None

    @classmethod
    def of(cls, event: Event) -> "Order":
        data = event.data
        return cls(
            data["hand_over_id"],
            event.subject,
            data.get("successor") or None,
            tuple(filter(None, data.get("practitioners", "").split(","))),
            data.get("to_practitioner") or None,
        )


@dataclass(frozen=True, slots=True)
class Report:
    """A page of the things, with what each domain has told so far."""

    hand_over: HandOver
    parts: list[HandOverPart]
    items: list[HandedOver]
    next_cursor: str | None


def read_hand_over(context: Context, user_id: str, page: PageQuery) -> Report:
    """NotFound for a member who has not left."""
    member = get(Member, Member.key(context.practice_id, user_id))
    if not member.hand_over_id:
        raise NotFound
    head = get(HandOver, HandOver.key(context.practice_id, member.hand_over_id))
    found = query(
        head.pk,
        begins=HandedOver.BEGINS,
        limit=page.limit,
        start=open_cursor(context, page.cursor),
    )
    parts = list(query_all(head.pk, begins=HandOverPart.BEGINS))
    return Report(head, parts, found.records, seal_cursor(context, found.next_key))


def note(
    context: Context, order: Order, subject_id: str, *, reason: str = "", patient_id: str = ""
) -> None:
    """Stage the line of one thing: moved, or left behind for a `reason`."""
    line = HandedOver(
        *HandedOver.key(context.practice_id, order.hand_over_id, subject_id),
        outcome=LEFT_BEHIND if reason else MOVED,
        reason=reason or None,
        patient_id=patient_id or None,
    )
    context.work.create(line, refusal=AlreadyDone(), unless=HandedOver.outcome == LEFT_BEHIND)


def finish(context: Context, order: Order, domain: str, *, things: str) -> None:
    """Stage that the domain is through with its `things` (`apt_…`): how many moved, how many not."""
    partition = HandOver.key(context.practice_id, order.hand_over_id).pk
    lines = query_all(partition, begins=f"{HandedOver.BEGINS}{things}_", consistent=True)
    outcomes = [line.outcome for line in lines]
    key = HandOverPart.key(context.practice_id, order.hand_over_id, domain)
    part = HandOverPart(
        *key,
        domain=domain,
        at=context.now(),
        moved=outcomes.count(MOVED),
        left=outcomes.count(LEFT_BEHIND),
    )
    context.work.create(part, refusal=AlreadyDone())
