"""What clients send and get: passwords and second factors."""

from typing import Any, Literal

from pydantic import Field, SecretStr

from ...platform.http import Answer, Body, Instant, Short
from ..schemas import Email, Password


class BeginFactor(Body):
    method: Literal["totp", "passkey"]
    password: SecretStr | None = Field(
        default=None, max_length=1_000, description="Yours, while you have no second factor"
    )


class BegunFactor(Answer):
    """For an app its secret and `otpauth://` URI; for a passkey the options for the browser."""

    challenge: str
    secret: str | None
    uri: str | None
    public_key: dict[str, Any] | None = Field(
        description="For `PublicKeyCredential.parseCreationOptionsFromJSON`"
    )


class TotpBody(Body):
    challenge: str = Field(max_length=200)
    code: str = Field(max_length=40, examples=["492039"])


class PasskeyBody(Body):
    challenge: str = Field(max_length=200)
    name: Short
    credential: str = Field(
        max_length=20_000, description="`JSON.stringify(credential)` of what the browser answered"
    )


class RecoveryCodesView(Answer):
    """One-time codes, shown this once; none where the account has some already."""

    recovery_codes: list[str]


class TotpView(Answer):
    version: int
    added_at: Instant


class PasskeyView(Answer):
    id: str
    version: int
    name: str
    added_at: Instant
    used_at: Instant | None


class FactorsView(Answer):
    """Your second factors. `required`: your practice wants one of its members."""

    required: bool
    totp: TotpView | None
    passkeys: list[PasskeyView]
    recovery_codes_left: int


class PasswordChange(Body):
    current_password: SecretStr = Password
    new_password: SecretStr = Password


class EmailBody(Body):
    email: str = Email


class PasswordReset(Body):
    token: str = Field(max_length=200, description="From the mailed link")
    password: SecretStr = Password
