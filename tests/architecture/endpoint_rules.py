"""What the running application must hold to: its routes, its handlers and its errors."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from chalicelib.platform.errors import DomainError
from chalicelib.platform.http import PUBLIC, Endpoint

PUBLIC_ROUTES = frozenset(
    {
        "confirm_receipt", "read_certificate", "read_visit_link", "answer_visit_link",
        "read_offer_link", "answer_offer_link",
        "read_offer", "find_online_slots", "hold_online", "read_online_booking", "say_who_comes",
        "verify_online_booking", "find_slots_for_visit", "move_visit",
        "healthz", "read_openapi", "read_docs", "create_practice", "verify_practice", "sign_in",
        "finish_sign_in", "ask_for_passkey", "unlock_session", "request_reset", "reset_password",
        "request_verification",
        "refresh_session", "accept_invitation", "cancel_recovery", "read_signing_keys", "read_calendar",
        "start_provider_sign_in", "finish_provider_sign_in",
        "read_video_link", "knock", "leave_by_link", "read_downtime_pack",
    }
)  # fmt: skip
"""Whoever adds a route without a permission says so here too."""

UNVERSIONED = frozenset({"/healthz", "/openapi.json", "/docs", "/.well-known/jwks.json"})
PATH = re.compile(r"/v1(/([a-z0-9]+(-[a-z0-9]+)*|\{[a-z]+(_[a-z]+)*\}))+")
PATH_NODES = 280  # API Gateway's quota is 300 resources
WITHOUT_STATUS = {
    "InternalError": "a defect of ours: 500, as for whatever the table does not know",
    "NotAccepted": "ends behind a queue; no request ever sees it",
    "OutcomeUnknown": "ends behind a queue; no request ever sees it",
}

EndpointRule = Callable[[Sequence[Endpoint]], Iterator[str]]


def only_listed_routes_are_public(endpoints: Sequence[Endpoint]) -> Iterator[str]:
    public = {each.name for each in endpoints if each.permission == PUBLIC}
    yield from (f"{name} is public and not in PUBLIC_ROUTES" for name in public - PUBLIC_ROUTES)
    yield from (f"{name} is in PUBLIC_ROUTES, not public" for name in PUBLIC_ROUTES - public)


def route_names_are_unique(endpoints: Sequence[Endpoint]) -> Iterator[str]:
    for name, times in Counter(each.name for each in endpoints).items():
        if times > 1:
            yield f"{times} routes are named {name}"


def every_route_says_what_it_does(endpoints: Sequence[Endpoint]) -> Iterator[str]:
    for each in endpoints:
        if not re.fullmatch(r"\S.*[.?!]", each.summary):
            yield f"{each.name} has no docstring whose first line is a sentence"


def paths_are_versioned_and_plain(endpoints: Sequence[Endpoint]) -> Iterator[str]:
    for each in endpoints:
        if each.path not in UNVERSIONED and not PATH.fullmatch(each.path):
            yield f"{each.name} has the path {each.path}"


def the_path_tree_fits(endpoints: Sequence[Endpoint]) -> Iterator[str]:
    """Each node of the tree is a resource in API Gateway."""
    nodes = {tuple(parts[:end]) for parts in _parts(endpoints) for end in range(1, len(parts) + 1)}
    if len(nodes) >= PATH_NODES:
        yield f"the path tree has {len(nodes)} nodes; fewer than {PATH_NODES} are allowed"


def a_place_has_one_variable(endpoints: Sequence[Endpoint]) -> Iterator[str]:
    """API Gateway refuses siblings `/x/{a}` and `/x/{b}`, at deployment only."""
    variables: dict[tuple[str, ...], set[str]] = {}
    for parts in _parts(endpoints):
        for at, part in enumerate(parts):
            if part.startswith("{"):
                variables.setdefault(tuple(parts[:at]), set()).add(part)
    for place, names in variables.items():
        if len(names) > 1:
            yield f"/{'/'.join(place)}/ is followed by {' and '.join(sorted(names))}"


ENDPOINT_RULES: tuple[EndpointRule, ...] = (
    only_listed_routes_are_public,
    route_names_are_unique,
    every_route_says_what_it_does,
    paths_are_versioned_and_plain,
    the_path_tree_fits,
    a_place_has_one_variable,
)


def permissions_are_known(
    endpoints: Iterable[Endpoint], permissions: Collection[str]
) -> Iterator[str]:
    for each in endpoints:
        if each.permission != PUBLIC and each.permission not in permissions:
            yield f"{each.name} needs {each.permission!r}, which no role could have"


def every_error_has_a_status(
    errors: Iterable[type[DomainError]], status_of: Mapping[type[DomainError], int]
) -> Iterator[str]:
    """Its own, or that of the nearest base that is not DomainError itself."""
    for error in errors:
        known = any(base in status_of for base in error.__mro__ if base is not DomainError)
        if not known and error.__name__ not in WITHOUT_STATUS:
            yield f"{error.__name__} has no status"


def every_error_has_a_code_of_its_own(errors: Iterable[type[DomainError]]) -> Iterator[str]:
    named: dict[str, str] = {}
    for error in errors:
        code = vars(error).get("code", "")
        if not re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", code):
            yield f"{error.__name__} has no code of its own"
        elif code in named:
            yield f"{error.__name__} has the code of {named[code]}: {code}"
        named.setdefault(code, error.__name__)


def handler_names_are_unique(names: Iterable[str]) -> Iterator[str]:
    for name, times in Counter(names).items():
        if times > 1:
            yield f"{times} handlers are named {name}"


def _parts(endpoints: Iterable[Endpoint]) -> list[list[str]]:
    return [each.path.strip("/").split("/") for each in endpoints]
