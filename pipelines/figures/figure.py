"""What the declaration of a figure table says.

Here: the type, the digest by which a change of code or settings makes rows stale, the order of the rows. Not here: the
tables (__init__.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl

from pipelines.periods import Clock, Window, next_month
from pipelines.settings import Settings
from pipelines.value.biggest_customers import TIERS
from pipelines.value.promoter_value import LINES
from pipelines.warehouse.code_digest import code_digest, table_definition
from pipelines.warehouse.read import read

# Columns whose values are not sorted alphabetically.
ORDERS = {"category": LINES, "from_category": LINES, "to_category": LINES, "tier": TIERS}


@dataclass(frozen=True)
class Figure:
    """A table of figures.

    table: schema and name. key: the columns that name a row; the check that rows are unique, the comparison with the
    file published before and the order of the rows follow from it. reads: core tables, in the order `compute` takes
    them as lazy frames. settings: names of the settings the rows depend on. lookback: how far before its month a row
    looks, None for all history. newest_only: only the newest NORTHSTAR_CUSTOMER_MONTHS months are kept. beside: figure
    tables that the table's checks compare it with, which are therefore computed first. only: by core table, the
    columns read, as SQL expressions, and a further condition; other tables are read in full. numbered: those of `reads`
    that only counts are made from; they are read in numbered form (warehouse/read.py).
    figures: figure tables that rows are made of too; `compute` takes their rows up to the month after those of
    `reads`, and what makes them stale makes these rows stale. earlier: how many months before its own it takes of them.
    reads_itself: `compute` takes the table's own rows too,
    after all others. needs: a setting without which the table has no rows, so that nothing is read for it.
    """

    table: str
    compute: Callable[..., pl.DataFrame]
    key: tuple[str, ...]
    reads: tuple[str, ...]
    settings: tuple[str, ...]
    lookback: timedelta | None = None
    newest_only: bool = False
    numbered: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    only: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    figures: tuple[Figure, ...] = ()
    earlier: int = 0
    reads_itself: bool = False
    needs: str | None = None

    @property
    def schema(self) -> str:
        """Schema of the table."""
        return self.table.split(".")[0]

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables whose rows `compute` takes, in its order."""
        return (*self.reads, *(figure.table for figure in self.figures), *([self.table] if self.reads_itself else []))

    @property
    def sources(self) -> tuple[str, ...]:
        """The core tables its rows are made from, at first or second hand."""
        return tuple(dict.fromkeys([*self.reads, *(table for figure in self.figures for table in figure.sources)]))

    def fingerprint(self, settings: Settings) -> str:
        """Digests of the code and of the settings that make the rows, joined by a hyphen."""
        code = [code_digest(self.compute, read), table_definition(self.table), self.reads, self.lookback]
        values = [(name, getattr(settings, name)) for name in self.settings]
        for figure in self.figures:
            theirs, of_settings = figure.fingerprint(settings).split("-")
            code.append(theirs)
            values.append((figure.table, of_settings))
        return f"{_digest([*code, sorted(self.only.items())])}-{_digest(values)}"

    def in_order(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows of the table sorted by its key, in which they are stored."""
        return rows.sort(pl.col(name).cast(ORDERS[name]) if name in ORDERS else pl.col(name) for name in self.key)

    def kept(self, months: Window, settings: Settings) -> Window | None:
        """The part of `months` whose rows are kept at this clock, or None."""
        open_month = Clock(settings.as_of, settings.timezone).open_month
        start, end = max(months.start, settings.first_month), min(months.end, next_month(open_month))
        if self.newest_only and settings.customer_months:
            # Months since year 0; a number of months that reaches before year 1 keeps all.
            number = max(12, open_month.year * 12 + open_month.month - settings.customer_months)
            start = max(start, date(number // 12, number % 12 + 1, 1))
        return Window(start, end) if start < end else None


def _digest(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:12]
