"""What downtime packs refuse."""

from ..platform.errors import Conflict


class TooManyDowntimeLinks(Conflict):
    """A location has as many links as it can have; take one away first."""

    code = "too_many_downtime_links"
    title = "There are as many downtime links as there can be"


class NoDowntimePlan(Conflict):
    """No passphrase has been set: no pack is made."""

    code = "no_downtime_plan"
    title = "Set a passphrase first"
