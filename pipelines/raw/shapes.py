"""What the values of a column look like, for formats that are recognised by that.

Here: the shapes, and whether the first values of a column have one. Not here: recognition (formats.py), reading values
(readings.py).
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from pipelines.raw.readings import make_written

# SQL of whether a value has the shape; a time is one in either order of day and month, and in a zone nobody knows.
SHAPES = {
    "number": "regexp_full_match(value, '\\d{1,9}')",
    "address": "is_address(value)",
    "time": "value IN (SELECT text FROM written_times WHERE coalesce(day_first, month_first) IS NOT NULL "
    "OR fault = 'unknown_zone') "
    "OR plain_time(value) IS NOT NULL",
}
# Of the filled values: a stray one is the row's fault, not the column's.
SHARE = 0.8


def has_shape(connection: duckdb.DuckDBPyConnection, shape: str, values: Sequence[str]) -> bool:
    """Whether nearly all of the values that are not blank have the shape; none has it if all are blank."""
    values = [value for value in values if value.strip()]
    if not values:
        return False
    if shape == "time":
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE unread_times AS SELECT unnest($1::VARCHAR[]) AS text", [values]
        )
        make_written(connection, "times")
    [(share,)] = connection.execute(
        f"SELECT coalesce(avg(({SHAPES[shape]})::INT), 0) FROM (SELECT clean(unnest($1::VARCHAR[])) AS value) "
        "WHERE value IS NOT NULL",
        [values],
    ).fetchall()
    return bool(share >= SHARE)
