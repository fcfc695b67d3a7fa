"""Files of one shape into the table `input` that formats select from.

Here: CSV, JSON, NDJSON and Parquet to text columns, many files in one statement; the second, tolerant reading of a CSV
file that breaks its own rules; the tables `headers` and `unreadable`. Not here: what columns mean.

Temporary objects made for a batch: staged (rows as text), input (what a format sees), headers (extra header rows),
counted (rows per file), unreadable (lines that are no row).
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

_ANSWER = "answer:"


@dataclass(frozen=True)
class Shape:
    """What files must share to be read together."""

    match: Match
    container: Container
    header: tuple[str, ...]
    delimiter: str

    def named(self) -> dict[str, str]:
        """Columns to read: name in `input` -> name in the header, as the formats spell the former."""
        spelled = {normal(name): name for name in self._canonical()} | {
            normal(name): name for name in self.match.spelled
        }
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
                # JSON keys come as they are, so one may have the name of a column that is not the file's
                names[f"{cell}_2" if key in RESERVED else spelled.get(key, cell)] = cell
        return names

    def absent(self) -> list[str]:
        """Columns that the formats read and the files lack."""
        there = {normal(cell) for cell in self.header}
        return [name for name in self.match.spelled if normal(name) not in there]

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
        # JSON names every value, so only the columns that are read make a difference
        read = {normal(name) for name in content.match.columns}
        header = tuple(sorted(name for name in header if normal(name) in read))
    return Shape(content.match, content.container, header, content.delimiter)


def read(
    connection: duckdb.DuckDBPyConnection, shape: Shape, contents: Sequence[Content], *, tolerant: bool = False
) -> None:
    """Make the temporary objects for the contents, all of one shape; tolerant reads one CSV file line by line.

    Raises:
        duckdb.Error: a file does not follow the rules of its container.
    """
    _drop(connection)
    if shape.container == "csv":
        if tolerant:
            _read_lines(connection, shape, contents[0])
        else:
            _read_csv(connection, shape, contents)
    elif shape.container == "parquet":
        _read_parquet(connection, shape, contents)
    else:
        _read_json(connection, shape, contents)


def _drop(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        """
        DROP VIEW IF EXISTS temp.input; DROP TABLE IF EXISTS temp.staged; DROP TABLE IF EXISTS temp.files_read;
        DROP TABLE IF EXISTS temp.counted; DROP TABLE IF EXISTS temp.records;
        DROP TABLE IF EXISTS temp.lines; DROP TABLE IF EXISTS temp.headers;
        CREATE OR REPLACE TEMP TABLE headers (file_id VARCHAR, header_row INTEGER, column_name VARCHAR, value VARCHAR);
        CREATE OR REPLACE TEMP TABLE unreadable (file_id VARCHAR, row_number BIGINT, value VARCHAR, allowed VARCHAR);
        """
    ).fetchall()


def _files_table(connection: duckdb.DuckDBPyConnection, contents: Sequence[Content]) -> None:
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE files_read AS
        SELECT unnest($1::VARCHAR[]) AS file_id, unnest($2::VARCHAR[]) AS readable
        """,
        [[content.file_id for content in contents], [str(content.readable) for content in contents]],
    ).fetchall()


def _nulls(shape: Shape) -> list[str]:
    return [f"NULL::VARCHAR AS {identifier(name)}" for name in shape.absent()]


def _read_csv(connection: duckdb.DuckDBPyConnection, shape: Shape, contents: Sequence[Content]) -> None:
    """The fast way: DuckDB's parallel reader, told everything, with the header as an ordinary first row."""
    position = {cell: number for number, cell in enumerate(shape.header)}
    named = shape.named()
    columns = ", ".join(f"'c{number}': 'VARCHAR'" for number in position.values())
    selected = [f"c{position[cell]} AS {identifier(name)}" for name, cell in named.items()]
    several = len(contents) > 1
    if several:
        selected.append("filename AS staged_from")
    _files_table(connection, contents)
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE staged AS SELECT {", ".join(selected) or "c0"}
        FROM read_csv({files(content.readable for content in contents)}, header = false, auto_detect = false,
            delim = {literal(shape.delimiter)}, quote = '"', escape = '"', columns = {{{columns}}},
            compression = 'none', hive_partitioning = false, filename = {str(several).lower()})
        """
    ).fetchall()
    # A temporary table keeps the order of insertion, so a row's number follows from its rowid.
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE counted AS
        SELECT f.file_id, f.readable, coalesce(s.first_row, 0) AS first_row, coalesce(s.rows, 0) AS rows, s.in_order
        FROM files_read f LEFT JOIN (
            SELECT {"staged_from" if several else "NULL"} AS readable, min(rowid) AS first_row, count(*) AS rows,
                max(rowid) - min(rowid) + 1 = count(*) AS in_order
            FROM staged GROUP BY ALL
        ) s ON {"s.readable = f.readable" if several else "true"}
        """
    ).fetchall()
    if connection.sql("SELECT count(*) FROM counted WHERE NOT in_order").fetchall()[0][0]:
        message = "rows of several files came mixed"
        raise duckdb.InvalidInputException(message)
    rows = shape.match.header_rows
    columns_out = [*(f"s.{identifier(name)}" for name in named), *_nulls(shape)]
    join = "s.staged_from = f.readable" if several else "true"
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP VIEW input AS
        SELECT f.file_id, s.rowid - f.first_row + 1 - {rows} AS row_number, {", ".join(columns_out)}
        FROM staged s JOIN counted f ON {join} WHERE s.rowid - f.first_row >= {rows}
        """
    ).fetchall()
    if rows > 1:
        _keep_headers(
            connection,
            named,
            "SELECT f.file_id, s.rowid - f.first_row + 1 AS header_row, s.* "
            f"FROM staged s JOIN counted f ON {join} WHERE s.rowid - f.first_row < {rows}",
        )
    connection.execute(f"UPDATE counted SET rows = greatest(rows - {rows}, 0)").fetchall()


def _keep_headers(connection: duckdb.DuckDBPyConnection, named: dict[str, str], query: str) -> None:
    cells = ", ".join(f"{{'column_name': {literal(name)}, 'value': {identifier(name)}}}" for name in named)
    connection.execute(
        f"""
        INSERT INTO headers SELECT file_id, header_row, cell.column_name, cell.value
        FROM (SELECT file_id, header_row, unnest([{cells}]) AS cell FROM ({query}))
        """
    ).fetchall()


def _read_lines(connection: duckdb.DuckDBPyConnection, shape: Shape, content: Content) -> None:
    """The tolerant way: every line is part of exactly one row, and a row that is none costs only itself.

    A line is whole (fields, closed quotes), or opens a quoted field, or lies in the middle of one, or closes it. An
    opening line with the middle lines after it and the closing line at their end is one row. Short rows are filled up
    with NULL, except a last line without its line end: that one was cut off while it was written.
    """
    mark = re.escape(shape.delimiter)
    quoted = r'"(?:[^"]|"")*"'
    cell = rf'(?:{quoted}|[^"{mark}][^{mark}]*|)'
    turn = rf'(?:[^"]|"")*"(?:{mark}{cell})*{mark}"(?:[^"]|"")*'
    patterns = {
        "whole": rf"{cell}(?:{mark}{cell})*",
        "opens": rf'(?:{cell}{mark})*"(?:[^"]|"")*',
        "middle": rf'(?:[^"]|"")*|{turn}',
        "closes": rf'(?:[^"]|"")*"(?:{mark}{cell})*',
    }
    tests = ", ".join(f"regexp_full_match(text, {literal(pattern)}) AS {name}" for name, pattern in patterns.items())
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE lines AS
        WITH file AS (
            SELECT ltrim(replace(replace(replace(content, chr(13) || chr(10), chr(10)), chr(13), chr(10)), chr(0), ''),
                chr(65279)) AS content
            FROM read_text({file(content.readable)})
        ), cut AS (
            SELECT unnest(split) AS text, generate_subscripts(split, 1) AS n
            FROM (SELECT string_split(content, chr(10)) AS split FROM file)
        ), tested AS (
            SELECT n, text, n = max(n) OVER () AS is_last, {tests} FROM cut
        ), ended AS (
            SELECT *, min(CASE WHEN NOT middle THEN n END) OVER after AS stop FROM tested
            WINDOW after AS (ORDER BY n ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
        ), opened AS (
            SELECT o.n AS first_line, c.n AS last_line FROM ended o JOIN tested c ON c.n = o.stop
            WHERE o.opens AND NOT o.whole AND c.closes
            -- what opens a field within a row that an earlier line has opened belongs to that row
            QUALIFY coalesce(max(c.n) OVER (ORDER BY o.n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) < o.n, true)
        )
        SELECT g.first_line AS first_line, string_agg(g.text, chr(10) ORDER BY g.n) AS text,
            bool_or(g.is_last) AS is_last
        FROM (
            SELECT t.n, t.text, t.is_last, CASE WHEN t.n <= o.last_line THEN o.first_line ELSE t.n END AS first_line
            FROM tested t ASOF LEFT JOIN opened o ON t.n >= o.first_line
        ) g
        GROUP BY g.first_line HAVING trim(string_agg(g.text, '')) <> '' ORDER BY g.first_line
        """
    ).fetchall()
    width = len(shape.header)
    field = rf"({quoted}|[^{mark}]*){mark}"
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE records AS
        SELECT row_number() OVER (ORDER BY first_line) - {shape.match.header_rows} AS row_number, first_line, text,
            list_transform(regexp_extract_all(text || {literal(shape.delimiter)}, {literal(field)}, 1), lambda f:
                CASE WHEN length(f) > 1 AND starts_with(f, '"') AND ends_with(f, '"')
                THEN replace(f[2:-2], '""', '"') ELSE f END) AS fields,
            regexp_full_match(text, {literal(patterns["whole"])})
                AND len(list_filter(fields[{width + 1}:], lambda f: trim(f) <> '')) = 0
                AND NOT (is_last AND len(fields) < {width}) AS is_row
        FROM lines
        """
    ).fetchall()
    named = shape.named()
    position = {name: number for number, name in enumerate(shape.header, 1)}
    fields = [f"nullif(fields[{position[cell]}], '') AS {identifier(name)}" for name, cell in named.items()]
    file_id = literal(content.file_id)
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE staged AS
        SELECT {file_id} AS file_id, row_number, {", ".join([*fields, *_nulls(shape)])}
        FROM records WHERE is_row AND row_number > 0 ORDER BY row_number;
        INSERT INTO unreadable SELECT {file_id}, row_number, text, 'a row of {width} columns, line ' || first_line
        FROM records WHERE NOT is_row AND row_number > 0;
        CREATE OR REPLACE TEMP TABLE counted AS
            SELECT {file_id} AS file_id, greatest(max(row_number), 0) AS rows FROM records;
        CREATE OR REPLACE TEMP VIEW input AS SELECT * FROM staged;
        """
    ).fetchall()
    if shape.match.header_rows > 1:
        first = shape.match.header_rows
        _keep_headers(
            connection,
            named,
            f"SELECT {file_id} AS file_id, row_number + {first} AS header_row, {', '.join(fields)} FROM records "
            "WHERE row_number <= 0",
        )


def _read_parquet(connection: duckdb.DuckDBPyConnection, shape: Shape, contents: Sequence[Content]) -> None:
    first = file(contents[0].readable)
    types = connection.sql(f"DESCRIBE SELECT * FROM read_parquet({first}, hive_partitioning = false)").fetchall()
    stored = dict(zip(shape.header, types, strict=True))
    selected = []
    for name, cell in shape.named().items():
        column, kind = identifier(stored[cell][0]), stored[cell][1]
        nested = kind.endswith("]") or kind.startswith(("STRUCT", "MAP"))
        text = f"to_json({column})::VARCHAR" if nested else f"{column}::VARCHAR"
        selected.append(f"{'decode(' + column + ')' if kind == 'BLOB' else text} AS {identifier(name)}")
    # One file a statement: the schema of Parquet is its own, and nobody exports thousands of small ones.
    for number, content in enumerate(contents):
        query = (
            f"SELECT {literal(content.file_id)} AS file_id, file_row_number + 1 AS row_number, "
            f"{', '.join([*selected, *_nulls(shape)])} "
            f"FROM read_parquet({file(content.readable)}, file_row_number = true, hive_partitioning = false)"
        )
        verb = "INSERT INTO staged BY NAME" if number else "CREATE OR REPLACE TEMP TABLE staged AS"
        connection.execute(f"{verb} {query}").fetchall()
    _count_staged(connection, contents)
    connection.execute("CREATE OR REPLACE TEMP VIEW input AS SELECT * FROM staged").fetchall()


def _read_json(connection: duckdb.DuckDBPyConnection, shape: Shape, contents: Sequence[Content]) -> None:
    _files_table(connection, contents)
    paths = files(content.readable for content in contents)
    if shape.container == "json":
        documents = f"SELECT filename, ltrim(content, chr(65279)) AS text, 1 AS n FROM read_text({paths})"
    else:
        documents = f"""
            SELECT filename, unnest(split) AS text, generate_subscripts(split, 1) AS n
            FROM (SELECT filename, string_split(content, chr(10)) AS split FROM read_text({paths}))
        """
    top = shape.match.records == TOP
    steps = "".join(f".{identifier(step)}" for step in shape.match.records.split("."))
    found = "document" if top else f"json_extract(document, {literal('$' + steps)})"
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE records AS
        WITH documents AS (
            -- the text is kept of what is no JSON only: every record of a document would carry it along
            SELECT f.file_id, d.n, CASE WHEN json_valid(d.text) THEN d.text::JSON END AS document,
                CASE WHEN NOT json_valid(d.text) THEN d.text END AS text
            FROM ({documents}) d JOIN files_read f ON f.readable = d.filename
            WHERE trim(d.text, ' ' || chr(9) || chr(13) || chr(10)) <> ''
        ), placed AS (
            -- The text is kept only where it is no document: unnesting would copy a whole file beside each record.
            SELECT file_id, n, CASE WHEN document IS NULL THEN text END AS text, {found} AS found FROM documents
        ), listed AS (
            SELECT file_id, n, text, CASE json_type(found)
                WHEN 'ARRAY' THEN from_json(found, '["JSON"]') ELSE [found] END AS items
            FROM placed
        ), single AS (
            SELECT file_id, n, text, unnest(items) AS record, generate_subscripts(items, 1) AS place FROM listed
        )
        SELECT file_id, row_number() OVER (PARTITION BY file_id ORDER BY n, place) AS row_number, record,
            CASE WHEN json_type(record) = 'OBJECT' THEN NULL ELSE coalesce(record::VARCHAR, text) END AS stray
        FROM single
        """
    ).fetchall()
    if shape.container == "json":
        broken = connection.sql(
            "SELECT count(*) FROM records WHERE stray IS NOT NULL AND NOT json_valid(stray)"
        ).fetchall()
        if broken[0][0]:
            message = "a document is not whole JSON"
            raise duckdb.InvalidInputException(message)
    named = shape.named()
    structure = json.dumps(dict.fromkeys(named.values(), "VARCHAR"))
    fields = [f"field[{literal(cell)}] AS {identifier(name)}" for name, cell in named.items()]
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE staged AS
        SELECT file_id, row_number, {", ".join([*fields, *_nulls(shape)])}
        FROM (SELECT file_id, row_number, from_json(record, {literal(structure)}) AS field
            FROM records WHERE stray IS NULL);
        INSERT INTO unreadable SELECT file_id, row_number, stray, 'a JSON object' FROM records WHERE stray IS NOT NULL;
        CREATE OR REPLACE TEMP TABLE counted AS
            SELECT f.file_id, count(r.row_number) AS rows
            FROM files_read f LEFT JOIN records r USING (file_id) GROUP BY ALL;
        CREATE OR REPLACE TEMP VIEW input AS SELECT * FROM staged;
        DROP TABLE records;
        """
    ).fetchall()


def _count_staged(connection: duckdb.DuckDBPyConnection, contents: Sequence[Content]) -> None:
    _files_table(connection, contents)
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE counted AS
        SELECT f.file_id, count(s.row_number) AS rows FROM files_read f LEFT JOIN staged s USING (file_id) GROUP BY ALL
        """
    ).fetchall()
