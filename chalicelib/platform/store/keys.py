"""The key grammar: every part ends with `#`, which no part contains.

A partition key begins with the practice id, or with `sys#` for what belongs to no practice.
"""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .record import Record

SYSTEM = "sys"


class Key(NamedTuple):
    """A table key."""

    pk: str
    sk: str


def join(*parts: str) -> str:
    """`join("prc_1", "pat_2")` → `prc_1#pat_2#`. ValueError for an empty part or one with `#`."""
    for part in parts:
        if not part or "#" in part:
            raise ValueError(f"{part!r} cannot be part of a key")
    return "#".join(parts) + "#"


class IdInKey:
    """A record's attribute that is read off its key, never stored again: `id = IdInKey("pat")`."""

    def __init__(self, prefix: str) -> None:
        self._begins = f"{prefix}_"

    def __get__(self, record: "Record | None", owner: type | None = None) -> str:
        if record is None:
            return self  # type: ignore[return-value]  # class access: the descriptor itself
        for part in f"{record.pk}{record.sk}".split("#"):
            if part.startswith(self._begins):
                return part
        raise ValueError(f"{owner.__name__ if owner else 'record'} has no such id in its key")


class PracticeInKey(IdInKey):
    """The practice that a key names; `sys` where it names none: the vendor is a tenant of its own."""

    def __init__(self) -> None:
        super().__init__("prc")

    def __get__(self, record: "Record | None", owner: type | None = None) -> str:
        if record is not None and record.pk.startswith(f"{SYSTEM}#"):
            named = (part for part in f"{record.pk}{record.sk}".split("#") if part[:4] == "prc_")
            return next(named, SYSTEM)
        return super().__get__(record, owner)
