"""The example comment of each topic in a window, chosen the same way every time.

Here: choosing among the comments that a window counts. Not here: counting mentions (drivers.py). Comments are masked in
core; they are absent when comments are not published or the person was erased.
"""

from __future__ import annotations

from datetime import UTC

import polars as pl

from pipelines.nps.counting.cells import Counting, Grid
from pipelines.nps.counting.count import ALL
from pipelines.periods import Clock
from pipelines.speed import engine_for
from pipelines.statistics.score import COUNTS

# A comment of about this many characters is informative and still short to read.
LENGTH = 120
_CATEGORIES = {"promoters": "promoter", "passives": "passive", "detractors": "detractor"}


def examples(
    commented: pl.DataFrame, mentions: pl.DataFrame, windows: pl.DataFrame, *, clock: Clock, counting: Counting
) -> pl.DataFrame:
    """An example comment per topic from a promoter, from a passive and from a detractor.

    Among the comments a window counts: the one with the fewest topics, then with the length nearest to LENGTH, then the
    first by response_id. So it depends neither on the order of rows nor on what else is computed.

    Args:
        commented: the answers with a comment up to the clock, as in core.responses, with a non-null `language` and a
            number, `answer`.
        mentions: core.response_topics as `answer` and `topic`.
        windows: frame of periods.windows; windows that are not cut end with a month.
        clock: what is now.
        counting: as in counting.count.

    Returns:
        One row per grain, period_start, stage, language and topic (stage and language also `all`), with the text of the
        example in the columns promoters, passives and detractors; null where there is none.
    """
    ranked = (
        commented.lazy()
        .drop_nulls("comment")
        .join(mentions.lazy().group_by("answer").agg(topics=pl.len()), on="answer")
        .with_columns(distance=(pl.col("comment").str.len_chars().cast(pl.Int64) - LENGTH).abs())
        .collect()
    )
    # The order as one number: sorting by all its parts would cost far more than sorting the ids.
    order = ranked["response_id"].arg_sort()
    most, distance = max(ranked.height, 1), pl.col("distance")
    ranked = ranked.with_columns(
        rank=(pl.col("topics") * (distance.max() + 1) + distance) * most + order.arg_sort().cast(pl.Int64)
    )
    # Only the month of supersession matters: windows end with a month, or are cut at the clock.
    best = [
        pl.col("rank").filter(pl.col("category") == category).min().alias(name)
        for name, category in _CATEGORIES.items()
    ]
    # Windows consist of whole stretches of days between their edges. Text keys would be most of the work.
    grid = Grid.of(windows, commented.select("stage").unique())
    days = grid.days.lazy().select(response_date="day", stretch="rank")
    candidates = (
        ranked.lazy()
        .with_columns(pl.col("stage", "language").cast(pl.Categorical))
        .select(
            "answer", "rank", "stage", "language", "category", "response_date",
            next_month=_superseded(clock, counting),
        )
        .join(days, on="response_date")
        .join(mentions.lazy(), on="answer")
        .group_by("stretch", "next_month", "stage", "language", "topic")
        .agg(best)
    )  # fmt: skip
    reach = grid.windows.lazy().select(
        "grain", "period_start", "period_end", stretch=pl.int_ranges("period_start_rank", "period_end_rank")
    )
    lowest = [pl.col(name).min() for name in COUNTS]
    keys = ["grain", "period_start", "stage", "language", "topic"]
    staged = (
        candidates.join(reach.explode("stretch"), on="stretch")
        .filter(pl.col("next_month").is_null() | (pl.col("next_month") >= pl.col("period_end")))
        .group_by(keys)
        .agg(lowest)
        .cast({"stage": pl.String, "language": pl.String})
        .collect(engine=engine_for(commented.height))
    )
    for name in ("stage", "language"):
        whole = staged.with_columns(pl.lit(ALL).alias(name)).group_by(keys).agg(lowest)
        staged = pl.concat([staged, whole.select(staged.columns)])
    text = ranked["comment"]
    return staged.with_columns(
        text.gather(order.gather(staged[name] % most)).alias(name) for name in COUNTS
    ).with_columns(pl.col("topic").cast(pl.String))


def _superseded(clock: Clock, counting: Counting) -> pl.Expr:
    """Month of the customer's next answer of the same stage; null if none has come by the clock."""
    if counting == "all":
        return pl.lit(None, pl.Date)
    next_at = pl.col("next_response_at").dt.convert_time_zone("UTC")
    day = next_at.dt.convert_time_zone(clock.zone).dt.date()
    return pl.when(next_at <= clock.as_of.astimezone(UTC)).then(day.dt.month_start())
