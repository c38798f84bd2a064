"""Routes of calendar feeds."""

from ..identity.permissions import Permission
from ..platform.context import Context, SystemContext
from ..platform.http import PUBLIC, Document, Routes
from . import reading, service
from .schemas import FeedBody, FeedList, FeedWithUrl

routes = Routes("calendars")
OF_PRACTITIONER = "/v1/practitioners/{practitioner_id}/calendar-feeds"
OF_PATIENT = "/v1/patients/{patient_id}/calendar-feeds"


@routes.get("/v1/calendars/{secret}", permission=PUBLIC, content_type="text/calendar")
def read_calendar(context: SystemContext, secret: str) -> Document:
    """A calendar feed (iCalendar, RFC 5545), for whoever has its URL. 404 for any other."""
    return reading.read_feed(context, secret)


@routes.post(OF_PRACTITIONER, permission=Permission.MANAGE_SCHEDULE, status=201, idempotent=False)
def add_practitioner_feed(context: Context, practitioner_id: str, body: FeedBody) -> FeedWithUrl:
    """A feed of a practitioner's visits, to give to them; `url` is shown this once. 409 `too_many_feeds`.

    It ends with their membership.
    """
    return FeedWithUrl.of(*service.add_practitioner_feed(context, practitioner_id, body))


@routes.get(OF_PRACTITIONER, permission=Permission.MANAGE_SCHEDULE)
def list_practitioner_feeds(context: Context, practitioner_id: str) -> FeedList:
    """A practitioner's feeds; never their URLs."""
    found = service.feeds_of_practitioner(context, practitioner_id)
    return FeedList.model_validate({"items": found})


@routes.delete(f"{OF_PRACTITIONER}/{{feed_id}}", permission=Permission.MANAGE_SCHEDULE)
def revoke_practitioner_feed(context: Context, practitioner_id: str, feed_id: str) -> None:
    """Revoke a feed: its URL opens nothing from now on."""
    service.revoke_practitioner_feed(context, practitioner_id, feed_id)


@routes.post(OF_PATIENT, permission=Permission.BOOK_APPOINTMENT, status=201, idempotent=False)
def add_patient_feed(context: Context, patient_id: str, body: FeedBody) -> FeedWithUrl:
    """A feed of a patient's visits, to give to them; `url` is shown this once. 409 `too_many_feeds`."""
    return FeedWithUrl.of(*service.add_patient_feed(context, patient_id, body))


@routes.get(OF_PATIENT, permission=Permission.READ_SCHEDULE)
def list_patient_feeds(context: Context, patient_id: str) -> FeedList:
    """A patient's feeds; never their URLs."""
    found = service.feeds_of_patient(context, patient_id)
    return FeedList.model_validate({"items": found})


@routes.delete(f"{OF_PATIENT}/{{feed_id}}", permission=Permission.BOOK_APPOINTMENT)
def revoke_patient_feed(context: Context, patient_id: str, feed_id: str) -> None:
    """Revoke a feed: its URL opens nothing from now on."""
    service.revoke_patient_feed(context, patient_id, feed_id)
