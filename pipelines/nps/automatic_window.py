"""The automatic window of a month: as short as the wanted margin of error allows.

Here: the whole rule, which windows a month may have and which of them it gets. Not here: counting their answers and
scoring them (by_period.py), or the windows of fixed length (pipelines/periods.py).
"""

from __future__ import annotations

import polars as pl

from pipelines.periods import WINDOWS, Span, trailing_windows

GRAIN = "auto"
# Candidates by the grain they carry until one of them is chosen, shortest first.
DAYS = {f"auto_{days}d": days for days in (7, 30, 90, 180, 365)}


def candidates(span: Span) -> pl.DataFrame:
    """The windows from which each month's automatic one is chosen.

    They end with the month (the open month: at its cut), like trailing windows. No two months may have windows that
    begin on the same day, since a window is named by its first day. Where two candidates would (outside leap years, 90
    days to the end of November and 180 to the end of February begin on 2 September), the earlier month drops its
    shorter one. The open month drops its longer one instead (on 29 June the 90 days from 1 April, where April's 30 days
    begin), so that no closed month depends on the clock. Every closed month has the longest candidate, the open month
    the shortest.

    Returns:
        Columns of WINDOWS, the grain being one of DAYS; a period_start belongs to one month; ordered by length, then
        month.
    """
    ends = [trailing_windows(span, grain, days).select(WINDOWS.names()) for grain, days in DAYS.items()]
    every = pl.concat([WINDOWS.to_frame(), *ends])
    distances = pl.DataFrame({"later": range(-12, 13)}).filter(pl.col("later") != 0)
    lengths = pl.DataFrame({"other_days": list(DAYS.values())})
    others = every.select("month", "is_complete", "period_start").unique().join(distances, how="cross")
    starts = others.with_columns(end=pl.col("month").dt.offset_by("1mo").dt.offset_by(pl.format("{}mo", "later")))
    taken = (
        starts.join(lengths, how="cross")
        .filter(pl.col("end") - pl.duration(days="other_days") == pl.col("period_start"))
        # Of two windows with one start, the one that ends later is the longer.
        .filter(pl.when("is_complete").then(pl.col("later") > 0).otherwise(pl.col("later") < 0))
        .select("month", "period_start")
        .unique()
    )
    return every.join(taken, on=["month", "period_start"], how="anti", maintain_order="left")


def is_candidate() -> pl.Expr:
    """Whether a row's window is a candidate, not a window of fixed length."""
    return pl.col("grain").is_in(list(DAYS))


def chosen(rows: pl.DataFrame, target: float) -> pl.DataFrame:
    """Per month and stage the shortest candidate whose margin of error is at most `target`, else the longest.

    Args:
        rows: scores of candidates: month, stage, period_start and margin_of_error (points) at least.
        target: half width of the interval, in points of NPS.

    Returns:
        One row per month and stage of `rows`, its grain now GRAIN.
    """
    start, reached = pl.col("period_start"), pl.col("margin_of_error") <= target
    best = pl.when(reached.any()).then(start.filter(reached).max()).otherwise(start.min())
    return rows.filter(start == best.over("month", "stage")).with_columns(grain=pl.lit(GRAIN))
