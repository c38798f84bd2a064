"""The second step of a sign-in: what holds, and that all else is one and the same 401 (PROMISES 11)."""

from collections.abc import Callable

import pytest

from tests.builders.factors import ask_for_passkey, passkey_answer
from tests.builders.guarded import ADA, KIM, Guarded, try_password
from tests.http.identity.signing import me, said
from tests.world import PASSWORD


def test_a_password_alone_gives_a_challenge_and_no_session(guarded: Guarded) -> None:
    kept = guarded.mfa_at()
    answer = try_password(guarded.world, KIM)
    assert answer.status == 201
    asked = answer.json.pop("second_step")
    assert {name: value for name, value in answer.json.items() if name != "second_step"} == (
        dict.fromkeys(
            ("session_id", "practice_id", "user_id", "access_token", "refresh_token", "expires_in")
        )
    )
    assert asked["methods"] == ["passkey", "totp", "recovery_code"]
    assert asked["public_key"]["userVerification"] == "required"
    assert len(asked["public_key"]["allowCredentials"]) == 1
    assert guarded.mfa_at() == kept


def test_a_code_of_the_app_opens_a_session_with_a_second_factor(guarded: Guarded) -> None:
    answer = guarded.answer(guarded.challenge(), guarded.app.code())
    assert answer.status == 201
    assert me(guarded.world, answer.json["access_token"]).status == 200
    assert len(guarded.mfa_at()) == 2


def test_who_has_no_second_factor_gets_a_session_without_one(guarded: Guarded) -> None:
    kept = guarded.mfa_at()
    answer = try_password(guarded.world, ADA)
    assert answer.json["second_step"] is None
    assert me(guarded.world, answer.json["access_token"]).status == 200
    assert guarded.mfa_at() == kept


def test_a_recovery_code_opens_a_session_once_however_it_is_typed(guarded: Guarded) -> None:
    first, second, *rest = guarded.app.recovery_codes
    assert guarded.answer(guarded.challenge(), first, method="recovery_code").status == 201
    again = guarded.answer(guarded.challenge(), first, method="recovery_code")
    assert (again.status, again.json["code"]) == (401, "wrong_code")
    typed = second.upper().replace("-", " ").replace("0", "O").replace("1", "l")
    answer = guarded.answer(guarded.challenge(), typed, method="recovery_code")
    assert answer.status == 201
    left = guarded.call("GET", "/v1/me/factors", token=answer.json["access_token"]).json
    assert left["recovery_codes_left"] == len(rest) == 8


def _expired(guarded: Guarded, steps: int) -> tuple[str, str, str]:
    code = guarded.app.code()
    guarded.world.clock.advance(seconds=30 * steps)
    return guarded.challenge(), code, "totp"


def _late(guarded: Guarded) -> tuple[str, str, str]:
    challenge = guarded.challenge()
    guarded.world.clock.advance(minutes=5)
    return challenge, guarded.app.code(), "totp"


def _used(guarded: Guarded, *, later: int = 0) -> tuple[str, str, str]:
    code = guarded.app.code()
    assert guarded.answer(guarded.challenge(), code).status == 201
    guarded.world.clock.advance(seconds=later)
    return guarded.challenge(), code, "totp"


def _earlier(guarded: Guarded) -> tuple[str, str, str]:
    before, code = guarded.app.code(), guarded.app.fresh_code()
    assert guarded.answer(guarded.challenge(), code).status == 201
    return guarded.challenge(), before, "totp"


def _spent(guarded: Guarded) -> tuple[str, str, str]:
    challenge = guarded.challenge()
    assert guarded.answer(challenge, guarded.app.code()).status == 201
    return challenge, guarded.app.fresh_code(), "totp"


def _enrolling(guarded: Guarded) -> tuple[str, str, str]:
    body = {"method": "totp", "password": PASSWORD}
    begun = guarded.call("POST", "/v1/me/factors", body, token=guarded.owner).json
    return begun["challenge"], guarded.app.code(), "totp"


def _code(steps: int) -> Callable[[Guarded], tuple[str, str, str]]:
    return lambda guarded: (guarded.challenge(), guarded.app.code(steps=steps), "totp")


def _text(code: str, method: str = "totp") -> Callable[[Guarded], tuple[str, str, str]]:
    return lambda guarded: (guarded.challenge(), code, method)


def _challenge(change: Callable[[str], str]) -> Callable[[Guarded], tuple[str, str, str]]:
    return lambda guarded: (change(guarded.challenge()), guarded.app.code(), "totp")


WRONG: dict[str, Callable[[Guarded], tuple[str, str, str]]] = {
    "six wrong digits": lambda guarded: (guarded.challenge(), guarded.app.wrong_code(), "totp"),
    "no code": _text(""),
    "five digits": lambda guarded: (guarded.challenge(), guarded.app.code()[:5], "totp"),
    "seven digits": lambda guarded: (guarded.challenge(), guarded.app.code() + "0", "totp"),
    "letters": _text("abcdef"),
    "other digits": _text("０５０４７１"),
    "the code of a minute ago": lambda guarded: _expired(guarded, 2),
    "the code of five minutes ago": lambda guarded: _expired(guarded, 10),
    "the code of a day ago": lambda guarded: _expired(guarded, 2 * 60 * 24),
    "the code of a minute from now": _code(2),
    "the code of an hour from now": _code(120),
    "a code used just now": _used,
    "a code used 29 seconds ago": lambda guarded: _used(guarded, later=29),
    "the code before the one used": _earlier,
    "a challenge of five minutes ago": _late,
    "a challenge answered already": _spent,
    "the challenge of an enrolment": _enrolling,
    "a passkey's challenge with a code": lambda guarded: (
        ask_for_passkey(guarded.world)["challenge"], guarded.app.code(), "totp",
    ),
    "no challenge": _challenge(lambda _: ""),
    "a made-up challenge": _challenge(lambda _: "chl_01JDE3GZ5V6T7W8X9Y0Z1A2B3C." + "0" * 64),
    "a challenge with another seal": _challenge(lambda each: each[:-1] + "xyz"[len(each) % 3]),
    "a challenge without its seal": _challenge(lambda each: each.partition(".")[0]),
    "a challenge of letters": _challenge(lambda _: "é.é"),
    "a challenge with a key's sign": _challenge(lambda _: "chl_#x.y"),
    "a recovery code nobody has": _text("abcd-efgh-jkmn-pqrs", "recovery_code"),
    "no recovery code": _text("", "recovery_code"),
    "half a recovery code": lambda guarded: (
        guarded.challenge(), guarded.app.recovery_codes[0][:9], "recovery_code",
    ),
    "a recovery code as the app's": lambda guarded: (
        guarded.challenge(), guarded.app.recovery_codes[0], "totp",
    ),
    "the app's code as a recovery code": lambda guarded: (
        guarded.challenge(), guarded.app.code(), "recovery_code",
    ),
    "a code as a passkey": lambda guarded: (guarded.challenge(), guarded.app.code(), "passkey"),
    "the password": _text(PASSWORD),
    "the secret": lambda guarded: (guarded.challenge(), guarded.app.secret, "totp"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_expired_or_replayed_code_is_one_401(guarded: Guarded, case: str) -> None:
    challenge, code, method = WRONG[case](guarded)
    kept = guarded.mfa_at()
    answer = guarded.answer(challenge, code, method=method)
    usual = guarded.answer("", "000000")
    assert (answer.status, answer.json["code"]) == (401, "wrong_code")
    assert said(answer) == said(usual)
    assert guarded.mfa_at() == kept


def test_there_are_thirty_wrong_codes() -> None:
    assert len(WRONG) >= 30


def test_a_wrong_code_leaves_the_challenge_for_the_right_one(guarded: Guarded) -> None:
    challenge = guarded.challenge()
    assert guarded.answer(challenge, guarded.app.wrong_code()).status == 401
    assert guarded.answer(challenge, guarded.app.code()).status == 201


def test_stepping_up_holds_for_five_minutes_and_wants_a_code_that_was_not_used(
    guarded: Guarded,
) -> None:
    nurse = guarded.answer(guarded.challenge(), guarded.app.code()).json["access_token"]
    guarded.world.clock.advance(minutes=4, seconds=59)
    path = "/v1/me/factors/recovery-codes"
    assert guarded.call("POST", path, token=nurse).status == 201
    guarded.world.clock.advance(seconds=1)
    assert guarded.call("POST", path, token=nurse).json["code"] == "step_up_required"
    body = {"method": "totp", "code": guarded.app.code()}
    assert guarded.call("POST", "/v1/sessions/step-up", body, token=nurse).status == 204
    assert guarded.call("POST", path, token=nurse).status == 201
    again = guarded.call("POST", "/v1/sessions/step-up", body, token=nurse)
    assert (again.status, again.json["code"]) == (401, "wrong_code")
    guarded.world.clock.advance(minutes=4, seconds=59)
    assert guarded.call("POST", path, token=nurse).status == 201


def test_stepping_up_takes_one_s_own_passkey_only(guarded: Guarded) -> None:
    body = passkey_answer(guarded.world, guarded.key)
    theirs = guarded.call("POST", "/v1/sessions/step-up", body, token=guarded.owner)
    assert (theirs.status, theirs.json["code"]) == (401, "wrong_code")
    assert guarded.call("POST", "/v1/sessions/step-up", body, token=guarded.nurse).status == 204
    again = guarded.call("POST", "/v1/sessions/step-up", body, token=guarded.nurse)
    assert again.status == 401
