"""nps.migration: from which category customers moved to which.

Here: each customer's last two answers of a window, as a 3 x 3 table of categories. Not here: scores of windows, and
whether the customers moved at all (migration_change.py). A customer counts once per window, with the last answer in it
and the one before, whatever their stages: several entries of one customer would not be independent.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.nps.events import answers_of, day_number
from pipelines.periods import Span, windows
from pipelines.settings import Settings
from pipelines.speed import at_once, by_number
from pipelines.statistics.own_point import is_reliable
from pipelines.statistics.wilson import wilson

CATEGORIES = ("promoter", "passive", "detractor")
WINDOW = ("month", "period_start", "period_end")


def migration(responses: pl.LazyFrame, *, span: Span, settings: Settings) -> pl.DataFrame:
    """Rows of nps.migration: the nine moves of every month with a customer who has a second answer.

    Args:
        responses: core.responses with all its history up to the clock.
        span: the months to compute, and the clock.
        settings: confidence, min_responses.

    Returns:
        Columns of nps.migration, by month, from_category and to_category (promoters first).
    """
    table = moves(responses, span).sort("month", "from", "to")
    everyone = pl.col("customers").sum().over("month", "from")
    low, high = wilson(pl.col("customers"), everyone, settings.confidence)
    return table.select(
        *WINDOW,
        _named("from").alias("from_category"),
        _named("to").alias("to_category"),
        "customers",
        pl.when(everyone > 0).then(pl.col("customers") / everyone).alias("share"),
        low.alias("share_low"),
        high.alias("share_high"),
        is_reliable(everyone, settings.min_responses).alias("is_reliable"),
    )


def moves(responses: pl.LazyFrame, span: Span) -> pl.DataFrame:
    """Customers by window, category before (`from`) and category after (`to`), categories as places in CATEGORIES.

    All nine rows of every window in which a customer has a second answer.
    """
    answers = answers_of(*by_number(responses), keep=("category",))
    category = answers.rows["category"].replace_strict(CATEGORIES, range(3), return_dtype=pl.Int64).to_numpy()
    # Move 9 collects answers without an earlier one.
    move = np.where(answers.before >= 0, 3 * category[answers.before] + category, 9)
    answered_again = answers.next_day
    wanted = windows(span, grains=("trailing_365d",)).select(WINDOW)

    def count(start: date, end: date) -> NDArray[np.int64]:
        days = answers.stretch(start, end)
        last = answered_again[days] >= day_number(end)
        counts: NDArray[np.int64] = np.bincount(np.where(last, move[days], 9), minlength=10)[:9]
        return counts

    counts = at_once(count, wanted.select("period_start", "period_end").rows(), rows=answers.rows.height)
    table = pl.DataFrame({"from": np.arange(9) // 3, "to": np.arange(9) % 3, "move": np.arange(9)})
    return (
        wanted.with_columns(customers=pl.Series([list(moved) for moved in counts], dtype=pl.List(pl.Int64)))
        .filter(pl.col("customers").list.sum() > 0)
        .join(table, how="cross")
        .with_columns(pl.col("customers").list.get(pl.col("move")))
        .drop("move")
    )


def _named(column: str) -> pl.Expr:
    return pl.col(column).replace_strict(range(3), CATEGORIES, return_dtype=pl.String)
