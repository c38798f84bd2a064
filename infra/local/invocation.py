"""A handler of the app, invoked as Lambda invokes a function, and what its answer means."""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any

from chalice.local import LambdaContext

from .events import Json

LOG = logging.getLogger("infra.local")


class Function:
    """One handler. `invocations` counts its calls, `busy` those under way."""

    def __init__(self, name: str, handler: Callable[[Json, Any], Any]) -> None:
        self.name = name
        self.invocations = 0
        self.busy = 0
        self._handler = handler
        self._counting = threading.Lock()

    def invoke(self, event: Json) -> Any:
        """Call the handler; what it raises is logged and raised."""
        context = LambdaContext(function_name=self.name, memory_size=512, max_runtime_ms=60_000)
        with self._counting:
            self.busy += 1
        try:
            return self._handler(event, context)
        except Exception as error:
            LOG.error("%s failed: %s: %s", self.name, type(error).__name__, error)
            raise
        finally:
            with self._counting:
                self.busy -= 1
                self.invocations += 1

    def failures(self, event: Json, identifiers: Sequence[str]) -> set[str]:
        """Invoke for a batch; the identifiers Lambda would take as failed.

        A raised error, or a failure named by an unknown or empty identifier, fails them all
        (AWS Lambda Developer Guide, "Implementing partial batch responses").
        """
        try:
            answer = self.invoke(event)
        except Exception:  # noqa: BLE001  # whatever a handler raises fails its batch
            return set(identifiers)
        named = {str(failure.get("itemIdentifier")) for failure in _failures_in(answer)}
        return named if named <= set(identifiers) else set(identifiers)


def _failures_in(answer: Any) -> list[dict[str, Any]]:
    if not isinstance(answer, dict):
        return []
    return list(answer.get("batchItemFailures") or [])
