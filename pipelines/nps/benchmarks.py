"""nps.benchmarks: scores that others report, shipped with their sources, and the operator's own.

Here: reading and validating both files, and replacing the table. Not here: the comparison (view
nps.benchmark_comparison). The table depends on these two files alone, not on any month.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from pipelines.operator_files import OperatorFile
from pipelines.settings import Settings
from pipelines.warehouse.frames import registered
from pipelines.warehouse.sql_files import SQL
from pipelines.warehouse.tables import table_schema
from pipelines.warehouse.write import transaction

SHIPPED = SQL / "benchmarks" / "benchmarks.csv"
OWN = "benchmarks.csv"
REQUIRED = ("name", "industry", "source")
POINTS = ("nps", "low", "high")
COLUMNS = ("name", "industry", "year", *POINTS, "source")


class BenchmarksError(ValueError):
    """A benchmarks file cannot be used; the message says where, and what is allowed."""


@dataclass(frozen=True)
class _Cell:
    """A value and its place in the file."""

    file: OperatorFile
    row: int
    column: str
    value: str

    def refused(self, allowed: str) -> Exception:
        """The error for this value."""
        return self.file.refused(self.row, self.column, self.value, allowed)


def refresh(connection: duckdb.DuckDBPyConnection, settings: Settings) -> int:
    """Replace nps.benchmarks by the rows of the two files; returns their number.

    Raises:
        BenchmarksError: the operator's file is not a CSV of these columns, or a value is not allowed.
    """
    rows = read_benchmarks(SHIPPED, is_own=False)
    own = settings.home / OWN
    if own.exists():
        rows = pl.concat([rows, read_benchmarks(own, is_own=True)])
    with transaction(connection), registered(connection, "replacement", rows):
        connection.execute("DELETE FROM nps.benchmarks")
        connection.execute("INSERT INTO nps.benchmarks BY NAME SELECT * FROM replacement")
    return rows.height


def read_benchmarks(file: Path, *, is_own: bool) -> pl.DataFrame:
    """The rows of a file; needs name, industry, source, and either nps or both low and high.

    Raises:
        BenchmarksError: see refresh.
    """
    table = OperatorFile(file, COLUMNS, BenchmarksError, frozenset(COLUMNS) - frozenset(REQUIRED))
    rows = [_row(table, number, line) for number, line in table.rows()]
    schema = table_schema("nps.benchmarks")
    return pl.DataFrame([{**row, "is_own": is_own} for row in rows], schema=schema, orient="row").sort(
        schema.names(), nulls_last=True
    )


def _row(file: OperatorFile, number: int, line: dict[str, str]) -> dict[str, object]:
    cells = {name: _Cell(file, number, name, line[name]) for name in COLUMNS}
    for name in REQUIRED:
        if not cells[name].value:
            raise cells[name].refused("any text that is not empty")
    points = {name: _points(cells[name]) for name in POINTS}
    nps, low, high = points.values()
    if nps is None and (low is None or high is None):
        raise cells["nps"].refused("a score from -100 to 100, or both low and high in its place")
    low = nps if low is None else low
    high = nps if high is None else high
    if low is None or high is None or low > high or not (nps is None or low <= nps <= high):
        raise cells["low"].refused("a score not above nps and high")
    text = {name: cells[name].value for name in REQUIRED}
    return {
        **text,
        "industry": text["industry"].lower(),
        "year": _year(cells["year"]),
        "nps": nps,
        "low": low,
        "high": high,
    }


def _points(cell: _Cell) -> float | None:
    try:
        value = float(cell.value) if cell.value else None
    except ValueError:
        raise cell.refused("a score from -100 to 100") from None
    if value is not None and not -100 <= value <= 100:
        raise cell.refused("a score from -100 to 100")
    return value


def _year(cell: _Cell) -> int | None:
    allowed = "a year such as 2026, or empty"
    if cell.value and not (cell.value.isascii() and cell.value.isdigit() and 1990 <= int(cell.value) <= 2100):
        raise cell.refused(allowed)
    return int(cell.value) if cell.value else None
