"""Passkeys: both WebAuthn ceremonies. All are discoverable, and verify their user: a passkey is both factors.

The relying party is the front end's host (`app_url`), its only origin.
"""

import json
from typing import Any
from urllib.parse import urlsplit

from ...platform.config import settings
from ...platform.context import SystemContext
from ..accounts import Account
from ..errors import PasskeyRefused, WrongCode
from .challenges import LIVES, nonce_of
from .models import Challenge, Passkey

NAME = "Careloom"
_MILLISECONDS = int(LIVES.total_seconds() * 1000)


def creation_options(
    context: SystemContext,  # noqa: ARG001
    account: Account,
    challenge: Challenge,
) -> dict[str, Any]:
    """What `PublicKeyCredential.parseCreationOptionsFromJSON` takes."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options = generate_registration_options(
        rp_id=relying_party()[0],
        rp_name=NAME,
        user_id=account.user.id.encode(),
        user_name=account.user.email,
        user_display_name=account.user.name,
        challenge=nonce_of(challenge),
        timeout=_MILLISECONDS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_described(account.passkeys),
    )
    return _read(options_to_json(options))


def request_options(
    context: SystemContext,  # noqa: ARG001
    challenge: Challenge,
    passkeys: tuple[Passkey, ...] = (),
) -> dict[str, Any]:
    """What `PublicKeyCredential.parseRequestOptionsFromJSON` takes; any passkey of ours if none is named."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import UserVerificationRequirement

    options = generate_authentication_options(
        rp_id=relying_party()[0],
        challenge=nonce_of(challenge),
        timeout=_MILLISECONDS,
        allow_credentials=_described(passkeys),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return _read(options_to_json(options))


def new_passkey(
    context: SystemContext, account: Account, challenge: Challenge, *, name: str, credential: str
) -> Passkey:
    """The passkey that a browser made for this challenge. PasskeyRefused (422)."""
    from webauthn import verify_registration_response
    from webauthn.helpers import bytes_to_base64url

    host, origin = relying_party()
    try:
        verified = verify_registration_response(
            credential=credential,
            expected_challenge=nonce_of(challenge),
            expected_rp_id=host,
            expected_origin=origin,
            require_user_verification=True,
        )
    except Exception as error:  # a stranger's bytes: whatever breaks on them, the answer is no
        raise PasskeyRefused from error
    return Passkey(
        *Passkey.key(account.user.id, context.new_id("pky")),
        credential_id=bytes_to_base64url(verified.credential_id),
        public_key=bytes_to_base64url(verified.credential_public_key),
        sign_count=verified.sign_count,
        name=name,
        added_at=context.now(),
    )


def stage_assertion(
    context: SystemContext, account: Account, challenge: Challenge, credential: str
) -> None:
    """Hold an assertion against the account's passkeys, and stage its sign count. WrongCode (401).

    A count that does not rise is of a copied passkey (WebAuthn §6.1.1); of two at once one is refused.
    """
    from webauthn import verify_authentication_response
    from webauthn.helpers import base64url_to_bytes

    named = _part(credential, "id")
    passkey = next((each for each in account.passkeys if each.credential_id == named), None)
    if passkey is None:
        raise WrongCode
    host, origin = relying_party()
    try:
        verified = verify_authentication_response(
            credential=credential,
            expected_challenge=nonce_of(challenge),
            expected_rp_id=host,
            expected_origin=origin,
            credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except Exception as error:  # a stranger's bytes: whatever breaks on them, the answer is no
        raise WrongCode from error
    passkey.sign_count, passkey.used_at = verified.new_sign_count, context.now()
    context.work.save(passkey, refusal=WrongCode())


def user_named_by(credential: str) -> str:
    """The user handle of an assertion, `""` if it has none: whose passkey it claims to be."""
    from webauthn.helpers import base64url_to_bytes

    handle = _part(credential, "response", "userHandle")
    try:
        named = base64url_to_bytes(handle).decode()
    except ValueError:
        return ""
    return named if named.isascii() and named.startswith("usr_") and named.isidentifier() else ""


def relying_party() -> tuple[str, str]:
    """Host and origin of the front end."""
    parts = urlsplit(settings().app_url)
    return parts.hostname or "", f"{parts.scheme}://{parts.netloc}"


def _part(credential: str, *names: str) -> str:
    """A text within a credential's JSON, `""` where there is none."""
    try:
        found: Any = json.loads(credential)
    except (ValueError, RecursionError):
        return ""
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, str) else ""


def _described(passkeys: tuple[Passkey, ...]) -> list[Any]:
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return [
        PublicKeyCredentialDescriptor(id=base64url_to_bytes(each.credential_id))
        for each in passkeys
    ]


def _read(text: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(text)
    return read
