"""Routes of a practice's set-up."""

from ..identity.permissions import Permission
from ..platform.context import Context
from ..platform.http import Routes
from . import agreements, clearances, service
from .schemas import (
    AgreementAccepted,
    AgreementList,
    AgreementView,
    ClearanceList,
    ClearanceRequest,
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
    """Replace a location's details; its time zone stays."""
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


@routes.get("/v1/agreements", permission=Permission.READ_PRACTICE)
def list_agreements(context: Context) -> AgreementList:
    """The business associate agreement, version by version, and who accepted it when."""
    shown = agreements.list_agreements(context)
    return AgreementList(items=[_agreement(each) for each in shown])


@routes.post("/v1/agreements/accept", permission=Permission.OWN_PRACTICE)
def accept_agreement(context: Context, body: AgreementAccepted) -> AgreementView:
    """Accept the current version for the practice. Until then no patient is registered.

    409 `agreement_superseded` for another version, or another text than the published one.
    """
    return _agreement(agreements.accept_agreement(context, body))


@routes.get("/v1/practice/clearances", permission=Permission.READ_PRACTICE)
def list_clearances(context: Context) -> ClearanceList:
    """What operations have been asked to open, and what came of it."""
    return ClearanceList.model_validate({"items": clearances.list_clearances(context)})


@routes.post("/v1/practice/clearances", permission=Permission.MANAGE_PRACTICE)
def request_clearance(context: Context, body: ClearanceRequest) -> ClearanceList:
    """Ask for claims, eligibility, SMS or prescribing to be opened: operations verify NPI, TIN, licence.

    409 `billing_identity_missing`. A clearance ends when the NPI or TIN changes.
    """
    return ClearanceList.model_validate({"items": clearances.request_clearance(context, body)})


def _agreement(shown: agreements.Shown) -> AgreementView:
    version = shown.version
    return AgreementView.model_validate(
        {
            **{name: getattr(version, name) for name in ("version", "published", "binding_from")},
            "sha256": version.sha256,
            "text": shown.text,
            "current": shown.current,
            "accepted": shown.accepted,
        }
    )
