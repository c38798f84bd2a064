"""Routes of what a practice sets up for its schedule."""

from ...identity.permissions import Permission
from ...platform.context import Context
from ...platform.http import Routes
from . import service
from .schemas import (
    AppointmentTypeBody,
    AppointmentTypeList,
    AppointmentTypeView,
    AvailabilityBody,
    AvailabilityView,
    EquipmentBody,
    EquipmentChange,
    EquipmentList,
    RoomBody,
    RoomChange,
    RoomList,
    RoomView,
)

routes = Routes("scheduling")


@routes.post("/v1/rooms", permission=Permission.MANAGE_SCHEDULE, status=201)
def add_room(context: Context, body: RoomBody) -> RoomView:
    """Add a room at a location. 409 `set_up_full`."""
    return RoomView.model_validate(service.add_room(context, body))


@routes.get("/v1/rooms", permission=Permission.READ_SCHEDULE)
def list_rooms(context: Context) -> RoomList:
    """All rooms of the practice."""
    return RoomList.model_validate({"items": service.list_rooms(context)})


@routes.put("/v1/rooms/{room_id}", permission=Permission.MANAGE_SCHEDULE)
def change_room(context: Context, room_id: str, body: RoomChange) -> RoomView:
    """Replace a room's details, or retire it: what is booked in it stays, and nothing more is."""
    return RoomView.model_validate(service.change_room(context, room_id, body))


@routes.post("/v1/equipment", permission=Permission.MANAGE_SCHEDULE, status=201)
def add_equipment(context: Context, body: EquipmentBody) -> RoomView:
    """Add a device that moves between the rooms of a location."""
    return RoomView.model_validate(service.add_equipment(context, body))


@routes.get("/v1/equipment", permission=Permission.READ_SCHEDULE)
def list_equipment(context: Context) -> EquipmentList:
    """All devices of the practice."""
    return EquipmentList.model_validate({"items": service.list_equipment(context)})


@routes.put("/v1/equipment/{equipment_id}", permission=Permission.MANAGE_SCHEDULE)
def change_equipment(context: Context, equipment_id: str, body: EquipmentChange) -> RoomView:
    """Replace a device's details, or retire it: what is booked with it stays, and nothing more is."""
    return RoomView.model_validate(service.change_equipment(context, equipment_id, body))


@routes.post("/v1/appointment-types", permission=Permission.MANAGE_SCHEDULE, status=201)
def add_appointment_type(context: Context, body: AppointmentTypeBody) -> AppointmentTypeView:
    """Add a type of appointment."""
    return AppointmentTypeView.model_validate(service.add_type(context, body))


@routes.get("/v1/appointment-types", permission=Permission.READ_SCHEDULE)
def list_appointment_types(context: Context) -> AppointmentTypeList:
    """All types of appointment."""
    return AppointmentTypeList.model_validate({"items": service.list_types(context)})


@routes.put("/v1/appointment-types/{type_id}", permission=Permission.MANAGE_SCHEDULE)
def change_appointment_type(
    context: Context, type_id: str, body: AppointmentTypeBody
) -> AppointmentTypeView:
    """Replace a type's details, or retire it; what is booked already stays, and keeps its length."""
    return AppointmentTypeView.model_validate(service.change_type(context, type_id, body))


@routes.get("/v1/practitioners/{practitioner_id}/availability", permission=Permission.READ_SCHEDULE)
def read_availability(context: Context, practitioner_id: str) -> AvailabilityView:
    """When a practitioner works. Version 0 before it is first set."""
    return AvailabilityView.model_validate(service.read_availability(context, practitioner_id))


@routes.put(
    "/v1/practitioners/{practitioner_id}/availability", permission=Permission.MANAGE_SCHEDULE
)
def set_availability(
    context: Context, practitioner_id: str, body: AvailabilityBody
) -> AvailabilityView:
    """Replace a practitioner's weekly hours and exceptions; what is booked stays.

    The first time, send `If-Match: "0"`. 422 `bad_hours` names a rule that cannot be.
    """
    changed = service.set_availability(context, practitioner_id, body)
    return AvailabilityView.model_validate(changed)
