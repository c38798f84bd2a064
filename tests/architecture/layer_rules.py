"""Who may import what: tiers, the roles of a domain's files, and the libraries."""

import ast
from collections.abc import Iterator
from fnmatch import fnmatch

from tests.architecture.source_tree import (
    PRODUCT,
    Import,
    Tree,
    Violation,
    constants_of,
    domain_of,
    functions_of,
    imports_of,
    names_used,
    stem_of,
)

TIERS: tuple[tuple[str, ...], ...] = (
    ("platform",),
    ("practices", "identity"),
    ("patients", "terminology"),
    ("care_team", "forms"),
    ("scheduling", "clinical", "psychotherapy", "documents", "messaging"),
    ("prescribing", "billing"),
    ("claims",),
    (
        "portal",
        "tasks",
        "audit",
        "reporting",
        "interop",
        "operations",
        "webhooks",
        "calendars",
        "telehealth",
        "waitlist",
        "recalls",
        "front_desk",
        "online_booking",
    ),
    ("custody", "onboarding", "subscriptions"),
    ("downtime",),
)
TIER_OF = {domain: tier for tier, domains in enumerate(TIERS) for domain in domains}

SIDEWAYS = (
    ("chalicelib/identity/*", "chalicelib.practices"),
    ("chalicelib/practices/routes.py", "chalicelib.identity.permissions"),
)
"""Within a tier: a session names its practice; every route names a permission."""

LIBRARIES: dict[str, tuple[str, ...]] = {
    "boto3": ("chalicelib/platform/aws.py",),
    "botocore": (
        "chalicelib/platform/aws.py",
        "chalicelib/platform/assumed_roles.py",
        "chalicelib/platform/table_client.py",
    ),
    "chalice": ("app.py", "chalicelib/platform/*"),
    "pynamodb": (
        "chalicelib/platform/store/*",
        "chalicelib/*/models.py",
        "chalicelib/platform/audit.py",
        "chalicelib/platform/holding.py",
        "chalicelib/platform/outbox.py",
        "chalicelib/platform/http/idempotency.py",
    ),
    "pydantic": ("chalicelib/platform/*", "chalicelib/*/schemas.py"),
}
"""Library → who may import it. The platform files hold a record each."""

IMPORTS_LATE = "chalicelib/platform/late.py"

OUTSIDE = ("app", "infra", "tests")
ROLES = frozenset(
    {"__init__", "models", "schemas", "errors", "service", "routes", "events", "handlers", "ports"}
)
"""ports.py holds a domain's outside parties (DESIGN §5)."""
ROLES_WIRED = frozenset({"routes", "handlers"})

VALUES_OF_PLATFORM = frozenset({"money", "identifiers", "errors", "ids", "clock", "postal"})
INPUT_OUTPUT = (
    "os", "socket", "ssl", "http", "urllib.request", "requests", "urllib3", "subprocess",
    "shutil", "tempfile", "sqlite3", "threading", "concurrent", "asyncio", "logging",
)  # fmt: skip
OPENS_FILES = ("open", "gzip.open", "io.open", "pathlib.Path", "importlib.resources")

NOT_PURE = {
    "chalicelib/identity/authentication.py": "finds the caller, before there is a context",
    "chalicelib/identity/machines/authentication.py": "finds a machine, before there is a context",
    "chalicelib/identity/sessions/tokens.py": "knows the vendor's own practice",
    "chalicelib/identity/derived_secrets.py": "derives from the deployment's keys",
    "chalicelib/downtime/page.py": "reads the page shipped beside it",
    "chalicelib/identity/openid/discovery.py": "asks a practice's identity provider, and keeps what it said",
    "chalicelib/identity/sessions/signing_keys.py": "reads the deployment's signing keys",
    "chalicelib/claims/shared_mailbox.py": "finds the practice of a file, before there is a context",
    "chalicelib/messaging/visit_tokens.py": "signs under the deployment's keys",
    "chalicelib/messaging/video_tokens.py": "signs under the deployment's keys",
    "chalicelib/waitlist/offer_tokens.py": "signs under the deployment's keys",
    "chalicelib/custody/sealed_words.py": "opens and closes seals under the deployment's keys",
    "chalicelib/terminology/icd10cm.py": "reads the code tables shipped beside it",
    "chalicelib/identity/credentials/common_passwords.py": "reads the list shipped beside it",
}
"""Modules that are neither a use case nor pure, and why. One that needs no entry may have none."""


def imports_go_down_only(tree: Tree) -> Iterator[Violation]:
    """A domain imports earlier tiers; nothing imports app.py, infra or tests."""
    for path, found in _imports(tree):
        here = domain_of(path)
        if path.startswith(PRODUCT) and found.parts[0] in OUTSIDE:
            yield Violation(path, found.line, f"imports {found.target}, which stands above it")
        if here is None or found.domain is None or found.domain == here:
            continue
        if here not in TIER_OF or found.domain not in TIER_OF:
            unknown = here if here not in TIER_OF else found.domain
            yield Violation(path, found.line, f"the domain {unknown} has no tier")
        elif TIER_OF[found.domain] >= TIER_OF[here] and not _sideways(path, found):
            yield Violation(path, found.line, f"imports {found.target}, not of an earlier tier")


def every_domain_has_a_tier(tree: Tree) -> Iterator[Violation]:
    for path in tree:
        domain = domain_of(path)
        if domain is not None and domain not in TIER_OF:
            yield Violation(path, 1, f"the domain {domain} is not in TIERS")


def libraries_stay_in_their_place(tree: Tree) -> Iterator[Violation]:
    for path, found in _imports(tree):
        places = LIBRARIES.get(found.parts[0])
        if places is not None and not any(fnmatch(path, place) for place in places):
            yield Violation(path, found.line, f"imports {found.target}")


def imports_are_plain(tree: Tree) -> Iterator[Violation]:
    """No `import *`, and no module whose name is computed: the other rules could not see it.

    But for what app.py names (ADR 18).
    """
    for path, found in _imports(tree):
        computed = found.target.startswith("<") and path != IMPORTS_LATE
        if found.target.endswith(".*") or computed:
            yield Violation(path, found.line, f"imports {found.target}")


def shapes_and_errors_import_the_platform_and_values(tree: Tree) -> Iterator[Violation]:
    """models.py, schemas.py, errors.py: platform, rule modules of their own domain, and its
    rooms' files of the same name."""
    for path, found in _imports(tree):
        if stem_of(path) not in {"models", "schemas", "errors"} or not _in_domain(path):
            continue
        if found.domain in {None, "platform"} or found.for_types_only:
            continue
        own = found.domain == domain_of(path)
        other_roles = ROLES - {"__init__", stem_of(path)}
        if not own or found.module in other_roles or _is_use_case(tree, found):
            yield Violation(path, found.line, f"imports {found.target}")


def routes_call_services(tree: Tree) -> Iterator[Violation]:
    """routes.py reaches neither the store nor another domain's records."""
    for path, found in _imports(tree):
        if stem_of(path) != "routes" or not _in_domain(path):
            continue
        storage = found.domain == "platform" and found.module in {"store", "aws", "outbox", "audit"}
        foreign = found.module == "models" and found.domain != domain_of(path)
        if storage or foreign:
            yield Violation(path, found.line, f"imports {found.target}")


def rule_modules_are_pure(tree: Tree) -> Iterator[Violation]:
    """A module without a use case takes values and gives values: no store, no files, no network."""
    for path, source in tree.items():
        if not _in_domain(path) or stem_of(path) in ROLES or _has_use_case(source):
            continue
        impure = list(_impurities(tree, path, source))
        if path not in NOT_PURE:
            yield from impure
        elif not impure:
            yield Violation(path, 1, "is pure: it needs no entry in NOT_PURE")


def _impurities(tree: Tree, path: str, source: str) -> Iterator[Violation]:
    for found in imports_of(path, source):
        if not found.for_types_only and not _is_value(tree, found):
            yield Violation(path, found.line, f"a rule module imports {found.target}")
    for name, line in names_used(source):
        if any(f"{name}.".startswith(f"{opens}.") for opens in OPENS_FILES):
            yield Violation(path, line, f"a rule module uses {name}")


def the_root_wires_every_domain(tree: Tree) -> Iterator[Violation]:
    """A domain's routes and handlers do nothing until app.py names them, by role (ADR 18)."""
    for path in tree:
        name = path.removesuffix(".py").removeprefix(f"{PRODUCT}/").replace("/", ".")
        role = stem_of(path).rpartition("_")[2]
        if _in_domain(path) and role in ROLES_WIRED:
            wired = constants_of(tree.get("app.py", ""), role.upper())
            if name not in wired:
                yield Violation(path, 1, f"is not among app.py's {role.upper()}")


LAYER_RULES = (
    imports_go_down_only,
    every_domain_has_a_tier,
    libraries_stay_in_their_place,
    imports_are_plain,
    shapes_and_errors_import_the_platform_and_values,
    routes_call_services,
    rule_modules_are_pure,
    the_root_wires_every_domain,
)


def _imports(tree: Tree) -> Iterator[tuple[str, Import]]:
    for path, source in tree.items():
        for found in imports_of(path, source):
            yield path, found


def _sideways(path: str, found: Import) -> bool:
    return any(fnmatch(path, place) and found.within(name) for place, name in SIDEWAYS)


def _in_domain(path: str) -> bool:
    return domain_of(path) not in {None, "platform"}


def _is_value(tree: Tree, found: Import) -> bool:
    """Whether a rule module may import it."""
    if found.domain == "platform":
        return found.module in VALUES_OF_PLATFORM
    if found.domain is not None:
        return found.module not in ROLES - {"__init__", "errors"} and not _is_use_case(tree, found)
    return not any(found.within(name) for name in INPUT_OUTPUT)


def _is_use_case(tree: Tree, found: Import) -> bool:
    return _has_use_case(tree.get(f"{PRODUCT}/{found.domain}/{found.module}.py", ""))


def _has_use_case(source: str) -> bool:
    """A use case is a public function whose first parameter is the context (DESIGN §8.5)."""
    return any(
        not function.name.startswith("_") and _first_annotation(function).endswith("Context")
        for function in functions_of(source)
    )


def _first_annotation(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    first = next(iter(function.args.args), None)
    if first is None or first.annotation is None:
        return ""
    return ast.unparse(first.annotation).strip("'\"")
