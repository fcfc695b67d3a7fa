"""A simulated shop as the core tables that nps.everybody reads, without files and without a warehouse.

Takes a hundredth of the time of loading the exports; test_everybody.py compares one shop with its warehouse.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from pipelines.nps.everybody import everybody
from pipelines.periods import Clock, Span, Window, month_of
from pipelines.settings import Settings
from pipelines.simulate.truth.expected_scores import days_of_quarter, recent_buyers
from pipelines.simulate.truth.parameters import CATEGORIES, COUNTRIES, STAGES, Parameters
from pipelines.simulate.world import World, build

ZONE = "Europe/Paris"
BANDS = (25, 50, 100, 250)


def shop(
    seed: int, *, customers: int = 3000, months: int = 24, end: date = date(2025, 7, 1), **planted: float
) -> World:
    """A shop with these parameters planted."""
    parameters = replace(Parameters(), **planted)
    return build(customers=customers, months=months, seed=seed, end=end, zone=ZONE, parameters=parameters)


def tables(world: World) -> dict[str, pl.LazyFrame]:
    """The columns of core.orders, core.order_segments, core.invitations and core.responses that are read."""
    orders = world.orders.select(
        "order",
        order_id=pl.format("o{}", "order"),
        customer_id=pl.format("c{}", "person"),
        ordered_at=_time("ordered_at"),
        order_date=_day("ordered_at"),
        is_cancelled=pl.col("cancelled_at").is_not_null(),
        gross=pl.col("gross_eur") / 100,
        refunded=pl.col("refunded_eur") / 100,
        # Its refund is dated as in the shop's export, which dates none.
        refunded_at=pl.lit(None, dtype=pl.Datetime("us", "UTC")),
        delivered_at=_time("delivered_at"),
        days_late=(_day("delivered_at") - pl.lit(world.calendar.start)).dt.total_days() - pl.col("promised_day"),
        account_type=pl.when("is_guest").then(pl.lit("guest")).otherwise(pl.lit("registered")),
        country=pl.col("country").replace_strict(range(len(COUNTRIES)), COUNTRIES, return_dtype=pl.String),
        product_category=pl.col("category").replace_strict(range(len(CATEGORIES)), CATEGORIES, return_dtype=pl.String),
        order_value_band=pl.sum_horizontal(pl.col("gross_eur") >= 100 * edge for edge in BANDS).cast(pl.String),
    )
    named = ~pl.col("anonymous")
    responses = world.answers.select(
        response_id=pl.format("r{}", "invitation"),
        customer_id=pl.when(named).then(pl.format("c{}", "person")),
        order_id=pl.when(named & (pl.col("order") >= 0)).then(pl.format("o{}", "order")),
        stage=pl.col("stage").replace_strict(range(len(STAGES)), STAGES, return_dtype=pl.String),
        score=pl.col("score").cast(pl.Int8),
        responded_at=_time("answered_at"),
        response_date=_day("answered_at"),
    )
    invitations = world.invitations.select(
        invitation_id=pl.format("i{}", "invitation"),
        customer_id=pl.format("c{}", "person"),
        invited_at=_time("invited_at"),
        invited_date=_day("invited_at"),
        reminders="reminders",
    )
    segments = ("account_type", "country", "product_category", "order_value_band")
    return {
        "orders": orders.drop("order", *segments).lazy(),
        "order_segments": orders.select("order_id", *segments).lazy(),
        "invitations": invitations.lazy(),
        "responses": responses.lazy(),
    }


def rows(world: World) -> dict[tuple[str, str], dict[str, object]]:
    """The rows of the history's last month by grain and method."""
    end = world.calendar.end
    clock = Clock(datetime.combine(end, time(), ZoneInfo(ZONE)).astimezone(UTC), ZONE)
    last = month_of(world.calendar.dates[-1])
    found = everybody(**tables(world), span=Span(Window(last, end), clock), settings=Settings())
    return {(row["grain"], row["method"]): row for row in found.rows(named=True)}


def truths(world: World) -> dict[str, float]:
    """The score of all buyers of the windows that end with the history, by grain."""
    return {
        "trailing_365d": recent_buyers(world)["nps"],
        "quarter": recent_buyers(world, days_of_quarter(world))["nps"],
    }


def _time(column: str) -> pl.Expr:
    return pl.from_epoch(pl.col(column)).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def _day(column: str) -> pl.Expr:
    return _time(column).dt.convert_time_zone(ZONE).dt.date()


def errors(world: World) -> dict[tuple[str, str], tuple[float, bool, float]]:
    """By grain and method: points from the truth, whether the interval holds it, and its width; NaN without a score."""
    truth = truths(world)
    made = {}
    for (grain, method), row in rows(world).items():
        low, high, nps = (np.nan if row[name] is None else row[name] for name in ("nps_low", "nps_high", "nps"))
        made[grain, method] = nps - truth[grain], bool(low <= truth[grain] <= high), high - low
    return made
