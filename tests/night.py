"""A night without Dagster, and what tests compare: shared by the tests of the law, of real data and of the assets.

Here: landing files, running the job's own functions in order, hashing tables. Not here: expectations.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from copied_files import put_empty_files

from pipelines.core.conform import Conformed, conform
from pipelines.figures import BY_TABLE, FIGURES
from pipelines.figures.checks import checks
from pipelines.figures.compute import compute, stale_range
from pipelines.nps.benchmarks import refresh
from pipelines.periods import Window
from pipelines.publish import publish
from pipelines.raw.load import LoadReport, load
from pipelines.settings import Settings
from pipelines.warehouse.connection import opened
from pipelines.warehouse.frames import frame
from pipelines.warehouse.read import Readings

LAWFUL = ("core", "nps", "value", "loop")


def settings_for(home: Path, **values: Any) -> Settings:
    """Settings of a shop below a temporary folder."""
    return Settings(**{"home": home, "salt": "a salt for the tests", **values})


def land(settings: Settings, files: Mapping[str, str | bytes]) -> None:
    """Write files to the landing folder."""
    for name, content in files.items():
        path = settings.landing / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def ingest(connection: duckdb.DuckDBPyConnection, settings: Settings) -> tuple[LoadReport, Conformed]:
    """Load and conform."""
    return load(connection, settings), conform(connection, settings)


def figures(connection: duckdb.DuckDBPyConnection, settings: Settings, months: Window | None = None) -> Window | None:
    """Compute the months given, or the stale range, and what depends on no month."""
    wanted = months or stale_range(connection, settings)
    refresh(connection, settings)
    if wanted is not None:
        readings: Readings = {}
        for figure in FIGURES:
            compute(connection, figure, wanted, settings, run_id="test", readings=readings, together=list(BY_TABLE))
    return wanted


def night(settings: Settings) -> tuple[LoadReport, Conformed]:
    """What the schedule does, in this process."""
    put_empty_files(settings)
    with opened(settings) as connection:
        reports = ingest(connection, settings)
        figures(connection, settings)
        publish(connection, settings)
    return reports


def copied(shop: Settings, home: Path, **values: Any) -> Settings:
    """Settings of a copy of a shop's home, of which nobody has a file open."""
    shutil.copytree(shop.home, home, dirs_exist_ok=True)
    return settings_for(home, **values)


@contextmanager
def published(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file, as an analyst opens it."""
    reader = duckdb.connect(str(settings.published_path), read_only=True)
    try:
        yield reader
    finally:
        reader.close()


def rows(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    """Rows of a query on the published file."""
    with published(settings) as reader:
        return frame(reader.sql(query)).rows()


def table(settings: Settings, query: str) -> pl.DataFrame:
    """Frame of a query on the published file."""
    with published(settings) as reader:
        return frame(reader.sql(query))


def hashes(settings: Settings, schemas: tuple[str, ...] = LAWFUL) -> dict[str, str]:
    """A hash of the sorted rows of every table the law binds, from the published file."""
    with published(settings) as reader:
        names = reader.sql(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE NOT internal ORDER BY 1"
        ).fetchall()
        digests = {}
        for (name,) in names:
            if name.split(".")[0] in schemas:
                lines = reader.sql(f"SELECT CAST(t AS VARCHAR) AS line FROM {name} AS t ORDER BY line").fetchall()
                digests[name] = hashlib.sha256("\n".join(line for (line,) in lines).encode()).hexdigest()
        return digests


def broken_checks(settings: Settings) -> list[str]:
    """Names of the blocking checks that the published file breaks; those that look into the vault are left out."""
    with published(settings) as reader:
        reader.execute("SET VARIABLE max_rejected = 1")
        return [
            check.name
            for check in checks()
            if check.is_blocking
            and "vault." not in check.statement
            and reader.sql(f"SELECT 1 FROM ({check.statement}\n) LIMIT 1").fetchall()
        ]
