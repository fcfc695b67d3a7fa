"""The meaning of code: a digest that changes when what is computed can change, and not when only its wording does.

Here: which modules of `pipelines` a function reaches by its imports, and what of Python and SQL text counts.
Docstrings, comments, layout, the names of local variables and the places of files do not. Not here: what a changed
digest makes stale (pipelines/figures, pipelines/core, pipelines/value/customer_base.py).
"""

from __future__ import annotations

import ast
import builtins
import gc
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import astuple, dataclass
from functools import cache
from pathlib import Path

from pipelines.warehouse.digest_memory import ROOT, remembered
from pipelines.warehouse.sql_meaning import sql_meaning, sql_statements

PACKAGE = "pipelines"
_BUILTINS = frozenset(dir(builtins))
_IMPORTS = frozenset({ast.Import, ast.ImportFrom})
_FUNCTIONS = frozenset({ast.FunctionDef, ast.AsyncFunctionDef})
_DOCUMENTED = _FUNCTIONS | {ast.Module, ast.ClassDef}


def code_digest(*functions: Callable[..., object]) -> str:
    """Digest of the modules that the functions reach by imports inside `pipelines`, and of the SQL files these name.

    A module counts as a whole, at whatever depth it is imported; imports for type checking alone do not count. A SQL
    file is named by a text that is its path below sql/. Where modules and files lie does not count.

    Returns:
        32 hexadecimal digits.
    """
    return digest_of_modules((function.__module__ for function in functions), ROOT)


def digest_of_modules(names: Iterable[str], root: Path) -> str:
    """The same for modules by dotted name below a root; modules outside `pipelines` count by name only."""
    reached: dict[str, _Module] = {}
    names = list(names)
    waiting = [name for name in names if name.split(".")[0] == PACKAGE]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached[name] = _module(root, name)
            waiting += [imported.module for imported in reached[name].imports]
    linked = {_linked(module, reached) for module in reached.values()}
    return _hash(*sorted(linked.union(set(names) - set(reached))))


def sql_digest(files: Iterable[Path]) -> str:
    """Digest of the meaning of SQL files, in any order."""
    return _hash(*sorted(sql_meaning(file.read_text(encoding="utf-8")) for file in files))


@cache
def table_definition(table: str, root: Path = ROOT) -> str:
    """The meaning of the statement in sql/schema that creates a table.

    Raises:
        ValueError: sql/schema creates no such table.
    """
    schema, _ = table.split(".")
    begin = re.compile(rf"CREATE TABLE (IF NOT EXISTS )?{re.escape(table)}\(")
    for statement in table_definitions(schema, root):
        if begin.match(statement):
            return statement
    message = f"sql/schema/{schema}.sql creates no table {table}"
    raise ValueError(message)


@cache
def table_definitions(schema: str, root: Path = ROOT) -> tuple[str, ...]:
    """The meanings of the statements in a file of sql/schema, comments on tables and columns left out."""

    def read() -> list[str]:
        text = (root / "sql" / "schema" / f"{schema}.sql").read_text(encoding="utf-8")
        return [statement for statement in sql_statements(text) if not statement.startswith("COMMENT ON")]

    return tuple(remembered(f"definitions of {schema}", read) if root == ROOT else read())


@dataclass(frozen=True)
class _Import:
    """A module of the package, what is imported from it (None for the module itself) and the name it gets."""

    module: str
    name: str | None
    bound: str


@dataclass(frozen=True)
class _Module:
    """Digest of a module's own text, and what it imports from the package."""

    own: str
    imports: tuple[_Import, ...]


def _module(root: Path, name: str) -> _Module:
    return (_own_modules().get(name) if root == ROOT else None) or _read(root, name)


@cache
def _own_modules() -> dict[str, _Module]:
    """Every module of this program by its dotted name, without parsing those that an earlier process parsed."""
    kept = remembered("modules", lambda: {name: astuple(_read(ROOT, name)) for name in _own_names()})
    return {name: _Module(own, tuple(_Import(*each) for each in imports)) for name, (own, imports) in kept.items()}


def _own_names() -> Iterator[str]:
    for file in sorted((ROOT / PACKAGE).rglob("*.py")):
        parts = file.relative_to(ROOT).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def _read(root: Path, name: str) -> _Module:
    tree = _parsed(_file(root, name).read_text(encoding="utf-8"))
    reader = _Reader(root, _bound(tree.body))
    reader.add(tree)
    packages = [name.rsplit(".", depth)[0] for depth in range(1, name.count(".") + 1)]
    imports = (*reader.imports, *(_Import(package, None, "") for package in packages))
    return _Module(_hash(*reader.words), imports)


def _linked(module: _Module, reached: dict[str, _Module]) -> str:
    """Digest of a module together with the contents of those it imports, in place of their names."""
    links = sorted(f"{reached[one.module].own} {one.name} {one.bound}" for one in module.imports if one.bound)
    return _hash(module.own, *links)


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _parsed(text: str) -> ast.Module:
    # Garbage collection of the growing tree would double the time to parse.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return ast.parse(text)
    finally:
        if collecting:
            gc.enable()


def _file(root: Path, name: str) -> Path:
    place = root.joinpath(*name.split("."))
    return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")


class _Reader:
    """Walks a module once. words: the parts that count, in a fixed order. imports: of modules of the package."""

    def __init__(self, root: Path, module_names: frozenset[str]) -> None:
        self._root = root
        self._module_names = module_names
        self._function: _Function | None = None
        self.words: list[str] = []
        self.imports: list[_Import] = []

    def add(self, node: ast.AST) -> None:
        """Add the tree without positions, docstrings and empty fields.

        Not ast.dump, whose result differs between versions of Python.
        """
        kind = type(node)
        if kind is ast.Name:
            self._add_name(node)  # type: ignore[arg-type]
        elif kind is ast.Constant:
            self.words.append(self._constant(node.value))  # type: ignore[attr-defined]
        elif kind in _IMPORTS:
            self._add_import(node)  # type: ignore[arg-type]
        elif kind in _FUNCTIONS and self._function is None:
            self._function = _Function(self._module_names)
            self._add_fields(node)
            self._function.rename(self.words)
            self._function = None
        elif isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            # What is imported for type checking alone never runs; the other branch does.
            for statement in node.orelse:
                self.add(statement)
        else:
            self._add_fields(node)

    def _add_fields(self, node: ast.AST) -> None:
        words, kind, function = self.words, type(node), self._function
        words.append(kind.__name__)
        if function is not None:
            function.see(node)
        for field in kind._fields:
            value = getattr(node, field, None)
            if value is None or field == "ctx":
                continue
            if type(value) is list:
                if field == "body" and kind in _DOCUMENTED and ast.get_docstring(node, clean=False) is not None:  # type: ignore[arg-type]
                    value = value[1:]
                if not value:
                    continue
                words.append(field)
                for part in value:
                    if isinstance(part, ast.AST):
                        self.add(part)
                    else:
                        words.append(repr(part))
            elif isinstance(value, ast.AST):
                words.append(field)
                self.add(value)
            else:
                words.append(f"{field} {value!r}")
        words.append("end")

    def _add_name(self, node: ast.Name) -> None:
        if self._function is not None:
            self._function.places.append((len(self.words), node.id))
            if type(node.ctx) is ast.Store:
                self._function.stored[node.id] = None
        self.words.append(node.id)

    def _add_import(self, node: ast.Import | ast.ImportFrom) -> None:
        module = node.module if isinstance(node, ast.ImportFrom) else None
        for alias in node.names:
            full = f"{module}.{alias.name}" if module else alias.name
            bound = alias.asname or alias.name
            if self._function is not None:
                self._function.others.add(bound.split(".")[0])
            if full.split(".")[0] != PACKAGE:
                self.words.append(f"import {full} as {bound}")
            elif _file(self._root, full).is_file():
                self.imports.append(_Import(full, None, bound))
            else:
                self.imports.append(_Import(str(module), alias.name, bound))

    def _constant(self, value: object) -> str:
        """A constant; for the path of a SQL file, the meaning of the file."""
        if isinstance(value, str) and value.endswith(".sql") and (self._root / "sql" / value).is_file():
            return sql_meaning((self._root / "sql" / value).read_text(encoding="utf-8"))
        return repr(value)


class _Function:
    """The names in a function and in the functions inside it.

    A name that may be a parameter, a global or a builtin keeps its spelling, so only functions that differ in nothing
    but the names of local variables have the same digest.
    """

    def __init__(self, module_names: frozenset[str]) -> None:
        self.others = set(module_names)
        self.stored: dict[str, None] = {}
        self.places: list[tuple[int, str]] = []

    def see(self, node: ast.AST) -> None:
        """Record the names that are not local variables."""
        kind = type(node)
        if kind is ast.arg:
            self.others.add(node.arg)  # type: ignore[attr-defined]
        elif kind is ast.Global or kind is ast.Nonlocal:
            self.others.update(node.names)  # type: ignore[attr-defined]
        elif kind is ast.ClassDef:
            self.others.update(name.id for name in ast.walk(node) if isinstance(name, ast.Name))

    def rename(self, words: list[str]) -> None:
        """Put a number in place of each local variable, in the order in which they are first set."""
        names = (name for name in self.stored if name not in self.others and name not in _BUILTINS)
        numbers = {name: f"local {number}" for number, name in enumerate(names)}
        for place, name in self.places:
            words[place] = numbers.get(name, name)


def _bound(body: list[ast.stmt]) -> frozenset[str]:
    """Names that the statements bind at any depth, except in the bodies of functions and classes."""
    names = set()
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(statement.name)
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
            elif isinstance(node, ast.alias):
                names.add((node.asname or node.name).split(".")[0])
    return frozenset(names)
