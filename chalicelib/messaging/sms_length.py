"""How long a text message is: its encoding and its segments. Pure.

Source: 3GPP TS 23.038, GSM 7-bit default alphabet and its extension table; a message of several
segments loses 7 letters (3 of UCS-2) of each to the header that joins them (TS 23.040, 9.2.3.24).
"""

from dataclasses import dataclass

GSM_7, UCS_2 = "gsm-7", "ucs-2"
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")
_ROOM = {GSM_7: (160, 153), UCS_2: (70, 67)}
"""Units in a message of one segment, and in each of several."""


@dataclass(frozen=True, slots=True)
class SmsLength:
    """`units` are 7-bit letters (an extended one counts two), or UTF-16 units."""

    encoding: str
    units: int
    segments: int


def sms_length(text: str) -> SmsLength:
    """What the network will make of `text`. No letter is split between segments."""
    encoding = GSM_7 if set(text) <= _BASIC | _EXTENDED else UCS_2
    widths = [_width(letter, encoding) for letter in text]
    alone, joined = _ROOM[encoding]
    if sum(widths) <= alone:
        return SmsLength(encoding, sum(widths), 1)
    segments, left = 1, joined
    for width in widths:
        if width > left:
            segments, left = segments + 1, joined
        left -= width
    return SmsLength(encoding, sum(widths), segments)


def _width(letter: str, encoding: str) -> int:
    if encoding == GSM_7:
        return 2 if letter in _EXTENDED else 1
    return len(letter.encode("utf-16-be")) // 2
