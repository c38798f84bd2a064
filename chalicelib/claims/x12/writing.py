"""X12 segments and envelopes, as we write them (X12.5, X12.6; TR3 appendix B.1).

Delimiters are `*`, `:`, `^` and `~`. X12 has no escape: what would collide with them is refused.
Counts and control numbers agree by construction.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

Usage = Literal["P", "T"]

_ELEMENT: Final = "*"
_COMPONENT: Final = ":"
_REPETITION: Final = "^"
_TERMINATOR: Final = "~"


class UnwritableError(ValueError):
    """A value that X12 cannot carry. `field` is the element, such as `NM103`.

    Neither the message nor the class repeats the value: it may be health data.
    """

    def __init__(self, field: str, reason: str, *, too_long: bool = False) -> None:
        super().__init__(f"{field} {reason}")
        self.field = field
        self.reason = reason
        self.too_long = too_long


@dataclass(frozen=True, slots=True)
class Text:
    """Words for people (a name, a street): written as `folded`, at most `limit` characters."""

    value: str
    limit: int


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number or code that another party compares: written as it is, without outer blanks."""

    value: str
    limit: int


Component = str | Text | Identifier
Element = Component | tuple[Component, ...]


def segment(tag: str, *elements: Element) -> str:
    """One segment without its terminator; empty trailing elements and components are left out.

    A tuple is a composite. Raises UnwritableError naming the element.
    """
    written = [_written(f"{tag}{place:02d}", item) for place, item in enumerate(elements, start=1)]
    return _joined(_ELEMENT, [tag, *written])


def folded(text: str) -> str:
    """`"Nguyễn"` → `"NGUYEN"`: capitals of ASCII where Unicode offers them, blanks collapsed.

    Characters without such a form stay as they are, for `segment` to refuse.
    Source: Unicode NFKD; TR3 appendix B.1.1.2.2, basic character set.
    """
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    bare = "".join(mark for mark in plain if unicodedata.category(mark) not in _UNSEEN)
    return " ".join(bare.translate(_LETTERS).upper().split())


def d8(day: date) -> str:
    """CCYYMMDD (X12 date format D8)."""
    return f"{day:%Y%m%d}"


@dataclass(frozen=True, slots=True)
class Guide:
    """What GS and ST say of an implementation guide: GS01, ST01, GS08, and whether ST03 is used."""

    functional_id: str
    set_code: str
    version: str
    names_itself_in_st: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class InterchangeHeader:
    """ISA and GS, as far as the caller decides them.

    Control numbers are 1 to 999,999,999, unique between the two parties. `created` is aware and is
    written in its own zone. Identifiers are 2–15 characters; `application_sender` and
    `application_receiver` (GS02, GS03) stand in for ISA06 and ISA08 where they differ.
    Raises UnwritableError.
    """

    sender_id: str
    receiver_id: str
    control_number: int
    group_control_number: int
    created: datetime
    usage: Usage
    sender_qualifier: str = "ZZ"
    receiver_qualifier: str = "ZZ"
    application_sender: str = ""
    application_receiver: str = ""
    acknowledgment_requested: bool = False

    def __post_init__(self) -> None:
        for field, number in (("ISA13", self.control_number), ("GS06", self.group_control_number)):
            if not 1 <= number <= 999_999_999:
                raise UnwritableError(field, "is not within 1 and 999999999")
        for field, identifier in (("ISA06", self.sender_id), ("ISA08", self.receiver_id)):
            if not 2 <= len(identifier) <= 15:
                raise UnwritableError(field, "is not of 2 to 15 characters")
        if self.created.utcoffset() is None:
            raise UnwritableError("ISA09", "needs a time with its zone")


def write_interchange(
    header: InterchangeHeader, guide: Guide, bodies: Iterable[Sequence[str]]
) -> str:
    """One interchange of one functional group; each body is what stands between an ST and its SE.

    Set control numbers run from `0001`.
    """
    sets = [_transaction_set(guide, f"{n:04d}", body) for n, body in enumerate(bodies, start=1)]
    group = str(header.group_control_number)
    opened = segment(
        "GS",
        guide.functional_id,
        Identifier(header.application_sender or header.sender_id, 15),
        Identifier(header.application_receiver or header.receiver_id, 15),
        d8(header.created),
        f"{header.created:%H%M}",
        group,
        "X",
        guide.version,
    )
    inner = [line for lines in sets for line in lines]
    return enclosed(header, [opened, *inner, segment("GE", str(len(sets)), group)], groups=1)


def enclosed(header: InterchangeHeader, segments: Sequence[str], *, groups: int) -> str:
    """ISA, the segments (functional groups, or TA1 alone with `groups` 0) and IEA."""
    number = f"{header.control_number:09d}"
    lines = [_isa(header, number), *segments, segment("IEA", str(groups), number)]
    return _TERMINATOR.join([*lines, ""])


_BASIC: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!\"&'()+,-./;?= "
_EXTENDED: Final = _BASIC + "abcdefghijklmnopqrstuvwxyz%@[]_{}\\|<>#$"
_WRITABLE: Final = frozenset(_EXTENDED)
_UNSEEN: Final = ("Mn", "Me", "Cf")
_LETTERS: Final = str.maketrans(
    {
        **dict(zip("ØøĐđŁłÐðĦħ", "OODDLLDDHH", strict=True)),
        **{"Æ": "AE", "æ": "AE", "Œ": "OE", "œ": "OE", "Þ": "TH", "þ": "TH", "ẞ": "SS"},
        **dict.fromkeys("‘’‛ʻʼ′´`", "'"),
        **dict.fromkeys("“”„″", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "⁄": "/",
    }
)


def _written(field: str, element: Element) -> str:
    match element:
        case tuple():
            return _joined(_COMPONENT, [_written(field, part) for part in element])
        case Text(value, limit):
            return _checked(field, folded(value), limit, given=bool(value.strip()))
        case Identifier(value, limit):
            return _checked(field, value.strip(), limit)
        case str():
            return _checked(field, element, len(element))


def _checked(field: str, text: str, limit: int, *, given: bool = False) -> str:
    refused = sorted(set(text) - _WRITABLE)
    if refused:
        raise UnwritableError(field, f"holds {', '.join(map(_named, refused))}")
    if given and not text:
        raise UnwritableError(field, "holds no character that X12 can carry")
    if len(text) > limit:
        raise UnwritableError(field, f"is longer than {limit} characters", too_long=True)
    return text


def _named(mark: str) -> str:
    return f"U+{ord(mark):04X} {unicodedata.name(mark, 'control character')}"


def _joined(delimiter: str, parts: Sequence[str]) -> str:
    return delimiter.join(parts).rstrip(delimiter)


def _transaction_set(guide: Guide, number: str, body: Sequence[str]) -> list[str]:
    version = guide.version if guide.names_itself_in_st else ""
    opened = segment("ST", guide.set_code, number, version)
    return [opened, *body, segment("SE", str(len(body) + 2), number)]


def _isa(header: InterchangeHeader, number: str) -> str:
    """The 105 characters before the first terminator: elements of fixed width, blanks kept."""
    blank = f"{'':10}"
    elements = [
        *("ISA", "00", blank, "00", blank),
        *(header.sender_qualifier, f"{_isa_party('ISA06', header.sender_id):15}"),
        *(header.receiver_qualifier, f"{_isa_party('ISA08', header.receiver_id):15}"),
        f"{header.created:%y%m%d}",
        f"{header.created:%H%M}",
        *(_REPETITION, "00501", number, str(int(header.acknowledgment_requested))),
        *(header.usage, _COMPONENT),
    ]
    return _ELEMENT.join(elements)


def _isa_party(field: str, identifier: str) -> str:
    return _checked(field, identifier, 15)
