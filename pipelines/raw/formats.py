"""Which vendor's export a file is, and the SELECT that turns it into canonical columns.

Here: reading sql/formats/*.sql and the operator's {HOME}/formats/*.sql, the canonical form derived from the DDL,
recognition by header, and the fingerprint by which files are read again.
Not here: reading files (read.py), testing values (check.py).

A format is one SQL file `<export>.<kind>.sql`. Its header comment holds `key: value` lines (a deeper indented comment
line continues the one above):

    source: prefix of the ids, by default the export's name
    recognised by: columns that must all be there, separated by commas, in quotes where a name holds a comma;
        `macro(*)` is any column for whose name the macro is true, where names are texts of questions
    not with: columns (or macros) that must not be there, because the format cannot read what they say
    places: 1 time, 2 number   (what the columns at these places must hold, where names are in many languages)
    also reads: columns that may be missing and are then NULL; `*` for every column the file has
    header rows: 3   (default 1; the rows below the first are in the table headers)
    records: data.responses, .   (where JSON holds the list of records; `.` is the top, the default)

The body is one SELECT over `input`: those columns as text, file_id, row_number (1 is the first data row). Many files
are read at once, so windows and groups are per file_id. The README of sql/formats says what it returns.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path

import duckdb

from pipelines.raw.kinds import Kind, read_kinds
from pipelines.raw.macros import install_macros, is_true_of_one, macro_texts
from pipelines.raw.names import COMMON, normal
from pipelines.raw.readings import meaning
from pipelines.raw.sandbox import reaches
from pipelines.raw.shapes import SHAPES, has_shape
from pipelines.settings import Settings
from pipelines.warehouse.connection import set_pseudonym, set_session
from pipelines.warehouse.quoting import identifier, literal
from pipelines.warehouse.sql_files import SQL, statements
from pipelines.warehouse.sql_meaning import sql_meaning, sql_statements

# Raise it when the meaning of a landed file changes in code that is neither a format, a macro nor the DDL.
CODE_VERSION = 4
CANONICAL = "canonical"
TOP = "."
_KEYS = ("source", "recognised by", "not with", "places", "also reads", "header rows", "records")
_ANSWER = "answer:"
_NONE = "any of its columns"
_TEST = "(*)"


class FormatError(Exception):
    """A format is wrong; the message names its SQL file."""


@dataclass(frozen=True)
class Format:
    """A vendor's export and one kind of record in it.

    where: how messages name it. is_own: it is the operator's. fault: why it cannot be used, else None. tests: macros,
    each of which must be true of some column's name. excluded, excluding: names that no column may have, and macros
    that must be true of none. places: position of a column, from 1, and the shape of its values.
    """

    export: str
    kind: Kind
    source: str
    recognised: tuple[str, ...]
    optional: tuple[str, ...] = ()
    reads_all: bool = False
    header_rows: int = 1
    records: tuple[str, ...] = (TOP,)
    select: str = ""
    where: str = ""
    is_own: bool = False
    fault: str | None = None
    tests: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    excluding: tuple[str, ...] = ()
    places: tuple[tuple[int, str], ...] = ()

    @property
    def name(self) -> str:
        """Export and kind."""
        return f"{self.export}.{self.kind.name}"

    @property
    def is_canonical(self) -> bool:
        """Whether it is the form derived from the DDL."""
        return not self.select

    @cached_property
    def keys(self) -> frozenset[str]:
        """The recognising columns, for comparison with a header."""
        return frozenset(normal(name) for name in self.recognised)

    @property
    def meaning(self) -> str:
        """What the rows it makes depend on: the lines of its header that count, and its SELECT without comments."""
        columns = (self.recognised, self.tests, self.optional, self.reads_all)
        without = (self.excluded, self.excluding, self.places)
        return repr(
            (self.name, self.source, columns, without, self.header_rows, self.records, sql_meaning(self.select))
        )

    def body(self, columns: Sequence[str]) -> str:
        """The SELECT over `input`, whose columns matter to the canonical form only."""
        return self.select or _canonical_select(columns)


@dataclass(frozen=True)
class Match:
    """What a file was recognised as: the formats of one export that apply, and where its records are."""

    export: str
    formats: tuple[Format, ...]
    fingerprint: str
    records: str

    @property
    def header_rows(self) -> int:
        """Rows above the first data row."""
        return self.formats[0].header_rows

    @property
    def columns(self) -> tuple[str, ...] | None:
        """Columns to read, as the formats spell them; None for all."""
        if any(one.reads_all for one in self.formats):
            return None
        return tuple(dict.fromkeys(name for one in self.formats for name in (*one.recognised, *one.optional)))

    @property
    def spelled(self) -> tuple[str, ...]:
        """Column names the formats use."""
        return tuple(dict.fromkeys(name for one in self.formats for name in (*one.recognised, *one.optional)))


@dataclass(frozen=True)
class Formats:
    """All formats.

    problems: SQL files that are not a format, one message each. names_one: whether a macro is true of one of the names.
    has_shape: whether values have a shape (pipelines/raw/shapes.py).
    """

    all: tuple[Format, ...]
    attributes: frozenset[str]
    fingerprints: Mapping[str, str]
    problems: tuple[str, ...] = ()
    names_one: Callable[[str, frozenset[str]], bool] = field(default=lambda _, __: False, compare=False, repr=False)
    has_shape: Callable[[str, Sequence[str]], bool] = field(default=lambda _, __: False, compare=False, repr=False)
    _seen: dict[tuple[frozenset[str], str], list[Format]] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def fingerprint(self) -> str:
        """The fingerprint of the whole set."""
        return _hash(*(f"{export} {value}" for export, value in sorted(self.fingerprints.items())))

    @cached_property
    def records(self) -> tuple[str, ...]:
        """Every place in a JSON document where some format expects records, the top last."""
        named = {path for one in self.all for path in one.records} - {TOP}
        return (*sorted(named), TOP)

    def recognise(
        self, header: Iterable[str], records: str = TOP, sample: Callable[[int], Sequence[str]] | None = None
    ) -> Match | None:
        """The export whose recognising columns are all in the header; among several, the one with the most.

        sample: the first values of the column at a place, from 1; without it no format fits that asks for places.
        """
        names = frozenset(normal(name) for name in header)
        if (names, records) not in self._seen:
            self._seen[names, records] = [one for one in self.all if records in one.records and self._fits(one, names)]
        fitting = self._seen[names, records]
        if any(one.places for one in fitting):
            places = {one.places for one in fitting}
            held = {wanted for wanted in places if self._holds(wanted, sample)}
            fitting = [one for one in fitting if one.places in held]
        if not fitting:
            return None
        best = max(fitting, key=lambda one: self._rank(one, names))
        chosen = [one for one in fitting if one.export == best.export]
        if best.is_canonical:
            chosen = [best]
        return Match(best.export, tuple(chosen), self.fingerprints[best.export], records)

    def _holds(self, places: Iterable[tuple[int, str]], sample: Callable[[int], Sequence[str]] | None) -> bool:
        return all(sample is not None and self.has_shape(shape, sample(place)) for place, shape in places)

    def _fits(self, one: Format, names: frozenset[str]) -> bool:
        if not one.keys <= names or names.intersection(normal(name) for name in one.excluded):
            return False
        if any(self.names_one(test, names) for test in one.excluding):
            return False
        is_named = all(self.names_one(test, names) for test in one.tests)
        return is_named and (not one.is_canonical or self._is_canonical(one.kind, names))

    def _is_canonical(self, kind: Kind, names: frozenset[str]) -> bool:
        """Whether a header that has a kind's required columns is of that kind in the canonical form."""
        given = [column for column in kind.either if column in names]
        if kind.required or not kind.either:
            return bool(given) or not kind.either
        # Customers have no required column: an address or an id alone may stand beside answers, orders or money.
        own = names & (set(kind.names) | self.attributes)
        others = names - own
        if not given or any(self.names_one("names_business", frozenset([name])) for name in others):
            return False
        return bool(own - set(kind.either)) or len(own) > 1 or (not others and "customer_email" in own)

    def _rank(self, one: Format, names: frozenset[str]) -> tuple[int, bool, bool, int, str]:
        either = one.is_canonical and any(column in names for column in one.kind.either)
        extent = len(names & set(one.kind.names)) if one.is_canonical else len(one.optional)
        return (
            len(one.keys) + len(one.tests) + len(one.places) + either,
            one.is_own,
            not one.is_canonical,
            extent,
            one.name,
        )

    def nearest(self, header: Iterable[str]) -> str:
        """Why no format fits: the nearest one that shares a column that says something, and its columns that lack."""
        names = frozenset(normal(name) for name in header)
        near = [one for one in self.all if (one.keys & names) - COMMON]
        if not near:
            known = any(one.keys & names for one in self.all)
            return "no format knows " + ("its columns, but for names that every export uses" if known else _NONE)
        best = max(near, key=lambda one: (len(one.keys & names) / len(one.keys), len(one.keys), one.name))
        missing = [name for name in best.recognised if normal(name) not in names]
        missing += [f"{test}(*)" for test in best.tests if not self.names_one(test, names)]
        if not missing:
            return f"nearest format is {best.name}, which also needs {' or '.join(best.kind.either)}"
        return f"nearest format is {best.name}, whose columns it lacks: {', '.join(missing)}"


def read_formats(connection: duckdb.DuckDBPyConnection, settings: Settings, kinds: Mapping[str, Kind]) -> Formats:
    """The shipped formats, the operator's (which win over shipped ones of the same name), and the canonical ones."""
    files: dict[str, tuple[Path, bool]] = {}
    for folder, is_own in ((SQL / "formats", False), (settings.formats_path, True)):
        files |= {path.stem: (path, is_own) for path in sorted(folder.glob("*.sql"))}
    formats: list[Format] = []
    problems: list[str] = []
    meanings: dict[str, list[str]] = {CANONICAL: [" ".join(sorted(settings.attributes))]}
    for _, (path, is_own) in sorted(files.items()):
        try:
            text = path.read_text(encoding="utf-8")
            one = _parse(text, kinds, path, is_own=is_own)
            if is_own:  # tests hold the shipped ones
                one = replace(one, fault=_fault(connection, one.select))
                _try_tests(connection, one)
        except (FormatError, OSError, UnicodeError) as error:
            problems.append(str(error) if isinstance(error, FormatError) else f"{path}: {error}")
        else:
            formats.append(one)
            meanings.setdefault(one.export, []).append(one.meaning)
    formats += [Format(CANONICAL, kind, CANONICAL, kind.required, reads_all=True) for kind in kinds.values()]
    # The kinds and macros are part of what a good value is. The macros are
    # sorted, so that one may move to another file without all files being read again.
    macros = sorted(macro for text in macro_texts() for macro in sql_statements(text))
    common = _hash(str(CODE_VERSION), meaning(settings), repr([astuple(kind) for kind in kinds.values()]), *macros)
    return Formats(
        tuple(formats),
        frozenset(normal(name) for name in settings.attributes),
        {export: _hash(common, *sorted(parts)) for export, parts in meanings.items()},
        tuple(problems),
        # Several formats ask the same of a header, at 5 ms each.
        cache(lambda test, names: is_true_of_one(connection, test, names)),
        lambda shape, values: has_shape(connection, shape, values),
    )


def _hash(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def _parse(text: str, kinds: Mapping[str, Kind], path: Path, *, is_own: bool) -> Format:
    export, _, kind = path.stem.rpartition(".")
    if not export or kind not in kinds:
        message = f"{path}: the name of a format is <export>.<kind>.sql, kind one of {', '.join(kinds)}"
        raise FormatError(message)
    keys = _header(text)
    rows = keys.get("header rows", "1").strip()
    recognised = _split(keys.get("recognised by", ""))
    if not recognised:
        message = f"{path}: the line '-- recognised by: <columns>' is missing from the comment at its top"
        raise FormatError(message)
    if not rows.isdigit() or int(rows) < 1:
        message = f"{path}: 'header rows' is {rows}; allowed is a whole number, 1 or more"
        raise FormatError(message)
    optional = _split(keys.get("also reads", ""))
    tests = {entry: entry.removesuffix(_TEST) for entry in recognised if entry.endswith(_TEST)}
    without = _split(keys.get("not with", ""))
    return Format(
        export=export,
        kind=kinds[kind],
        source=keys.get("source", export).strip(),
        recognised=tuple(name for name in recognised if name not in tests),
        optional=tuple(name for name in optional if name != "*"),
        reads_all="*" in optional,
        tests=tuple(tests.values()),
        excluded=tuple(name for name in without if not name.endswith(_TEST)),
        excluding=tuple(name.removesuffix(_TEST) for name in without if name.endswith(_TEST)),
        places=_places(_split(keys.get("places", "")), path),
        header_rows=int(rows),
        records=_split(keys.get("records", TOP)) or (TOP,),
        select=text.strip().rstrip(";"),
        where=str(path) if is_own else f"sql/formats/{path.name}",
        is_own=is_own,
    )


def _places(entries: Iterable[str], path: Path) -> tuple[tuple[int, str], ...]:
    places = [re.fullmatch(rf"([1-9]\d?) ({'|'.join(SHAPES)})", entry) for entry in entries]
    if not all(places):
        message = f"{path}: 'places' has entries such as '1 time'; shapes are {', '.join(SHAPES)}"
        raise FormatError(message)
    return tuple((int(place[1]), place[2]) for place in places if place)


def _header(text: str) -> dict[str, str]:
    """The `key: value` lines of the comment at the top."""
    keys: dict[str, str] = {}
    current = ""
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        key = re.match(rf"--\s{{0,2}}({'|'.join(_KEYS)}):(.*)", line)
        if key:
            current = key[1]
            keys[current] = key[2].strip()
        elif current and re.match(r"--\s{3,}\S", line):
            keys[current] += " " + line[2:].strip()
        else:
            current = ""
    return keys


def _split(text: str) -> tuple[str, ...]:
    rows = list(csv.reader([text], skipinitialspace=True)) or [[]]
    return tuple(cell.strip() for cell in rows[0] if cell.strip())


def _fault(connection: duckdb.DuckDBPyConnection, body: str) -> str | None:
    try:
        statements = connection.extract_statements(body)
    except duckdb.Error as error:
        return first_line(error)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        return "the body must be one SELECT over input"
    beyond = reaches(connection, body)
    return f"it uses {beyond}; a format reads the tables input and headers, and nothing else" if beyond else None


def _try_tests(connection: duckdb.DuckDBPyConnection, one: Format) -> None:
    try:
        for test in (*one.tests, *one.excluding):
            is_true_of_one(connection, test, frozenset([""]))
    except duckdb.Error as error:
        message = f"{one.where}: {first_line(error)}"
        raise FormatError(message) from None


def first_line(error: BaseException) -> str:
    """The first line of an error's message, without its hints."""
    line = str(error).strip().split("\n")[0][:500]
    return "".join(character if character.isprintable() else "?" for character in line)


def fault(error: Exception, path: Path) -> str:
    """The first line of an error about a file, without the file's name: a reason belongs to a content."""
    return first_line(error).replace(str(path), "the file").replace(path.name, "the file")


def _canonical_select(columns: Sequence[str]) -> str:
    answers = [name for name in columns if name.startswith(_ANSWER)]
    outputs = ["file_id", "row_number", *(identifier(name) for name in columns if name not in answers)]
    if answers:
        pairs = ", ".join(
            f"{{'question': {literal(name.removeprefix(_ANSWER))}, 'answer': {identifier(name)}}}" for name in answers
        )
        outputs.append(f"answers_map([{pairs}]) AS answers")
    return f"SELECT {', '.join(outputs)} FROM input"


def known_formats(settings: Settings) -> Formats:
    """Shipped, own and canonical formats, by name, with their faults."""
    with duckdb.connect(":memory:") as connection:
        set_session(connection, settings)
        connection.execute("ATTACH ':memory:' AS vault")
        connection.execute("USE vault")
        connection.execute(statements("schema/raw.sql"))
        set_pseudonym(connection, b"")  # a macro needs it; nothing is read here
        install_macros(connection)
        return read_formats(connection, settings, read_kinds(connection))
