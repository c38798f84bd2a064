"""Modules that are imported when they are first needed, which in most processes is never (ADR 18).

app.py names them. What they declare is read off their source, so that it is known before any of
them is imported: paths of routes, kinds of records.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final

PRODUCT: Final = Path(__file__).resolve().parents[1]

_CONSTANT: Final = re.compile(r'^(\w+) = (f?)"(/[^"]*|\{[^"]*)"$', re.MULTILINE)
_ROUTE: Final = re.compile(
    r'^@routes\.(?:get|post|put|patch|delete)\(\s*(?:(f?)"([^"]*)"|(\w+))', re.MULTILINE
)
_KIND: Final = re.compile(r'^    KIND = "([^"]+)"', re.MULTILINE)
_BRACES: Final = re.compile(r"\{\{|\}\}|\{(\w+)\}")


class LateModules:
    """Modules by their names within chalicelib: `billing.routes`."""

    def __init__(self) -> None:
        self._names: tuple[str, ...] = ()
        self._modules: tuple[ModuleType, ...] | None = None

    def name(self, names: Iterable[str]) -> None:
        """These are the modules; nothing is imported yet."""
        self._names, self._modules = tuple(names), None

    def all(self) -> tuple[ModuleType, ...]:
        """The modules, imported now if they were not."""
        if self._modules is None:
            self._modules = tuple(import_late(name) for name in self._names)
        return self._modules


ROUTES, HANDLERS = LateModules(), LateModules()


def import_late(name: str) -> ModuleType:
    """The module `chalicelib.<name>`."""
    return import_module(f"{PRODUCT.name}.{name}")


def paths(names: Iterable[str]) -> dict[str, list[str]]:
    """Path → those of the modules that have a route there."""
    return _declared_in(names, paths_in)


@cache
def kinds() -> dict[str, list[str]]:
    """Kind of record → the module of its class: a `models.py`, or one of the platform's."""
    files = [*PRODUCT.rglob("models.py"), *(PRODUCT / "platform").rglob("*.py")]
    parts = (file.relative_to(PRODUCT).with_suffix("").parts for file in sorted(files))
    return _declared_in(map(".".join, parts), _KIND.findall)


def paths_in(source: str) -> Iterator[str]:
    """The paths of `@routes.get("/v1/…")` and its like; written out, or with constants above."""
    constants: dict[str, str] = {}
    for name, is_format, text in _CONSTANT.findall(source):
        constants[name] = _filled(text, constants) if is_format else text
    for is_format, text, name in _ROUTE.findall(source):
        if name:
            yield constants[name]
        else:
            yield _filled(text, constants) if is_format else text


def _filled(text: str, constants: dict[str, str]) -> str:
    """An f-string of constants."""
    return _BRACES.sub(lambda found: constants[found[1]] if found[1] else found[0][0], text)


def _declared_in(
    names: Iterable[str], find: Callable[[str], Iterable[str]]
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in names:
        source = (PRODUCT / f"{name.replace('.', '/')}.py").read_text(encoding="utf-8")
        for declared in dict.fromkeys(find(source)):
            found.setdefault(declared, []).append(name)
    return found
