"""Tasks, asked for as other domains ask: by an event."""

from chalicelib.platform.events import Event
from chalicelib.platform.ids import derived_id
from chalicelib.platform.runtime import runtime
from tests.world import World


def wanted(world: World, practice_id: str, *, event_id: str = "", **data: str) -> Event:
    """The event that asks for a task; in the queue `general`, of the kind `call_back`, if not said."""
    return Event(
        id=event_id or runtime().ids.new("evt"),
        type="task.wanted",
        practice_id=practice_id,
        subject="enc_00000000000000000000000000",
        subject_version=1,
        occurred_at=world.clock.now(),
        data={"queue": "general", "kind": "call_back", **data},
    )


def want_task(world: World, practice_id: str, **data: str) -> str:
    """The id of the task that such an event made."""
    event = wanted(world, practice_id, **data)
    assert world.deliver("tasks", [event.to_json()]) == []
    return derived_id("tsk", event.id)
