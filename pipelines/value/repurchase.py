"""value.repurchase: the probability of buying again after an answer, by category and by score.

Here: which answers are followed, until when, and at which days the curve is read. Not here: the curve itself
(statistics/survival).

The unit is the answer. It is followed to the customer's first order after it that counts, other than the order it is
about; it is censored at the customer's next answer, the month's end or after 365 days, whichever comes first. The
category is that of the answer, so nobody is grouped by what they did later. Days are whole: the first one is the 24
hours after the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import polars as pl

from pipelines.settings import Settings
from pipelines.statistics.survival import (
    at_horizons,
    clustered_log_rank,
    design_effects,
    kaplan_meier,
    log_log_interval,
    medians,
)
from pipelines.value.facts import ORDERED
from pipelines.value.month_end import MonthEnd
from pipelines.value.reduction import Reduction
from pipelines.warehouse.tables import empty, table_schema

TABLE = "value.repurchase"
HORIZONS = (30, 60, 90, 180, 365)
# With fewer at risk, a curve describes single customers.
FEWEST_AT_RISK = 10
GROUP = ["month", "category", "score"]
# A category and, if there is one, a score as a number; the test's last digits depend on the order of the categories.
SCORES = 12
SURVEYED = pl.Enum(["detractor", "passive", "promoter"])


def reduce(end: MonthEnd) -> Iterator[pl.DataFrame]:
    """The curves of a month, their design effects, and the test."""
    if end.followed.height:
        yield from _curves(end.followed, end.month.start)


def finish(months: Sequence[pl.DataFrame], settings: Settings) -> pl.DataFrame:
    """Rows of value.repurchase: Kaplan-Meier over the answers of the 24 months to each month's end.

    Returns:
        One row per month, category, score and horizon, and one per month, category and horizon with score null; by
        month, promoters first. Rates are null beyond the last day with 10 answers at risk.
    """
    if not months:
        return empty(TABLE)
    curves, effects, tests = (pl.concat(months[number::3]) for number in range(3))
    is_readable = pl.col("at_risk") >= FEWEST_AT_RISK
    rate = pl.col("repurchase_rate")
    low, high = log_log_interval(
        pl.col("survival"), pl.col("greenwood") * pl.col("design_effect"), confidence=settings.confidence
    )
    of_detractors = rate.filter((pl.col("category") == "detractor") & pl.col("score").is_null())
    return (
        at_horizons(curves, GROUP, HORIZONS)
        .rename({"followed": "responses"})
        .join(effects, on=[*GROUP, "horizon_days"], how="left", nulls_equal=True)
        .join(medians(curves, GROUP, fewest=FEWEST_AT_RISK), on=GROUP, how="left", nulls_equal=True)
        .join(tests, on="month", how="left")
        .with_columns(
            repurchase_rate=pl.when(is_readable).then(1 - pl.col("survival").fill_null(1.0)),
            rate_low=pl.when(is_readable).then(1 - high),
            rate_high=pl.when(is_readable).then(1 - low),
            log_rank_p_value=pl.when(pl.col("score").is_null()).then("p_value"),
        )
        .with_columns(base=of_detractors.first().over("month", "horizon_days"))
        .with_columns(lift_over_detractor=pl.when(pl.col("base") > 0).then(rate / pl.col("base")))
        .sort("month", pl.col("category").cast(ORDERED), "score", "horizon_days", nulls_last=False)
        .select(table_schema(TABLE).names())
    )


repurchase = Reduction(("orders", "responses"), reduce, finish)


def _curves(followed: pl.DataFrame, month: date) -> list[pl.DataFrame]:
    """Curves of a month by category and score and by category (score null), their design effects, and the test."""
    # Grouped and joined by one number, not by two columns of which one is null: a third of the time.
    category = pl.col("category").cast(pl.String).cast(SURVEYED).to_physical().cast(pl.Int32)
    rows = followed.select("customer_id", "day", "is_event", category=category, score=pl.col("score").cast(pl.Int32))
    group = pl.col("category") * SCORES
    both = pl.concat([rows.with_columns(group=group), rows.with_columns(group=group + 1 + pl.col("score"))])
    totals = [
        pl.col("is_event").sum().cast(pl.Int64).alias("events"),
        (~pl.col("is_event")).sum().cast(pl.Int64).alias("censored"),
    ]
    curves = kaplan_meier(both.group_by("group", "day").agg(totals), ["group"])
    effects = design_effects(both, curves, ["group"], cluster="customer_id", horizons=HORIZONS)
    test = clustered_log_rank(rows.with_columns(month=pl.lit(month)), "category", ["month"], cluster="customer_id")
    score = pl.col("group") % SCORES - 1
    named = [
        pl.lit(month).alias("month"),
        (pl.col("group") // SCORES).cast(pl.UInt8).cat.to(SURVEYED).cast(pl.String).alias("category"),
        pl.when(score >= 0).then(score).cast(pl.Int8).alias("score"),
    ]
    return [frame.select(*named, pl.exclude("group")) for frame in (curves, effects)] + [test]
