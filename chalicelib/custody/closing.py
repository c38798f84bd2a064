"""Closing a practice: a time of grace, a custodian who has the records, and then nothing is left.

Nothing is destroyed before the custodian has confirmed that they hold the final export (45 CFR
164.504(e)(2)(ii)(J)).
"""

from datetime import timedelta

from ..identity.errors import LinkSpent
from ..identity.links import spend_link
from ..identity.models import Link
from ..platform import outbox
from ..platform.context import CLOSED, CLOSING, Context, SystemContext
from ..platform.due import clear_due, set_due
from ..platform.errors import NotFound, invalid_field
from ..platform.events import Event
from ..platform.identifiers import is_email
from ..platform.store import find, get
from ..practices.models import ACTIVE, Practice
from .errors import GraceOver, NotOpen
from .exporting import start_export
from .models import ENDED, RUNNING, Closing, Export
from .requesting import new_export
from .schemas import ClosingBody, ReceiptBody
from .sealing import is_public_key

GRACE = timedelta(days=30)
LINK_LIVES = timedelta(days=365)
RECEIPT = "custodian_receipt"
DUE = "closing_grace"


def close_practice(context: SystemContext, body: ClosingBody) -> Closing:
    """Close the practice; from now on it is read only, and its final export is written.

    For thirty days an owner may think better of it. Of one that closes or is closed, another
    custodian takes the place of the one named before: a new final export, a new confirmation.
    NotOpen (409) for any other; Invalid (422) naming a name, e-mail or key that is wrong.
    """
    practice = get(Practice, Practice.key(context.practice_id))
    _check(practice, body)
    if practice.status in (CLOSING, CLOSED):
        return _named_anew(context, body)
    if practice.status != ACTIVE:
        raise NotOpen
    export = new_export(context)
    export.approved_by, export.approved_at = context.actor.id, context.now()
    closing = Closing(
        *Closing.key(context.practice_id),
        requested_by=context.actor.id,
        requested_at=context.now(),
        grace_until=context.now() + GRACE,
        custodian=body.custodian.custodian(),
        export_id=export.id,
        link_id=context.new_id("lnk"),
    )
    set_due(closing, DUE, closing.grace_until)
    practice.status = CLOSING
    context.work.save(practice, refusal=NotOpen())
    context.work.create(closing, unless=Closing.link_id.exists())
    start_export(context, export)
    context.work.create(export)
    context.work.create(_link(context, closing))
    return closing


def hand_over_anew(context: Context, closing: Closing) -> Link:
    """Stage a new final export in place of the one before, which is given up if it is under way.

    The custodian confirms anew; the caller stages the link, which is no record of the practice.
    """
    before = find(Export, Export.key(context.practice_id, closing.export_id))
    if before is not None and before.state == RUNNING:
        before.state = ENDED
        context.work.save(before)
    export = new_export(context)
    export.approved_by, export.approved_at = closing.requested_by, context.now()
    closing.export_id, closing.link_id = export.id, context.new_id("lnk")
    closing.received_at = closing.received_sha256 = None
    start_export(context, export)
    context.work.create(export)
    context.work.save(closing)
    return _link(context, closing)


def _named_anew(context: SystemContext, body: ClosingBody) -> Closing:
    closing = read_closing(context)
    closing.custodian = body.custodian.custodian()
    context.work.create(hand_over_anew(context, closing))
    return closing


def read_closing(context: Context) -> Closing:
    """NotFound while the practice does not close."""
    return get(Closing, Closing.key(context.practice_id))


def cancel_closing(context: Context) -> None:
    """Go on as before. GraceOver (409) once the thirty days are over."""
    closing = read_closing(context)
    practice = get(Practice, Practice.key(context.practice_id))
    if practice.status not in (ACTIVE, CLOSING) or closing.grace_until <= context.now():
        raise GraceOver
    practice.status = ACTIVE
    context.work.save(practice, refusal=GraceOver())
    context.work.remove(closing, refusal=GraceOver())


def end_grace(context: Context, closing: Closing) -> None:
    """The thirty days are over: the practice is closed."""
    practice = get(Practice, Practice.key(context.practice_id))
    clear_due(closing)
    context.work.save(closing)
    if practice.status == CLOSING:
        practice.status = CLOSED
        context.work.save(practice)


def tell_custodian(context: Context, event: Event) -> None:
    """Once the final export can be fetched, the custodian gets the link by which to confirm it."""
    closing = find(Closing, Closing.key(context.practice_id))
    if closing is not None and closing.export_id == event.subject:
        outbox.publish(context, "identity.link_made", closing.link_id, 1, purpose=RECEIPT)


def confirm_receipt(context: SystemContext, body: ReceiptBody) -> Closing:
    """The custodian has the final export: they name the SHA-256 of its manifest.

    LinkSpent (422); Invalid (422) naming a hash that is another's.
    """
    link = spend_link(context, body.token, purpose=RECEIPT)
    with context.entering(link.practice_id, f"custodian:{link.id}"):
        closing = find(Closing, Closing.key(link.practice_id))
        if closing is None or closing.link_id != link.id:
            raise LinkSpent
        export = find(Export, Export.key(link.practice_id, closing.export_id))
    if export is None:
        raise NotFound
    if export.manifest_sha256 != body.manifest_sha256:
        raise invalid_field("manifest_sha256", "differs", "Not the hash of the final export")
    closing.received_at, closing.received_sha256 = context.now(), body.manifest_sha256
    context.work.save(closing)
    return closing


def _check(practice: Practice, body: ClosingBody) -> None:
    if body.practice_name != practice.name:
        raise invalid_field("practice_name", "differs", "Type the practice's name as it is")
    if not is_email(body.custodian.email):
        raise invalid_field("custodian.email", "bad_email", "Not an e-mail address")
    key = body.custodian.public_key
    if key is not None and not is_public_key(key):
        raise invalid_field("custodian.public_key", "bad_key", "An X25519 public key, as PEM")


def _link(context: Context, closing: Closing) -> Link:
    return Link(
        *Link.key(closing.link_id),
        purpose=RECEIPT,
        email=closing.custodian.email,
        practice_id=context.practice_id,
        ends_at=context.now() + LINK_LIVES,
    )
