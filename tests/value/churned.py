"""Shops whose customers are followed for a year beyond their history: who is expected to order nothing, and who did.

Here: the forecast of value.at_risk at 36 months and its outcome at 48, as the table itself says them, and how many
intervals of single customers hold. Not here: how many must (test_churn_planted.py, bench_churn.py, tests/real).
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from value.simulated import ZONE, core

from pipelines.periods import Clock, Span, Window
from pipelines.settings import Settings
from pipelines.simulate.world import build
from pipelines.statistics import orders_ahead
from pipelines.value.at_risk import at_risk
from pipelines.value.customer_base import Base, not_left
from pipelines.value.month_end import Walk
from pipelines.value.months import Month, before
from pipelines.value.sources import Frames, facts_of

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


def base_and_year(seed: int, customers: int) -> tuple[Base, pl.DataFrame]:
    """The base of a shop at 36 months, and the hold-out of the twelve months after."""
    orders, responses = shop(seed, customers)
    facts = facts_of(Frames({"orders": orders, "responses": responses}), clock=CLOCK)
    month = before(Month(date(2026, 6, 1), END, 2026 * 12 + 5), 12)
    [end] = Walk(facts, [month], Settings(timezone=ZONE)).ends()
    return end.base, end.held_out(12)


def held_by_decile(base: Base, held: pl.DataFrame, weeks: float) -> tuple[list[float], list[float]]:
    """Share of customers whose later orders lie in their 90 % interval, by decile of expected orders, fewest first.

    Plain, both ends included; and with ties broken at random, as an interval of a continuous outcome would hold.
    """
    parameters, triples = base.model.purchases, base.triples
    alive, frequency, age = (
        values[triples.of_customer]
        for values in (not_left(base.model, triples), triples.frequency, triples.in_weeks.age)
    )
    low, high = orders_ahead.quantiles(parameters, alive, frequency, age, weeks=weeks, levels=(0.05, 0.95))
    actual = held["actual_orders"].to_numpy()

    def reached(count: np.ndarray) -> np.ndarray:
        tail = alive * orders_ahead.at_least(parameters, np.maximum(count, 1), frequency, age, weeks)
        return np.where(count > 0, tail, 1.0)

    more, as_many = reached(actual + 1), reached(actual)
    place = more + (as_many - more) * np.random.default_rng(0).random(len(actual))
    decile = np.argsort(np.argsort(held["expected_orders"].to_numpy(), kind="stable"), kind="stable")
    decile = 10 * decile // len(actual)
    inside = ((low <= actual) & (actual <= high), (place > 0.05) & (place < 0.95))
    plain, broken = ([float(of[decile == number].mean()) for number in range(10)] for of in inside)
    return plain, broken
