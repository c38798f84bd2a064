"""Setting up is done once: a call that was made before, of the same table at the same time, is replayed.

Tests of one file begin alike: a practice signs up, people join, places are added. While a fixture is
set up, and within `sign_up` and its like, `World.call` remembers what a call answered and the table it
left. A call that touched anything but the table is made anew, and so is every call of a test's own.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from chalicelib.platform.runtime import runtime
from tests import quick_moto, tables


@dataclass
class _State:
    """The table after a call, and what the same calls led to from there."""

    image: tables.Image
    last_id: int
    after: dict[Any, tuple[Any, "_State"]] = field(default_factory=dict)


_depth = 0
_empty: dict[Any, _State] = {}


@contextmanager
def setting_up() -> Iterator[None]:
    """Calls made meanwhile are set-up: they may be replayed."""
    global _depth  # noqa: PLW0603  # pytest sets fixtures up one in another
    _depth += 1
    try:
        yield
    finally:
        _depth -= 1


def replayed(world: Any, call: tuple[Any, ...], make: Callable[[], Any]) -> Any:
    """The answer of `make`, made now or before."""
    state = _state_of(world) if _depth else None
    if state is None:
        world.state = None
        return make()
    key = (world.clock.now(), *call)
    if key in state.after:
        answer, then = state.after[key]
        tables.put_back(then.image)
        runtime().ids._last = max(runtime().ids._last, then.last_id)
        world.state = then
        return answer
    before = quick_moto.calls_beside_the_table()
    answer = make()
    world.state = None
    if quick_moto.calls_beside_the_table() == before:
        world.state = _State(tables.image(), runtime().ids._last)
        state.after[key] = (answer, world.state)
    return answer


def _state_of(world: Any) -> _State | None:
    """Where the world stands, if it is where a call has left it, or at its beginning."""
    now = tables.image()
    known: _State | None = world.state
    if known is not None and tables.is_same(known.image, now):
        return known
    if any(now.values()):
        return None
    return _empty.setdefault(world.start, _State(now, 0))
