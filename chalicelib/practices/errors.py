"""What practices refuse."""

from ..platform.errors import Invalid


class BadIdentifier(Invalid):
    """An NPI, TIN or taxonomy code that its check digit or form gives away as wrong."""

    code = "bad_identifier"
    title = "This identifier is not valid"
