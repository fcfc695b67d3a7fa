"""Rows that a benchmark wrote stand for computed ones, so that what is made of them does not compute them first."""

from __future__ import annotations

from pipelines.figures import BY_TABLE
from pipelines.periods import Clock, Window
from pipelines.settings import Settings
from pipelines.warehouse.connection import Connection
from pipelines.warehouse.stale import record_computed


def as_computed(connection: Connection, settings: Settings, tables: tuple[str, ...], months: Window) -> None:
    """Record months of figure tables as computed at this clock."""
    for table in tables:
        record_computed(
            connection,
            table,
            months,
            {},
            clock=Clock(settings.as_of, settings.timezone),
            fingerprint=BY_TABLE[table].fingerprint(settings),
            seconds=0,
            run_id="bench",
        )
