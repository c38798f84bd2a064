"""Actors whose table calls come in a set order: every interleaving of two can be played."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import combinations
from threading import Semaphore, Thread, current_thread
from typing import Any

from chalicelib.platform.errors import DomainError
from tests.faults import events

WAIT_SECONDS = 30


class Actor:
    """One use case in a thread of its own, held before each call it makes of the table."""

    def __init__(self, name: str, act: Callable[[], Any]) -> None:
        self.outcome: Any = None
        self.error: BaseException | None = None
        self._done = False
        self._go, self._stands = Semaphore(0), Semaphore(0)
        self._thread = Thread(target=self._run, args=(act,), name=name, daemon=True)

    def start(self) -> None:
        """Up to its first call."""
        self._thread.start()
        self._wait()

    def step(self) -> bool:
        """Let one call through, up to the next; False when it was done already."""
        if self._done:
            return False
        self._go.release()
        self._wait()
        return True

    def finish(self) -> None:
        """Let the rest through; raises what was no domain error."""
        while self.step():
            pass
        self._thread.join(WAIT_SECONDS)
        if self.error is not None:
            raise self.error

    def hold(self) -> None:
        """Called in its thread, before each call."""
        self._stands.release()
        if not self._go.acquire(timeout=WAIT_SECONDS):
            raise TimeoutError("nobody lets it go on")

    def _wait(self) -> None:
        if not self._stands.acquire(timeout=WAIT_SECONDS):
            raise TimeoutError("it does not come to its next call")

    def _run(self, act: Callable[[], Any]) -> None:
        try:
            self.outcome = act()
        except DomainError as refusal:
            self.outcome = refusal
        except BaseException as error:  # noqa: BLE001  # told by `finish`
            self.error = error
        finally:
            self._done = True
            self._stands.release()


def interleaved(
    order: Sequence[int], acts: Sequence[Callable[[], Any]], *, passing: Sequence[str] = ()
) -> list[Any]:
    """What each actor returns, or its DomainError, if their table calls come in `order`.

    `order` names an actor for each call; calls beyond it follow actor by actor. Operations named
    in `passing` are not held: they go with the call before.
    """
    actors = [Actor(f"actor-{number}", act) for number, act in enumerate(acts)]
    with _held(actors, passing):
        for actor in actors:
            actor.start()
        for number in order:
            actors[number].step()
        for actor in actors:
            actor.finish()
    return [actor.outcome for actor in actors]


def orders(first: int, second: int) -> list[tuple[int, ...]]:
    """Every order of as many calls of each of two actors."""
    places = range(first + second)
    return [tuple(int(place not in own) for place in places) for own in combinations(places, first)]


@contextmanager
def _held(actors: Sequence[Actor], passing: Sequence[str]) -> Iterator[None]:
    by_thread = {actor._thread.name: actor for actor in actors}

    def hold(model: Any, **_: Any) -> None:
        actor = by_thread.get(current_thread().name)
        if actor is not None and model.name not in passing:
            actor.hold()

    events().register("before-call.dynamodb.*", hold)
    try:
        yield
    finally:
        events().unregister("before-call.dynamodb.*", hold)
