"""`python -m infra.ops import-practice FOLDER [--as PRACTICE] [--key FILE]`: take an export in.

FOLDER holds the files of an export under the names in its manifest. Without `--as` a new practice
is made; with it an import that died goes on. `--key` is the custodian's private key (PEM), which
opens sealed records. Needs the deployment's `CARELOOM_*` variables and credentials. Prints one JSON
object. Exit code 1: the export is refused; 2: wrong usage.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from chalicelib.custody.importing import import_practice
from chalicelib.platform.context import SYSTEM_KIND, Actor, Context, Tenant
from chalicelib.platform.errors import DomainError
from chalicelib.platform.ids import PracticeId, UserId
from chalicelib.platform.runtime import runtime
from chalicelib.platform.store import UnitOfWork, practice_scope


class Folder:
    """An export in a folder of this machine."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    def open(self, name: str) -> BinaryIO:
        """KeyError for what is not there, or lies outside."""
        path = (self._root / name).resolve()
        if not path.is_relative_to(self._root) or not path.is_file():
            raise KeyError(name)
        return path.open("rb")


def run(arguments: Sequence[str]) -> int:
    """Import one folder, and say what came of it."""
    parser = argparse.ArgumentParser(prog="python -m infra.ops import-practice")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--as", dest="practice_id", default="")
    parser.add_argument("--key", type=Path)
    given = parser.parse_args(arguments)
    import app  # noqa: F401  # its import installs the runtime

    practice_id = given.practice_id or runtime().ids.new("prc")
    print(f"into {practice_id}", file=sys.stderr)
    private_key = given.key.read_text() if given.key else None
    try:
        with practice_scope(practice_id):
            done = import_practice(
                working_on(practice_id), Folder(given.folder), private_key=private_key
            )
    except DomainError as refusal:
        print(json.dumps({"code": refusal.code, "detail": refusal.detail}), file=sys.stderr)
        return 1
    shown = {
        "practice_id": done.practice_id,
        "records": dict(sorted(done.records.items())),
        "files": done.files,
        "still_sealed": done.still_sealed,
        "members_to_invite": done.strangers,
    }
    print(json.dumps(shown))
    return 0


def working_on(practice_id: str) -> Context:
    """A context of operations, in a practice that need not be there yet."""
    live = runtime()
    return Context(
        tenant=Tenant(PracticeId(practice_id), "", "UTC", "", "", ""),
        actor=Actor(UserId("system:operations"), SYSTEM_KIND),
        permissions=frozenset(),
        request_id=live.ids.new("req"),
        clock=live.clock,
        ids=live.ids,
        work=UnitOfWork(),
    )
