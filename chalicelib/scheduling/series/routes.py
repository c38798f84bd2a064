"""Routes of recurring series."""

from ...identity.permissions import Permission
from ...platform.context import Context
from ...platform.http import Routes
from . import ordering
from .schemas import SeriesCancellation, SeriesMove, SeriesRequest, SeriesView

routes = Routes("scheduling")


@routes.post("/v1/appointment-series", permission=Permission.BOOK_APPOINTMENT, status=201)
def order_series(context: Context, body: SeriesRequest) -> SeriesView:
    """Book a series. Its occurrences are booked in a moment: read it again for how each stands.

    422 names `rule`: `bad_rule`, `endless`, `too_many`, `too_far_ahead`, `never`; or `starts`.
    """
    return SeriesView.model_validate(ordering.order_series(context, body))


@routes.get("/v1/appointment-series/{series_id}", permission=Permission.READ_SCHEDULE)
def read_series(context: Context, series_id: str) -> SeriesView:
    """A series, occurrence by occurrence: booked, refused and why, cancelled, or left alone."""
    return SeriesView.model_validate(ordering.read_series(context, series_id))


@routes.post("/v1/appointment-series/{series_id}/cancel", permission=Permission.BOOK_APPOINTMENT)
def cancel_series(context: Context, series_id: str, body: SeriesCancellation) -> SeriesView:
    """Cancel all that is still to come, or this one and all later. 409 `series_under_way`."""
    return SeriesView.model_validate(ordering.cancel_series(context, series_id, body))


@routes.post(
    "/v1/appointment-series/{series_id}/reschedule", permission=Permission.BOOK_APPOINTMENT
)
def move_series(context: Context, series_id: str, body: SeriesMove) -> SeriesView:
    """Move all that is still to come, or this one and all later. 409 `series_under_way`.

    What was moved by hand stays where it is.
    """
    return SeriesView.model_validate(ordering.move_series(context, series_id, body))
