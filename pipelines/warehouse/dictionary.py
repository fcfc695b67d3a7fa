"""The dictionary of the published file: what every table, view, column and macro means.

Here: reading the comments that sql/ declares, and writing them out as Markdown and as a page. Not here: the comments
(sql/schema, sql/views, sql/macros/published).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import duckdb

from pipelines.warehouse.connection import published_texts

HEAD = "Made by `northstar dictionary` from the comments in the published file; change those."
STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1rem; }
h2 { margin-top: 2.5rem; } h3 { margin: 2rem 0 0; overflow-wrap: anywhere; }
p { max-width: 45rem; } table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid GrayText; }
tbody th { font-weight: normal; overflow-wrap: anywhere; } code { font-size: .95em; }
@media (max-width: 40rem) { td, th { display: block; border: 0; padding: 0; } tr { display: block; padding: .5rem 0; } }
"""


@dataclass(frozen=True)
class Column:
    """A column of a table or view."""

    name: str
    type: str
    comment: str


@dataclass(frozen=True)
class Table:
    """A table or view of the published file; name with its schema."""

    name: str
    is_view: bool
    comment: str
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Macro:
    """A macro of the published file."""

    name: str
    parameters: str
    comment: str


@dataclass(frozen=True)
class Dictionary:
    """All of it: tables and views by schema and name, and macros by name."""

    tables: tuple[Table, ...]
    macros: tuple[Macro, ...]


def dictionary() -> Dictionary:
    """What the program publishes, from the statements that make an empty file."""
    with duckdb.connect(":memory:") as connection:
        for text in published_texts():
            connection.execute(text)
        relations = connection.sql(
            "SELECT schema_name || '.' || table_name AS name, false, comment FROM duckdb_tables() WHERE NOT internal "
            "UNION ALL SELECT schema_name || '.' || view_name, true, comment FROM duckdb_views() WHERE NOT internal "
            "ORDER BY name"
        ).fetchall()
        columns = connection.sql(
            "SELECT schema_name || '.' || table_name, column_name, data_type, comment FROM duckdb_columns() "
            "WHERE NOT internal ORDER BY 1, column_index"
        ).fetchall()
        macros = connection.sql(
            "SELECT function_name, list_aggregate(parameters, 'string_agg', ', '), any_value(comment) "
            "FROM duckdb_functions() WHERE NOT internal GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    return Dictionary(
        tuple(
            Table(name, is_view, comment, tuple(Column(*row[1:]) for row in columns if row[0] == name))
            for name, is_view, comment in relations
        ),
        tuple(Macro(*row) for row in macros),
    )


def markdown(book: Dictionary) -> str:
    """The dictionary as Markdown."""
    lines = ["# Dictionary", "", HEAD, ""]
    for schema, tables in _by_schema(book):
        lines += [f"## {schema}", ""]
        for table in tables:
            kind = " (view)" if table.is_view else ""
            lines += [
                f"### {table.name}{kind}",
                "",
                _cell(table.comment),
                "",
                "| column | type | meaning |",
                "|---|---|---|",
            ]
            lines += [f"| `{one.name}` | {one.type} | {_cell(one.comment)} |" for one in table.columns]
            lines.append("")
    lines += ["## Macros", "", "| macro | meaning |", "|---|---|"]
    lines += [f"| `{one.name}({one.parameters})` | {_cell(one.comment)} |" for one in book.macros]
    return "\n".join([*lines, ""])


def page(book: Dictionary) -> str:
    """The dictionary as one page of HTML that needs nothing else."""
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Northstar: dictionary</title><style>{STYLE}</style></head><body><main>",
        f"<h1>Dictionary of the published file</h1><p>{_code(HEAD)}</p><nav><ul>",
        *(f"<li>{schema}: {', '.join(_link(table) for table in tables)}</li>" for schema, tables in _by_schema(book)),
        "</ul></nav>",
    ]
    for schema, tables in _by_schema(book):
        parts.append(f"<h2>{schema}</h2>")
        for table in tables:
            kind = " (view)" if table.is_view else ""
            parts.append(f'<h3 id="{table.name}"><code>{table.name}</code>{kind}</h3><p>{escape(table.comment)}</p>')
            parts.append(_table(("column", "type", "meaning"), [(c.name, c.type, c.comment) for c in table.columns]))
    macros = [(f"{one.name}({one.parameters})", one.comment) for one in book.macros]
    parts += ["<h2>Macros</h2>", _table(("macro", "meaning"), macros), "</main></body></html>"]
    return "\n".join([*parts, ""])


def _by_schema(book: Dictionary) -> list[tuple[str, list[Table]]]:
    schemas = sorted({table.name.split(".")[0] for table in book.tables})
    return [(schema, [table for table in book.tables if table.name.startswith(f"{schema}.")]) for schema in schemas]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    titles = "".join(f'<th scope="col">{title}</th>' for title in head)
    body = ""
    for first, *rest in rows:
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in rest)
        body += f'<tr><th scope="row"><code>{escape(first)}</code></th>{cells}</tr>'
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{''.join(body)}</tbody></table>"


def _link(table: Table) -> str:
    return f'<a href="#{table.name}">{table.name.split(".")[1]}</a>'


def _code(text: str) -> str:
    head, code, rest = text.split("`")
    return f"{escape(head)}<code>{escape(code)}</code>{escape(rest)}"


def _cell(text: str) -> str:
    """Text for a Markdown table, in which a line or a bar would end the cell, and a bracket begin a tag."""
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
