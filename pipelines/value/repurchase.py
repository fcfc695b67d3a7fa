"""value.repurchase: the probability of buying again after an answer, by category and by score.

Here: which answers are followed, until when, and at which days the curve is read. Not here: the curve itself
(statistics/survival).

The unit is the answer. It is followed to the customer's first order after it that counts, other than the order it is
about; it is censored at the customer's next answer, the month's end or after 365 days, whichever comes first. The
category is that of the answer, so nobody is grouped by what they did later. Days are whole: the first one is the 24
hours after the answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import polars as pl

from pipelines.periods import Span
from pipelines.settings import Settings
from pipelines.statistics.survival import clustered_log_rank, design_effects, kaplan_meier, log_log_interval
from pipelines.value.customer_months import ORDERED, Month, holds, known_answers, months_of, order_rows, utc
from pipelines.warehouse.tables import empty, table_schema

TABLE = "value.repurchase"
HORIZONS = (30, 60, 90, 180, 365)
LONGEST = max(HORIZONS)
# With fewer at risk, a curve describes single customers.
FEWEST_AT_RISK = 10
GROUP = ["month", "category", "score"]
DAY = pl.duration(days=1)


def repurchase(orders: pl.LazyFrame, responses: pl.LazyFrame, *, span: Span, settings: Settings) -> pl.DataFrame:
    """Rows of value.repurchase: Kaplan-Meier over the answers of the 24 months to each month's end.

    Args:
        orders: core.orders.
        responses: core.responses.
        span: the months to compute.
        settings: uses confidence, timezone.

    Returns:
        One row per month, category, score and horizon, and one per month, category and horizon with score null; by
        month, promoters first. Rates are null beyond the last day with 10 answers at risk.
    """
    parts = [_curves(rows) for rows in _followed(orders, responses, span=span)]
    if not parts:
        return empty(TABLE)
    curves = pl.concat([curve for curve, _, _ in parts])
    effects = pl.concat([effect for _, effect, _ in parts])
    tests = pl.concat([test for _, _, test in parts])
    counts = curves.select(*GROUP, "day", "events", "censored")
    leaving = pl.col("events") + pl.col("censored")
    groups = counts.group_by(GROUP).agg(leaving.sum().alias("responses"))
    horizons = pl.DataFrame({"horizon_days": HORIZONS}, schema={"horizon_days": pl.Int32})
    # The last day of a horizon begins one day before it.
    read = groups.join(horizons, how="cross").with_columns(day=pl.col("horizon_days").cast(pl.Int64) - 1)
    before = read.join(counts, on=GROUP, nulls_equal=True, suffix="_left").filter(pl.col("day_left") < pl.col("day"))
    left = before.group_by(*GROUP, "day").agg(leaving.sum().alias("left"))
    reached = curves.join(read, on=GROUP, nulls_equal=True, suffix="_read").filter(pl.col("day") <= pl.col("day_read"))
    last = reached.group_by(*GROUP, "day_read").agg(pl.col("survival", "greenwood").sort_by("day").last())
    at_risk = pl.col("responses") - pl.col("left").fill_null(0)
    is_readable = pl.col("at_risk") >= FEWEST_AT_RISK
    rate = pl.col("repurchase_rate")
    low, high = log_log_interval(
        pl.col("survival"), pl.col("greenwood") * pl.col("design_effect"), confidence=settings.confidence
    )
    of_detractors = rate.filter((pl.col("category") == "detractor") & pl.col("score").is_null())
    return (
        read.join(left, on=[*GROUP, "day"], how="left", nulls_equal=True)
        .join(last, left_on=[*GROUP, "day"], right_on=[*GROUP, "day_read"], how="left", nulls_equal=True)
        .join(effects, on=[*GROUP, "horizon_days"], how="left", nulls_equal=True)
        .join(_medians(curves), on=GROUP, how="left", nulls_equal=True)
        .join(tests, on="month", how="left")
        .with_columns(at_risk=at_risk)
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


def _medians(curves: pl.DataFrame) -> pl.DataFrame:
    """Days within which half have bought again, where the curve reaches half with enough at risk."""
    half = curves.filter(pl.col("survival") <= 0.5, pl.col("at_risk") >= FEWEST_AT_RISK)
    return half.group_by(GROUP).agg((pl.col("day").min() + 1).cast(pl.Int32).alias("median_days"))


def _curves(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Curves of a month by category and score and by category (score null), their design effects, and the test."""
    both = pl.concat([rows.with_columns(score=pl.lit(None, dtype=pl.Int8)), rows])
    totals = [
        pl.col("is_event").sum().cast(pl.Int64).alias("events"),
        (~pl.col("is_event")).sum().cast(pl.Int64).alias("censored"),
    ]
    curves = kaplan_meier(both.group_by(*GROUP, "day").agg(totals), GROUP)
    effects = design_effects(both, curves, GROUP, cluster="customer_id", horizons=HORIZONS)
    return curves, effects, clustered_log_rank(rows, "category", ["month"], cluster="customer_id")


def _followed(orders: pl.LazyFrame, responses: pl.LazyFrame, *, span: Span) -> Iterator[pl.DataFrame]:
    """The answers of each month with any: month, category, score, customer_id, last day followed, and is_event."""
    months = months_of(span)
    if not months:
        return
    answers = (
        known_answers(responses, clock=span.clock)
        .filter(pl.col("response_date") >= pl.lit(months[0].end).dt.offset_by("-24mo"))
        .filter(pl.col("response_date") < months[-1].end)
        .select(
            "customer_id",
            "response_id",
            "responded_at",
            "response_date",
            "category",
            pl.col("score").cast(pl.Int8),
            answered_order="order_id",
        )
    )
    later = responses.filter(pl.col("customer_id").is_not_null()).select("customer_id", next_at=utc("responded_at"))
    within = pl.duration(days=LONGEST)
    following = (
        answers.join(later, on="customer_id")
        .filter(pl.col("next_at") > pl.col("responded_at"), pl.col("next_at") < pl.col("responded_at") + within)
        .group_by("response_id")
        .agg(pl.col("next_at").min())
    )
    bought = (
        answers.join(order_rows(orders, clock=span.clock), on="customer_id")
        .filter(pl.col("orders") > 0, pl.col("order_id").ne_missing(pl.col("answered_order")))
        .filter(pl.col("ordered_at") > pl.col("responded_at"), pl.col("ordered_at") < pl.col("responded_at") + within)
        .group_by("response_id", "start", "stop")
        .agg(pl.col("ordered_at").min())
    )
    followed, events = pl.collect_all(
        [answers.join(following, on="response_id", how="left"), bought], engine="streaming"
    )
    for month in months:
        rows = _of_month(followed.lazy(), events.lazy(), month, span).collect(engine="streaming")
        if rows.height:
            yield rows


def _of_month(answers: pl.LazyFrame, events: pl.LazyFrame, month: Month, span: Span) -> pl.LazyFrame:
    """The answers that one month covers, followed up to its end."""
    end = min(datetime(month.end.year, month.end.month, month.end.day, tzinfo=span.clock.tzinfo), span.clock.as_of)
    followed_until = pl.lit(end.astimezone(UTC)).dt.convert_time_zone("UTC")
    first = events.filter(holds(month)).group_by("response_id").agg(pl.col("ordered_at").min())
    until = pl.min_horizontal("next_at", followed_until, pl.col("responded_at") + pl.duration(days=LONGEST))
    is_event = (pl.col("ordered_at") <= pl.col("until")).fill_null(value=False)
    stopped = pl.when(is_event).then("ordered_at").otherwise("until")
    days = ((stopped - pl.col("responded_at")).dt.total_seconds() // 86_400).clip(0, LONGEST - 1)
    return (
        answers.filter(pl.col("response_date") >= pl.lit(month.end).dt.offset_by("-24mo"))
        .filter(pl.col("response_date") < month.end)
        .join(first, on="response_id", how="left")
        .with_columns(until=until)
        .select(pl.lit(month.start).alias("month"), "category", "score", "customer_id", day=days, is_event=is_event)
    )
