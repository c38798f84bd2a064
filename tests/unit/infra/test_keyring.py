"""infra/keyring.py: keys by id, and rotation that keeps the old ones."""

import base64
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from infra.keyring import main, new_keyring, promoted, with_keys_added

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


def test_a_new_keyring_has_one_current_key_of_each_kind() -> None:
    keyring = new_keyring(NOW)
    assert keyring["current"] == keyring["signing_current"] == "k20260302T140000Z"
    assert len(base64.b64decode(keyring["keys"][keyring["current"]])) == 32
    pem = keyring["signing"][keyring["signing_current"]].encode()
    private = load_pem_private_key(pem, password=None)
    assert isinstance(private, EllipticCurvePrivateKey)
    assert isinstance(private.curve, SECP256R1)


def test_no_two_keyrings_are_alike() -> None:
    assert new_keyring(NOW)["keys"] != new_keyring(NOW)["keys"]
    assert new_keyring(NOW)["signing"] != new_keyring(NOW)["signing"]


def test_added_keys_are_not_in_use_until_they_are_promoted() -> None:
    before = new_keyring(NOW)
    added = with_keys_added(before, NOW + timedelta(days=90))
    assert len(added["keys"]) == len(added["signing"]) == 2
    assert (added["current"], added["signing_current"]) == (before["current"],) * 2
    after = promoted(added)
    newest = "k20260531T140000Z"
    assert (after["current"], after["signing_current"]) == (newest, newest)


def test_old_keys_stay_and_are_first_in_order() -> None:
    before = new_keyring(NOW)
    after = promoted(with_keys_added(before, NOW + timedelta(days=90)))
    assert min(after["keys"]) == min(after["signing"]) == before["current"]
    assert before["keys"].items() < after["keys"].items()
    assert before["signing"].items() < after["signing"].items()


def test_keys_added_twice_within_a_second_are_refused_and_none_is_lost() -> None:
    with pytest.raises(ValueError, match="there is a key"):
        with_keys_added(new_keyring(NOW), NOW)


def test_key_ids_hold_no_dot_which_ends_them_in_sealed_texts() -> None:
    assert "." not in new_keyring(NOW)["current"]


def test_the_command_prints_a_new_keyring(capsys: pytest.CaptureFixture[str]) -> None:
    main([])
    printed = json.loads(capsys.readouterr().out)
    assert printed["current"] in printed["keys"]


def test_the_command_adds_to_and_promotes_what_it_reads(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = new_keyring(NOW)
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(before)))
    main(["--add"])
    added = capsys.readouterr().out
    assert json.loads(added)["current"] == before["current"]
    monkeypatch.setattr("sys.stdin", io.StringIO(added))
    main(["--promote"])
    assert json.loads(capsys.readouterr().out) == promoted(json.loads(added))
