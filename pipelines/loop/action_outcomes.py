"""loop.action_outcomes: what became of the list of three months before.

Here: the score of each listed segment, and how often each listed topic is mentioned, in the ninety days since and in
the ninety before. Not here: the list (actions.py). Nobody knows whether anything was done: a change is what was seen.
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from pipelines.loop.actions import POINTS, TOPIC
from pipelines.periods import TRAILING_GRAINS, Span, windows
from pipelines.settings import Settings
from pipelines.statistics.own_point import is_reliable
from pipelines.statistics.share_difference import share_difference
from pipelines.warehouse.tables import table_schema

TABLE = "loop.action_outcomes"
WINDOW = "trailing_90d"
# The window since, the one before it, and what months of 31 days add.
LOOKBACK = timedelta(days=2 * TRAILING_GRAINS[WINDOW] + 7)
# Months from a list to its outcomes.
LATER = 3
OF_LIST = ("action_month", "rank", "dimension", "segment")


def action_outcomes(
    responses: pl.LazyFrame,
    topics: pl.LazyFrame,
    by_segment: pl.LazyFrame,
    actions: pl.LazyFrame,
    *,
    span: Span,
    settings: Settings,
) -> pl.DataFrame:
    """Rows of loop.action_outcomes.

    Args:
        responses: core.responses, answers with a comment.
        topics: core.response_topics.
        by_segment: nps.by_segment, the trailing ninety days of all stages.
        actions: loop.actions.
        span: the months to compute, and the clock.
        settings: confidence, min_responses.

    Returns:
        Columns of loop.action_outcomes; one row per month and rank of the list three months before.
    """
    since = windows(span, grains=[WINDOW]).lazy().select("month", "period_start", "period_end", "previous_start")
    listed = actions.select(
        "rank", "dimension", "segment", action_month="month", month=pl.col("month").dt.offset_by(f"{LATER}mo")
    ).join(since, on="month")
    names = table_schema(TABLE).names()
    both = [_segments(listed, by_segment), _topics(listed, responses, topics, settings)]
    rows = pl.concat([each.select(names) for each in both]).sort("month", "rank").collect()
    return rows.cast(dict(table_schema(TABLE)))  # type: ignore[arg-type]


def _segments(listed: pl.LazyFrame, by_segment: pl.LazyFrame) -> pl.LazyFrame:
    """The change that nps.by_segment tells; no row of it: nobody of the segment answered."""
    told = by_segment.select(
        "month",
        "dimension",
        "segment",
        "change",
        "change_low",
        "change_high",
        responses_before="previous_responses",
        responses_since="responses",
        before="previous_nps",
        since="nps",
        is_reliable="is_change_reliable",
    )
    return (
        listed.filter(pl.col("dimension") != TOPIC)
        .join(told, on=["month", "dimension", "segment"], how="left")
        .with_columns(
            pl.col("responses_before", "responses_since").fill_null(0),
            pl.col("is_reliable").fill_null(value=False),
            measure=pl.lit("nps"),
        )
    )


def _topics(listed: pl.LazyFrame, responses: pl.LazyFrame, topics: pl.LazyFrame, settings: Settings) -> pl.LazyFrame:
    """The share of comments that mention the topic, every comment counting."""
    wanted = listed.filter(pl.col("dimension") == TOPIC)
    told = responses.select("response_id", "response_date").join(
        topics.group_by("response_id").agg(topics="topic"), on="response_id"
    )
    counted = (
        wanted.join_where(
            told,
            pl.col("response_date") >= pl.col("previous_start"),
            pl.col("response_date") < pl.col("period_end"),
        )
        .with_columns(
            is_since=pl.col("response_date") >= pl.col("period_start"),
            mentions=pl.col("topics").list.contains(pl.col("segment")),
        )
        .group_by("month", "rank")
        .agg(
            responses_before=(~pl.col("is_since")).sum(),
            responses_since=pl.col("is_since").sum(),
            mentions_before=(pl.col("mentions") & ~pl.col("is_since")).sum(),
            mentions_since=(pl.col("mentions") & pl.col("is_since")).sum(),
        )
    )
    since, before = (
        (pl.col(f"mentions_{when}").cast(pl.Float64), pl.col(f"responses_{when}")) for when in ("since", "before")
    )
    change, low, high = share_difference(since, before, settings.confidence)
    least = settings.min_responses
    return (
        wanted.join(counted, on=["month", "rank"], how="left")
        .with_columns(pl.selectors.starts_with("responses_", "mentions_").fill_null(0).cast(pl.Int64))
        .with_columns(
            measure=pl.lit("share_of_comments"),
            before=pl.when(before[1] > 0).then(POINTS * before[0] / before[1]),
            since=pl.when(since[1] > 0).then(POINTS * since[0] / since[1]),
            change=POINTS * change,
            change_low=POINTS * low,
            change_high=POINTS * high,
            is_reliable=is_reliable(since[1], least) & is_reliable(before[1], least),
        )
    )
