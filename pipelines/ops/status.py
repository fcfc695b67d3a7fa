"""How the shop's warehouse is doing: who writes, how old the published file is, what is stale, what was refused.

Here: reading it from the published file, and from the working file when no run has it. Not here: wording
(assets/status.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

import duckdb

from pipelines.figures.compute import stale
from pipelines.ops import nights
from pipelines.ops.doubts import Doubted, doubted
from pipelines.ops.files import MostlyRefused, UnreadFile, mostly_refused, refusals, statuses, unread
from pipelines.ops.headlines import MOST_DOUBTS
from pipelines.ops.published import opened_published
from pipelines.settings import Settings
from pipelines.warehouse.connection import opened
from pipelines.warehouse.lock import exclusive, holder

MOST_REASONS = 5
# Letters of the page that hold its date.
HEAD = 4000
MOST_UNREAD_FILES = 10


@dataclass(frozen=True)
class LastRun:
    """The run that computed figures last. at: UTC. tables, months: how many it computed."""

    run_id: str
    at: str
    tables: int
    months: int


@dataclass(frozen=True)
class Status:
    """The state of the published file and of the working file.

    hours_old: age of the published file. is_page_old: whether the owner's page shows an earlier one, or is missing.
    stale_months: None while a run has the working file. refusals: rows by reason.
    """

    writer: str | None
    hours_old: float
    is_page_old: bool
    last_run: LastRun | None
    stale_months: list[date] | None
    night: nights.Night | None
    files: dict[str, int]
    refusals: dict[str, int]
    unread: list[UnreadFile]
    mostly_refused: list[MostlyRefused]
    more_mostly_refused: int
    doubts: list[Doubted]
    more_doubts: int


def writer(settings: Settings) -> str | None:
    """Who has the working files open, or None."""
    return holder(settings.home / "lock")


def status(settings: Settings) -> Status | None:
    """The state of the warehouse, or None before the first publishing."""
    if not settings.published_path.exists():
        return None
    who = writer(settings)
    with opened_published(settings) as connection:
        stale_months, night = _working_file(settings, connection, is_busy=who is not None)
        listed, more = mostly_refused(connection, settings)
        in_doubt, more_doubts = doubted(connection, MOST_DOUBTS)
        return Status(
            writer=who,
            hours_old=_hours_old(settings),
            is_page_old=settings.report and _is_page_old(settings, connection),
            last_run=_last_run(connection),
            stale_months=stale_months,
            night=night,
            files=statuses(connection),
            refusals=refusals(connection, MOST_REASONS),
            unread=unread(connection, MOST_UNREAD_FILES),
            mostly_refused=listed,
            more_mostly_refused=more,
            doubts=in_doubt,
            more_doubts=more_doubts,
        )


def _hours_old(settings: Settings) -> float:
    published = datetime.fromtimestamp(settings.published_path.stat().st_mtime, UTC)
    return (datetime.now(UTC) - published).total_seconds() / 3600


def _is_page_old(settings: Settings, connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the page was made from an earlier file than the one that is published; it says so in its head."""
    if not settings.report_path.exists():
        return True
    with settings.report_path.open(encoding="utf-8") as page:
        said = re.search(r'name="northstar-published-at" content="([^"]*)"', page.read(HEAD))
    [(published_at,)] = connection.sql("SELECT max(published_at) FROM ops.publications").fetchall()
    return said is None or said[1] != published_at.isoformat()


def _last_run(connection: duckdb.DuckDBPyConnection) -> LastRun | None:
    rows = connection.sql(
        "SELECT run_id, strftime(max(computed_at AT TIME ZONE 'UTC'), '%Y-%m-%d %H:%M UTC'), "
        "count(DISTINCT table_name), count(DISTINCT month) FROM ops.computed GROUP BY run_id "
        "ORDER BY max(computed_at) DESC LIMIT 1"
    ).fetchall()
    return LastRun(*rows[0]) if rows else None


def _working_file(
    settings: Settings, published: duckdb.DuckDBPyConnection, *, is_busy: bool
) -> tuple[list[date] | None, nights.Night | None]:
    """Stale months and the newest night; from the published file while a run has the working file open."""
    if is_busy:
        return None, nights.newest(published)
    with exclusive(settings.home / "lock", "northstar status", on_wait=lambda _: None), opened(settings) as connection:
        months = sorted({month for months in stale(connection, settings).values() for month in months})
        return months, nights.newest(connection)
