"""What an operator sees of a practice under an open grant: its set-up. No patient is in it."""

from ..identity.members.service import list_members
from ..platform.context import SystemContext
from ..practices.service import list_locations, list_practitioners, read_practice
from .acting import acting_in
from .schemas import MemberRow, PlaceRow, PractitionerRow, SetUpView
from .support import demand_open_grant


def read_set_up(context: SystemContext, practice_id: str, grant_id: str) -> SetUpView:
    """GrantNotOpen (409) without a grant that is open to this operator; NotFound."""
    with acting_in(context, practice_id) as there:
        demand_open_grant(there, grant_id)
        practice = read_practice(there)
        return SetUpView(
            practice_id=practice.id,
            name=practice.name,
            status=practice.status,
            time_zone=practice.time_zone,
            phone=practice.phone,
            agreement=practice.agreement,
            cleared=sorted(practice.cleared),
            locations=[PlaceRow.model_validate(each) for each in list_locations(there)],
            practitioners=[
                PractitionerRow.model_validate(each) for each in list_practitioners(there)
            ],
            members=[MemberRow.model_validate(each) for each in list_members(there)],
        )
