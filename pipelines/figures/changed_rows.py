"""The rows of core that the newest conform took away or added, and the rows that share a key with them.

Here: what these rows sum to, and temporary tables of rows by key, for the checks that look at each key by itself. Not
here: noting them (pipelines/warehouse/write.py) and which checks look at them (passes.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import duckdb

from pipelines.warehouse.write import watched

CHECKED = "checked_"


@dataclass(frozen=True)
class ChangedRows:
    """The noted changes of core tables, while their temporary tables last.

    columns: by table, those of the rows. contents: by table, how many more rows it has, and by how much the sum of
    their hashes grew. made: names of the temporary tables of rows by key.
    """

    connection: duckdb.DuckDBPyConnection
    columns: Mapping[str, list[str]]
    contents: Mapping[str, tuple[int, int]]
    made: set[str] = field(default_factory=set)

    def by_key(self, table: str, column: str) -> str:
        """Name of a temporary table of the rows of `table` with a changed value of `column`, in any table.

        Made once for all checks: at 0.93 M orders and 930 new ones it takes 20 ms, the checks on it next to nothing.
        """
        name = f"{CHECKED}{table.replace('.', '_')}_{column}"
        if name not in self.made:
            keys = " UNION ALL ".join(
                f"SELECT {column} FROM {watched(other)}" for other, names in self.columns.items() if column in names
            )
            self.connection.execute(
                f"CREATE OR REPLACE TEMP TABLE {name} AS FROM {table} WHERE rowid IN "
                f"(SELECT rowid FROM {table} WHERE {column} IN ({keys}))"
            )
            self.made.add(name)
        return name


@contextmanager
def changed_rows(connection: duckdb.DuckDBPyConnection, tables: Collection[str]) -> Iterator[ChangedRows]:
    """What was noted of some tables since the last time; forgotten afterwards."""
    temporary = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'temp'"
    # Not asked by each of the many steps that have no check of a key.
    names = {name for (name,) in connection.execute(temporary).fetchall()} if tables else set()
    noted = [table for table in tables if watched(table) in names]
    columns = {table: connection.table(table).columns for table in noted}
    changed = ChangedRows(connection, columns, {table: _contents(connection, table) for table in noted})
    try:
        yield changed
    finally:
        for name in [*map(watched, noted), *changed.made]:
            connection.execute(f"DROP TABLE temp.{name}")


def _contents(connection: duckdb.DuckDBPyConnection, table: str) -> tuple[int, int]:
    """Rows and sum of hashes that were added, less those taken away; hashed as the rows of the table are."""
    rows, hashes = 0, 0
    for is_new, sign in ((True, 1), (False, -1)):
        noted = f"SELECT * EXCLUDE (is_new) FROM {watched(table)} WHERE is_new = {is_new}"
        [(count, total)] = connection.execute(
            f"SELECT count(*), CAST(coalesce(sum(hash(t)), 0) AS VARCHAR) FROM ({noted}) AS t"
        ).fetchall()
        rows, hashes = rows + sign * count, hashes + sign * int(total)
    return rows, hashes
