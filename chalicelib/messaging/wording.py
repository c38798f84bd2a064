"""Texts with variables: those that are safe on a channel, and what a text is with them filled. Pure.

A text message names no patient and no reason for a visit: neither the type of an appointment nor
the name of a place within the practice may stand in it.
"""

import re
from collections.abc import Mapping

EMAIL, SMS = "email", "sms"
VARIABLES: Mapping[str, frozenset[str]] = {
    SMS: frozenset({"practice", "date", "time", "phone", "link", "video"}),
    EMAIL: frozenset(
        {"practice", "date", "time", "phone", "link", "video", "location", "first_name"}
    ),
}
_VARIABLE = re.compile(r"\{([^{}]*)\}")


def unsafe_in(text: str, channel: str) -> tuple[str, ...]:
    """What stands in braces and is no variable of this channel, each once; stray braces, too."""
    named = dict.fromkeys(_VARIABLE.findall(text))
    stray = dict.fromkeys(re.findall(r"[{}]", _VARIABLE.sub("", text)))
    return tuple(name for name in (*named, *stray) if name not in VARIABLES[channel])


def filled(text: str, values: Mapping[str, str]) -> str:
    """`text` with its variables filled; a line with one that has no value is left out."""
    lines = (
        _VARIABLE.sub(lambda found: values[found[1]], line)
        for line in text.split("\n")
        if all(values.get(name) for name in _VARIABLE.findall(line))
    )
    return "\n".join(lines).strip()
