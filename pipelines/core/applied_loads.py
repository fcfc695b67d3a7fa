"""What core was made from, and whether all of it must be made anew.

Here: the newest load that core holds, the fingerprint of everything that shapes every row, and remembering both. Not
here: which records a newer load touches (scope.py).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import duckdb

from pipelines.core import statuses, topics
from pipelines.core.currency import reporting_currency
from pipelines.periods import Clock
from pipelines.raw import phones
from pipelines.settings import Settings
from pipelines.warehouse.code_digest import digest_of_modules, sql_digest, table_definitions
from pipelines.warehouse.connection import set_state, state
from pipelines.warehouse.digest_memory import ROOT, remembered
from pipelines.warehouse.sql_files import SQL

SCOPE_SETTINGS = ("timezone", "order_value_bands", "attributes", "publish_comments", "rfm_groups")


@dataclass(frozen=True)
class Applied:
    """How core and vault stand to each other.

    load: the newest load that core holds. newest: the newest load of the vault. fingerprint: of what would shape core
    now. currency: the reporting currency, None when it is undecided. is_whole: every row must be made anew.
    """

    load: int
    newest: int
    fingerprint: str
    currency: str | None
    is_whole: bool

    @property
    def is_due(self) -> bool:
        """Something landed, or something that shapes core changed."""
        return self.is_whole or self.newest > self.load


def applied(connection: duckdb.DuckDBPyConnection, settings: Settings) -> Applied:
    """Compare what core was made from with what it would be made from now."""
    load, newest = int(state(connection, "applied_load_id") or 0), newest_load(connection)
    currency = reporting_currency(connection, settings)
    current = fingerprint(connection, settings, currency)
    # A vault whose newest load is older than what core has applied is another vault.
    is_whole = state(connection, "core_fingerprint") != current or newest < load
    return Applied(load, newest, current, currency, is_whole)


def remember(connection: duckdb.DuckDBPyConnection, done: Applied) -> None:
    """Note that core is now made from the newest load; inside the caller's transaction."""
    set_state(connection, "applied_load_id", str(done.newest))
    set_state(connection, "core_fingerprint", done.fingerprint)
    set_state(connection, "reporting_currency", done.currency or "")


def newest_load(connection: duckdb.DuckDBPyConnection) -> int:
    """The newest load of the vault, 0 before the first."""
    loads = "(FROM (SELECT load_id FROM vault.raw.files) UNION ALL SELECT load_id FROM vault.raw.identities)"
    [(newest,)] = connection.sql(f"SELECT coalesce(max(load_id), 0) FROM {loads}").fetchall()
    return int(newest)


def fingerprint(connection: duckdb.DuckDBPyConnection, settings: Settings, currency: str | None) -> str:
    """Digest of what shapes every row: code, settings, reporting currency, formats, lexicons, the year of age bands."""
    code = [
        digest_of_modules(["pipelines.core.conform"], ROOT),
        remembered("sql of core", _sql_of_core),
        table_definitions("core"),
    ]
    formats = connection.sql(
        "SELECT DISTINCT format, format_fingerprint FROM vault.raw.files "
        "WHERE status = 'loaded' AND kind IS NOT NULL ORDER BY ALL"  # an archive has no rows of its own
    ).fetchall()
    values = [(name, getattr(settings, name)) for name in SCOPE_SETTINGS]
    age_year = Clock(settings.as_of, settings.timezone).today.year if "age_band" in settings.attributes else None
    # People who were forgotten are in the vault under new names, which no load announces.
    erasures = connection.sql("SELECT max(load_id) FROM vault.raw.rewrites").fetchall()
    words = [topics.fingerprint(settings), statuses.fingerprint(settings)]
    people = phones.fingerprint(settings)
    everything = [code, values, currency, formats, age_year, erasures, words, people]
    return hashlib.sha256(repr(everything).encode()).hexdigest()[:16]


def _sql_of_core() -> str:
    return sql_digest([*(SQL / "core").rglob("*.sql"), *(SQL / "macros" / "core").glob("*.sql")])
