"""A shop of its own for one test: files are landed, loaded and conformed as a night does it.

Here: landing, loading, and asking for the figures that the cases are about. Not here: where the reported inputs lie
(tests/shared_files.py), and expectations.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from copied_files import put_empty_files

from pipelines.core.conform import conform
from pipelines.raw.load import load
from pipelines.settings import Settings
from pipelines.warehouse.connection import opened

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)


class Night:
    """One shop, and what its files come to."""

    def __init__(self, home: Path, **values: Any) -> None:
        """Make an empty shop."""
        self.settings = Settings(home=home, as_of=values.pop("as_of", AS_OF), salt="a salt for the tests", **values)
        self.settings.landing.mkdir(parents=True, exist_ok=True)
        put_empty_files(self.settings)

    def with_settings(self, **values: Any) -> Night:
        """The same shop under other settings."""
        other = Night.__new__(Night)
        other.settings = self.settings.model_copy(update=values)
        return other

    def land(self, *files: Path | tuple[str, str]) -> Night:
        """Put files, or names with texts, into the landing folder."""
        for file in files:
            if isinstance(file, Path):
                shutil.copy(file, self.settings.landing / file.name)
            else:
                (self.settings.landing / file[0]).write_text(file[1], encoding="utf-8")
        return self

    @contextmanager
    def loaded(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The shop's connection after a load and a conforming."""
        with opened(self.settings) as connection:
            load(connection, self.settings)
            conform(connection, self.settings)
            yield connection

    def landed(self, *queries: str) -> list[list[tuple[Any, ...]]]:
        """The rows of each query after a load alone: the vault stands for core, which follows from it."""
        with opened(self.settings) as connection:
            load(connection, self.settings)
            return [connection.sql(_in_vault(query)).fetchall() for query in queries]

    def rows(self, *queries: str) -> list[list[tuple[Any, ...]]]:
        """The rows of each query after a load and a conforming."""
        with self.loaded() as connection:
            return [connection.sql(query).fetchall() for query in queries]


def _in_vault(query: str) -> str:
    for table, stored in (
        ("core.responses", "vault.raw.responses"),
        ("core.orders", "vault.raw.orders"),
        ("ops.rejected", "vault.raw.rejected"),
        ("ops.files", "(SELECT p.path, f.* FROM vault.raw.paths AS p JOIN vault.raw.files AS f USING (file_id))"),
    ):
        query = query.replace(table, stored)
    return query


ANSWERS = "SELECT count(*), round(100 * (avg((score >= 9)::INT) - avg((score <= 6)::INT)), 1) FROM core.responses"
ORDERS = "SELECT count(*), sum(net) FROM core.orders"
REFUSED = "SELECT column_name, reason, count(*) FROM ops.rejected GROUP BY ALL ORDER BY ALL"
DOUBTS = "SELECT doubt, kind, subject, records, example FROM ops.doubts ORDER BY ALL"
FILES = "SELECT path, format, status, accepted, rejected FROM ops.files ORDER BY path"


def days(column: str, table: str) -> str:
    """Query of the first and last time of a table, in UTC."""
    return (
        f"SELECT strftime(min({column}) AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M'), "
        f"strftime(max({column}) AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M') FROM {table}"
    )


def csv(*rows: Sequence[str] | str) -> str:
    """Rows as CSV text, quoted where needed."""
    lines = [row if isinstance(row, str) else ",".join(f'"{c}"' if "," in c else c for c in row) for row in rows]
    return "\n".join(lines) + "\n"
