"""The compact table of one ICD-10-CM release: how it is written, looked up and searched.

Bytes in Latin-1: a newline, then per code a line `CODE`, `+` billable or `-` header, title; sorted,
so that a look-up is a binary search in the bytes and nothing is built at load.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from heapq import nsmallest

_LONGEST_CODE = 7


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """`code` without its dot."""

    code: str
    title: str
    billable: bool


def table_of(entries: Iterable[CodeEntry]) -> bytes:
    """ValueError if a code comes twice or a title is not one line of Latin-1."""
    lines = sorted(f"{e.code}{'+' if e.billable else '-'}{e.title}" for e in entries)
    codes = [re.split(r"[+-]", line, maxsplit=1)[0] for line in lines]
    if len(set(codes)) < len(codes) or any(not line.isprintable() for line in lines):
        raise ValueError("each code comes once, with a title of one line")
    return ("\n" + "".join(f"{line}\n" for line in lines)).encode("latin-1")


def entry_of(table: bytes, code: str) -> CodeEntry | None:
    """The entry of the undotted `code`."""
    for line in _lines_from(table, code.encode("ascii")):
        entry = _entry(line)
        return entry if entry.code == code else None
    return None


def entries_beginning_with(table: bytes, prefix: str, *, limit: int) -> list[CodeEntry]:
    """In order of their codes; `prefix` is undotted, in capitals."""
    found: list[CodeEntry] = []
    for line in _lines_from(table, prefix.encode("ascii")):
        if len(found) == limit or not line.startswith(prefix.encode("ascii")):
            break
        found.append(_entry(line))
    return found


def entries_with_words(table: bytes, query: str, *, limit: int) -> list[CodeEntry]:
    """Entries in which each word of `query` begins a word of the title (or the code).

    Billable first, then the shortest codes, which are the general ones, then the shortest titles.
    """
    words = re.findall(rb"[a-z0-9]+", _folded_text(query))
    if not words:
        return []
    ranked = ((_flag_at(line), line) for line in _lines_with(table, words))
    order = ((line[flag : flag + 1] == b"-", flag, len(line), line) for flag, line in ranked)
    return [_entry(line) for *_, line in nsmallest(limit, order)]


def _lines_with(table: bytes, words: list[bytes]) -> Iterator[bytes]:
    longest, *others = sorted(words, key=len, reverse=True)
    patterns = [re.compile(rb"\b" + word) for word in others]
    folded = _folded_table(table)
    place = folded.find(longest)
    while place >= 0:
        end = place + 1
        if not folded[place - 1 : place].isalnum():
            start, end = folded.rfind(b"\n", 0, place) + 1, folded.find(b"\n", place)
            if all(pattern.search(folded[start:end]) for pattern in patterns):
                yield table[start:end]
        place = folded.find(longest, end)


def _lines_from(table: bytes, key: bytes) -> Iterator[bytes]:
    """The lines from the first whose code is `key` or follows it."""
    low, high = 0, len(table)
    while low < high:
        middle = (low + high) // 2
        start = table.find(b"\n", middle) + 1
        if 0 < start < len(table) and table[start : start + _LONGEST_CODE + 1] < key:
            low = middle + 1
        else:
            high = middle
    start = table.find(b"\n", low) + 1
    while 0 < start < len(table):
        end = table.find(b"\n", start)
        yield table[start:end]
        start = end + 1


def _entry(line: bytes) -> CodeEntry:
    flag = _flag_at(line)
    return CodeEntry(
        line[:flag].decode("ascii"), line[flag + 1 :].decode("latin-1"), line[flag] == ord("+")
    )


def _flag_at(line: bytes) -> int:
    return next(place for place, byte in enumerate(line) if byte in b"+-")


def _folded_text(text: str) -> bytes:
    """Lower case, accents off, every other non-ASCII letter gone."""
    return unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore")


@lru_cache(maxsize=4)
def _folded_table(table: bytes) -> bytes:
    return table.translate(bytes(map(_folded_byte, range(256))))


def _folded_byte(byte: int) -> int:
    folded = _folded_text(chr(byte))
    return folded[0] if folded else byte
