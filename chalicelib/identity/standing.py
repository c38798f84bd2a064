"""Where a member of a practice stands."""

INVITED, ACTIVE, SUSPENDED = "invited", "active", "suspended"
LEFT, WITHDRAWN = "left", "withdrawn"
"""A member's `status`; who has left, or whose invitation was withdrawn, may be invited again."""
