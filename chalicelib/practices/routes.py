"""Routes of a practice's set-up."""

from ..identity.permissions import Permission
from ..platform.context import Context
from ..platform.http import Routes
from . import service
from .schemas import (
    LocationBody,
    LocationList,
    LocationView,
    PracticeChange,
    PracticeView,
    PractitionerBody,
    PractitionerList,
    PractitionerView,
)

routes = Routes("practices")


@routes.get("/v1/practice", permission=Permission.READ_PRACTICE)
def read_practice(context: Context) -> PracticeView:
    """The practice you are signed in to."""
    return PracticeView.model_validate(service.read_practice(context))


@routes.patch("/v1/practice", permission=Permission.MANAGE_PRACTICE)
def change_practice(context: Context, body: PracticeChange) -> PracticeView:
    """Change its name, phone or billing identity.

    422 `bad_identifier` names an NPI, TIN, taxonomy or ZIP that cannot be right.
    """
    return PracticeView.model_validate(service.change_practice(context, body))


@routes.post("/v1/locations", permission=Permission.MANAGE_PRACTICE, status=201)
def add_location(context: Context, body: LocationBody) -> LocationView:
    """Add a place where patients are seen."""
    return LocationView.model_validate(service.add_location(context, body))


@routes.get("/v1/locations", permission=Permission.READ_PRACTICE)
def list_locations(context: Context) -> LocationList:
    """All locations of the practice."""
    return LocationList.model_validate({"items": service.list_locations(context)})


@routes.get("/v1/locations/{location_id}", permission=Permission.READ_PRACTICE)
def read_location(context: Context, location_id: str) -> LocationView:
    """One location."""
    return LocationView.model_validate(service.read_location(context, location_id))


@routes.put("/v1/locations/{location_id}", permission=Permission.MANAGE_PRACTICE)
def change_location(context: Context, location_id: str, body: LocationBody) -> LocationView:
    """Replace a location's details."""
    return LocationView.model_validate(service.change_location(context, location_id, body))


@routes.post("/v1/practitioners", permission=Permission.MANAGE_PRACTICE, status=201)
def add_practitioner(context: Context, body: PractitionerBody) -> PractitionerView:
    """Add someone who sees patients."""
    return PractitionerView.model_validate(service.add_practitioner(context, body))


@routes.get("/v1/practitioners", permission=Permission.READ_PRACTICE)
def list_practitioners(context: Context) -> PractitionerList:
    """All practitioners of the practice."""
    return PractitionerList.model_validate({"items": service.list_practitioners(context)})


@routes.get("/v1/practitioners/{practitioner_id}", permission=Permission.READ_PRACTICE)
def read_practitioner(context: Context, practitioner_id: str) -> PractitionerView:
    """One practitioner."""
    return PractitionerView.model_validate(service.read_practitioner(context, practitioner_id))


@routes.put("/v1/practitioners/{practitioner_id}", permission=Permission.MANAGE_PRACTICE)
def change_practitioner(
    context: Context, practitioner_id: str, body: PractitionerBody
) -> PractitionerView:
    """Replace a practitioner's details."""
    return PractitionerView.model_validate(
        service.change_practitioner(context, practitioner_id, body)
    )
