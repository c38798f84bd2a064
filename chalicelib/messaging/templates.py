"""The mails we send to people who work in a practice, by purpose. No health data."""

from .visit_texts import Mail

VERIFICATION, INVITATION, RESET = "verify_email", "invite", "reset_password"
STOP_RECOVERY = "cancel_recovery"
CUSTODIAN_RECEIPT, ERASURE_CERTIFICATE = "custodian_receipt", "erasure_certificate"
"""Purposes of one-use links."""
_GOOD_FOR = {RESET: "one hour", CUSTODIAN_RECEIPT: "a year", ERASURE_CERTIFICATE: "a year"}


_OF_PRACTICES = {
    "trial_over": (
        "your trial is over",
        "Choose a plan to add people again. Everything else goes on working.",
    ),
    "invoice_issued": ("your invoice", "The invoice of last month is there: see Subscription."),
    "invoice_overdue": (
        "an invoice is open",
        "An invoice has not been paid yet: see Subscription. Everything goes on working.",
    ),
    "practice_overdue": (
        "an invoice is two weeks late",
        "Until it is paid nobody can be added. Your charts, your schedule and your data stay open.",
    ),
    "suspended": (
        "suspended",
        "Your practice was suspended: nobody can sign in. Its data stays as it is. Please call us.",
    ),
    "resumed": ("open again", "Your practice is open again; what waited goes on by itself."),
    "support_asked": (
        "our support asks to look at the set-up",
        "Somebody of our support asks to look at the settings of your practice for four hours. They "
        "never see a patient. Sign in to read why, and to agree or refuse.",
    ),
    "storage_80": (
        "four fifths of your storage are used",
        "Your practice stores four fifths of what its plan holds. Nothing is refused yet; a larger "
        "plan makes room.",
    ),
    "storage_100": (
        "your storage is full",
        "Your practice stores all that its plan holds. Care, claims and files that come in go on "
        "as before; a further copy of everything and a smaller plan are refused until there is room.",
    ),
}
"""Notice to the owners → subject and text."""


_NOTICES = {
    "ownership_offered": (
        "A practice is offered to you",
        "The owner of your practice offers it to you. Sign in within seven days to accept.",
    ),
    "ownership_taken": ("You own your practice now", "You accepted the ownership of a practice."),
    "ownership_given": (
        "Your practice has a new owner",
        "The member to whom you offered your practice accepted; you are no longer its owner.",
    ),
    "password_changed": (
        "Your password was changed",
        "The password of your account was changed, and its other sessions were ended.",
    ),
    "factor_added": (
        "A second factor was added",
        "An authenticator app or a passkey was added to your account.",
    ),
    "factor_removed": (
        "A second factor was removed",
        "An authenticator app or a passkey was removed from your account.",
    ),
    "recovery_code_used": (
        "A recovery code was used",
        "One of the one-time recovery codes of your account was used. It is void now.",
    ),
    "sign_in_slowed": (
        "Failed attempts to sign in",
        "Several attempts to sign in to your account failed, so further ones are slowed. A passkey "
        "works all the same.",
    ),
}
"""Notice (identity/notices.py) → subject and text."""


def link_mail(purpose: str, *, name: str, practice: str, url: str) -> Mail:
    """The mail that carries a one-use link. KeyError for a purpose that has none.

    Whoever signs up may give any address: the verification carries no words of theirs.
    """
    subject, greeting, sentence = {
        VERIFICATION: (
            "Verify your e-mail address",
            "Hello",
            "A practice was signed up with this address. If that was you, follow this link:",
        ),
        INVITATION: (
            f"You are invited to {practice}",
            f"Hello {name}",
            f"{practice} has invited you. Follow this link to join:",
        ),
        CUSTODIAN_RECEIPT: (
            f"Confirm the records of {practice}",
            "Hello",
            f"{practice} closes and has named you custodian of its records. Once you hold its "
            "export, follow this link and confirm it by the SHA-256 of its manifest:",
        ),
        ERASURE_CERTIFICATE: (
            f"The records of {practice} are destroyed",
            "Hello",
            f"What we kept of {practice} is destroyed. Follow this link to the certificate:",
        ),
        RESET: (
            "Choose a new password",
            "Hello",
            "Somebody asked for a new password for the account with this address. If that was not "
            "you, there is nothing to do. If it was, follow this link:",
        ),
        STOP_RECOVERY: (
            "Somebody asked to get into your account",
            f"Hello {name}",
            f"We were told that you lost the second factor of your account at {practice}. A day "
            "after it is approved, your second factors are removed and a link to a new password "
            "is mailed to you. If it was not you who asked, follow this link to stop it:",
        ),
    }[purpose]
    good = _GOOD_FOR.get(purpose, "three days")
    text = f"{greeting},\n\n{sentence}\n\n{url}\n\nIt is good for {good} and for one use.\n"
    return Mail(subject, text)


def practice_mail(notice: str, *, practice: str) -> Mail:
    """What an owner is told of the practice itself. KeyError for a notice that has no mail."""
    subject, sentence = _OF_PRACTICES[notice]
    return Mail(f"{practice}: {subject}", f"Hello,\n\n{sentence}\n")


def account_mail(notice: str) -> Mail:
    """What somebody is told of their own account. KeyError for a notice that has no mail."""
    subject, sentence = _NOTICES[notice]
    return Mail(
        subject,
        f"Hello,\n\n{sentence}\n\nIf that was not you, choose a new password and tell the owner of "
        "your practice.\n",
    )


def glass_broken_mail(*, practice: str) -> Mail:
    """That a chart was opened by break-glass: not whose, by whom, nor why; that is read signed in."""
    return Mail(
        f"Break-glass at {practice}",
        f"Somebody at {practice} has opened restricted records by break-glass. "
        "A review waits among your tasks, in the queue for privacy.\n",
    )
