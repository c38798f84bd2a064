"""docs/roles.md, written from the table of permissions and the routes that demand them.

`python -m infra.openapi` writes and checks it with the OpenAPI document: both are what the
application declares.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from chalicelib.identity.permissions import TABLE, Role
from chalicelib.platform.http import Endpoint, endpoints

TARGET = Path(__file__).resolve().parent.parent / "docs" / "roles.md"
BEGINNING = """\
# Roles and permissions

Written by `make openapi` from `chalicelib/identity/permissions.py` and the routes; `make drift` \
fails while it differs.

Roles are additive: a member may do what any of their roles may. The owner alone opens no chart. \
A practice composes roles of its own (`/v1/roles`) from the permissions marked *own roles*; an API \
key (`/v1/api-keys`) may be scoped to those marked *keys*. A change holds at the next request. \
`READ_SELF` is every member's. † wants a second factor given in the last \
five minutes; so do a change of who bills and of who needs a second factor (`PATCH /v1/practice`), and \
an invitation whose roles manage members or keys. Other settings do not: ADR 10.
"""


def page() -> str:
    """The page as the application stands in the working tree."""
    import app  # noqa: F401  importing it registers every endpoint

    routes = endpoints()
    return "\n".join([BEGINNING, *_who(), "", "## Routes", "", *_routes(routes)]) + "\n"


def main(arguments: Sequence[str], *, target: Path = TARGET) -> int:
    """Write or check `target`; 1 on drift."""
    current = page()
    if "--write" in arguments:
        target.write_text(current)
        return 0
    if target.exists() and target.read_text() == current:
        return 0
    print(f"{target.name} has drifted: run `make openapi`.")
    return 1


def _who() -> Iterator[str]:
    roles = [role.value.replace("_", " ") for role in Role]
    yield _row("permission", *roles, "own roles", "keys", "")
    yield _row(*["---"] * (len(roles) + 4))
    for grant in TABLE:
        has = [_tick(role in grant.roles) for role in Role]
        more = (_tick(grant.composable), _tick(grant.machine), grant.means)
        yield _row(f"`{grant.permission}`", *has, *more)


def _routes(routes: list[Endpoint]) -> Iterator[str]:
    """A line a route: changes of two people do not meet."""
    yield _row("route", "permission")
    yield _row("---", "---")
    for endpoint in routes:
        marked = f"`{endpoint.permission}`{' †' if endpoint.step_up else ''}"
        yield _row(f"{endpoint.method} {endpoint.path}", marked)


def _tick(holds: bool) -> str:
    return "✓" if holds else "–"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
