"""The second reading of a batch: values that may be written in several ways, told by the columns of their files.

Here: the temporary tables by which days and amounts are read whose text does not say how, and what told it. Not here:
the readings of single texts (sql/macros, sql/raw/values) and the statement that uses them (check.py).

What a file's days and amounts mean depends on the file's content alone, and on the setting NORTHSTAR_DATE_ORDER where
the content does not tell: never on the clock, other files, or names.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import duckdb

from pipelines.raw.kinds import Column, Kind
from pipelines.raw.values import NO_DECIMALS, THREE_DECIMALS, is_money, is_time, text
from pipelines.settings import Settings
from pipelines.warehouse.quoting import identifier, literal
from pipelines.warehouse.sql_files import statements

# A zone may be written a day off.
LATEST = timedelta(days=1)
FIRST_YEAR, LAST_YEAR = 1990, 2100
TEMPORARY = (
    *("landed", "unread_times", "unread_numbers", "written_times", "written_numbers"),
    *("day_cells", "undecided", "other_times", "stated_days", "sign_counts"),
)


def meaning(settings: Settings) -> str:
    """The settings on which the reading of values depends; the clock only decides what is refused for now."""
    currency = settings.currency if settings.currency in (*THREE_DECIMALS, *NO_DECIMALS) else None
    return repr((settings.timezone, settings.date_order, settings.question, currency))


def set_reading(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Set what the reading of values depends on besides the file: variables of the session."""
    order = {"day_first": "day", "month_first": "month"}.get(settings.date_order or "")
    connection.execute("SET VARIABLE date_order = $1::VARCHAR", [order])
    connection.execute("SET VARIABLE reporting_currency_set = $1::VARCHAR", [settings.currency])
    connection.execute("SET VARIABLE question = $1::VARCHAR", [settings.question])
    connection.execute("SET VARIABLE latest_time = $1::TIMESTAMPTZ", [settings.as_of + LATEST])
    uses = zone_names(settings.timezone)
    names, first, last, suffixes = zip(*uses, strict=True)
    connection.execute(
        "SET VARIABLE zone_names = (SELECT list({'name': name, 'first_day': first_day, 'last_day': last_day, "
        "'suffix': suffix}) FROM (SELECT unnest($1::VARCHAR[]) AS name, unnest($2::DATE[]) AS first_day, "
        "unnest($3::DATE[]) AS last_day, unnest($4::VARCHAR[]) AS suffix))",
        [list(names), list(first), list(last), list(suffixes)],
    )


@cache
def zone_names(timezone: str) -> tuple[tuple[str, date, date, str], ...]:
    """The abbreviations that a zone uses: name, first and last day of the use, offset from UTC; one row at least.

    The day on which a use ends belongs to the next use too: either may be meant.
    """
    zone = ZoneInfo(timezone)
    uses: list[tuple[str, date, date, str]] = []
    day = date(FIRST_YEAR, 1, 1)
    while day.year < LAST_YEAR:
        last = _last_day_of_use(zone, day)
        name, suffix = _use(zone, day)
        uses.append((name, day, last + timedelta(days=1), suffix))
        day = last + timedelta(days=1)
    return tuple(uses)


def _use(zone: ZoneInfo, day: date) -> tuple[str, str]:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=zone)
    return noon.strftime("%Z"), noon.strftime("%z")[:3] + ":" + noon.strftime("%z")[3:5]


def _last_day_of_use(zone: ZoneInfo, day: date) -> date:
    """The last day on which the zone is called as on `day`: found by steps of a month, then halved."""
    used = _use(zone, day)
    same = day
    while same.year < LAST_YEAR and _use(zone, same + timedelta(days=28)) == used:
        same += timedelta(days=28)
    low, high = same, same + timedelta(days=28)
    while high - low > timedelta(days=1):
        middle = low + (high - low) // 2
        low, high = (middle, high) if _use(zone, middle) == used else (low, middle)
    return low


def prepare(connection: duckdb.DuckDBPyConnection, kind: Kind, present: Sequence[Column]) -> None:
    """From `landed`, the texts of the batch in `input`: the tables that written_texts joins, and rows of `readings`.

    `readings` (file_id, kind, column_name, reading, told_by) gets a row per column that needed an order or a sign.
    """
    times = [column for column in present if is_time(column)]
    numbers = [column for column in present if column.type.startswith("DECIMAL")]
    _unread(connection, "times", times, "plain_time")
    _unread(connection, "numbers", numbers, "plain_decimal")
    cells = [
        f"SELECT file_id, row_number, {literal(column.name)} AS column_name, {text(column.name)} AS text FROM landed "
        f"WHERE {text(column.name)} IS NOT NULL"
        for column in times
    ]
    _make(
        connection,
        "day_cells",
        " UNION ALL ".join(cells) or "SELECT '' AS file_id, 0 AS row_number, '' AS column_name, '' AS text LIMIT 0",
    )
    _make_stated(connection)
    counts = [
        statements("raw/values/sign_counts.sql")
        .replace("this_column", column.name)
        .replace("this_text", text(column.name))
        for column in numbers
        if is_money(column)
    ]
    told = [statements("raw/values/day_orders.sql")]
    if counts:
        _make(connection, "sign_counts", " UNION ALL ".join(f"({count})" for count in counts))
        told.append(statements("raw/values/decimal_signs.sql"))
    for query in told:
        connection.execute(f"INSERT INTO readings BY NAME SELECT *, {literal(kind.name)} AS kind FROM ({query})")


def _make_stated(connection: duckdb.DuckDBPyConnection) -> None:
    """Make stated_days and other_times, the times that may tell the order where no day of a file shows it.

    They are empty without planning their queries (0.1 s of processor) where they would be.
    """
    _make(
        connection,
        "undecided",
        "SELECT c.file_id FROM day_cells AS c JOIN written_times AS w USING (text) "
        "GROUP BY c.file_id HAVING bool_or(w.needs_order) AND count(w.shows) = 0",
    )
    is_any = bool(connection.execute("SELECT 1 FROM undecided LIMIT 1").fetchall())
    noted = "SELECT 1 FROM noted_lines SEMI JOIN undecided USING (file_id) LIMIT 1"
    is_noted = is_any and bool(connection.execute(noted).fetchall())
    stated = statements("raw/values/stated_days.sql") if is_noted else "SELECT '' AS file_id, NULL::DATE AS day LIMIT 0"
    no_times = "SELECT '' AS file_id, 0 AS row_number, '' AS column_name, now() AS moment, false AS is_export LIMIT 0"
    _make(connection, "stated_days", stated)
    _make(connection, "other_times", statements("raw/values/other_times.sql") if is_any else no_times)


def _unread(connection: duckdb.DuckDBPyConnection, what: str, columns: Sequence[Column], plain: str) -> None:
    """Make unread_<what>, the distinct texts that the first reading does not know, and written_<what> of them."""
    parts = [f"SELECT {text(column.name)} AS text FROM landed" for column in columns]
    query = " UNION ALL ".join(parts) or "SELECT NULL::VARCHAR AS text"
    distinct = f"SELECT DISTINCT text FROM ({query}) WHERE text IS NOT NULL AND {plain}(text) IS NULL"
    _make(connection, f"unread_{what}", distinct)
    make_written(connection, what)


def make_written(connection: duckdb.DuckDBPyConnection, what: str) -> None:
    """Make the temporary table written_<what> (times, numbers) of the texts in unread_<what>."""
    _make(connection, f"written_{what}", statements(f"raw/values/written_{what}.sql"))


def _make(connection: duckdb.DuckDBPyConnection, name: str, query: str) -> None:
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")


def written_texts(kind: Kind, present: Sequence[Column]) -> str:
    """Query of the second reading: `landed`, what each time and number means either way, and which way is told."""
    selected, joins, told = ["l.*"], ["landed AS l"], []
    for column in present:
        what = "time" if is_time(column) else "number" if column.type.startswith("DECIMAL") else None
        if what:
            alias = identifier(f"{what} of {column.name}")
            selected.append(alias)
            joins.append(f"LEFT JOIN written_{what}s AS {alias} ON {alias}.text = l.{text(column.name)}")
            told.append((f"{'order' if what == 'time' else 'sign'} of {column.name}", column.name))
    if told:
        columns = ", ".join(
            f"max(reading) FILTER (column_name = {literal(column)}) AS {identifier(name)}" for name, column in told
        )
        selected.append("told.* EXCLUDE (file_id)")
        of_kind = f"SELECT file_id, {columns} FROM readings WHERE kind = {literal(kind.name)} GROUP BY file_id"
        joins.append(f"LEFT JOIN ({of_kind}) AS told ON told.file_id = l.file_id")
    return f"SELECT {', '.join(selected)} FROM {' '.join(joins)}"
