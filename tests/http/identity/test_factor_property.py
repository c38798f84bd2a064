"""No sequence of calls gives a session a second factor unless one was really given (PROMISES 11)."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from tests.builders.factors import passkey_answer
from tests.builders.guarded import ADA, KIM, Guarded, try_password
from tests.http.identity.signing import refreshed
from tests.world import PASSWORD, newest_link

Step = Callable[[Guarded, Random, list[Any]], Any]


def _password(guarded: Guarded, dice: Random, seen: list[Any]) -> Any:
    answer = try_password(
        guarded.world, dice.choice([ADA, KIM]), dice.choice([PASSWORD, PASSWORD, "no"])
    )
    seen.append(answer.json)
    return answer


def _code(guarded: Guarded, dice: Random, seen: list[Any]) -> Any:
    asked = [each["second_step"]["challenge"] for each in seen if each.get("second_step")]
    method = dice.choice(["totp", "recovery_code", "passkey"])
    code = dice.choice([guarded.app.wrong_code(), guarded.app.code(steps=-5), "", "AAAA-AAAA"])
    return guarded.answer(dice.choice(asked or [""]), code, method=method)


def _token(dice: Random, seen: list[Any], name: str = "access_token") -> str:
    return dice.choice([each[name] for each in seen if each.get(name)] or [""])


def _step_up(guarded: Guarded, dice: Random, seen: list[Any]) -> Any:
    body = {"method": dice.choice(["totp", "recovery_code"]), "code": guarded.app.wrong_code()}
    return guarded.call("POST", "/v1/sessions/step-up", body, token=_token(dice, seen))


def _passkey(guarded: Guarded, dice: Random, seen: list[Any]) -> Any:
    body = passkey_answer(guarded.world, guarded.key)
    body["challenge"] = passkey_answer(guarded.world, guarded.key)["challenge"]
    path = dice.choice(["/v1/sessions/mfa", "/v1/sessions/step-up"])
    return guarded.call("POST", path, body, token=_token(dice, seen))


def _enrol(guarded: Guarded, dice: Random, seen: list[Any]) -> Any:
    token = _token(dice, seen)
    body = {"method": "totp", "password": dice.choice([PASSWORD, "no"])}
    begun = guarded.call("POST", "/v1/me/factors", body, token=token)
    answer = {"challenge": begun.json.get("challenge", ""), "code": guarded.app.code()}
    return guarded.call("POST", "/v1/me/factors/totp", answer, token=token)


def _refresh(guarded: Guarded, dice: Random, seen: list[Any]) -> Any:
    answer = refreshed(guarded.world, _token(dice, seen, "refresh_token"))
    seen.append(answer.json)
    return answer


def _unlock(guarded: Guarded, dice: Random, seen: list[Any]) -> Any:
    body: dict[str, Any] = {
        "refresh_token": _token(dice, seen, "refresh_token"),
        "password": PASSWORD,
    }
    if dice.random() < 0.5:
        body["factor"] = {"method": "totp", "code": guarded.app.wrong_code()}
    answer = guarded.call("POST", "/v1/sessions/unlock", body)
    seen.append(answer.json)
    return answer


def _reset(guarded: Guarded, dice: Random, seen: list[Any]) -> Any:
    email = dice.choice([ADA, KIM])
    guarded.call("POST", "/v1/passwords/reset-request", {"email": email})
    body = {"token": newest_link(guarded.world), "password": PASSWORD}
    return guarded.call("POST", "/v1/passwords/reset", body)


def _wait(guarded: Guarded, dice: Random, seen: list[Any]) -> None:
    guarded.world.clock.advance(seconds=dice.choice([1, 30, 120, 960]))


STEPS: list[Step] = [
    _password, _password, _code, _step_up, _passkey, _enrol, _refresh, _unlock, _reset, _wait,
]  # fmt: skip


@pytest.mark.parametrize(
    "seed", [pytest.param(n, marks=[pytest.mark.campaign] if n >= 6 else []) for n in range(200)]
)
def test_without_a_factor_no_calls_in_any_order_make_a_session_that_has_one(
    guarded: Guarded, seed: int
) -> None:
    """Whoever knows both passwords, reads both mailboxes and holds every token but no factor."""
    dice, kept = Random(seed), guarded.mfa_at()
    seen: list[Any] = []
    taken: list[str] = []
    for _ in range(14):
        step = dice.choice(STEPS)
        taken.append(step.__name__)
        answer = step(guarded, dice, seen)
        assert answer is None or answer.status < 500, (seed, taken)
        assert guarded.mfa_at() == kept, (seed, taken)


def test_the_steps_do_reach_what_they_try(guarded: Guarded) -> None:
    """The same steps with the right factor do: the property can fail."""
    kept, seen, dice = guarded.mfa_at(), [], Random(1)
    seen.append(try_password(guarded.world, KIM).json)
    challenge = seen[0]["second_step"]["challenge"]
    assert guarded.answer(challenge, guarded.app.code()).status == 201
    assert guarded.mfa_at() != kept
    assert _password(guarded, dice, seen).status in (201, 401)
