"""What calendars refuse."""

from ..platform.errors import Conflict


class TooManyFeeds(Conflict):
    """Somebody has as many feeds as they can have; take one away first."""

    code = "too_many_feeds"
    title = "There are as many calendar feeds as there can be"
