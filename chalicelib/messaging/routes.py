"""Routes of messages to patients."""

from ..identity.permissions import Permission
from ..platform.context import Context
from ..platform.http import Routes
from . import plan
from .schemas import ReminderPlanBody, ReminderPlanView

routes = Routes("messaging")


@routes.get("/v1/practice/reminders", permission=Permission.READ_PRACTICE)
def read_reminder_plan(context: Context) -> ReminderPlanView:
    """When patients are reminded of their visits. Version 0 before it is first set."""
    return ReminderPlanView.model_validate(plan.read_plan(context))


@routes.put("/v1/practice/reminders", permission=Permission.MANAGE_PRACTICE)
def set_reminder_plan(context: Context, body: ReminderPlanBody) -> ReminderPlanView:
    """Replace steps and quiet hours; what is booked keeps its reminders until it moves.

    The first time, send `If-Match: "0"`. A step that falls into the quiet hours is sent when they
    end, or before they begin where the visit comes first.
    """
    return ReminderPlanView.model_validate(plan.set_plan(context, body))
