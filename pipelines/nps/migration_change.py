"""nps.migration_change: whether customers moved between categories at all.

Here: the net change of the customers of nps.migration, its interval and the test of equal shares. Not here: the moves
themselves (migration.py) and the formulas (statistics/paired_change.py).
"""

from __future__ import annotations

import polars as pl

from pipelines.nps.migration import WINDOW, moves
from pipelines.periods import Span
from pipelines.settings import Settings
from pipelines.statistics.own_point import is_reliable
from pipelines.statistics.paired_change import chi_squared_tail, paired_interval, stuart_maxwell
from pipelines.statistics.score import POINTS

# By place in migration.CATEGORIES.
SIGNS = (1, 0, -1)


def migration_change(responses: pl.LazyFrame, *, span: Span, settings: Settings) -> pl.DataFrame:
    """Rows of nps.migration_change: the net change of the customers of nps.migration, one row a month.

    Args:
        responses: core.responses with all its history up to the clock.
        span: the months to compute, and the clock.
        settings: confidence, min_responses.

    Returns:
        Columns of nps.migration_change, by month.
    """
    rows = table_change(moves(responses, span), WINDOW, settings.confidence)
    return rows.with_columns(is_reliable=is_reliable(pl.col("customers"), settings.min_responses))


def table_change(table: pl.DataFrame, by: tuple[str, ...], confidence: float) -> pl.DataFrame:
    """Net change and Stuart-Maxwell test of 3 x 3 tables: from, to (0 promoter, 1 passive, 2 detractor), customers.

    Returns:
        One row per group of `by`, in that order, with the columns customers..p_value of nps.migration_change.
    """
    pairs = [(a, b) for a in range(3) for b in range(3)]
    rows = table.group_by(by).agg(
        pl.col("customers").filter(pl.col("from") == a, pl.col("to") == b).sum().alias(f"{a}{b}") for a, b in pairs
    )
    n = {(a, b): pl.col(f"{a}{b}") for a, b in pairs}
    total = pl.sum_horizontal(n.values())
    before = sum((SIGNS[a] * n[a, b] for a in range(3) for b in range(3)), start=pl.lit(0))
    after = sum((SIGNS[b] * n[a, b] for a in range(3) for b in range(3)), start=pl.lit(0))
    squares = sum(((SIGNS[b] - SIGNS[a]) ** 2 * n[a, b] for a in range(3) for b in range(3)), start=pl.lit(0))
    low, high = paired_interval(total, after - before, squares, confidence)
    statistic, degrees = stuart_maxwell(n)
    return (
        rows.sort(by)
        .select(
            *by,
            total.cast(pl.Int64).alias("customers"),
            (POINTS * before / total).alias("nps_before"),
            (POINTS * after / total).alias("nps_after"),
            (POINTS * (after - before) / total).alias("net_change"),
            low.alias("change_low"),
            high.alias("change_high"),
            statistic.alias("stuart_maxwell"),
            degrees.cast(pl.Int64).alias("degrees"),
        )
        .with_columns(p_value=chi_squared_tail(pl.col("stuart_maxwell"), pl.col("degrees")))
    )
