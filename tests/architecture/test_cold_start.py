"""A cold start imports what every request needs; the rest comes when it is first asked for."""

import importlib
import json
import subprocess
import sys

import pytest

from chalicelib.platform.late import kinds, paths_in
from chalicelib.platform.store.record import _kinds
from tests.architecture.cold_start_rules import what_is_late_is_not_imported
from tests.architecture.source_tree import ROOT, product_tree

LIST = "import json, sys; print(json.dumps(sorted(set(sys.modules) - before)))"


def imported_by(statement: str) -> list[str]:
    """The modules of a fresh interpreter that has run `statement`, but for its own at start."""
    script = f"import sys; before = set(sys.modules)\n{statement}\n{LIST}"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found: list[str] = json.loads(done.stdout)
    return found


def test_nothing_is_imported_that_only_some_requests_need():
    modules = imported_by("import app")

    assert {"app", "chalicelib.platform.http.serving", "pydantic"} <= set(modules)
    assert list(what_is_late_is_not_imported(modules)) == []


def test_a_path_brings_its_own_routes_and_no_others():
    modules = imported_by("import app; app.app.routes['/v1/rooms']")
    routes = [name for name in modules if name.endswith("routes") and "service" not in name]

    assert routes == ["chalicelib.scheduling.set_up.routes"]


def test_a_handler_brings_every_consumer():
    """An event that a consumer in another module listens to would be lost."""
    modules = imported_by("import app; app.messaging_queue")
    handlers = {name for name in modules if name.endswith(("handlers", "workers"))}

    assert {"chalicelib.messaging.handlers", "chalicelib.subscriptions.handlers"} <= handlers
    assert len(handlers) > 10


RACE = """
import threading
from app import app

paths = list(app.routes)[::4] * 2
seen, start = [], threading.Barrier(len(paths))

def ask(path):
    start.wait()
    seen.append((path, sorted(app.routes[path])))

threads = [threading.Thread(target=ask, args=(path,)) for path in paths]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert len(seen) == len(paths)
for path, methods in seen:
    assert methods and methods == sorted(app.routes[path]), path
"""


def test_threads_that_ask_at_once_all_see_every_view():
    assert "chalicelib.billing.routes" in imported_by(RACE)


@pytest.mark.parametrize(
    "early",
    [
        "chalicelib.billing.routes",
        "chalicelib.identity.sessions.schemas",
        "chalicelib.patients.models",
        "chalicelib.platform.workers",
        "chalicelib.platform.http.openapi_parts",
        "boto3.session",
        "cryptography.hazmat",
        "jwt",
        "multiprocessing.pool",
    ],
)
def test_what_is_imported_too_early_is_found(early: str):
    lawful = ["app", "chalicelib.platform.store", "botocore.client", "email.message"]

    assert list(what_is_late_is_not_imported([*lawful, early])) == [early]


def test_the_kinds_read_off_the_source_are_those_of_the_records():
    for path in product_tree():
        importlib.import_module(
            path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        )

    declared = {
        kind: record.__module__
        for kind, record in _kinds.items()
        if record.__module__.startswith("chalicelib.")
    }
    read = {kind: f"chalicelib.{module}" for kind, (module,) in kinds().items()}
    assert read == declared


SOURCE = '''
NOTES = "/v1/patients/{patient_id}/notes"
NOTE = f"{NOTES}/{{note_id}}"
OTHER = "no path"


@routes.post("/v1/rooms", permission=Permission.MANAGE_SCHEDULE, status=201)
def add_room(context: Context) -> None:
    """Not @routes.get("/v1/not-one")."""


@routes.get(
    "/v1/rooms/{room_id}", permission=Permission.READ_SCHEDULE
)
@routes.get(NOTES, permission=1)
@routes.put(NOTE, permission=1)
@routes.patch(f"{NOTE}/sign", permission=1)
@routes.delete(f"{NOTES}/{{other_id}}/x", permission=1)
@other.get("/v1/elsewhere")
'''


def test_paths_are_read_as_python_reads_them():
    assert list(paths_in(SOURCE)) == [
        "/v1/rooms",
        "/v1/rooms/{room_id}",
        "/v1/patients/{patient_id}/notes",
        "/v1/patients/{patient_id}/notes/{note_id}",
        "/v1/patients/{patient_id}/notes/{note_id}/sign",
        "/v1/patients/{patient_id}/notes/{other_id}/x",
    ]
