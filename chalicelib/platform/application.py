"""The Chalice app, whose routes and handlers are imported late (ADR 18)."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from chalice.app import Blueprint, Chalice, RouteEntry

from . import late
from .http import serving  # noqa: F401  # every request needs it, so it belongs to the start

Views = dict[str, RouteEntry]


def _of_handlers(name: str) -> Any:
    """An attribute of Chalice's that is whole once the handlers are imported."""

    def get(self: "Application") -> Any:
        self.import_handlers()
        return vars(self)[name]

    def put(self: "Application", value: Any) -> None:
        vars(self)[name] = value

    return property(get, put)


class Application(Chalice):
    """`routes` and `handlers` name modules of chalicelib.

    A path's modules are imported when it is first asked for. The handlers come all together: an
    event has to find everyone who listens to it.
    """

    handler_map = _of_handlers("handler_map")
    event_sources = _of_handlers("event_sources")
    pure_lambda_functions = _of_handlers("pure_lambda_functions")

    def __init__(self, name: str, *, routes: Sequence[str], handlers: Sequence[str]) -> None:
        self._lock, self._under_way, self._whole = threading.RLock(), True, False
        super().__init__(app_name=name, configure_logs=False)
        late.ROUTES.name(routes)
        late.HANDLERS.name(handlers)
        self.routes: Any = LateRoutes(self, late.paths(routes))
        self._under_way = False

    def handler(self, name: str) -> Callable[..., Any]:
        """What Lambda calls as `app.<name>`; AttributeError if there is no such handler."""
        if name.startswith("_") or name not in self.handler_map:
            raise AttributeError(name)
        found: Callable[..., Any] = self.handler_map[name]
        return found

    def import_handlers(self) -> None:
        """All of them, once."""
        if self._whole:
            return
        with self.registering() as free:
            if free and not self._whole:
                modules = late.HANDLERS.all()
                for blueprint in dict.fromkeys(map(_blueprint_of, modules)):
                    self.register_blueprint(blueprint)
                self._whole = True

    @contextmanager
    def registering(self) -> Iterator[bool]:
        """One thread at a time; False within its own registering, where nothing is imported."""
        with self._lock:
            free, self._under_way = not self._under_way, True
            try:
                yield free
            finally:
                self._under_way = not free


class LateRoutes(Mapping[str, Views]):
    """Chalice's table of routes: all paths are known, a path's views when they are asked for."""

    def __init__(self, app: Application, declared: Mapping[str, Sequence[str]]) -> None:
        self._app = app
        self._waiting = dict(declared)
        self._views: dict[str, Views] = {path: {} for path in declared}
        self._registered: set[str] = set()

    def __getitem__(self, path: str) -> Views:
        """Of a path that is not there, no view: as Chalice's own table has it."""
        if path in self._waiting:
            self._import_views(path)
        return self._views.setdefault(path, {})

    def __contains__(self, path: object) -> bool:
        return path in self._views

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._views))

    def __len__(self) -> int:
        return len(self._views)

    def _import_views(self, path: str) -> None:
        with self._app.registering() as free:
            if free:
                for name in self._waiting.get(path, ()):
                    if name not in self._registered:
                        self._app.register_blueprint(late.import_late(name).routes.blueprint)
                        self._registered.add(name)
                self._waiting.pop(path, None)


def _blueprint_of(handlers: ModuleType) -> Blueprint:
    """A domain's consumers have one; the platform's workers are one."""
    found: Blueprint = (
        handlers.consumers.blueprint if hasattr(handlers, "consumers") else handlers.workers
    )
    return found
