"""What a note says, as it is stored, hashed and signed: canonical JSON, so that one content has one hash.

Canonical: keys sorted, no white space, UTF-8, blanks left out (as RFC 8785, but numbers as Python
writes them: what is stored is what was hashed, and is never written anew).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from .note_templates import NoteTemplate

MOST_BYTES = 100_000
"""UTF-8 bytes of a note: it fits its item whatever it compresses to."""


@dataclass(frozen=True, slots=True)
class NoteBody:
    """The filled template: `{section: {field: value}}`."""

    template: str
    template_version: int
    content: dict[str, dict[str, object]]


def canonical(template: NoteTemplate, content: Mapping[str, Mapping[str, object] | None]) -> str:
    """The one text of this content in this template."""
    filled = {
        section: {key: value for key, value in fields.items() if value is not None}
        for section, fields in content.items()
        if fields is not None
    }
    document = {
        "template": template.key,
        "template_version": template.version,
        "content": {section: fields for section, fields in filled.items() if fields},
    }
    return json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def read_body(text: str) -> NoteBody:
    """The reverse of `canonical`. ValueError for what is none."""
    try:
        return NoteBody(**json.loads(text))
    except TypeError as error:
        raise ValueError("not the body of a note") from error


def is_readable(text: str) -> bool:
    """Whether `text` is the body of a note."""
    try:
        read_body(text)
    except ValueError:
        return False
    return True


def digest(text: str) -> str:
    """SHA-256 of the UTF-8 bytes, in hex: what a signature covers."""
    return sha256(text.encode()).hexdigest()
