"""loop.service_levels: how many answers were followed up in time, and how soon.

Here: the counts, shares and hours of each month. Not here: what happened to each answer (followed_up.py), the queue
(follow_ups.py). An answer is judged in the month in which it fell due, when it is known whether it was in time: so each
is judged once, and nothing later changes that. Answers that are held out, and those of nobody, are left out.
"""

from __future__ import annotations

import polars as pl

from pipelines.loop.followed_up import by_end, end_of, followed_up, in_queue, is_recent
from pipelines.periods import Span
from pipelines.settings import Settings
from pipelines.statistics.own_point import is_reliable
from pipelines.statistics.wilson import wilson
from pipelines.value.months import Month, months_of
from pipelines.warehouse.tables import table_schema

TABLE = "loop.service_levels"


def service_levels(
    responses: pl.LazyFrame, urgent: pl.LazyFrame, contacts: pl.LazyFrame, *, span: Span, settings: Settings
) -> pl.DataFrame:
    """Rows of loop.service_levels.

    Args:
        responses: answers of known customers, of the months and the QUEUE_DAYS before them: response_id, as a number,
            category, responded_at, response_date, draw (holdout.DRAW).
        urgent: response_id of answers that are never held out.
        contacts: core.follow_ups: response_id, contacted_at, resolved_at, is_dated.
        span: the months to compute, and the clock.
        settings: followed_up.SETTINGS, confidence, min_responses.

    Returns:
        Columns of loop.service_levels; one row per month and category with an answer that fell due or is open.
    """
    answers = followed_up(responses, contacts, urgent, span=span, settings=settings).collect()
    months = pl.concat(
        [table_schema(TABLE).to_frame().lazy(), *(_month(month, answers.lazy(), span) for month in months_of(span))],
        how="diagonal_relaxed",
    )
    share = pl.col("in_time") / pl.col("dated")
    low, high = wilson(pl.col("in_time"), pl.col("dated"), settings.confidence)
    schema = table_schema(TABLE)
    return (
        months.with_columns(dated=pl.col("answers") - pl.col("undated"))
        .with_columns(
            in_time_share=pl.when(pl.col("dated") > 0).then(share),
            in_time_share_low=low,
            in_time_share_high=high,
            is_reliable=is_reliable(pl.col("dated"), settings.min_responses),
        )
        .select(pl.col(name).cast(schema[name]) for name in schema.names())
        .sort("month", "category")
        .collect()
    )


def _month(month: Month, answers: pl.LazyFrame, span: Span) -> pl.LazyFrame:
    """The counts of a month, by category."""
    end = pl.lit(end_of(month, span.clock)).dt.convert_time_zone("UTC")
    is_contacted, is_resolved = by_end("contacted_date", month.end), by_end("resolved_date", month.end)
    is_kept_waiting = ~is_contacted & ~is_resolved & in_queue(month)
    fell_due = (pl.col("due_date") >= month.start) & (pl.col("due_at") < end)
    judged = fell_due & ~pl.col("is_held_out")
    is_undated = judged & pl.col("is_marked") & ~is_contacted
    hours = (pl.col("contacted_at") - pl.col("responded_at")).dt.total_seconds() / 3600
    told = hours.clip(0).filter(judged & is_contacted)
    return (
        answers.filter(is_recent(month))
        .group_by("category")
        .agg(
            answers=judged.sum(),
            held_out=(fell_due & pl.col("is_held_out")).sum(),
            contacted=(judged & (is_contacted | is_resolved)).sum(),
            undated=is_undated.sum(),
            in_time=(judged & is_contacted & (pl.col("contacted_at") <= pl.col("due_at"))).sum(),
            resolved=(judged & is_resolved).sum(),
            median_hours=told.median(),
            p90_hours=told.quantile(0.9, "linear"),
            open_at_end=(is_kept_waiting & ~pl.col("is_held_out")).sum(),
            overdue_at_end=(is_kept_waiting & ~pl.col("is_held_out") & (pl.col("due_at") < end)).sum(),
        )
        .filter((pl.col("answers") > 0) | (pl.col("open_at_end") > 0) | (pl.col("held_out") > 0))
        .with_columns(month=pl.lit(month.start))
    )
