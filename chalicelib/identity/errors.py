"""What identity refuses."""

from ..platform.errors import Conflict, Forbidden, Invalid, TooManyRequests, Unauthenticated


class WrongCredentials(Unauthenticated):
    """Unknown e-mail or wrong password: one answer for both."""

    code = "wrong_credentials"
    title = "The e-mail or the password is wrong"


class SessionLocked(Unauthenticated):
    """A good token of a session that was idle too long: to be unlocked, not to sign in anew."""

    code = "session_locked"
    title = "Unlock your session to go on"


class ProviderSignInRefused(Unauthenticated):
    """The practice's identity provider did not show, to our satisfaction, that a member signed in."""

    code = "provider_sign_in_refused"
    title = "Signing in by your practice's provider did not succeed; start again"


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


class LastOwner(Conflict):
    """A practice has an owner at all times."""

    code = "last_owner"
    title = "The practice's last owner cannot go"


class RoleInUse(Conflict):
    """Members hold the role."""

    code = "role_in_use"
    title = "Members hold this role"


class RoleNameTaken(Conflict):
    """Another role of the practice has this name, or a built-in one."""

    code = "role_name_taken"
    title = "There is a role with this name"


class TooManyRoles(Conflict):
    """A practice composes twenty roles at most."""

    code = "too_many_roles"
    title = "The practice has as many roles of its own as it can"


class TooManyKeys(Conflict):
    """A practice has fifty live API keys at most."""

    code = "too_many_keys"
    title = "The practice has as many API keys as it can; revoke one first"


class KeyOver(Conflict):
    """The API key was revoked or has expired."""

    code = "key_over"
    title = "This API key is over"


class NotInvited(Conflict):
    """There is no open invitation."""

    code = "not_invited"
    title = "There is no open invitation"


class NotActive(Conflict):
    """The member is not in the state that this changes."""

    code = "member_not_active"
    title = "The member's state stands against this"


class NotYoursToGive(Forbidden):
    """Only an owner gives or takes this role; nobody changes their own."""

    code = "role_not_yours_to_give"
    title = "You cannot give or take this role"


class WrongCode(Unauthenticated):
    """A second factor that is wrong, over or used, or an answer to no open challenge: one body."""

    code = "wrong_code"
    title = "This code or key does not hold; start again"


class GuessingSlowed(TooManyRequests):
    """Too many attempts failed of late, at this account or from this source."""

    code = "guessing_slowed"
    title = "Too many failed attempts; wait before the next"


class PasskeyRefused(Invalid):
    """What the browser sent is no new passkey for this account."""

    code = "passkey_refused"
    title = "This passkey cannot be added"


class TooManyPasskeys(Conflict):
    """An account has a bounded number of passkeys."""

    code = "too_many_passkeys"
    title = "Remove a passkey before you add another"


class LongerPasswordFirst(Conflict):
    """Without a second factor a password of 15 characters is needed."""

    code = "longer_password_first"
    title = "Choose a password of 15 characters before you remove your last second factor"


class FactorNeeded(Conflict):
    """The practice requires a second factor of its members."""

    code = "factor_needed"
    title = "Your practice requires a second factor; add another before you remove this one"


class OfferOver(Conflict):
    """The offer of ownership has run out, or whoever made it is no owner any more."""

    code = "ownership_offer_over"
    title = "This offer does not hold any more; ask for another one"
