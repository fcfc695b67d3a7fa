"""What the SELECT of a format may reach: the rows it is given, and nothing outside the program.

Here: finding what in the statement's tree leads elsewhere: files, other tables, settings, session variables (the key of
the pseudonyms is one). Not here: running it.

DuckDB can shut out files only for a whole database and for good, and the load must read landed files in the same
database. So the statement itself is tested: tables and table functions against a list of those allowed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import duckdb

TABLES = {"input", "headers"}
# The last two are macros of sql/macros/surveys.sql.
TABLE_FUNCTIONS = {"unnest", "range", "generate_series", "recommendation_columns", "qualtrics_questions"}
# Sources of rows that reach nothing by themselves.
PLAIN = {"SUBQUERY", "JOIN", "EXPRESSION_LIST", "EMPTY", "EMPTY_FROM", "PIVOT"}
SECRETIVE = {"getvariable", "current_setting", "getenv", "pseudonym"}


def reaches(connection: duckdb.DuckDBPyConnection, body: str) -> str | None:
    """What a SELECT reaches beyond the rows it is given, in words, or None."""
    [(text,)] = connection.sql("SELECT json_serialize_sql($1::VARCHAR)", params=[body]).fetchall()
    tree = json.loads(text)
    if tree.get("error"):
        return f"something that cannot be looked into ({tree.get('error_message')})"
    nodes = list(_nodes(tree))
    ctes = {entry["key"].lower() for node in nodes for entry in (node.get("cte_map") or {}).get("map", [])}
    descriptions = (_beyond(node, ctes) for node in nodes)
    return next((words for words in descriptions if words), None)


def _nodes(value: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 (a JSON document)
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _nodes(part)


def _beyond(node: dict[str, Any], ctes: set[str]) -> str | None:
    """What a node of the tree reaches that is not the format's own, in words."""
    if str(node.get("function_name", "")).lower() in SECRETIVE:
        return f"the function {node['function_name']}"
    if "alias" not in node or "sample" not in node:  # not a source of rows
        return None
    kind = node.get("type")
    if kind == "BASE_TABLE":
        where = [node.get("catalog_name"), node.get("schema_name"), node.get("table_name")]
        is_own = str(where[2]).lower() in TABLES | ctes and not any(where[:2])
        return None if is_own else f"the table {'.'.join(part for part in where if part)}"
    if kind == "TABLE_FUNCTION":
        name = str((node.get("function") or {}).get("function_name", "?")).lower()
        return None if name in TABLE_FUNCTIONS else f"the function {name}"
    return None if kind in PLAIN else f"rows of the kind {str(kind).lower()}"
