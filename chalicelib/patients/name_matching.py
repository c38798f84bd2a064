"""Names and numbers as they are searched for. Pure: the caller makes HMACs of the tokens.

Folding: compatibility decomposition (Unicode UAX #15, NFKD), case folded, marks off, the Latin
letters without a decomposition spelt out.
"""

import re
import unicodedata

SHORTEST_PREFIX, LONGEST_PREFIX = 2, 6
MOST_PARTS = 8
"""Name parts that are indexed: at most 40 tokens a patient, so that one transaction holds them."""
PHONE_ENDINGS = (4, 7)

_APOSTROPHES = re.compile(r"['’‘ʼʻ`´]")
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)


def normalise_name(text: str) -> str:
    """`" SMITH-Jones,  Zoë O’Neil "` → `smith jones zoe oneil`."""
    return " ".join(_words(_folded(text).replace("'", "")))


def name_parts(*names: str) -> tuple[str, ...]:
    """`("O’Neil-Šmíd", "Zoë")` → `oneil, neil, smid, zoe`: what a search may begin with.

    Parted at spaces, hyphens and other punctuation; an apostrophe joins, and what follows it is a
    part too. Each part once, in order.
    """
    parts: list[str] = []
    for word in re.split(r"[\s\-]+", " ".join(map(_folded, names))):
        tail = word.rpartition("'")[2]
        parts += _words(word.replace("'", "")) + (_words(tail) if len(tail) > 1 else [])
    return tuple(dict.fromkeys(parts))


def name_tokens(*names: str) -> frozenset[str]:
    """What is stored of a patient's names: each part's beginnings of 2 to 6 letters.

    A part of one letter stands whole. Give the names in order of weight: parts after the eighth
    are left out.
    """
    return frozenset(
        part[:size]
        for part in name_parts(*names)[:MOST_PARTS]
        for size in range(min(SHORTEST_PREFIX, len(part)), min(LONGEST_PREFIX, len(part)) + 1)
    )


def query_token(query: str) -> str | None:
    """The one stored token to look up for a typed `query`: of its longest part. None if blank."""
    words = normalise_name(query).split()
    return max(words, key=len)[:LONGEST_PREFIX] if words else None


def name_matches(query: str, *names: str) -> bool:
    """Whether each word of the typed `query` begins a part of the names: sifts what was found."""
    parts = name_parts(*names)
    words = normalise_name(query).split()
    return bool(words) and all(any(part.startswith(word) for part in parts) for word in words)


def phone_tokens(e164: str) -> frozenset[str]:
    """What is stored of a number: `+16175550123`, its last 4 and its last 7 digits."""
    digits = e164.removeprefix("+")
    return frozenset({e164, *(digits[-size:] for size in PHONE_ENDINGS if len(digits) > size)})


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", _APOSTROPHES.sub("'", text))
    plain = unicodedata.normalize("NFKD", plain.casefold())
    marks_off = "".join(c for c in plain if not unicodedata.category(c).startswith("M"))
    return _APOSTROPHES.sub("'", marks_off).translate(_LETTERS)
