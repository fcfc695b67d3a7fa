"""Files of one shape into the table `input` that formats select from.

Here: CSV, JSON, NDJSON and Parquet to text columns, many files in one statement; the second, tolerant reading of a CSV
file that breaks its own rules; the tables `headers` and `unreadable`. Not here: the meaning of columns.

Temporary objects of a batch: files_read (its files), documents (their text, unless DuckDB parses it), lines and records
(steps on the way), staged (rows as text), input (what a format sees), headers (extra header rows), counted (rows per
file), unreadable (lines that are not a row), noted_lines (what stands beside the tables).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from pipelines.raw.contents import Container, Content
from pipelines.raw.formats import TOP, Match
from pipelines.raw.names import RESERVED, normal
from pipelines.warehouse.quoting import file, files, identifier, literal
from pipelines.warehouse.sql_files import statements

_ANSWER = "answer:"
# So many cells that are names of columns make a row a header.
_TELLING = 3


@dataclass(frozen=True)
class Shape:
    """What files must share to be read together."""

    match: Match
    container: Container
    header: tuple[str, ...]
    delimiter: str

    def columns(self) -> dict[str, str]:
        """Columns to read: name in `input`, as the formats spell it -> name in the header."""
        spelled = {normal(name): name for name in (*self._canonical(), *self.match.spelled)}
        wanted = self.match.columns
        chosen = None if wanted is None else {normal(name) for name in wanted}
        names = {}
        for cell in self.header:
            key = normal(cell)
            if chosen is not None and key not in chosen:
                continue
            if self.match.formats[0].is_canonical and key.startswith(_ANSWER):
                names[_ANSWER + cell.strip()[len(_ANSWER) :].strip()] = cell
            else:
                # A JSON key may have the name of one of the columns that are not the file's.
                names[f"{cell}_2" if key in RESERVED else spelled.get(key, cell)] = cell
        return names

    def absent(self) -> list[str]:
        """Columns that the formats read and the files lack."""
        present = {normal(cell) for cell in self.header}
        return [name for name in self.match.spelled if normal(name) not in present]

    def _canonical(self) -> tuple[str, ...]:
        first = self.match.formats[0]
        return first.kind.names if first.is_canonical else ()


def shape_of(content: Content) -> Shape:
    """The shape of a recognised content."""
    if content.match is None:
        message = "a content that was not recognised cannot be read"
        raise ValueError(message)
    header = content.header
    if content.container in {"json", "ndjson"} and content.match.columns is not None:
        # JSON names every value, so files that differ only in columns nobody reads have one shape.
        wanted = {normal(name) for name in content.match.columns}
        header = tuple(sorted(name for name in header if normal(name) in wanted))
    return Shape(content.match, content.container, header, content.delimiter)


def read(
    connection: duckdb.DuckDBPyConnection, shape: Shape, contents: Sequence[Content], *, tolerant: bool = False
) -> None:
    """Make the temporary objects for contents of one shape; `tolerant` reads a single CSV file line by line.

    Raises:
        duckdb.Error: a file does not follow the rules of its container.
    """
    connection.execute(statements("raw/read/fresh_tables.sql"))
    if shape.container == "csv":
        if tolerant:
            _read_lines(connection, shape, contents[0])
        else:
            _read_csv(connection, shape, contents)
    elif shape.container == "parquet":
        _read_parquet(connection, shape, contents)
    else:
        _read_json(connection, shape, contents)
    _note_footers(connection, contents)
    _note_lines(connection, contents)


def _note_lines(connection: duckdb.DuckDBPyConnection, contents: Sequence[Content]) -> None:
    """What stands beside the tables: it may state when they were exported."""
    noted = [(content.file_id, line) for content in contents for line in content.notes]
    if noted:
        files, lines = zip(*noted, strict=True)
        connection.execute(
            "INSERT INTO noted_lines SELECT unnest($1::VARCHAR[]), unnest($2::VARCHAR[])", [list(files), list(lines)]
        )


def _note_footers(connection: duckdb.DuckDBPyConnection, contents: Sequence[Content]) -> None:
    """Lines below the last row become rows that are refused."""
    below = [(content.file_id, n, line) for content in contents for n, line in enumerate(content.footers, 1)]
    if not below:
        return
    files, numbers, lines = zip(*below, strict=True)
    connection.execute(
        "INSERT INTO unreadable SELECT b.file_id, c.rows + b.n, b.line, "
        "'a row of the table: this line below the last one sums up, counts or explains', 'footer' "
        "FROM (SELECT unnest($1::VARCHAR[]) AS file_id, unnest($2::BIGINT[]) AS n, unnest($3::VARCHAR[]) AS line) AS b "
        "JOIN counted AS c USING (file_id)",
        [list(files), list(numbers), list(lines)],
    )
    connection.execute(
        "UPDATE counted SET rows = rows + (SELECT count(*) FROM unreadable AS u "
        "WHERE u.file_id = counted.file_id AND reason = 'footer')"
    )


def _files_table(connection: duckdb.DuckDBPyConnection, contents: Sequence[Content], *, several: bool = True) -> None:
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE files_read AS SELECT unnest($1::VARCHAR[]) AS file_id, "
        "unnest($2::VARCHAR[]) AS readable, CASE WHEN $3 THEN readable END AS staged_from",
        [[content.file_id for content in contents], [str(content.readable) for content in contents], several],
    )


def _nulls(shape: Shape) -> list[str]:
    return [f"NULL::VARCHAR AS {identifier(name)}" for name in shape.absent()]


def _read_csv(connection: duckdb.DuckDBPyConnection, shape: Shape, contents: Sequence[Content]) -> None:
    """The fast way: DuckDB's parallel reader with nothing left to detect, the header being an ordinary first row."""
    _stage_csv(connection, shape, contents)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE counted AS {statements('raw/read/csv_counts.sql')}")
    if connection.sql("SELECT count(*) FROM counted WHERE NOT in_order").fetchall()[0][0]:
        message = "rows of several files came mixed"
        raise duckdb.InvalidInputException(message)
    header_rows = shape.match.header_rows
    join = f"staged AS s JOIN counted AS f ON {'s.staged_from = f.readable' if len(contents) > 1 else 'true'}"
    columns = ", ".join([*(f"s.{identifier(name)}" for name in shape.columns()), *_nulls(shape)])
    # A temporary table keeps the order of insertion, so a row's number follows from its rowid.
    connection.execute(
        "CREATE OR REPLACE TEMP VIEW input AS "
        f"SELECT f.file_id, s.rowid - f.first_row + 1 - {header_rows} AS row_number, {columns} "
        f"FROM {join} WHERE s.rowid - f.first_row >= {header_rows}"
        + _without_repeated_headers(
            connection, shape, f"{join} WHERE s.rowid - f.first_row >= {header_rows}", "s.rowid"
        )
    )
    if header_rows > 1:
        rows = f"SELECT f.file_id, s.rowid - f.first_row + 1 AS header_row, s.* FROM {join}"
        _store_headers(connection, shape, f"{rows} WHERE s.rowid - f.first_row < {header_rows}")
    connection.execute(
        f"UPDATE counted SET rows = greatest(rows - {header_rows}, 0) "
        "- (SELECT count(*) FROM repeated AS r WHERE r.file_id = counted.file_id)"
    )


def _without_repeated_headers(connection: duckdb.DuckDBPyConnection, shape: Shape, source: str, place: str) -> str:
    """Note the rows that repeat the header, as files joined end to end have them, in `repeated`; the condition without.

    source: the rows below the header, as FROM and WHERE, the table staged as s. place: what numbers them.

    Raises:
        duckdb.Error: a row names the columns in another order, so that the rows below it would be misread.
    """
    # Names that were blank or repeated in the header have got a number.
    named = [(name, cell) for name, cell in shape.columns().items() if not re.search(r"_\d+$", cell)][:_TELLING]
    cells = [(f"s.{identifier(name)}", cell) for name, cell in named]
    # Spelled out, because trimming every value of a large file takes longer than reading it.
    names = ", ".join(literal(spelled) for cell in shape.header for spelled in (cell, f"\ufeff{cell}", f" {cell}"))
    looks_so = " AND ".join(f"{value} IN ({names})" for value, _ in cells) or "false"
    is_same = " AND ".join(f"ltrim({value}, chr(65279) || ' ') = {literal(cell)}" for value, cell in cells) or "false"
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE repeated AS "
        f"SELECT file_id, {place} AS place, {is_same} AS is_same FROM {source} AND {looks_so}"
    )
    [(headers, others)] = connection.sql("SELECT count(*), count_if(NOT is_same) FROM repeated").fetchall()
    if others:
        message = "a second header has other columns than the first: exports were joined, land each by itself"
        raise duckdb.InvalidInputException(message)
    if not headers:
        return ""
    more = shape.match.header_rows - 1
    if more:
        connection.execute(
            f"INSERT INTO repeated SELECT file_id, place + n, true FROM repeated, range(1, {more + 1}) AS rows(n)"
        )
    return f" AND {place} NOT IN (SELECT place FROM repeated)"


def _stage_csv(connection: duckdb.DuckDBPyConnection, shape: Shape, contents: Sequence[Content]) -> None:
    """Read all rows of the files into the table staged; each row names its file if there are several."""
    several = len(contents) > 1
    positions = {cell: f"c{number}" for number, cell in enumerate(shape.header)}
    selected = [f"{positions[cell]} AS {identifier(name)}" for name, cell in shape.columns().items()] or ["c0"]
    selected.append(f"{'filename' if several else 'NULL::VARCHAR'} AS staged_from")
    types = ", ".join(f"{literal(column)}: 'VARCHAR'" for column in positions.values())
    _files_table(connection, contents, several=several)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE staged AS SELECT {', '.join(selected)} "
        f"FROM read_csv({files(content.readable for content in contents)}, header = false, auto_detect = false, "
        f"delim = {literal(shape.delimiter)}, quote = '\"', escape = '\"', columns = {{{types}}}, "
        f"compression = 'none', hive_partitioning = false, filename = {str(several).lower()})"
    )


def _store_headers(connection: duckdb.DuckDBPyConnection, shape: Shape, query: str) -> None:
    """Store the cells of the header rows that a query (file_id, header_row, a column per name) gives."""
    cells = ", ".join(f"{{'column_name': {literal(name)}, 'value': {identifier(name)}}}" for name in shape.columns())
    connection.execute(
        "INSERT INTO headers SELECT file_id, header_row, cell.column_name, cell.value "
        f"FROM (SELECT file_id, header_row, unnest([{cells}]) AS cell FROM ({query}))"
    )


def _read_lines(connection: duckdb.DuckDBPyConnection, shape: Shape, content: Content) -> None:
    """The tolerant way: every line belongs to exactly one row, and a row that cannot be read costs only itself.

    Short rows are filled up with NULL, except a last line without its line end: that one was cut off while it was
    written.
    """
    file_id, header_rows, width = literal(content.file_id), shape.match.header_rows, len(shape.header)
    patterns = _line_patterns(shape.delimiter)
    _make_documents(connection, f"SELECT content FROM read_text({file(content.readable)})")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE lines AS {statements('raw/read/csv_lines.sql')}",
        {name: patterns[name] for name in ("whole", "opens", "middle", "closes")},
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE records AS {statements('raw/read/csv_fields.sql')}",
        {"header_rows": header_rows, "width": width, "delimiter": shape.delimiter}
        | {name: patterns[name] for name in ("whole", "field")},
    )
    positions = {cell: number for number, cell in enumerate(shape.header, 1)}
    columns = shape.columns().items()
    fields = [f"nullif(fields[{positions[cell]}], '') AS {identifier(name)}" for name, cell in columns]
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE staged AS SELECT {file_id} AS file_id, row_number, "
        f"{', '.join([*fields, *_nulls(shape)])} FROM records WHERE is_row AND row_number > 0 ORDER BY row_number"
    )
    connection.execute(
        "INSERT INTO unreadable (file_id, row_number, value, allowed) "
        f"SELECT {file_id}, row_number, text, 'a row of {width} columns, line ' || first_line "
        "FROM records WHERE NOT is_row AND row_number > 0"
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE counted AS "
        f"SELECT {file_id} AS file_id, greatest(max(row_number), 0) AS rows FROM records"
    )
    rest = _without_repeated_headers(connection, shape, "staged AS s WHERE true", "s.row_number")
    connection.execute(f"CREATE OR REPLACE TEMP VIEW input AS FROM staged AS s WHERE true{rest}")
    connection.execute("UPDATE counted SET rows = rows - (SELECT count(*) FROM repeated)")
    if header_rows > 1:
        rows = (
            f"SELECT {file_id} AS file_id, row_number + {header_rows} AS header_row, {', '.join(fields)} FROM records"
        )
        _store_headers(connection, shape, f"{rows} WHERE row_number <= 0")


def _line_patterns(delimiter: str) -> dict[str, str]:
    """What a line of a CSV file may be: a whole row, the opening of a quoted field, its middle, its close; and a field.

    An opening line, the middle lines after it and the closing line at their end are one row.
    """
    mark = re.escape(delimiter)
    quoted = r'"(?:[^"]|"")*"'
    cell = rf'(?:{quoted}|[^"{mark}][^{mark}]*|)'
    turn = rf'(?:[^"]|"")*"(?:{mark}{cell})*{mark}"(?:[^"]|"")*'
    return {
        "whole": rf"{cell}(?:{mark}{cell})*",
        "opens": rf'(?:{cell}{mark})*"(?:[^"]|"")*',
        "middle": rf'(?:[^"]|"")*|{turn}',
        "closes": rf'(?:[^"]|"")*"(?:{mark}{cell})*',
        "field": rf"({quoted}|[^{mark}]*){mark}",
    }


def _make_documents(connection: duckdb.DuckDBPyConnection, query: str) -> None:
    connection.execute(f"CREATE OR REPLACE TEMP VIEW documents AS {query}")


def _read_parquet(connection: duckdb.DuckDBPyConnection, shape: Shape, contents: Sequence[Content]) -> None:
    first = file(contents[0].readable)
    types = connection.sql(f"DESCRIBE SELECT * FROM read_parquet({first}, hive_partitioning = false)").fetchall()
    stored = dict(zip(shape.header, types, strict=True))
    selected = []
    for name, cell in shape.columns().items():
        column, kind = identifier(stored[cell][0]), stored[cell][1]
        nested = kind.endswith("]") or kind.startswith(("STRUCT", "MAP"))
        text = f"to_json({column})::VARCHAR" if nested else f"{column}::VARCHAR"
        selected.append(f"{'decode(' + column + ')' if kind == 'BLOB' else text} AS {identifier(name)}")
    # One file a statement: every Parquet file has a schema of its own, and nobody exports thousands of small ones.
    for number, content in enumerate(contents):
        query = (
            f"SELECT {literal(content.file_id)} AS file_id, file_row_number + 1 AS row_number, "
            f"{', '.join([*selected, *_nulls(shape)])} "
            f"FROM read_parquet({file(content.readable)}, file_row_number = true, hive_partitioning = false)"
        )
        verb = "INSERT INTO staged BY NAME" if number else "CREATE OR REPLACE TEMP TABLE staged AS"
        connection.execute(f"{verb} {query}")
    _files_table(connection, contents)
    _count_rows(connection, "staged")
    connection.execute("CREATE OR REPLACE TEMP VIEW input AS FROM staged")


def _read_json(connection: duckdb.DuckDBPyConnection, shape: Shape, contents: Sequence[Content]) -> None:
    _files_table(connection, contents)
    text = f"read_text({files(content.readable for content in contents)})"
    if shape.container == "json":
        _make_documents(connection, f"SELECT filename, ltrim(content, chr(65279)) AS text, 1 AS n FROM {text}")
    else:
        lines = f"SELECT filename, string_split(content, chr(10)) AS split FROM {text}"
        split = f"SELECT filename, unnest(split) AS text, generate_subscripts(split, 1) AS n FROM ({lines})"
        _make_documents(connection, split)
    steps = [] if shape.match.records == TOP else shape.match.records.split(".")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE records AS {statements('raw/read/json_records.sql')}",
        {"path": "$" + "".join(f".{identifier(step)}" for step in steps)},
    )
    if shape.container == "json":
        broken = "SELECT count(*) FROM records WHERE stray IS NOT NULL AND NOT json_valid(stray)"
        if connection.sql(broken).fetchall()[0][0]:
            message = "a document is not whole JSON"
            raise duckdb.InvalidInputException(message)
    columns = shape.columns()
    structure = json.dumps(dict.fromkeys(columns.values(), "VARCHAR"))
    fields = [f"field[{literal(cell)}] AS {identifier(name)}" for name, cell in columns.items()]
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE staged AS SELECT file_id, row_number, {', '.join([*fields, *_nulls(shape)])} "
        f"FROM (SELECT file_id, row_number, from_json(record, {literal(structure)}) AS field "
        "FROM records WHERE stray IS NULL)"
    )
    connection.execute(
        "INSERT INTO unreadable (file_id, row_number, value, allowed) "
        "SELECT file_id, row_number, stray, 'a JSON object' FROM records WHERE stray IS NOT NULL"
    )
    _count_rows(connection, "records")
    connection.execute("CREATE OR REPLACE TEMP VIEW input AS FROM staged; DROP TABLE records")


def _count_rows(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE counted AS SELECT file_id, count(r.row_number) AS rows "
        f"FROM files_read LEFT JOIN {identifier(table)} AS r USING (file_id) GROUP BY file_id"
    )
