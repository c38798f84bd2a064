"""One HTML file that opens offline with a passphrase, in any browser (ADR on the downtime pack).

What it tells is AES-256-GCM under a key by PBKDF2-HMAC-SHA-256 (OWASP's 600,000 rounds); the page's
own script, which WebCrypto does the work for, is the only one that its policy lets run.
"""

import base64
import hashlib
import json
import re
import secrets
import unicodedata
from collections.abc import Mapping
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

ITERATIONS = 600_000
_PLACE = re.compile(r"\{\{(\w+)\}\}")
_HERE = Path(__file__).parent


def normal(passphrase: str) -> str:
    """As the page takes what is typed: the same on every keyboard."""
    return unicodedata.normalize("NFKC", passphrase.strip())


def written(title: str, content: dict[str, Any], passphrase: str) -> str:
    """The file. `title` is readable without the passphrase."""
    sealed = json.dumps(_sealed(json.dumps(content, ensure_ascii=False), passphrase))
    return _filled(_page(), {"title": escape(title), "sealed": sealed})


def _sealed(text: str, passphrase: str) -> dict[str, Any]:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # late: for packs alone

    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    words = normal(passphrase).encode()
    key = hashlib.pbkdf2_hmac("sha256", words, salt, ITERATIONS)
    return {
        "iterations": ITERATIONS,
        "salt": base64.b64encode(salt).decode(),
        "nonce": base64.b64encode(nonce).decode(),
        "text": base64.b64encode(AESGCM(key).encrypt(nonce, text.encode(), None)).decode(),
    }


@cache
def _page() -> str:
    """The page without title and content."""
    page, style, script = (
        (_HERE / f"page.{each}").read_text(encoding="utf-8").strip()
        for each in ("html", "css", "js")
    )
    ours = {"style": style, "script": script}
    hashes = {f"{name}_hash": _hash(text) for name, text in ours.items()}
    return _filled(page, ours | hashes)


def _filled(page: str, texts: Mapping[str, str]) -> str:
    """What stands in `{{…}}` and is among these, at once: no text is looked through for another's."""
    return _PLACE.sub(lambda found: texts.get(found[1], found[0]), page)


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
