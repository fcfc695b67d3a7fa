"""Why a month's figures are not what they were when first published.

Here: reading the log of restatements from the published file. Not here: finding what moved (restatements.py) and
wording (assets/why.py).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from pipelines.ops.compared_columns import COMPARED, IS_HEADLINE
from pipelines.ops.published import opened_published
from pipelines.ops.restatements import LOGS
from pipelines.settings import Settings
from pipelines.warehouse.frames import frame


class NoDataError(LookupError):
    """The month has no figures, or nothing is published."""


@dataclass(frozen=True)
class Move:
    """One publishing's change of a figure. published_at: business time. A missing figure is None."""

    published_at: datetime
    before: float | None
    after: float | None
    reason: str


@dataclass(frozen=True)
class HeadlineMoves:
    """All moves of one headline, the oldest first."""

    label: str
    moves: list[Move]


@dataclass(frozen=True)
class OtherMoves:
    """How many other figures of a table one publishing moved, and the reason of one of them."""

    published_at: datetime
    table: str
    figures: int
    reason: str


@dataclass(frozen=True)
class History:
    """What moved in a month since it was first published as a closed month; None while it is open.

    others: the newest publishing first.
    """

    month: date
    first_published: datetime | None
    headlines: list[HeadlineMoves]
    others: list[OtherMoves]


def history(settings: Settings, month: date) -> History:
    """What moved in a month's figures.

    Raises:
        NoDataError: no figures of the month are published.
    """
    if not settings.published_path.exists():
        raise NoDataError("Nothing is published yet: northstar run")
    with opened_published(settings) as connection:
        _check_has_log(connection)
        _check_has_data(connection, month)
        first_published = frame(
            connection.sql(
                "SELECT min(published_at) FROM ops.publications WHERE first_month <= $month AND $month < open_month",
                params={"month": month},
            )
        ).item()
        return History(month, first_published, _headlines(connection, month), _others(connection, month))


def _check_has_log(connection: duckdb.DuckDBPyConnection) -> None:
    tables = connection.sql("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()
    if not set(LOGS) <= {table for (table,) in tables}:
        raise NoDataError("The published file is of an older Northstar, which kept no such record: northstar nightly")


def _check_has_data(connection: duckdb.DuckDBPyConnection, month: date) -> None:
    [(first, last, has_figures)] = connection.sql(
        "SELECT min(month), max(month), coalesce(bool_or(month = $month), false) FROM ops.computed",
        params={"month": month},
    ).fetchall()
    if first is None:
        raise NoDataError("No month has data yet.")
    if not has_figures:
        message = f"{month:%Y-%m} has no data: there are figures of {first:%Y-%m} to {last:%Y-%m}."
        raise NoDataError(message)


def _headlines(connection: duckdb.DuckDBPyConnection, month: date) -> list[HeadlineMoves]:
    """Headlines in the order in which they are declared, then by key."""
    rows = frame(
        connection.sql(
            "SELECT table_name, CAST(key AS VARCHAR), published_at, before, after, reason FROM ops.restatements "
            f"WHERE month = $month AND ({IS_HEADLINE}) ORDER BY published_at",
            params={"month": month},
        )
    ).rows()
    moves: dict[tuple[str, str], list[Move]] = {}
    for table, key, *move in rows:
        moves.setdefault((table, key), []).append(Move(*move))
    order = list(COMPARED)
    figures = sorted(moves, key=lambda figure: (order.index(figure[0]), figure[1]))
    return [HeadlineMoves(_label(*figure), moves[figure]) for figure in figures]


def _others(connection: duckdb.DuckDBPyConnection, month: date) -> list[OtherMoves]:
    rows = frame(
        connection.sql(
            "SELECT published_at, table_name, CAST(sum(figures) AS BIGINT), any_value(reason) FROM ops.restatements "
            f"WHERE month = $month AND NOT coalesce({IS_HEADLINE}, false) "
            "GROUP BY ALL ORDER BY published_at DESC, table_name",
            params={"month": month},
        )
    ).rows()
    return [OtherMoves(*row) for row in rows]


def _label(table: str, key: str) -> str:
    headline = COMPARED[table].headline
    return headline.label.format(**json.loads(key)) if headline else table
