"""A practice's page for booking: set up by staff; its address is the practice's alone."""

from ..patients.models import Patient
from ..platform.context import Context, SystemContext
from ..platform.errors import FieldError, Invalid, Stale, invalid_field
from ..platform.store import Key, Record, find, find_many
from ..practices.models import Practitioner
from .errors import SlugTaken
from .models import BookingPage, PracticeSlug, Segment, Shown
from .schemas import BookingPageBody, SegmentValue


def read_page(context: Context) -> BookingPage:
    """The page; one that is off, at version 0, before it is first set."""
    key = BookingPage.key(context.practice_id)
    return find(BookingPage, key, consistent=True) or BookingPage(*key, slug=None)


def set_page(context: SystemContext, body: BookingPageBody) -> BookingPage:
    """Replace all of it. SlugTaken (409); Invalid (422) naming a practitioner or a patient who is not
    there, twice the same, or a segment that ends before it begins. Stale (412).
    """
    page = context.matching(read_page(context))
    _refuse_twice(body)
    _refuse_unknown(context, body)
    _claim(context, page, body.slug)
    page.slug, page.enabled = body.slug, body.enabled
    page.hold_minutes, page.new_patients = body.hold_minutes, body.new_patients
    page.most_upcoming = body.most_upcoming
    page.segments = tuple(_segment(at, each) for at, each in enumerate(body.segments))
    page.practitioners = tuple(Shown(**each.model_dump()) for each in body.practitioners)
    page.blocked = set(body.blocked_patient_ids) or None
    page.policy = body.policy or None
    if page.version == 0:
        context.work.create(page, refusal=Stale())
    else:
        context.work.save(page)
    return page


def _claim(context: SystemContext, page: BookingPage, slug: str) -> None:
    """The old address is free for others as soon as the new one is claimed.

    An imported practice has its page, and claims its address here when it first sets it.
    """
    known = find(PracticeSlug, PracticeSlug.key(slug), consistent=True)
    if known is not None and known.practice_id == context.practice_id:
        return
    claim = PracticeSlug(*PracticeSlug.key(slug), practice_id=context.practice_id)
    context.work.create(claim, refusal=SlugTaken(errors=(_taken(slug),)))
    old = find(PracticeSlug, PracticeSlug.key(page.slug or ""), consistent=True)
    if old is not None and old.practice_id == context.practice_id:
        context.work.remove(old)


def _taken(slug: str) -> FieldError:
    return FieldError("slug", "slug_taken", f"Another practice has {slug}")


def _refuse_twice(body: BookingPageBody) -> None:
    named = [each.practitioner_id for each in body.practitioners]
    if len(set(named)) < len(named):
        raise invalid_field("practitioners", "named_twice", "One of them is named twice")


def _refuse_unknown(context: Context, body: BookingPageBody) -> None:
    practice_id = context.practice_id
    named: dict[str, tuple[type[Record], Key]] = {
        f"practitioners.{at}.practitioner_id": (
            Practitioner,
            Practitioner.key(practice_id, each.practitioner_id),
        )
        for at, each in enumerate(body.practitioners)
    }
    named |= {
        f"blocked_patient_ids.{at}": (Patient, Patient.key(practice_id, each))
        for at, each in enumerate(body.blocked_patient_ids)
    }
    found = find_many({key for _, key in named.values()})
    wrong = tuple(
        FieldError(field, "not_found", "No such record in this practice")
        for field, (kind, key) in named.items()
        if not isinstance(found.get(key), kind)
    )
    if wrong:
        raise Invalid("Something the page names is not there", errors=wrong)


def _segment(at: int, value: SegmentValue) -> Segment:
    if value.ends <= value.starts:
        raise invalid_field(f"segments.{at}.ends", "before_starts", "It ends before it begins")
    return Segment(value.starts, value.ends, value.most)
