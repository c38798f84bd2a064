"""A line of one practice as a line of another: its id changes wherever it is a key or a reference."""

from collections.abc import Mapping
from typing import Any

from .lines import Line


def rekeyed(line: Line, old: str, new: str) -> Line:
    """The line under the practice `new`; every other id stays."""
    moved = {**line, "key": [part.replace(f"{old}#", f"{new}#") for part in line["key"]]}
    moved["attributes"] = _renamed(line["attributes"], old, new)
    if "index" in line:
        moved["index"] = {
            name: value.replace(f"{old}#", f"{new}#") for name, value in line["index"].items()
        }
    return moved


def _renamed(value: Any, old: str, new: str) -> Any:
    """What is the id, or begins with it as keys of rows and files do; never words inside a text."""
    match value:
        case str() if value == old or value.startswith((f"{old}#", f"{old}/")):
            return new + value[len(old) :]
        case Mapping():
            return {name: _renamed(each, old, new) for name, each in value.items()}
        case list():
            return [_renamed(each, old, new) for each in value]
        case _:
            return value
