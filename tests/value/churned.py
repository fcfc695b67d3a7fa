"""Shops whose customers are followed for a year beyond their history: who is expected to order nothing, and who did.

Here: the forecast of value.at_risk at 36 months and its outcome at 48, as the table itself says them. Not here: how
many shops must do well (test_churn_planted.py, bench_churn.py).
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import polars as pl
from value.simulated import ZONE, core

from pipelines.periods import Clock, Span, Window
from pipelines.settings import Settings
from pipelines.simulate.world import build
from pipelines.value.at_risk import at_risk

END = date(2026, 7, 1)
CLOCK = Clock(datetime(2026, 7, 1, 12, tzinfo=ZoneInfo(ZONE)), ZONE)
LAST = Span(Window(date(2026, 6, 1), END), CLOCK)
MONTHS = 36
POINTS = 0.05


def shop(seed: int, customers: int) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """core.orders and core.responses of a shop that has about so many customers after 36 months, and 12 months more."""
    # Arrivals grow: a year more brings 55 percent more.
    world = build(customers=round(1.55 * customers), months=MONTHS + 12, seed=seed, end=END, zone=ZONE)
    orders, responses, _ = core(world)
    return orders, responses


def churn(seed: int, customers: int) -> pl.DataFrame:
    """By category: churn_expected_before and churn_actual_before of the month that ends a year after the 36 months."""
    orders, responses = shop(seed, customers)
    rows = at_risk(orders, responses, span=LAST, settings=Settings(timezone=ZONE))
    return rows.select("category", "churn_expected_before", "churn_actual_before")
