"""What identity refuses."""

from ..platform.errors import Conflict, Forbidden, Invalid, Unauthenticated


class WrongCredentials(Unauthenticated):
    """Unknown e-mail or wrong password: one answer for both."""

    code = "wrong_credentials"
    title = "The e-mail or the password is wrong"


class SessionLocked(Unauthenticated):
    """A good token of a session that was idle too long: to be unlocked, not to sign in anew."""

    code = "session_locked"
    title = "Unlock your session to go on"


class SwitchNeedsSignIn(Forbidden):
    """This session was opened by a practice's own identity provider, and is good there alone."""

    code = "switch_needs_sign_in"
    title = "Sign in to the other practice"


class EmailNotVerified(Forbidden):
    """Signing in waits for the e-mail to be verified."""

    code = "email_not_verified"
    title = "Verify your e-mail address first"


class EmailTaken(Conflict):
    """An account has this e-mail."""

    code = "email_taken"
    title = "There is an account with this e-mail; sign in with it"


class WeakPassword(Invalid):
    """Shorter than the minimum, or a common one (NIST SP 800-63B-4 §3.1.1)."""

    code = "weak_password"
    title = "Choose a longer or less common password"


class LinkSpent(Invalid):
    """A link that was used, has expired, or never was."""

    code = "link_spent"
    title = "This link has been used or has expired"


class NotYoursToGive(Forbidden):
    """Only an owner gives or takes this role; nobody changes their own."""

    code = "role_not_yours_to_give"
    title = "You cannot give or take this role"
