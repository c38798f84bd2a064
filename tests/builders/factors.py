"""Second factors of the people under test: an app's codes, passkeys, and signing in with them."""

from dataclasses import dataclass, field
from typing import Any

import pyotp

from tests.builders.authenticator import Authenticator
from tests.world import PASSWORD, Answered, World


@dataclass
class App:
    """An authenticator app after enrolling, with the recovery codes that came with it."""

    world: World
    secret: str
    recovery_codes: list[str] = field(default_factory=list)

    def code(self, *, steps: int = 0) -> str:
        """The code of now, or of so many steps of 30 seconds from now."""
        return pyotp.TOTP(self.secret).at(int(self.world.clock.now().timestamp()) + 30 * steps)

    def fresh_code(self) -> str:
        """A code that was not used yet: half a minute goes by."""
        self.world.clock.advance(seconds=30)
        return self.code()

    def wrong_code(self) -> str:
        """Six digits that are none of these minutes."""
        right = {self.code(steps=each) for each in range(-3, 4)}
        return next(code for code in ("000000", "111111", "222222", "333333") if code not in right)


def enrol_totp(world: World, token: str, *, password: str = PASSWORD) -> App:
    """Enrol an app in this session; it is given a second factor by that."""
    begun = world.call(
        "POST", "/v1/me/factors", {"method": "totp", "password": password}, token=token
    )
    assert begun.status == 201, begun.text
    app = App(world, begun.json["secret"])
    answer = world.call(
        "POST",
        "/v1/me/factors/totp",
        {"challenge": begun.json["challenge"], "code": app.code()},
        token=token,
    )
    assert answer.status == 201, answer.text
    app.recovery_codes = answer.json["recovery_codes"]
    return app


def enrol_passkey(
    world: World, token: str, *, password: str = PASSWORD, name: str = "Laptop"
) -> Authenticator:
    """Enrol a passkey in this session; it is given a second factor by that."""
    authenticator = Authenticator()
    begun = world.call(
        "POST", "/v1/me/factors", {"method": "passkey", "password": password}, token=token
    )
    assert begun.status == 201, begun.text
    body = {
        "challenge": begun.json["challenge"],
        "name": name,
        "credential": authenticator.create(begun.json["public_key"]),
    }
    answer = world.call("POST", "/v1/me/factors/passkeys", body, token=token)
    assert answer.status == 201, answer.text
    return authenticator


def first_step(world: World, email: str, *, password: str = PASSWORD, **over: Any) -> Any:
    """What the second step has to answer."""
    answer = world.call("POST", "/v1/sessions", {"email": email, "password": password, **over})
    assert answer.status == 201, answer.text
    assert answer.json["access_token"] is None
    return answer.json["second_step"]


def second_step(world: World, challenge: str, code: str, *, method: str = "totp") -> Answered:
    body = {"challenge": challenge, "method": method, "code": code}
    return world.call("POST", "/v1/sessions/mfa", body)


def sign_in_with_totp(world: World, email: str, app: App) -> Any:
    """A session by password and code."""
    asked = first_step(world, email)
    answer = second_step(world, asked["challenge"], app.fresh_code())
    assert answer.status == 201, answer.text
    return answer.json


def ask_for_passkey(world: World) -> Any:
    """A challenge that any passkey answers."""
    answer = world.call("POST", "/v1/sessions/challenge")
    assert answer.status == 201, answer.text
    return answer.json


def passkey_answer(world: World, authenticator: Authenticator) -> dict[str, str]:
    """The factor that a passkey gives to a fresh challenge."""
    asked = ask_for_passkey(world)
    credential = authenticator.get(asked["public_key"])
    return {"challenge": asked["challenge"], "method": "passkey", "credential": credential}


def sign_in_with_passkey(world: World, authenticator: Authenticator) -> Answered:
    """A sign-in by a passkey alone."""
    return world.call("POST", "/v1/sessions/mfa", passkey_answer(world, authenticator))
