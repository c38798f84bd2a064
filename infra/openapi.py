"""The committed OpenAPI document: `python -m infra.openapi --write | --check`.

`--check` exits 1, with the operations and lines that differ, when docs/openapi.json is not what
the application declares.
"""

import argparse
import difflib
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "docs" / "openapi.json"
SHOWN_LINES = 200


def declared() -> dict[str, Any]:
    """The document of the application as it stands in the working tree."""
    import app  # noqa: F401  importing it registers every endpoint
    from chalicelib.platform.http import endpoints
    from chalicelib.platform.http.openapi import build_openapi
    from chalicelib.platform.service_routes import TITLE, VERSION

    return build_openapi(endpoints(), title=TITLE, version=VERSION, server_url="/")


def written(document: dict[str, Any]) -> str:
    """The text of a document as it is committed."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def differences(committed: str, current: str) -> list[str]:
    """What changed, first by operation and schema, then line by line; empty if nothing did."""
    if committed == current:
        return []
    before, after = _parts(committed), _parts(current)
    summary = [
        f"{_verb(before.get(name), after.get(name))}  {name}"
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]
    lines = list(
        difflib.unified_diff(
            committed.splitlines(),
            current.splitlines(),
            "docs/openapi.json",
            "app",
            lineterm="",
            n=2,
        )
    )
    left = len(lines) - SHOWN_LINES
    return [*summary, "", *lines[:SHOWN_LINES], *([f"… and {left} lines more"] if left > 0 else [])]


def main(
    arguments: Sequence[str],
    *,
    build: Callable[[], dict[str, Any]] = declared,
    target: Path = TARGET,
) -> int:
    """Write or check `target`; 1 on drift."""
    parser = argparse.ArgumentParser(prog="python -m infra.openapi", description=__doc__)
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--write", action="store_true", help="write docs/openapi.json")
    action.add_argument("--check", action="store_true", help="exit 1 if docs/openapi.json differs")
    options = parser.parse_args(arguments)
    current = written(build())
    if options.write:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(current)
        return 0
    found = differences(target.read_text() if target.exists() else "{}\n", current)
    if found:
        print(*found, sep="\n")
        print("\nThe committed document has drifted: run `python -m infra.openapi --write`.")
    return 1 if found else 0


def _parts(text: str) -> dict[str, Any]:
    """`GET /v1/patients` → operation, `schema Patient` → schema."""
    document = json.loads(text)
    operations = {
        f"{method.upper()} {path}": operation
        for path, item in document.get("paths", {}).items()
        for method, operation in item.items()
    }
    schemas = document.get("components", {}).get("schemas", {})
    return operations | {f"schema {name}": schema for name, schema in schemas.items()}


def _verb(before: Any, after: Any) -> str:
    if before is None:
        return "added  "
    return "removed" if after is None else "changed"


if __name__ == "__main__":
    from infra import roles_page

    sys.exit(max(main(sys.argv[1:]), roles_page.main(sys.argv[1:])))
