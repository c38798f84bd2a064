"""What may stand in a file: its length and name, what it reads, and how handlers are declared."""

import ast
from collections import defaultdict
from collections.abc import Iterator

from tests.architecture.source_tree import (
    PRODUCT,
    Tree,
    Violation,
    functions_of,
    names_used,
    parsed,
)

FILE_LINES = 400
FUNCTION_LINES = 50
ROOT_LINES = 60

FORBIDDEN_NAMES = frozenset(
    {"utils", "util", "helpers", "helper", "manager", "managers", "base", "common", "misc"}
)
FORBIDDEN_ENDINGS = ("_utils", "_util", "_helpers", "_helper", "_misc", "_common")

ENVIRONMENT = frozenset({"os.environ", "os.environb", "os.getenv", "os.getenvb", "os.putenv"})
READS_ENVIRONMENT = "chalicelib/platform/config.py"

CLOCK = frozenset(
    {
        "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today",
        "datetime.date.today", "uuid.uuid1", "uuid.uuid4", "uuid.uuid6", "uuid.uuid7",
        "os.urandom",
    }
)  # fmt: skip
CLOCK_MODULES = ("time.", "random.")
HOLDS_CLOCK = frozenset({"chalicelib/platform/clock.py", "chalicelib/platform/ids.py"})

HANDLERS = frozenset(
    {
        "on_sqs_message", "on_s3_event", "on_sns_message", "on_cw_event", "on_kinesis_record",
        "on_dynamodb_record", "schedule", "lambda_function",
    }
)  # fmt: skip


def files_are_short(tree: Tree) -> Iterator[Violation]:
    """400 lines at most; app.py 60."""
    for path, source in tree.items():
        lines = len(source.splitlines())
        allowed = FILE_LINES if path.startswith(PRODUCT) else ROOT_LINES
        if lines > allowed:
            yield Violation(path, allowed + 1, f"{lines} lines, {allowed} are allowed")


def functions_are_short(tree: Tree) -> Iterator[Violation]:
    for path, source in tree.items():
        for function in functions_of(source):
            lines = (function.end_lineno or function.lineno) - function.lineno + 1
            if lines > FUNCTION_LINES:
                what = f"{function.name} has {lines} lines, {FUNCTION_LINES} are allowed"
                yield Violation(path, function.lineno, what)


def names_say_what_a_module_is(tree: Tree) -> Iterator[Violation]:
    for path in tree:
        for part in path.removesuffix(".py").split("/"):
            if part in FORBIDDEN_NAMES or part.endswith(FORBIDDEN_ENDINGS):
                yield Violation(path, 1, f"{part} says nothing")


def only_the_settings_read_the_environment(tree: Tree) -> Iterator[Violation]:
    for path, source in tree.items():
        for name, line in names_used(source):
            if name in ENVIRONMENT and path != READS_ENVIRONMENT:
                yield Violation(path, line, f"reads {name}")


def time_ids_and_chance_are_injected(tree: Tree) -> Iterator[Violation]:
    """Only clock.py and ids.py read the clock or make ids. Secrets (`secrets`) are no domain fact."""
    for path, source in tree.items():
        if path in HOLDS_CLOCK:
            continue
        for name, line in names_used(source):
            if name in CLOCK or name.startswith(CLOCK_MODULES):
                yield Violation(path, line, f"uses {name}")


def nothing_prints(tree: Tree) -> Iterator[Violation]:
    for path, source in tree.items():
        for name, line in names_used(source):
            if name in {"print", "pprint.pprint", "sys.stdout", "sys.stderr"}:
                yield Violation(path, line, f"uses {name}")


def handlers_are_named_once(tree: Tree) -> Iterator[Violation]:
    """Chalice's handler names are global: each handler has a `name=` that no other has."""
    places: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for path, source in tree.items():
        for call in ast.walk(parsed(source)):
            match call:
                case ast.Call(func=ast.Attribute(attr=kind)) if kind in HANDLERS:
                    named = [each.value for each in call.keywords if each.arg == "name"]
                    if not named:
                        yield Violation(path, call.lineno, f"{kind} without name=")
                    for value in named:
                        places[ast.unparse(value)].append((path, call.lineno))
    for name, found in places.items():
        for path, line in found[1:]:
            yield Violation(path, line, f"a handler named {name} is at {found[0][0]} already")


CODE_RULES = (
    files_are_short,
    functions_are_short,
    names_say_what_a_module_is,
    only_the_settings_read_the_environment,
    time_ids_and_chance_are_injected,
    nothing_prints,
    handlers_are_named_once,
)
