"""Routes of the service itself: is it up, and what does it offer."""

import json
from functools import cache

from .context import SystemContext
from .http import PUBLIC, Answer, Document, Routes, endpoints

routes = Routes("service")
TITLE, VERSION = "Careloom", "0.1.0"


class Health(Answer):
    status: str


@routes.get("/healthz", permission=PUBLIC, audited=False)
def healthz(context: SystemContext) -> Health:  # noqa: ARG001  # every route takes its context
    """Whether the service answers."""
    return Health(status="ok")


@routes.get("/openapi.json", permission=PUBLIC, audited=False)
def read_openapi(context: SystemContext) -> Document:  # noqa: ARG001
    """This API as OpenAPI 3.1."""
    return Document("application/json", _openapi_text())


@routes.get("/docs", permission=PUBLIC, audited=False, content_type="text/html")
def read_docs(context: SystemContext) -> Document:  # noqa: ARG001
    """This API as a page to read; works offline."""
    return Document("text/html; charset=utf-8", _docs_text())


@cache
def _openapi_text() -> str:
    return json.dumps(_openapi())


@cache
def _docs_text() -> str:
    from .http.docs_page import render_docs

    return render_docs(_openapi())


def _openapi() -> dict[str, object]:
    from .config import settings
    from .http.openapi import build_openapi

    return build_openapi(
        endpoints(), title=TITLE, version=VERSION, server_url=settings().public_url
    )
