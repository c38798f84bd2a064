"""What clients send and get: a practice's own identity provider, and signing in by it."""

from pydantic import Field, SecretStr

from ...platform.http import Answer, Body


class IdentityProviderBody(Body):
    """An OpenID provider: Google Workspace, Entra ID, Amazon Cognito or another."""

    issuer: str = Field(min_length=12, max_length=300, examples=["https://accounts.google.com"])
    client_id: str = Field(min_length=1, max_length=300)
    client_secret: SecretStr = Field(min_length=1, max_length=1_000)
    email_domain: str = Field(
        pattern=r"^([A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}$",
        max_length=253,
        examples=["clinic.example"],
        description="Members sign in by it under addresses of this domain alone",
    )


class IdentityProviderView(Answer):
    version: int
    issuer: str
    client_id: str
    email_domain: str


class ProviderStart(Body):
    practice_id: str = Field(pattern=r"^prc_[0-9A-Z]{26}$")


class ProviderStarted(Answer):
    """Keep `handle` in the browser (session storage), and send the person to `authorization_url`."""

    authorization_url: str
    handle: str


class ProviderCode(Body):
    """What the provider sent back in the query of `/sign-in/callback`, and the handle kept before."""

    code: str = Field(min_length=1, max_length=4_000)
    state: str = Field(min_length=1, max_length=1_000)
    handle: str = Field(min_length=1, max_length=100)
