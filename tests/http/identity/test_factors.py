"""One's own second factors: enrolling, listing, taking away; and a practice that requires one."""

from typing import Any

import pytest

from tests.builders.factors import App, enrol_passkey, enrol_totp, first_step, sign_in_with_totp
from tests.builders.guarded import ADA, KIM, Guarded, try_password
from tests.http.identity.signing import me
from tests.world import PASSWORD, add_member, step_up

FACTORS = "/v1/me/factors"


def _require(guarded: Guarded, wanted: bool = True) -> Any:
    practice = guarded.call("GET", "/v1/practice", token=guarded.owner)
    body = {"require_mfa": wanted}
    return guarded.call("PATCH", "/v1/practice", body, token=guarded.owner, If_Match=practice.etag)


def _begin(guarded: Guarded, token: str, **body: Any) -> Any:
    return guarded.call("POST", FACTORS, {"method": "totp", **body}, token=token)


def test_the_first_factor_brings_ten_recovery_codes_shown_once(guarded: Guarded) -> None:
    app = enrol_totp(guarded.world, guarded.owner)
    assert len(set(app.recovery_codes)) == 10
    own = guarded.call("GET", FACTORS, token=guarded.owner).json
    assert (own["recovery_codes_left"], own["passkeys"], own["required"]) == (10, [], False)
    assert own["totp"] is not None
    stored = str(guarded.world.items())
    assert app.secret not in stored
    assert not any(code in stored or code.replace("-", "") in stored for code in app.recovery_codes)
    guarded.world.pump()
    assert [mail for mail in guarded.world.mails() if "factor was added" in mail and ADA in mail]


def test_enrolling_gives_the_session_its_second_factor(guarded: Guarded) -> None:
    kept = len(guarded.mfa_at())
    enrol_totp(guarded.world, guarded.owner)
    assert len(guarded.mfa_at()) == kept + 1
    path = f"{FACTORS}/recovery-codes"
    assert guarded.call("POST", path, token=guarded.owner).status == 201


def test_the_code_that_enrolled_an_app_does_not_sign_in(guarded: Guarded) -> None:
    app = enrol_totp(guarded.world, guarded.owner)
    challenge = first_step(guarded.world, ADA)["challenge"]
    assert guarded.answer(challenge, app.code()).status == 401
    assert guarded.answer(challenge, app.fresh_code()).status == 201


@pytest.mark.parametrize("password", [None, "a wrong password", ""])
def test_enrolling_the_first_factor_wants_the_password(
    guarded: Guarded, password: str | None
) -> None:
    answer = _begin(guarded, guarded.owner, password=password)
    assert (answer.status, answer.json["code"]) == (401, "wrong_credentials")


def test_enrolling_a_further_one_wants_a_step_up_and_not_a_password(guarded: Guarded) -> None:
    assert _begin(guarded, guarded.nurse).status == 201
    guarded.world.clock.advance(minutes=4)
    answer = _begin(guarded, guarded.nurse, password=PASSWORD)
    assert (answer.status, answer.json["code"]) == (403, "step_up_required")


def test_another_app_takes_the_place_of_the_first(guarded: Guarded) -> None:
    app = enrol_totp(guarded.world, guarded.nurse)
    assert app.recovery_codes == []
    assert guarded.answer(guarded.challenge(), guarded.app.fresh_code()).status == 401
    assert sign_in_with_totp(guarded.world, KIM, app)["user_id"] == guarded.user_id


def test_an_enrolment_is_its_own_user_s_and_good_once(guarded: Guarded) -> None:
    begun = _begin(guarded, guarded.owner, password=PASSWORD).json
    body = {
        "challenge": begun["challenge"],
        "code": App(guarded.world, begun["secret"]).code(),
    }
    path = f"{FACTORS}/totp"
    wrong = {**body, "code": App(guarded.world, begun["secret"]).wrong_code()}
    tried = [
        guarded.call("POST", path, wrong, token=guarded.owner).status,
        guarded.call("POST", path, body, token=guarded.nurse).status,
        guarded.call("POST", path, body, token=guarded.owner).status,
        guarded.call("POST", path, body, token=guarded.owner).status,
    ]
    assert tried == [401, 401, 201, 401]


def test_new_recovery_codes_make_the_old_ones_void(guarded: Guarded) -> None:
    made = guarded.call("POST", f"{FACTORS}/recovery-codes", token=guarded.nurse)
    fresh = made.json["recovery_codes"]
    assert len(set(fresh)) == 10
    old = guarded.app.recovery_codes[0]
    assert guarded.answer(guarded.challenge(), old, method="recovery_code").status == 401
    assert guarded.answer(guarded.challenge(), fresh[0], method="recovery_code").status == 201


def test_without_a_factor_there_are_no_recovery_codes(guarded: Guarded) -> None:
    step_up(guarded.world, guarded.owner)
    answer = guarded.call("POST", f"{FACTORS}/recovery-codes", token=guarded.owner)
    assert (answer.status, answer.json["code"]) == (404, "not_found")


def test_when_the_last_factor_goes_its_recovery_codes_go_too(guarded: Guarded) -> None:
    own = guarded.call("GET", FACTORS, token=guarded.nurse).json
    passkey = f"{FACTORS}/passkeys/{own['passkeys'][0]['id']}"
    theirs = guarded.call("DELETE", passkey, token=guarded.owner, If_Match='"1"')
    assert theirs.status == 403
    for path in (passkey, f"{FACTORS}/totp"):
        assert guarded.call("DELETE", path, token=guarded.nurse, If_Match='"9"').status == 412
        assert guarded.call("DELETE", path, token=guarded.nurse, If_Match='"1"').status == 204
        assert guarded.call("DELETE", path, token=guarded.nurse, If_Match='"1"').status == 404
    left = guarded.call("GET", FACTORS, token=guarded.nurse).json
    assert (left["totp"], left["passkeys"], left["recovery_codes_left"]) == (None, [], 0)
    assert try_password(guarded.world, KIM).json["second_step"] is None
    guarded.world.pump()
    assert len([mail for mail in guarded.world.mails() if "factor was removed" in mail]) == 2


def test_whoever_requires_a_second_factor_of_all_has_just_given_their_own(
    guarded: Guarded,
) -> None:
    answer = _require(guarded)
    assert (answer.status, answer.json["code"]) == (403, "step_up_required")
    enrol_totp(guarded.world, guarded.owner)
    assert _require(guarded).json["require_mfa"] is True
    guarded.world.clock.advance(minutes=5)
    assert _require(guarded, wanted=False).json["code"] == "step_up_required"


def test_in_a_practice_that_requires_one_a_member_without_can_only_enrol(
    guarded: Guarded,
) -> None:
    desk, _ = add_member(guarded.world, guarded.owner, "front_desk")
    enrol_totp(guarded.world, guarded.owner)
    assert _require(guarded).status == 200
    for token in (
        desk,
        try_password(guarded.world, "front_desk@clinic.example").json["access_token"],
    ):
        assert me(guarded.world, token).json["permissions"] == ["read_self"]
        for path in ("/v1/practice", "/v1/members", "/v1/rooms"):
            refused = guarded.call("GET", path, token=token)
            assert (refused.status, refused.json["code"]) == (403, "forbidden")
    assert guarded.call("GET", FACTORS, token=desk).json["required"] is True
    enrol_passkey(guarded.world, desk)
    assert "read_practice" in me(guarded.world, desk).json["permissions"]
    assert guarded.call("GET", "/v1/practice", token=desk).status == 200
    assert "read_chart" in me(guarded.world, guarded.nurse).json["permissions"]


def test_there_the_last_factor_stays(guarded: Guarded) -> None:
    enrol_totp(guarded.world, guarded.owner)
    _require(guarded)
    answer = guarded.call("DELETE", f"{FACTORS}/totp", token=guarded.owner, If_Match='"1"')
    assert (answer.status, answer.json["code"]) == (409, "factor_needed")
