"""Destroying, slice by slice: count, rows, files, then a look that nothing is left, and a certificate.

What is counted before the first row goes is what the certificate states, so that a death in
between falsifies no number. Destroying is idempotent: a slice that comes again finds less to do.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from ..claims.models import Claim
from ..identity.models import Link
from ..platform import outbox
from ..platform.clock import monotonic
from ..platform.context import ERASED, Context
from ..platform.events import Event
from ..platform.store import (
    Key,
    Record,
    Row,
    UnitOfWork,
    destroy_rows,
    find,
    get,
    query_all,
    sweep_page,
    system_scope,
)
from ..practices.models import Practice
from .closing import hand_over_anew
from .erasures import STEP, give_up, may_still_go
from .keeping import belongs_to, why_it_stays
from .kinds import HANDED_OVER
from .models import DONE, RUNNING, Closing, Erasure, Export
from .stored_files import PLACES, SENT_TO, destroy_under, destroy_versions, versions_page

SLICE_SECONDS = 20.0
BACKUPS_LAST = timedelta(days=35)
"""Point-in-time recovery of the table (infra/resources.yaml); versions of files are destroyed at once."""
CERTIFICATE = "erasure_certificate"


def erase_slice(context: Context, event: Event) -> None:
    """The next slice of an erasure."""
    erasure = find(Erasure, Key(Erasure.key(context.practice_id).pk, event.subject))
    if erasure is None or erasure.state != RUNNING or erasure.step != int(event.data["step"]):
        return
    if (
        erasure.patient_id
        and erasure.phase == "count"
        and not may_still_go(context, erasure.patient_id)
    ):
        give_up(context, erasure)
    else:
        _PHASES[erasure.phase](context, erasure)
    erasure.step += 1
    context.work.save(erasure)
    if erasure.state == RUNNING:
        outbox.publish(context, STEP, erasure.sk, erasure.version, step=str(erasure.step))


def _count(context: Context, erasure: Erasure) -> None:
    found, kept = Counter(erasure.found), Counter(erasure.kept)
    for rows in _pages(context, erasure):
        for row in rows:
            stays = why_it_stays(row, context.today())
            (found if stays is None else kept)[row["kind"]["S"]] += 1
    erasure.found, erasure.kept = dict(found), dict(kept)
    if erasure.position is not None:
        return
    erasure.phase = "rows"
    closing = None if erasure.patient_id else find(Closing, Closing.key(context.practice_id))
    if closing is not None and _has_grown(context, closing, found):
        give_up(context, erasure)
        _by_itself(hand_over_anew(context, closing))


def _has_grown(context: Context, closing: Closing, found: Counter[str]) -> bool:
    """Whether there is more of anything than the custodian has confirmed: it came after that export."""
    export = get(Export, Export.key(context.practice_id, closing.export_id))
    confirmed = export.counts or {}
    return any(n > confirmed.get(kind, 0) for kind, n in found.items() if kind in HANDED_OVER)


def _destroy_rows(context: Context, erasure: Erasure) -> None:
    for rows in _pages(context, erasure):
        going = [row for row in rows if why_it_stays(row, context.today()) is None]
        if erasure.patient_id:
            erasure.versions += _destroy_sent(context, going)
            destroy_rows(context.practice_id, _bodies_of_claims(going))
        destroy_rows(context.practice_id, map(_key, going))
    if erasure.position is None:
        erasure.phase = "check" if erasure.patient_id else "files"


def _destroy_files(context: Context, erasure: Erasure) -> None:
    """Every version and delete marker. Counted as they go: a death may count some of them twice."""
    deadline = monotonic() + SLICE_SECONDS
    for place in PLACES:
        while versions := versions_page(context, place):
            destroy_versions(place, versions)
            erasure.versions += len(versions)
            if monotonic() > deadline:
                return
    erasure.phase = "check"


def _check(context: Context, erasure: Erasure) -> None:
    """Look at everything again; what is found begins the work anew, nothing ends it."""
    for rows in _pages(context, erasure):
        if any(why_it_stays(row, context.today()) is None for row in rows):
            erasure.phase, erasure.position = "rows", None
            return
    if erasure.position is not None:
        return
    if not erasure.patient_id and any(versions_page(context, place, limit=1) for place in PLACES):
        erasure.phase = "files"
        return
    erasure.state, erasure.done_at = DONE, context.now()
    erasure.backups_until = context.now() + BACKUPS_LAST
    if not erasure.patient_id:
        _leave_a_stone(context)
        _mail_certificate(context, erasure)


_PHASES = {"count": _count, "rows": _destroy_rows, "files": _destroy_files, "check": _check}


def _pages(context: Context, erasure: Erasure) -> Iterator[list[Row]]:
    """What is concerned, page by page from `position`, for the time of a slice."""
    deadline = monotonic() + SLICE_SECONDS
    while True:
        page = sweep_page(context.practice_id, start=erasure.position)
        rows = page.rows
        if erasure.patient_id:
            rows = [row for row in rows if belongs_to(row, erasure.patient_id)]
        yield rows
        erasure.position = page.next_key
        if erasure.position is None or monotonic() > deadline:
            return


def _destroy_sent(context: Context, rows: list[Row]) -> int:
    """Every version of the files in which the claims among `rows` were sent; how many."""
    claims = [Record.from_raw_data(row) for row in rows if row["kind"]["S"] == Claim.KIND]
    return sum(
        destroy_under(context, place, f"{folder}{claim.number}-")
        for claim in claims
        if isinstance(claim, Claim)
        for place, folder in SENT_TO
    )


def _bodies_of_claims(rows: list[Row]) -> list[Key]:
    """What lies beside a claim names no patient: it goes first, or nobody would find it again."""
    partitions = {row["pk"]["S"] for row in rows if row["kind"]["S"] == Claim.KIND}
    return [
        each.item_key
        for partition in partitions
        for each in query_all(partition, consistent=True)
        if each.kind != Claim.KIND
    ]


def _leave_a_stone(context: Context) -> None:
    """The practice's own record stays, emptied to its name: whose audit this is."""
    practice = find(Practice, Practice.key(context.practice_id), consistent=True)
    if practice is not None:
        for name, attribute in Practice.get_attributes().items():
            if attribute.null:
                setattr(practice, name, None)
        practice.status = ERASED
        context.work.save(practice)


def _mail_certificate(context: Context, erasure: Erasure) -> None:
    """The custodian gets a link to the certificate."""
    link = Link(
        *Link.key(context.new_id("lnk")),
        purpose=CERTIFICATE,
        email=erasure.custodian_email,
        practice_id=context.practice_id,
        ends_at=context.now() + timedelta(days=365),
    )
    _by_itself(link)
    outbox.publish(context, "identity.link_made", link.id, 1, purpose=CERTIFICATE)


def _by_itself(link: Link) -> None:
    """A link lies under `sys#`: it is made before the slice is committed, and one too many is harmless."""
    work = UnitOfWork()
    work.create(link)
    with system_scope():
        work.commit()


def _key(row: Row) -> Key:
    return Key(row["pk"]["S"], row["sk"]["S"])
