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

from pipelines.figures import FIGURES
from pipelines.ops.compared_columns import COMPARED, IS_HEADLINE
from pipelines.periods import Clock
from pipelines.settings import Settings
from pipelines.warehouse.connection import set_state, state, statements
from pipelines.warehouse.frames import frame, registered
from pipelines.warehouse.quoting import literal, quoted
from pipelines.warehouse.stale import data_months

# Figures of one table told one by one at a publishing; when more move, they are counted by month, headlines apart.
MOST_LISTED = 500
# Floats are equal within this, of 1 or of the greater value: what model columns may differ by from run to run.
TOLERANCE = 1e-9
LOGS = ("ops.publications", "ops.restatements")
NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "BOOLEAN")


@dataclass(frozen=True)
class Restated:
    """What a publishing changes of what was published: when, how many figures, and the checks that newly warn."""

    published_at: datetime
    figures: int
    new_warnings: tuple[str, ...]


@contextmanager
def yesterday(connection: duckdb.DuckDBPyConnection, settings: Settings) -> Iterator[str | None]:
    """Attach the published file as `yesterday` while the block lasts; gives why that cannot be done, or None.

    Without a published file nothing is attached and nothing is wrong.
    """
    if not settings.published_path.exists():
        yield None
        return
    problem = None
    try:
        connection.execute(f"ATTACH {literal(str(settings.published_path))} AS yesterday (READ_ONLY)")
    except duckdb.Error as error:
        problem = f"What moved cannot be told: the file published before cannot be read ({type(error).__name__})."
    try:
        yield problem
    finally:
        if problem is None:
            connection.execute("DETACH yesterday")


def restate(connection: duckdb.DuckDBPyConnection, settings: Settings, warnings: list[str]) -> Restated:
    """Write what publishing the warehouse now would change; inside the caller's transaction.

    Args:
        connection: the warehouse, with the file published before as `yesterday` if there is one.
        settings: the clock and the zone.
        warnings: names of the checks that warn.
    """
    known = _columns(connection, "yesterday")
    same_log = _continue_log(connection, known)
    published_at = datetime.now(UTC)
    figures = _compare_all(connection, settings, known, published_at, same_log=same_log)
    months = data_months(connection, settings)
    before = connection.sql("SELECT unnest(warnings) FROM (FROM ops.publications ORDER BY published_at DESC LIMIT 1)")
    told = {str(name) for (name,) in before.fetchall()}
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
    return Restated(published_at, figures, tuple(name for name in warnings if name not in told))


def _columns(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, dict[str, str]]:
    """Tables of a database with their columns and types; none if it is not attached."""
    rows = connection.sql(
        "SELECT schema_name || '.' || table_name, column_name, data_type FROM duckdb_columns() "
        "WHERE database_name = $database AND NOT internal ORDER BY schema_name, table_name, column_index",
        params={"database": database},
    ).fetchall()
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in rows:
        found.setdefault(table, {})[column] = kind
    return found


def _continue_log(connection: duckdb.DuckDBPyConnection, known: dict[str, dict[str, str]]) -> bool:
    """Make the log that of the file published before; whether the numbers of its changes still mean the same.

    What a killed publishing wrote was never published and goes; what a warehouse made anew lacks comes back.
    """
    mine = state(connection, "log_id")
    if mine is None:
        mine = uuid.uuid4().hex
        set_state(connection, "log_id", mine)
    if not set(LOGS) <= known.keys():
        return bool(known)
    [(theirs,)] = connection.sql("SELECT max(value) FROM yesterday.ops.state WHERE name = 'log_id'").fetchall()
    for table in reversed(LOGS):
        published = "(SELECT published_at FROM yesterday.ops.publications)"
        connection.execute(f"DELETE FROM {table} WHERE published_at NOT IN {published}")
    have = "(SELECT published_at FROM ops.publications)"
    for table in reversed(LOGS):
        connection.execute(
            f"INSERT INTO {table} BY NAME SELECT * FROM yesterday.{table} WHERE published_at NOT IN {have}"
        )
    if mine != theirs:
        connection.execute("UPDATE ops.restatements SET change_id = NULL WHERE change_id IS NOT NULL")
    return bool(mine == theirs)


def _compare_all(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    known: dict[str, dict[str, str]],
    published_at: datetime,
    *,
    same_log: bool,
) -> int:
    """Write the figures that moved; how many did."""
    if "ops.computed" not in known:
        return 0
    reads = pl.DataFrame(
        {"table_name": [figure.table for figure in FIGURES], "reads": [list(figure.reads) for figure in FIGURES]}
    )
    with registered(connection, "table_reads", reads):
        moving = frame(
            connection.sql(statements("ops/moving.sql"), params={"as_of": settings.as_of, "same_log": same_log})
        )
    tables = [table for table in sorted(moving["table_name"].unique()) if table in COMPARED and table in known]
    if not tables:
        return 0
    ours = _columns(connection, "warehouse")
    with registered(connection, "moving_rows", moving):
        connection.execute("CREATE OR REPLACE TEMP TABLE moving AS FROM moving_rows")
    for table in tables:
        columns = {
            name: kind for name, kind in ours[table].items() if known[table].get(name) == kind and _is_number(kind)
        }
        if set(COMPARED[table].key) <= known[table].keys():
            told = {name: kind for name, kind in columns.items() if name not in COMPARED[table].key}
            _compare(connection, table, told, published_at)
    connection.execute("DROP TABLE moving")
    [(figures,)] = connection.sql(
        "SELECT coalesce(sum(figures), 0) FROM ops.restatements WHERE published_at = $at", params={"at": published_at}
    ).fetchall()
    return int(figures)


def _is_number(kind: str) -> bool:
    return kind in NUMBERS or _is_float(kind) or kind.startswith("DECIMAL")


def _is_float(kind: str) -> bool:
    return kind in {"DOUBLE", "FLOAT"}


def _compare(connection: duckdb.DuckDBPyConnection, table: str, told: dict[str, str], published_at: datetime) -> None:
    """Write the figures of one table that moved."""
    key, name = ("month", *COMPARED[table].key), quoted(table)
    moves = {column: _moves(quoted(column), kind) for column, kind in told.items()}
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
    counted = " + ".join(f"CAST({quoted('moved_' + column)} AS BIGINT)" for column in told)
    [(figures,)] = connection.sql(f"SELECT coalesce(sum({counted}), 0) FROM moved").fetchall()
    if figures:
        _write(connection, table, list(told), counted, published_at, is_whole=figures <= MOST_LISTED)
    connection.execute("DROP TABLE moved")


def _moves(column: str, kind: str) -> str:
    """Whether a figure moved, as SQL on the rows fresh and stale."""
    differs = f"fresh.{column} IS DISTINCT FROM stale.{column}"
    if not _is_float(kind):
        return f"({differs})"
    apart = f"abs(fresh.{column} - stale.{column})"
    scale = f"greatest(1, abs(fresh.{column}), abs(stale.{column}))"
    return f"({differs} AND coalesce({apart} > {TOLERANCE} * {scale}, true))"


def _write(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: list[str],
    counted: str,
    published_at: datetime,
    *,
    is_whole: bool,
) -> None:
    """Write the moved figures one by one, or the headlines alone and the others by month."""
    told = COMPARED[table]
    one_by_one = columns if is_whole else [told.headline.column] if told.headline else []
    parameters = {"at": published_at, "table": table}
    if one_by_one:
        named = ", ".join(f"{literal(column)}: {quoted(column)}" for column in told.key)
        # A table with one row a month needs no further name.
        key = f"to_json({{{named}}})" if named else "CAST('{}' AS JSON)"
        figures = ", ".join(
            f"{{column_name: {literal(column)}, before: CAST({quoted('before_' + column)} AS DOUBLE), "
            f"after: CAST({quoted('after_' + column)} AS DOUBLE), moved: {quoted('moved_' + column)}}}"
            for column in one_by_one
        )
        connection.execute(
            "INSERT INTO ops.restatements BY NAME SELECT $at AS published_at, table_name, month, key, column_name, "
            "before, after, 1 AS figures, change_id, reason FROM ("
            f"SELECT $table AS table_name, month, {key} AS key, unnest([{figures}], recursive := true) FROM moved"
            f") JOIN moving USING (table_name, month) WHERE moved AND {'true' if is_whole else f'({IS_HEADLINE})'} "
            "ORDER BY month, key, column_name",
            parameters,
        )
    if not is_whole:
        connection.execute(
            f"""
            INSERT INTO ops.restatements BY NAME
            WITH all_moved AS (SELECT month, sum({counted}) AS figures FROM moved GROUP BY month),
            told AS (
                SELECT month, count(*) AS figures FROM ops.restatements
                WHERE published_at = $at AND table_name = $table GROUP BY month
            )
            SELECT $at AS published_at, m.table_name, month, a.figures - coalesce(t.figures, 0) AS figures,
                m.change_id, m.reason
            FROM all_moved AS a JOIN moving AS m USING (month) LEFT JOIN told AS t USING (month)
            WHERE m.table_name = $table AND a.figures > coalesce(t.figures, 0)
            ORDER BY month
            """,
            parameters,
        )


def moved_figures(connection: duckdb.DuckDBPyConnection, published_at: datetime) -> pl.DataFrame:
    """What a publishing moved, for a reader: the headlines one by one, then how many figures of each table.

    Returns:
        Columns month, table_name, key, column_name, before, after, figures, reason; at most 50 rows.
    """
    return frame(
        connection.sql(
            "WITH mine AS (FROM ops.restatements WHERE published_at = $at), "
            f"heads AS (FROM mine WHERE {IS_HEADLINE}) "
            "SELECT strftime(month, '%Y-%m') AS month, table_name, CAST(key AS VARCHAR) AS key, column_name, "
            "round(before, 2) AS before, round(after, 2) AS after, figures, reason FROM heads "
            "UNION ALL "
            "SELECT strftime(min(month), '%Y-%m') || ' .. ' || strftime(max(month), '%Y-%m'), table_name, NULL, NULL, "
            "NULL, NULL, CAST(sum(figures) AS BIGINT), any_value(reason ORDER BY month) FROM mine GROUP BY table_name "
            "ORDER BY column_name IS NULL, month, table_name, key LIMIT 50",
            params={"at": published_at},
        )
    )
