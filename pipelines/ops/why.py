"""Why a month's figures are not what they were: the log of restatements in plain words.

Here: reading ops.restatements of the published file and wording it. Not here: finding what moved (restatements.py).
"""

from __future__ import annotations

import json
from datetime import date, datetime

import duckdb

from pipelines.ops.compared_columns import COMPARED, IS_HEADLINE
from pipelines.ops.restatements import LOGS
from pipelines.settings import Settings
from pipelines.warehouse.frames import frame

MOST_LINES = 20


class NoDataError(LookupError):
    """The month has no figures, or nothing is published."""


def why(settings: Settings, month: date) -> str:
    """What moved in a month's figures since it was first published as a closed month, headlines first.

    Raises:
        NoDataError: no figures of the month are published.
    """
    if not settings.published_path.exists():
        raise NoDataError("Nothing is published yet: northstar run")
    reader = duckdb.connect(str(settings.published_path), read_only=True)
    try:
        reader.execute(f"SET TimeZone = '{settings.timezone}'")
        return "\n".join(_lines(reader, month))
    finally:
        reader.close()


def _lines(reader: duckdb.DuckDBPyConnection, month: date) -> list[str]:
    name = f"{month:%Y-%m}"
    tables = {
        str(table) for (table,) in reader.sql("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()
    }
    if not set(LOGS) <= tables:
        raise NoDataError("The published file is of an older Northstar, which kept no such record: northstar nightly")
    _check_has_data(reader, month)
    first = frame(
        reader.sql(
            "SELECT min(published_at) AS at FROM ops.publications WHERE first_month <= $month AND $month < open_month",
            params={"month": month},
        )
    ).item()
    if first is None:
        return [f"{name} is open: its figures move with every night until it has ended."]
    moves = _moves(reader, month)
    if not moves:
        return [f"Nothing of {name} has moved since it was published on {_moment(first)}."]
    return [f"{name}, first published on {_moment(first)}:", *moves]


def _check_has_data(reader: duckdb.DuckDBPyConnection, month: date) -> None:
    first, last, found = reader.sql(
        "SELECT min(month), max(month), coalesce(bool_or(month = $month), false) FROM ops.computed",
        params={"month": month},
    ).fetchall()[0]
    if first is None:
        raise NoDataError("No month has data yet.")
    if not found:
        message = f"{month:%Y-%m} has no data: there are figures of {first:%Y-%m} to {last:%Y-%m}."
        raise NoDataError(message)


def _moves(reader: duckdb.DuckDBPyConnection, month: date) -> list[str]:
    heads = frame(
        reader.sql(
            "SELECT table_name, CAST(key AS VARCHAR) AS key, published_at, before, after, reason FROM ops.restatements "
            f"WHERE month = $month AND ({IS_HEADLINE}) ORDER BY published_at, table_name, key",
            params={"month": month},
        )
    )
    order = list(COMPARED)
    figures = sorted({(order.index(table), table, key) for table, key, *_ in heads.rows()})
    lines = []
    for _, table, key in figures:
        steps = [row[2:] for row in heads.rows() if row[:2] == (table, key)]
        lines += ["", f"{_label(table, key)}: {_number(steps[0][1])} -> {_number(steps[-1][2])}"]
        lines += [
            f"  {_moment(at)}  {_number(before)} -> {_number(after)}  because of {reason}"
            for at, before, after, reason in steps
        ]
    return [*lines, *_others(reader, month)]


def _others(reader: duckdb.DuckDBPyConnection, month: date) -> list[str]:
    """All but the headlines, a line for every table and publishing, the newest first."""
    rest = frame(
        reader.sql(
            "SELECT published_at, table_name, CAST(sum(figures) AS BIGINT) AS figures, any_value(reason) AS reason "
            f"FROM ops.restatements WHERE month = $month AND NOT coalesce({IS_HEADLINE}, false) "
            "GROUP BY ALL ORDER BY published_at DESC, table_name",
            params={"month": month},
        )
    )
    if rest.is_empty():
        return []
    lines = ["", "Other figures that moved (ops.restatements has them one by one, or counted where they are many):"]
    for at, table, figures, reason in rest.head(MOST_LINES).rows():
        lines.append(f"  {_moment(at)}  {table:<22} {figures:>6}  because of {reason}")
    if rest.height > MOST_LINES:
        left = rest["figures"].slice(MOST_LINES).sum()
        lines.append(f"  and {left} more, the last of them on {_moment(rest['published_at'][MOST_LINES])}")
    return lines


def _label(table: str, key: str) -> str:
    headline = COMPARED[table].headline
    return headline.label.format(**json.loads(key)) if headline else table


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:,.2f}"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
