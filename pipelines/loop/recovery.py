"""loop.recovery: what became of customers who were followed up, who were not, and who were held out.

Here: counts and rates of each arm. Not here: the differences between the arms (effect.py) and each answer's arm and
outcomes (outcomes.py). A customer counts once per category, with the first answer of the period.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import polars as pl

from pipelines.loop.outcomes import EVERY, FOLLOW_UP_DAYS, ORDER_DAYS, first_of_each, known_until, outcomes
from pipelines.periods import Span, trailing_windows
from pipelines.settings import Settings
from pipelines.statistics.own_point import is_reliable
from pipelines.statistics.wilson import wilson
from pipelines.value.money import mean, money
from pipelines.warehouse.tables import empty, table_schema

TABLE = "loop.recovery"
YEAR = 365
GROUPS = ("category", "arm", "hours_to_contact")


def recovery(
    responses: pl.LazyFrame,
    urgent: pl.LazyFrame,
    follow_ups: pl.LazyFrame,
    orders: pl.LazyFrame,
    *,
    span: Span,
    settings: Settings,
) -> pl.DataFrame:
    """Rows of loop.recovery.

    Args:
        responses: core.responses, as outcomes.ONLY reads it; of all four, two years before the months suffice.
        urgent: core.response_topics.
        follow_ups: core.follow_ups.
        orders: core.orders.
        span: the months to compute, and the clock.
        settings: confidence, min_responses, follow_up_holdout, timezone.

    Returns:
        One row per month, category, arm and hours to contact with a customer; hours `all`, and for followed_up each
        of outcomes.BANDS.
    """
    rows = outcomes(responses, urgent, follow_ups, orders, settings=settings)
    months = trailing_windows(span, "trailing_365d", YEAR).select("month", "period_start", "period_end").rows()
    lines = [_month(rows, *month, span=span, settings=settings) for month in months]
    return pl.concat([empty(TABLE), *lines]).sort("month", *GROUPS)


def in_period(rows: pl.DataFrame, start: date, end: date, until: datetime, *, days: int = 0) -> pl.DataFrame:
    """Each customer's first answer of each category in the period, moved back by the days of an outcome.

    Answers whose days of outcome, or in which they may be followed up, have not passed are left out.
    """
    moved = timedelta(days=days)
    settled = pl.col("responded_at") + timedelta(days=max(days, FOLLOW_UP_DAYS)) <= until
    return first_of_each(
        rows.filter(pl.col("response_date").is_between(start - moved, end - moved, closed="left"), settled)
    )


def _month(rows: pl.DataFrame, month: date, start: date, end: date, *, span: Span, settings: Settings) -> pl.DataFrame:
    until = known_until(span.clock, end)
    is_known = (pl.col("next_at") < until).fill_null(value=False)
    counted = _by_group(
        in_period(rows, start, end, until),
        customers=pl.len().cast(pl.Int64),
        contacted=pl.col("hours").count().cast(pl.Int64),
        re_surveyed=is_known.sum().cast(pl.Int64),
        recovered=pl.when(pl.col("recovered").count() > 0).then((pl.col("recovered") & is_known).sum().cast(pl.Int64)),
    )
    for days in ORDER_DAYS:
        sums = _by_group(
            in_period(rows, start, end, until, days=days),
            **{
                f"customers_{days}d": pl.len().cast(pl.Int64),
                f"reordered_{days}d": (pl.col(f"orders_{days}d") > 0).sum().cast(pl.Int64),
                f"revenue_{days}d": pl.col(f"revenue_{days}d").sum(),
            },
        )
        counted = counted.join(sums, on=GROUPS, how="full", coalesce=True)
    counted = counted.with_columns(pl.col("customers", "contacted", "re_surveyed", "^customers_.*$").fill_null(0))
    is_promoter = pl.col("category") == "promoter"
    counted = counted.with_columns(recovered=pl.when(~is_promoter).then(pl.col("recovered").fill_null(0)))
    low, high = wilson(pl.col("recovered"), pl.col("re_surveyed"), settings.confidence)
    reordered = pl.when(pl.col("customers_90d") > 0).then(pl.col("reordered_90d"))
    reorder_low, reorder_high = wilson(reordered, pl.col("customers_90d"), settings.confidence)
    return counted.with_columns(
        month=pl.lit(month),
        period_start=pl.lit(start),
        period_end=pl.lit(end),
        recovery_rate=pl.when(pl.col("re_surveyed") > 0).then(pl.col("recovered") / pl.col("re_surveyed")),
        rate_low=low,
        rate_high=high,
        reordered=reordered,
        reorder_rate=reordered / pl.col("customers_90d"),
        reorder_low=reorder_low,
        reorder_high=reorder_high,
        is_reliable=is_reliable(pl.col("customers"), settings.min_responses),
        **{
            f"revenue_{days}d": pl.when(pl.col(f"customers_{days}d") > 0).then(
                money(mean(pl.col(f"revenue_{days}d"), pl.col(f"customers_{days}d")))
            )
            for days in ORDER_DAYS
        },
    ).select(pl.col(name).cast(kind) for name, kind in table_schema(TABLE).items())


def _by_group(rows: pl.DataFrame, **sums: pl.Expr) -> pl.DataFrame:
    """Sums by category, arm and hours to contact, and over all hours."""
    named = rows.with_columns(pl.col("category", "arm").cast(pl.String))
    both = pl.concat(
        [
            named.with_columns(hours_to_contact=pl.lit(EVERY)),
            named.filter(pl.col("arm") == "followed_up").with_columns(hours_to_contact=pl.col("hours").cast(pl.String)),
        ]
    )
    return both.group_by(GROUPS).agg(**sums)
