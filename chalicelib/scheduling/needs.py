"""Rooms and equipment by kind: what a type of appointment needs, and what meets it. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Need:
    """One thing of this kind that has all these features: an `exam_room` with an `ecg`."""

    kind: str
    features: tuple[str, ...] = ()


class Thing(Protocol):
    """A room or a piece of equipment."""

    @property
    def id(self) -> str: ...
    @property
    def of_kind(self) -> str | None: ...
    @property
    def features(self) -> set[str] | None: ...


def meets(thing: Thing, need: Need) -> bool:
    return thing.of_kind == need.kind and set(need.features) <= (thing.features or set())


def assigned(
    needs: Sequence[Need],
    *,
    named: Iterable[Thing],
    others: Iterable[Thing] = (),
    is_free: Callable[[str], bool] = lambda _: True,
) -> tuple[str, ...] | None:
    """A thing for each need, no thing twice: one of `named` where any meets it, else a free other.

    None if there is none; the first by id, so that the same request finds the same.
    """
    chosen = sorted(named, key=lambda each: each.id)
    spare = [each for each in sorted(others, key=lambda each: each.id) if is_free(each.id)]
    candidates = []
    for need in needs:
        fitting = [each.id for each in chosen if meets(each, need)]
        candidates.append([*fitting, *(each.id for each in spare if meets(each, need))])
    return next((each for each in product(*candidates) if len(set(each)) == len(needs)), None)
