"""value.growth: whether this shop's revenue has grown more after months with a better score.

Here: the shop's own association, its interval and the number of months behind it. Not here: any claim that the score is
the cause, and the score itself (nps/counting, statistics/score).

A month's growth compares its revenue with the same month a year earlier; compared with the month before, the season
would hide everything else. It is set against the score of the month before. Each row uses only what was known at its
month's end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import stdtrit

from pipelines.nps.counting.count import ALL, count
from pipelines.periods import Span, Window, next_month, windows
from pipelines.settings import Settings
from pipelines.statistics.score import counts, nps
from pipelines.value.money import money
from pipelines.value.month_end import MonthEnd
from pipelines.value.records import holds
from pipelines.value.reduction import Reduction
from pipelines.warehouse.tables import empty

TABLE = "value.growth"
# Marsden, Samson and Upton, London School of Economics 2005: across companies, 7 points of NPS went with 1 % of growth
# before the survey. Shown for reference beside the shop's own figure; part of no computation.
PUBLISHED = 0.01
# With fewer months, a slope and its error mean little.
FEWEST = 8
# With fewer pairs that share no month, one odd month makes the slope.
RELIABLE = 10
POINTS = 7


def reduce(end: MonthEnd) -> Iterator[pl.DataFrame]:
    """The revenue of every month so far as known by this one's end; once, the scores of all months."""
    first, months = end.facts.opened, end.wanted
    if first is None or months[-1].start < first:
        return
    if end.month == months[-1]:
        history = Span(Window(first.replace(day=1), next_month(end.month.start)), end.facts.clock)
        counting = end.settings.counting
        scores = count(
            end.facts.responses, windows(history, grains=("month",)), clock=end.facts.clock, counting=counting
        )
        yield scores.filter(pl.col("stage") == ALL, "is_complete").select("period_start", nps=nps(counts()))
    if end.month.start > first:
        sold = end.facts.revenue_by_month.filter(holds(end.month)).group_by("sold_in").agg(pl.col("revenue").sum())
        yield sold.select(pl.col("sold_in", "revenue").implode(), month=pl.lit(end.month.start), is_open=end.is_open)


def finish(months: Sequence[pl.DataFrame], settings: Settings) -> pl.DataFrame:
    """Rows of value.growth: the newest pair of score and growth, and the slope over all pairs so far.

    Returns:
        One row per month from the shop's second on, by month. `nps` is the score of the month before, `revenue` that of
        the row's month, `revenue_growth_next` its growth over the same month a year earlier: null for the open month
        and without a year of history. The slope is null with fewer than 8 pairs, and not reliable with fewer than 10
        that share no month: March's growth of one year and of the next both contain the March between them.
    """
    if not months:
        return empty(TABLE)
    [scores] = (frame for frame in months if "nps" in frame.columns)
    by_month = (frame for frame in months if "nps" not in frame.columns)
    rows = [_of_month(frame, scores, settings.confidence) for frame in by_month]
    return pl.concat([empty(TABLE), *rows]).sort("month")


growth = Reduction(("orders", "responses"), reduce, finish)


def _of_month(known: pl.DataFrame, scores: pl.DataFrame, confidence: float) -> pl.DataFrame:
    """The row of a month."""
    [(month, is_open)] = known.select("month", "is_open").rows()
    money_by_month = known.select("sold_in", "revenue").explode("sold_in", "revenue").drop_nulls()
    before = money_by_month.select(pl.col("sold_in").dt.offset_by("1y"), revenue_before="revenue")
    # The shop's first month may be incomplete, so no growth is measured from it.
    opened = pl.lit(money_by_month["sold_in"].min(), dtype=pl.Date)
    earlier = scores.select(nps="nps", sold_in=pl.col("period_start").dt.offset_by("1mo"))
    pairs = (
        money_by_month.join(before, on="sold_in", how="left")
        .join(earlier, on="sold_in", how="left")
        .with_columns(
            growth=pl.when(pl.col("revenue_before") > 0, pl.col("sold_in").dt.offset_by("-1y") > opened).then(
                pl.col("revenue") / pl.col("revenue_before") - 1
            )
        )
        .with_columns(growth=pl.when((pl.col("sold_in") < month) | ~pl.lit(is_open)).then("growth"))
        .sort("sold_in")
    )
    measured = pairs.filter(pl.col("sold_in") <= month, pl.col("growth").is_not_null(), pl.col("nps").is_not_null())
    slope = _slope(measured["nps"].to_numpy(), measured["growth"].to_numpy(), confidence)
    own = pairs.filter(pl.col("sold_in") == month)
    start = pl.DataFrame({"sold_in": [month]}).join(earlier, on="sold_in", how="left")
    row = start.join(own.select("sold_in", "revenue", "growth"), on="sold_in", how="left")
    return row.select(
        month="sold_in",
        nps="nps",
        revenue=money(pl.col("revenue").fill_null(0)),
        revenue_growth_next="growth",
        elasticity_per_7_points=pl.lit(slope[0], dtype=pl.Float64),
        elasticity_low=pl.lit(slope[1], dtype=pl.Float64),
        elasticity_high=pl.lit(slope[2], dtype=pl.Float64),
        observations=pl.lit(measured.height, dtype=pl.Int64),
        independent_observations=pl.lit(independent := _independent(measured["sold_in"]), dtype=pl.Int64),
        is_reliable=pl.lit(independent >= RELIABLE),
        published_per_7_points=pl.lit(PUBLISHED),
    )


def _independent(months: pl.Series) -> int:
    """The most pairs of a month and the one a year earlier of which no two share a month.

    Pairs a year apart share one, so of pairs in successive years every other one can be taken.

    >>> _independent(pl.Series([date(2023, 3, 1), date(2024, 3, 1), date(2025, 3, 1), date(2024, 4, 1)]))
    3
    """
    years = (
        months.sort().to_frame("at").select(month=pl.col("at").dt.month(), year=pl.col("at").dt.year().cast(pl.Int64))
    )
    run = pl.col("year") - pl.int_range(pl.len()).over("month")
    runs = years.with_columns(run=run).group_by("month", "run").len()
    return int(((runs["len"] + 1) // 2).sum())


def _slope(
    scores: NDArray[np.float64], grown: NDArray[np.float64], confidence: float
) -> tuple[float | None, float | None, float | None]:
    """Least squares slope per 7 points and its interval: Newey-West error (Econometrica 55, 1987), Student's t.

    The error allows for correlated residuals of neighbouring months; the lag is the usual 4 (n / 100)^(2/9).
    """
    size = len(scores)
    centred = scores - scores.mean() if size else scores
    spread = float(centred @ centred)
    if size < FEWEST or spread <= 1e-9:
        return None, None, None
    slope = float(centred @ grown) / spread
    residuals = grown - grown.mean() - slope * centred
    moments = centred * residuals
    lags = int(4 * (size / 100) ** (2 / 9))
    variance = float(moments @ moments)
    variance += sum(2 * (1 - lag / (lags + 1)) * float(moments[lag:] @ moments[:-lag]) for lag in range(1, lags + 1))
    error = np.sqrt(max(variance, 0.0) * size / (size - 2)) / spread
    half = float(stdtrit(size - 2, 0.5 + confidence / 2)) * float(error)
    return POINTS * slope, POINTS * (slope - half), POINTS * (slope + half)
