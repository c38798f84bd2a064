"""What leaves sealed: only the custodian's private key opens it."""

import json
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from chalicelib.custody.lines import line_of
from chalicelib.custody.sealing import is_public_key, open_line, seal_line
from tests.builders.custody import pems
from tests.builders.practices import sealed_row

PRIVATE, PUBLIC = pems(X25519PrivateKey.generate())


def test_a_sealed_record_shows_its_key_alone_and_opens_whole() -> None:
    random = Random(1)
    for _ in range(200):
        line = line_of({**sealed_row(random, "prc_1"), "body": {"S": "a secret of the session"}})
        sealed = seal_line(line, PUBLIC)
        assert sealed.keys() == {"kind", "key", "version", "schema", "sealed"}
        assert "secret" not in json.dumps(sealed)
        assert open_line(json.loads(json.dumps(sealed)), PRIVATE) == line


def test_the_same_record_sealed_twice_is_not_the_same() -> None:
    line = line_of(sealed_row(Random(1), "prc_1"))
    assert seal_line(line, PUBLIC) != seal_line(line, PUBLIC)


def test_another_key_opens_nothing() -> None:
    sealed = seal_line(line_of(sealed_row(Random(1), "prc_1")), PUBLIC)
    with pytest.raises(ValueError, match="another key"):
        open_line(sealed, pems(X25519PrivateKey.generate())[0])


@pytest.mark.parametrize("part", ["kind", "key", "version", "schema"])
def test_a_head_that_was_altered_opens_nothing(part: str) -> None:
    sealed = seal_line(line_of(sealed_row(Random(1), "prc_1")), PUBLIC)
    with pytest.raises(ValueError, match="altered"):
        open_line({**sealed, part: "other"}, PRIVATE)


def test_only_an_x25519_public_key_is_one() -> None:
    rsa = pems(generate_private_key(65537, 2048))[1]
    assert is_public_key(PUBLIC)
    for other in (rsa, PRIVATE, "", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"):
        assert not is_public_key(other)
