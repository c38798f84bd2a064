"""What may be imported before the first request: what every request needs, and nothing else (ADR 18)."""

import sys
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch

AT_START = (
    "app",
    "chalicelib",
    "chalicelib.platform*",
    # who sends a request
    "chalicelib.identity",
    "chalicelib.identity.authentication",
    "chalicelib.identity.derived_secrets",
    "chalicelib.identity.errors",
    "chalicelib.identity.machines",
    "chalicelib.identity.machines.authentication",
    "chalicelib.identity.machines.models",
    "chalicelib.identity.machines.tokens",
    "chalicelib.identity.models",
    "chalicelib.identity.operators",
    "chalicelib.identity.permissions",
    "chalicelib.identity.sessions",
    "chalicelib.identity.sessions.limits",
    "chalicelib.identity.sessions.signing_keys",
    "chalicelib.identity.sessions.tokens",
    "chalicelib.identity.standing",
    # of which practice
    "chalicelib.practices",
    "chalicelib.practices.models",
    "chalicelib.practices.plans",
)
LATE_IN_PLATFORM = (
    "chalicelib.platform.service_routes",
    "chalicelib.platform.workers",
    "chalicelib.platform.http.openapi*",
    "chalicelib.platform.http.docs_page",
    "chalicelib.platform.http.schema_examples",
)
LIBRARIES = frozenset(
    {
        "chalice", "blinker", "botocore", "dateutil", "jmespath", "six", "urllib3", "certifi",
        "pynamodb",
        "pydantic", "pydantic_core", "annotated_types", "typing_extensions", "typing_inspection",
    }
)  # fmt: skip
LATE_STANDARD = frozenset({"asyncio", "multiprocessing", "sqlite3", "unittest", "pydoc", "doctest"})
"""Heavy, and of no use to every request."""


def what_is_late_is_not_imported(modules: Iterable[str]) -> Iterator[str]:
    """`modules`: what a fresh interpreter has that has imported app.py."""
    for name in modules:
        library = name.partition(".")[0]
        if library in ("app", "chalicelib"):
            early = any(fnmatch(name, place) for place in AT_START)
            if not early or any(fnmatch(name, place) for place in LATE_IN_PLATFORM):
                yield name
        elif library in sys.stdlib_module_names or library.startswith("_sysconfigdata"):
            if library in LATE_STANDARD:
                yield name
        elif library not in LIBRARIES:
            yield name
