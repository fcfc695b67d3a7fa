"""When a month of a table is stale.

Here: what changed (ops.changes, written by core in its own transaction), what each month was computed from
((ops.computed), and the months that follow from the two. Not here: computing anything. A month of a table is stale if
a newer change of a core table it reads reaches back to it, if settings or code differ, or if it was computed before
the month had ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import duckdb

from pipelines.periods import Clock, Window, month_of, next_month
from pipelines.settings import Settings
from pipelines.warehouse.frames import frame
from pipelines.warehouse.write import EVER, REPLACED, replaced

NEWEST = "SELECT coalesce(max(change_id), 0) FROM ops.changes"
COMPUTED = f"""
INSERT INTO ops.computed BY NAME
SELECT $table AS table_name, unnest($months) AS month, unnest($rows) AS rows,
    ({NEWEST}) AS change_id, $fingerprint AS fingerprint, $as_of AS as_of,
    $seconds AS seconds, $run_id AS run_id, $at AS computed_at"""


@dataclass(frozen=True)
class Change:
    """Rows of a core table that came, went or changed: `kind` is the table, `from_day` the earliest business day."""

    kind: str
    file_id: str | None
    from_day: date
    records: int


def record_changes(connection: duckdb.DuckDBPyConnection, changes: list[Change]) -> None:
    """Add one ops.changes row per change, all under the next change_id; inside the caller's transaction."""
    number, at = newest_change(connection) + 1, datetime.now(UTC)
    for change in changes:
        connection.execute(
            'INSERT INTO ops.changes (change_id, file_id, from_month, kind, records, "at") VALUES (?, ?, ?, ?, ?, ?)',
            [number, change.file_id, month_of(change.from_day), change.kind, change.records, at],
        )


def newest_change(connection: duckdb.DuckDBPyConnection) -> int:
    """The newest change_id, 0 before the first."""
    return int(connection.execute(NEWEST).fetchall()[0][0])


def record_computed(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    months: Window,
    rows: dict[date, int],
    *,
    clock: Clock,
    fingerprint: str,
    seconds: float,
    run_id: str,
    keep: Window | None = EVER,
) -> None:
    """Record what every month of `months` was computed from; inside the transaction that wrote the rows.

    keep: months outside of it no longer count as computed.
    """
    forget_computed(connection, table, months, keep)
    starts = month_starts(months)
    parameters = {
        "months": starts,
        "rows": [rows.get(month, 0) for month in starts],
        "table": table,
        "fingerprint": fingerprint,
        "as_of": clock.as_of,
        "seconds": seconds / len(starts),
        "run_id": run_id,
        "at": datetime.now(UTC),
    }
    connection.execute(COMPUTED, parameters)


def forget_computed(connection: duckdb.DuckDBPyConnection, table: str, months: Window, keep: Window | None) -> None:
    """Forget that `months` and those outside `keep` (None: all) were computed."""
    connection.execute(
        f"DELETE FROM ops.computed WHERE table_name = $table AND ({REPLACED})",
        {"table": table, **replaced(months, keep)},
    )


def month_starts(months: Window) -> list[date]:
    """First days of the months in a window of whole months."""
    starts = [months.start]
    while next_month(starts[-1]) < months.end:
        starts.append(next_month(starts[-1]))
    return starts


def data_months(connection: duckdb.DuckDBPyConnection, settings: Settings) -> Window | None:
    """The months with data: from the first order or answer to the clock's month, or None.

    Months before NORTHSTAR_FIRST_MONTH have no partition and stay out.
    """
    clock = Clock(settings.as_of, settings.timezone)
    [(first,)] = connection.execute(
        "SELECT least((SELECT min(order_date) FROM core.orders), (SELECT min(response_date) FROM core.responses))"
    ).fetchall()
    if first is None or first > clock.today:
        return None
    start = max(month_of(first), settings.first_month)
    return Window(start, next_month(clock.open_month)) if start <= clock.open_month else None


@dataclass(frozen=True)
class Past:
    """What the months of each table were computed from, and every change of the core tables.

    computed: by table and month, the newest change, the fingerprint and the clock of the computation. changes: by core
    table, every change_id and the first month it reaches.
    """

    computed: dict[str, dict[date, tuple[int, str, datetime]]]
    changes: dict[str, list[tuple[int, date]]]

    @classmethod
    def of(cls, connection: duckdb.DuckDBPyConnection) -> Past:
        """Read ops.computed and ops.changes, once for all tables."""
        past = cls({}, {})
        # As a frame: DuckDB's own rows need pytz for times with a zone.
        computed = frame(connection.sql("SELECT table_name, month, change_id, fingerprint, as_of FROM ops.computed"))
        for table, month, change_id, fingerprint, as_of in computed.rows():
            past.computed.setdefault(table, {})[month] = (change_id, fingerprint, as_of)
        reached = "SELECT kind, change_id, min(from_month) FROM ops.changes GROUP BY ALL"
        for kind, change_id, first in connection.sql(reached).fetchall():
            past.changes.setdefault(kind, []).append((change_id, first))
        return past


def stale_months(
    past: Past,
    table: str,
    reads: tuple[str, ...],
    months: Window,
    *,
    fingerprint: str,
    clock: Clock,
    moves: bool = True,
) -> list[date]:
    """First days of the months of `months` in which `table` is stale.

    Args:
        past: what the table was computed from, and what changed.
        table: figure table, schema and name.
        reads: core tables it is made from.
        months: months to look at.
        fingerprint: of the settings and code that would compute it now.
        clock: now.
        moves: the open month is always stale, since the clock moves on; otherwise only if it was computed at another.
    """
    computed = past.computed.get(table, {})
    changes = [change for kind in reads for change in past.changes.get(kind, [])]

    def is_stale(month: date) -> bool:
        if month not in computed:
            return True
        change_id, stored, as_of = computed[month]
        ended = datetime.combine(next_month(month), datetime.min.time(), ZoneInfo(clock.zone))
        reached = any(number > change_id and start <= month for number, start in changes)
        is_open = min(as_of, clock.as_of) < ended and (moves or as_of != clock.as_of)
        return stored != fingerprint or is_open or reached

    return [month for month in month_starts(months) if is_stale(month)]


def behind(past: Past, reads: Mapping[str, tuple[str, ...]], *, zone: str) -> dict[date, tuple[str, ...]]:
    """Months in which some tables were computed from less than the newest of the others, with these tables.

    A table is behind in a month if the month was open at its clock and another's clock is later, or if a change that
    reaches the month in what it reads came between the two. Rows of such tables are not to be compared.

    Args:
        past: what the tables were computed from, and what changed.
        reads: by table the core tables it is made from.
        zone: business time zone.
    """
    by_month = {}
    for month in sorted({month for table in reads for month in past.computed.get(table, {})}):
        states = {table: past.computed[table][month] for table in reads if month in past.computed.get(table, {})}
        newest = max(change_id for change_id, _, _ in states.values())
        latest = max(as_of for _, _, as_of in states.values())
        ended = datetime.combine(next_month(month), datetime.min.time(), ZoneInfo(zone))
        late = [
            table
            for table, (change_id, _, as_of) in states.items()
            if as_of < min(latest, ended)
            or any(
                change_id < number <= newest and start <= month
                for kind in reads[table]
                for number, start in past.changes.get(kind, [])
            )
        ]
        if late:
            by_month[month] = tuple(late)
    return by_month
