"""What moved: figures of closed months that differ from the file published before.

Here: continuing the published log, comparing the two files set-wise, and writing ops.restatements and
ops.publications. Not here: which figures are compared (compared_columns.py) and how a person is told (why.py). Months
that were not computed since the last publishing are skipped: their rows are the same.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb
import polars as pl

from pipelines.ops.compared_columns import COMPARED, IS_HEADLINE
from pipelines.ops.table_reads import table_reads
from pipelines.periods import Clock
from pipelines.settings import Settings
from pipelines.warehouse.connection import set_state, state
from pipelines.warehouse.frames import frame, registered
from pipelines.warehouse.quoting import literal, quoted
from pipelines.warehouse.sql_files import statements
from pipelines.warehouse.stale import data_months

# More figures of one table than this are counted by month at a publishing, except headlines.
MOST_LISTED = 500
# Relative to the greater value, absolute below 1: model columns may differ by as much from run to run.
TOLERANCE = 1e-9
LOGS = ("ops.publications", "ops.restatements")
NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "BOOLEAN")
# Tables of a database, each with the types of its columns.
Tables = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Restated:
    """How a publishing differs from the one before.

    figures: how many moved. new_warnings: names of the checks that warn now and did not then.
    """

    published_at: datetime
    figures: int
    new_warnings: tuple[str, ...]


@contextmanager
def yesterday(connection: duckdb.DuckDBPyConnection, settings: Settings) -> Iterator[str | None]:
    """Attach the published file as `yesterday` while the block lasts.

    Yields:
        Why the file cannot be attached, or None. Before the first publishing there is nothing to attach: also None.
    """
    if not settings.published_path.exists():
        yield None
        return
    problem = None
    try:
        connection.execute(f"ATTACH {literal(str(settings.published_path))} AS yesterday (READ_ONLY)")
    except duckdb.Error as error:
        problem = f"What moved is unknown: the file published before cannot be read ({type(error).__name__})."
    try:
        yield problem
    finally:
        if problem is None:
            connection.execute("DETACH yesterday")


def restate(connection: duckdb.DuckDBPyConnection, settings: Settings, warnings: list[str]) -> Restated:
    """Log what publishing the warehouse now would change; inside the caller's transaction.

    Args:
        connection: the warehouse, with the file published before as `yesterday` if there is one.
        settings: the clock and the zone.
        warnings: names of the checks that warn.
    """
    yesterdays = _tables(connection, "yesterday")
    same_log = _continue_log(connection, yesterdays)
    published_at = datetime.now(UTC)
    figures = _compare_all(connection, settings, yesterdays, published_at, same_log=same_log)
    months = data_months(connection, settings)
    last_warnings = connection.sql(
        "SELECT unnest(warnings) FROM (FROM ops.publications ORDER BY published_at DESC LIMIT 1)"
    ).fetchall()
    connection.execute(
        "INSERT INTO ops.publications (published_at, as_of, first_month, open_month, restatements, warnings) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        [
            published_at,
            settings.as_of,
            months.start if months else None,
            Clock(settings.as_of, settings.timezone).open_month,
            figures,
            warnings,
        ],
    )
    return Restated(published_at, figures, tuple(name for name in warnings if (name,) not in last_warnings))


def _tables(connection: duckdb.DuckDBPyConnection, database: str) -> Tables:
    """Tables of a database; none if it is not attached."""
    rows = connection.sql(
        "SELECT schema_name || '.' || table_name, column_name, data_type FROM duckdb_columns() "
        "WHERE database_name = $database AND NOT internal ORDER BY schema_name, table_name, column_index",
        params={"database": database},
    ).fetchall()
    tables: Tables = {}
    for table, column, kind in rows:
        tables.setdefault(table, {})[column] = kind
    return tables


def _continue_log(connection: duckdb.DuckDBPyConnection, yesterdays: Tables) -> bool:
    """Make the log equal to the published one; returns whether change_ids still mean the same.

    Entries of a killed publishing were never published and are deleted; a rebuilt warehouse gets its log back.
    """
    log_id = state(connection, "log_id")
    if log_id is None:
        log_id = uuid.uuid4().hex
        set_state(connection, "log_id", log_id)
    if not set(LOGS) <= yesterdays.keys():
        return bool(yesterdays)
    for table in reversed(LOGS):
        published = "(SELECT published_at FROM yesterday.ops.publications)"
        connection.execute(f"DELETE FROM {table} WHERE published_at NOT IN {published}")
    # In this order: as soon as ops.publications is filled, no publishing counts as missing any more.
    for table in reversed(LOGS):
        logged = "(SELECT published_at FROM ops.publications)"
        connection.execute(
            f"INSERT INTO {table} BY NAME SELECT * FROM yesterday.{table} WHERE published_at NOT IN {logged}"
        )
    [(published_id,)] = connection.sql("SELECT max(value) FROM yesterday.ops.state WHERE name = 'log_id'").fetchall()
    if log_id != published_id:
        connection.execute("UPDATE ops.restatements SET change_id = NULL WHERE change_id IS NOT NULL")
    return bool(log_id == published_id)


def _compare_all(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    yesterdays: Tables,
    published_at: datetime,
    *,
    same_log: bool,
) -> int:
    """Log the figures that moved; returns how many did."""
    if "ops.computed" not in yesterdays:
        return 0
    with registered(connection, "table_reads", table_reads()):
        moving = frame(
            connection.sql(statements("ops/moving.sql"), params={"as_of": settings.as_of, "same_log": same_log})
        )
    tables = [table for table in sorted(moving["table_name"].unique()) if table in COMPARED and table in yesterdays]
    if not tables:
        return 0
    todays = _tables(connection, "warehouse")
    with registered(connection, "moving_rows", moving):
        connection.execute("CREATE OR REPLACE TEMP TABLE moving AS FROM moving_rows")
    for table in tables:
        key = COMPARED[table].key
        if set(key) <= yesterdays[table].keys():
            numbers = {
                name: kind
                for name, kind in todays[table].items()
                if yesterdays[table].get(name) == kind and _is_number(kind) and name not in key
            }
            _compare(connection, table, numbers, published_at)
    connection.execute("DROP TABLE moving")
    [(figures,)] = connection.sql(
        "SELECT coalesce(sum(figures), 0) FROM ops.restatements WHERE published_at = $at", params={"at": published_at}
    ).fetchall()
    return int(figures)


def _is_number(kind: str) -> bool:
    return kind in NUMBERS or _is_float(kind) or kind.startswith("DECIMAL")


def _is_float(kind: str) -> bool:
    return kind in {"DOUBLE", "FLOAT"}


def _compare(
    connection: duckdb.DuckDBPyConnection, table: str, numbers: dict[str, str], published_at: datetime
) -> None:
    """Log the figures of one table that moved. numbers: the columns to compare, with their types."""
    key, name = ("month", *COMPARED[table].key), quoted(table)
    moves = {column: _moves(quoted(column), kind) for column, kind in numbers.items()}
    months = f"(SELECT month FROM moving WHERE table_name = {literal(table)})"
    on = " AND ".join(f"fresh.{quoted(column)} IS NOT DISTINCT FROM stale.{quoted(column)}" for column in key)
    either = ", ".join(f"coalesce(fresh.{quoted(one)}, stale.{quoted(one)}) AS {quoted(one)}" for one in key)
    pairs = ", ".join(
        f"fresh.{quoted(column)} AS {quoted('after_' + column)}, "
        f"stale.{quoted(column)} AS {quoted('before_' + column)}, {move} AS {quoted('moved_' + column)}"
        for column, move in moves.items()
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE moved AS SELECT {either}, {pairs} "
        f"FROM (FROM {name} WHERE month IN {months}) AS fresh "
        f"FULL JOIN (FROM yesterday.{name} WHERE month IN {months}) AS stale ON {on} "
        f"WHERE {' OR '.join(moves.values())}"
    )
    moved_in_row = " + ".join(f"CAST({quoted('moved_' + column)} AS BIGINT)" for column in numbers)
    [(figures,)] = connection.sql(f"SELECT coalesce(sum({moved_in_row}), 0) FROM moved").fetchall()
    if figures > MOST_LISTED:
        headline = COMPARED[table].headline
        _list(connection, table, [headline.column] if headline else [], published_at, condition=IS_HEADLINE)
        _count(connection, table, moved_in_row, published_at)
    elif figures:
        _list(connection, table, list(numbers), published_at)
    connection.execute("DROP TABLE moved")


def _moves(column: str, kind: str) -> str:
    """SQL for whether a figure moved, on the rows fresh and stale."""
    differs = f"fresh.{column} IS DISTINCT FROM stale.{column}"
    if not _is_float(kind):
        return f"({differs})"
    apart = f"abs(fresh.{column} - stale.{column})"
    scale = f"greatest(1, abs(fresh.{column}), abs(stale.{column}))"
    return f"({differs} AND coalesce({apart} > {TOLERANCE} * {scale}, true))"


def _list(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: list[str],
    published_at: datetime,
    condition: str = "true",
) -> None:
    """Log the figures of some columns that moved, one row each, where `condition` holds."""
    if not columns:
        return
    key_columns = ", ".join(f"{literal(column)}: {quoted(column)}" for column in COMPARED[table].key)
    # A table with one row a month has an empty key.
    key = f"to_json({{{key_columns}}})" if key_columns else "CAST('{}' AS JSON)"
    figures = ", ".join(
        f"{{column_name: {literal(column)}, before: CAST({quoted('before_' + column)} AS DOUBLE), "
        f"after: CAST({quoted('after_' + column)} AS DOUBLE), moved: {quoted('moved_' + column)}}}"
        for column in columns
    )
    connection.execute(
        "INSERT INTO ops.restatements BY NAME SELECT $at AS published_at, table_name, month, key, column_name, "
        "before, after, 1 AS figures, change_id, reason FROM ("
        f"SELECT $table AS table_name, month, {key} AS key, unnest([{figures}], recursive := true) FROM moved"
        f") JOIN moving USING (table_name, month) WHERE moved AND ({condition}) "
        "ORDER BY month, key, column_name",
        {"at": published_at, "table": table},
    )


def _count(connection: duckdb.DuckDBPyConnection, table: str, moved_in_row: str, published_at: datetime) -> None:
    """Log how many figures moved that are not listed, one row a month. moved_in_row: SQL for the number in a row."""
    connection.execute(
        f"""
        INSERT INTO ops.restatements BY NAME
        WITH all_moved AS (SELECT month, sum({moved_in_row}) AS figures FROM moved GROUP BY month),
        listed AS (
            SELECT month, count(*) AS figures FROM ops.restatements
            WHERE published_at = $at AND table_name = $table GROUP BY month
        )
        SELECT $at AS published_at, m.table_name, month, a.figures - coalesce(l.figures, 0) AS figures,
            m.change_id, m.reason
        FROM all_moved AS a JOIN moving AS m USING (month) LEFT JOIN listed AS l USING (month)
        WHERE m.table_name = $table AND a.figures > coalesce(l.figures, 0)
        ORDER BY month
        """,
        {"at": published_at, "table": table},
    )


def moved_figures(connection: duckdb.DuckDBPyConnection, published_at: datetime) -> pl.DataFrame:
    """What a publishing moved, for a reader: headlines one by one, then the number of figures by table.

    Returns:
        Columns month, table_name, key, column_name, before, after, figures, reason; at most 50 rows.
    """
    return frame(
        connection.sql(
            "WITH moved AS (FROM ops.restatements WHERE published_at = $at), "
            f"headlines AS (FROM moved WHERE {IS_HEADLINE}) "
            "SELECT strftime(month, '%Y-%m') AS month, table_name, CAST(key AS VARCHAR) AS key, column_name, "
            "round(before, 2) AS before, round(after, 2) AS after, figures, reason FROM headlines "
            "UNION ALL "
            "SELECT strftime(min(month), '%Y-%m') || ' .. ' || strftime(max(month), '%Y-%m'), table_name, NULL, NULL, "
            "NULL, NULL, CAST(sum(figures) AS BIGINT), any_value(reason ORDER BY month) FROM moved GROUP BY table_name "
            "ORDER BY column_name IS NULL, month, table_name, key LIMIT 50",
            params={"at": published_at},
        )
    )
