"""`Routes`: a domain's routes, typed by their functions' hints. Chalice has no such thing of its own."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, get_type_hints

from chalice.app import Blueprint
from pydantic import BaseModel

from .. import late
from ..context import SystemContext
from ..store import Key

PUBLIC = "public"
F = TypeVar("F", bound=Callable[..., Any])
Brings = Callable[[str, Mapping[str, str]], Iterable[Key]]
"""Practice and path parameters → keys of what the use case will read."""


@dataclass(frozen=True, slots=True)
class Document:
    """An answer that is no JSON model: a page, or with a name a file to keep."""

    content_type: str
    body: str
    file_name: str = ""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What a route declares; serving and OpenAPI read it."""

    method: str
    path: str
    name: str
    domain: str
    permission: str
    status: int
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    path_parameters: tuple[str, ...]
    answer: type[BaseModel] | None
    summary: str
    description: str
    content_type: str = "application/json"
    system: bool = False
    audited: bool = True
    idempotent: bool = False
    step_up: bool = False
    brings: Brings | None = None

    @property
    def public(self) -> bool:
        return self.permission == PUBLIC

    @property
    def reads(self) -> bool:
        return self.method == "GET" or self.path.endswith("/search")

    @property
    def of_a_closing_practice(self) -> bool:
        """Whether it is served once the practice closes: reading, one's own session, and custody."""
        return self.reads or self.domain == "custody" or self.permission == "read_self"

    @property
    def needs_if_match(self) -> bool:
        return self.method in ("PUT", "PATCH", "DELETE")


_registered: dict[str, Endpoint] = {}


def endpoints() -> list[Endpoint]:
    """Every route of the product, in path order: those that app.py names are imported for it."""
    late.ROUTES.all()
    return sorted(_registered.values(), key=lambda known: (known.path, known.method))


class Routes:
    """A domain's routes. Each names its permission: without one it does not start."""

    def __init__(self, domain: str) -> None:
        self.domain = domain
        self.blueprint = Blueprint(f"chalicelib.{domain}.routes")

    def get(self, path: str, *, permission: str, **options: Any) -> Callable[[F], F]:
        return self._route("GET", path, permission, options)

    def post(self, path: str, *, permission: str, **options: Any) -> Callable[[F], F]:
        """`status` is 201 for what makes a record, 200 for the rest (default).

        `step_up`, of any method, wants a second factor given in the last five minutes. `brings`
        names items for the one read that every request pays: the use case has them by `find_brought`.
        """
        return self._route("POST", path, permission, options)

    def put(self, path: str, *, permission: str, **options: Any) -> Callable[[F], F]:
        return self._route("PUT", path, permission, options)

    def patch(self, path: str, *, permission: str, **options: Any) -> Callable[[F], F]:
        return self._route("PATCH", path, permission, options)

    def delete(self, path: str, *, permission: str, **options: Any) -> Callable[[F], F]:
        return self._route("DELETE", path, permission, options)

    def _route(
        self, method: str, path: str, permission: str, options: dict[str, Any]
    ) -> Callable[[F], F]:
        def register(function: F) -> F:
            declared = _declared(function, self.domain, method, path, permission, **options)
            if declared.name in _registered and _registered[declared.name].path != path:
                raise ValueError(f"two routes are named {declared.name}")
            _registered[declared.name] = declared
            self.blueprint.route(
                path,
                methods=[method],
                name=declared.name,
                cors=True,
                content_types=[],
            )(_view(declared, function, self.blueprint))
            return function

        return register


def _view(
    declared: Endpoint, function: Callable[..., Any], blueprint: Blueprint
) -> Callable[..., Any]:
    def view(**path: str) -> Any:
        from .serving import serve

        return serve(declared, function, blueprint.current_request, path)

    return view


def _declared(
    function: Callable[..., Any],
    domain: str,
    method: str,
    path: str,
    permission: str,
    *,
    status: int = 200,
    content_type: str = "application/json",
    audited: bool = True,
    idempotent: bool | None = None,
    step_up: bool = False,
    brings: Brings | None = None,
) -> Endpoint:
    hints = get_type_hints(function)
    answer = hints.pop("return", None)
    context, *rest = hints
    models = {name: hints[name] for name in rest if _is_model(hints[name])}
    named = tuple(part[1:-1] for part in path.split("/") if part.startswith("{"))
    if set(named) != set(rest) - set(models) or set(models) - {"body", "query"}:
        raise TypeError(f"{function.__name__}: its parameters do not fit {path}")
    summary, _, description = inspect.cleandoc(function.__doc__ or "").partition("\n")
    return Endpoint(
        method=method,
        path=path,
        name=function.__name__,
        domain=domain,
        permission=str(permission),
        status=204 if answer in (None, type(None)) else status,
        body=models.get("body"),
        query=models.get("query"),
        path_parameters=named,
        answer=answer if _is_model(answer) else None,
        summary=summary,
        description=description.strip(),
        content_type=content_type,
        system=issubclass(hints[context], SystemContext),
        audited=audited,
        idempotent=_idempotent(method, path, permission) if idempotent is None else idempotent,
        step_up=step_up,
        brings=brings,
    )


def _idempotent(method: str, path: str, permission: str) -> bool:
    return method == "POST" and not path.endswith("/search") and permission != PUBLIC


def _is_model(hint: Any) -> bool:
    return inspect.isclass(hint) and issubclass(hint, BaseModel)


class Served(Protocol):
    """What Chalice hands a view: method, headers, raw body, query."""

    @property
    def raw_body(self) -> Any: ...

    method: str
    headers: Any
    query_params: Any
    context: Any
