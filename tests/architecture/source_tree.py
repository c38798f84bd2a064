"""What the rules read: a tree is a mapping from path to source, so that violations can be planted."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

Tree = Mapping[str, str]
ROOT = Path(__file__).resolve().parents[2]
PRODUCT = "chalicelib"


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """Where a rule is broken, and how."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


Rule = Callable[[Tree], Iterator[Violation]]


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name, absolute: `chalicelib.practices.models.Practice`."""

    target: str
    line: int
    for_types_only: bool = False
    """Under TYPE_CHECKING, or named in annotations alone: no call can come of it."""

    @property
    def parts(self) -> list[str]:
        return self.target.split(".")

    @property
    def domain(self) -> str | None:
        """The folder of chalicelib that it comes from; None for anything else."""
        return self.parts[1] if self.parts[0] == PRODUCT and len(self.parts) > 1 else None

    @property
    def module(self) -> str:
        """The module within its domain: `models`; "" for the domain itself."""
        return self.parts[2] if self.domain and len(self.parts) > 2 else ""

    def within(self, name: str) -> bool:
        """Whether it is `name` or comes from it."""
        return f"{self.target}.".startswith(f"{name}.")


def product_tree() -> dict[str, str]:
    """app.py and chalicelib as they stand."""
    files = [ROOT / "app.py", *(ROOT / PRODUCT).rglob("*.py")]
    return {path.relative_to(ROOT).as_posix(): path.read_text() for path in sorted(files)}


@cache
def parsed(source: str) -> ast.Module:
    return ast.parse(source)


def domain_of(path: str) -> str | None:
    """`chalicelib/billing/service.py` → `billing`; None outside the domains."""
    parts = path.split("/")
    return parts[1] if parts[0] == PRODUCT and len(parts) > 2 else None


def stem_of(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".py")


@cache
def imports_of(path: str, source: str) -> tuple[Import, ...]:
    """Every import, wherever it stands: late ones, those for types, and `import_module("…")`."""
    checked, annotating = _under_type_checking(source), _annotating_names(source)
    return tuple(
        Import(target, node.lineno, node in checked or bound in annotating)
        for node in _nodes(source)
        if isinstance(node, ast.Import | ast.ImportFrom | ast.Call)
        for target, bound in _targets(node, path)
    )


@cache
def _nodes(source: str) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(parsed(source)))


def _under_type_checking(source: str) -> set[ast.AST]:
    return {
        inner
        for node in _nodes(source)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for statement in node.body
        for inner in ast.walk(statement)
    }


def _annotating_names(source: str) -> set[str]:
    """The names that stand in annotations, quoted or not, and nowhere else."""
    annotations = {
        inner
        for node in _nodes(source)
        for field in ("annotation", "returns")
        if isinstance(part := getattr(node, field, None), ast.AST)
        for inner in ast.walk(part)
    }
    quoted = " ".join(_texts(annotations))
    elsewhere = set(_nodes(source)) - annotations
    named = _names(annotations) | set(re.findall(r"\w+", quoted))
    return named - _names(elsewhere) - set(_texts(elsewhere))


def _names(nodes: Iterable[ast.AST]) -> set[str]:
    return {node.id for node in nodes if isinstance(node, ast.Name)}


def _texts(nodes: Iterable[ast.AST]) -> list[str]:
    constants = [node.value for node in nodes if isinstance(node, ast.Constant)]
    return [value for value in constants if isinstance(value, str)]


def _targets(node: ast.Import | ast.ImportFrom | ast.Call, path: str) -> Iterator[tuple[str, str]]:
    """(what is imported, the name it gets here)."""
    match node:
        case ast.Import(names=names):
            yield from ((name.name, "") for name in names)
        case ast.ImportFrom(names=names):
            source = _source_of(node, path)
            yield from ((f"{source}.{name.name}", name.asname or name.name) for name in names)
        case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called)):
            if called in {"import_module", "__import__"} and node.args:
                first = node.args[0]
                plain = isinstance(first, ast.Constant)
                yield (str(first.value) if plain else f"<{ast.unparse(first)}>", "")


@cache
def constants_of(source: str, name: str) -> frozenset[str]:
    """The texts in what is assigned to `name`."""
    return frozenset(
        text
        for node in _nodes(source)
        if isinstance(node, ast.Assign) and name in _names(node.targets)
        for text in _texts(ast.walk(node.value))
    )


def _source_of(node: ast.ImportFrom, path: str) -> str:
    if node.level == 0:
        return node.module or ""
    package = path.split("/")[: -node.level]
    return ".".join([*package, *([node.module] if node.module else [])])


@cache
def names_used(source: str) -> frozenset[tuple[str, int]]:
    """Bare names, and chains whose root is imported, told in full: `os.environ`, `print`."""
    meant = {
        (name.asname or name.name): f"{node.module}.{name.name}"
        for node in _nodes(source)
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }
    for node in _nodes(source):
        if isinstance(node, ast.Import):
            for name in node.names:
                first = name.name.partition(".")[0]
                meant[name.asname or first] = name.name if name.asname else first
    return frozenset(_chains(source, meant))


def _chains(source: str, meant: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    for node in _nodes(source):
        if isinstance(node, ast.Name):
            yield meant.get(node.id, node.id), node.lineno
        elif isinstance(node, ast.Attribute):
            root, *rest = ast.unparse(node).split(".")
            if root in meant:
                yield ".".join([meant[root], *rest]), node.lineno


def functions_of(source: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in _nodes(source):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
