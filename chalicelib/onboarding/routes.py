"""The route of the set-up checklist."""

from ..identity.permissions import Permission
from ..platform.context import SystemContext
from ..platform.http import Routes
from . import checklist
from .schemas import SetUpItem, SetUpView

routes = Routes("onboarding")


@routes.get("/v1/practice/set-up", permission=Permission.MANAGE_PRACTICE)
def read_set_up(context: SystemContext) -> SetUpView:
    """What the practice still lacks before it can work and bill, and where each is put right."""
    items = [SetUpItem.model_validate(each) for each in checklist.read_set_up(context)]
    return SetUpView(complete=all(each.done for each in items), items=items)
