"""The file itself: what can be read of it, and what may run in it."""

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chalicelib.downtime import page
from tests.builders.packs import open_pack

CONTENT = {
    "notes": ["<b>Nguyễn</b> & </script>"],
    "days": [
        {
            "title": "Monday",
            "visits": [{"title": "09:00", "lines": [["Allergies", "“Latex”", True]]}],
        }
    ],
}


@pytest.fixture(autouse=True)
def few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "ITERATIONS", 1_000)


def test_it_says_how_it_is_sealed_as_anybody_could_open_it() -> None:
    written = page.written("Title", CONTENT, "correct horse battery")
    sealed = json.loads(re.search(r'type="application/json">(.*?)</script>', written)[1])  # type: ignore[index]
    raw = {name: base64.b64decode(sealed[name]) for name in ("salt", "nonce", "text")}
    key = hashlib.pbkdf2_hmac("sha256", b"correct horse battery", raw["salt"], sealed["iterations"])
    assert len(key) == 32
    assert json.loads(AESGCM(key).decrypt(raw["nonce"], raw["text"], None)) == CONTENT


def test_two_of_the_same_share_nothing_that_is_sealed() -> None:
    first, second = (page.written("Title", CONTENT, "correct horse battery") for _ in range(2))
    assert first != second
    for name in ("salt", "nonce", "text"):
        assert len(set(re.findall(rf'"{name}": "([^"]+)"', first + second))) == 2


def test_nothing_in_it_runs_but_its_own_script_and_nothing_is_fetched(tmp_path: Path) -> None:
    written = page.written("{{sealed}} <script>alert(1)</script>", CONTENT, "correct horse battery")
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', written)[1]  # type: ignore[index]
    scripts = re.findall(r"<script>(.*?)</script>", written, re.DOTALL)
    (script,) = scripts
    hashed = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy.startswith("default-src 'none'; ")
    assert f"script-src 'sha256-{hashed}'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"https?://|//cdn|src=|@import|url\(", written)
    assert "{{sealed}} &lt;script&gt;" in written
    file = tmp_path / "pack.html"
    file.write_text(written, encoding="utf-8")
    found = open_pack(file, " correct horse battery ")
    assert found.open
    assert "<b>Nguyễn</b> & </script>" in found.text
    assert "“Latex”" in found.text


@pytest.mark.parametrize("typed", ["pässphrase of words", "pa\u0308ssphrase of words"])
def test_a_passphrase_opens_it_on_whichever_keyboard_it_is_typed(
    tmp_path: Path, typed: str
) -> None:
    file = tmp_path / "pack.html"
    file.write_text(page.written("Title", CONTENT, "pässphrase of words"), encoding="utf-8")
    assert open_pack(file, typed).open


def test_one_byte_that_is_changed_opens_nothing(tmp_path: Path) -> None:
    written = page.written("Title", CONTENT, "correct horse battery")
    at = written.index('"text": "') + 30
    file = tmp_path / "pack.html"
    changed = "A" if written[at] != "A" else "B"
    file.write_text(written[:at] + changed + written[at + 1 :], encoding="utf-8")
    found = open_pack(file, "correct horse battery")
    assert (found.open, found.text) == (False, "")
