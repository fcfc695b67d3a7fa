"""nps.migration and nps.migration_change: from which category customers came to which, and whether they moved at all.

Here: each customer's last two answers of a window, their 3 x 3 table and its tests. Not here: scores of windows.
A customer counts once a window, with the last answer in it and the one before, of whatever stage: tables of one
customer's many answers would not be independent.

Sources:
    Wilson 1927, Probable Inference, J. Am. Stat. Assoc. 22: the interval of a share.
    Stuart 1955, Biometrika 42; Maxwell 1970, Br. J. Psychiatry 116: the test of equal margins; for three categories
    in the closed form of Fleiss, Statistical Methods for Rates and Proportions, chapter 13.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special

from pipelines.nps.events import answers_of, day_number
from pipelines.periods import Span, windows
from pipelines.settings import Settings
from pipelines.speed import at_once, by_number
from pipelines.statistics import score

CATEGORIES = ("promoter", "passive", "detractor")
WINDOW = ("month", "period_start", "period_end")
SIGNS = (1, 0, -1)


def migration(responses: pl.LazyFrame, *, span: Span, settings: Settings) -> pl.DataFrame:
    """Rows of nps.migration: the nine moves of every month in which a customer has a second answer.

    Args:
        responses: core.responses with all its history up to the clock.
        span: the months to compute, and the clock.
        settings: uses confidence.

    Returns:
        Columns of nps.migration, by month, from_category and to_category (promoters first).
    """
    moves = _moves(responses, span).sort("month", "from", "to")
    everyone = pl.col("customers").sum().over("month", "from")
    low, high = wilson(pl.col("customers"), everyone, settings.confidence)
    return moves.select(
        *WINDOW,
        _named("from").alias("from_category"),
        _named("to").alias("to_category"),
        "customers",
        pl.when(everyone > 0).then(pl.col("customers") / everyone).alias("share"),
        low.alias("share_low"),
        high.alias("share_high"),
    )


def migration_change(responses: pl.LazyFrame, *, span: Span, settings: Settings) -> pl.DataFrame:
    """Rows of nps.migration_change: the net change of the customers of nps.migration, one row a month.

    Args:
        responses: core.responses with all its history up to the clock.
        span: the months to compute, and the clock.
        settings: uses confidence.

    Returns:
        Columns of nps.migration_change, by month.
    """
    return table_change(_moves(responses, span), WINDOW, settings.confidence)


def table_change(moves: pl.DataFrame, by: tuple[str, ...], confidence: float) -> pl.DataFrame:
    """Net change and Stuart-Maxwell test of 3 x 3 tables: from, to (0 promoter, 1 passive, 2 detractor), customers.

    Returns:
        One row per group of `by`, in that order, with the columns customers..p_value of nps.migration_change.
    """
    pairs = [(a, b) for a in range(3) for b in range(3)]
    rows = moves.group_by(by).agg(
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
            (score.POINTS * before / total).alias("nps_before"),
            (score.POINTS * after / total).alias("nps_after"),
            (score.POINTS * (after - before) / total).alias("net_change"),
            low.alias("change_low"),
            high.alias("change_high"),
            statistic.alias("stuart_maxwell"),
            degrees.cast(pl.Int64).alias("degrees"),
        )
        .with_columns(p_value=_chi_squared_tail())
    )


def paired_interval(n: pl.Expr, total: pl.Expr, squares: pl.Expr, confidence: float) -> tuple[pl.Expr, pl.Expr]:
    """Interval in points of the mean of n differences of two signs, from their sum and sum of squares.

    Its standard error is sqrt((mean d^2 - (mean d)^2) / n); null where all are alike, which leaves none.
    """
    mean = total / n
    error = (((squares / n) - mean**2).clip(lower_bound=0) / n).sqrt()
    margin = score.quantile(confidence) * error
    varies = squares * n > total**2
    return tuple(  # type: ignore[return-value]
        pl.when(varies).then((score.POINTS * end).clip(-2 * score.POINTS, 2 * score.POINTS))
        for end in (mean - margin, mean + margin)
    )


def stuart_maxwell(n: dict[tuple[int, int], pl.Expr]) -> tuple[pl.Expr, pl.Expr]:
    """Stuart-Maxwell statistic of a 3 x 3 table and its degrees of freedom.

    Where customers moved between two categories only, the covariance is singular and the test is McNemar's, of one
    degree; where nobody moved there is no statistic, of none.
    """
    between = {pair: (n[pair] + n[pair[::-1]]) / 2 for pair in ((0, 1), (0, 2), (1, 2))}
    net = [
        pl.sum_horizontal(n[k, j] for j in range(3)) - pl.sum_horizontal(n[j, k] for j in range(3)) for k in range(3)
    ]
    ab, ac, bc = between.values()
    full = (bc * net[0] ** 2 + ac * net[1] ** 2 + ab * net[2] ** 2) / (2 * (ab * bc + ab * ac + bc * ac))
    # The two categories differ by as much in one direction as in the other.
    single = net[0].abs() + net[1].abs() + net[2].abs()
    mcnemar = (single / 2) ** 2 / (2 * (ab + ac + bc))
    moving = pl.sum_horizontal((pair > 0).cast(pl.Int64) for pair in between.values())
    return pl.when(moving > 1).then(full).when(moving == 1).then(mcnemar), pl.min_horizontal(moving, 2)


def wilson(successes: pl.Expr, n: pl.Expr, confidence: float) -> tuple[pl.Expr, pl.Expr]:
    """Wilson's interval of a share, 0..1; null without anybody."""
    z = score.quantile(confidence)
    centre = (successes + z**2 / 2) / (n + z**2)
    margin = z / (n + z**2) * (successes * (n - successes) / n + z**2 / 4).sqrt()
    return tuple(pl.when(n > 0).then(end.clip(0, 1)) for end in (centre - margin, centre + margin))  # type: ignore[return-value]


def _moves(responses: pl.LazyFrame, span: Span) -> pl.DataFrame:
    """Customers by window, category before and category after, as numbers; all nine, of windows with a customer."""
    answers = answers_of(*by_number(responses), keep=("category",))
    category = answers.rows["category"].replace_strict(CATEGORIES, range(3), return_dtype=pl.Int64).to_numpy()
    # In the last place stand the answers without one before.
    move = np.where(answers.before >= 0, 3 * category[answers.before] + category, 9)
    answered_again = answers.next_day
    wanted = windows(span, grains=("trailing_365d",)).select(WINDOW)

    def count(start: date, end: date) -> NDArray[np.int64]:
        days = answers.stretch(start, end)
        last = answered_again[days] >= day_number(end)
        counts: NDArray[np.int64] = np.bincount(np.where(last, move[days], 9), minlength=10)[:9]
        return counts

    counts = at_once(count, wanted.select("period_start", "period_end").rows())
    moves = pl.DataFrame({"from": np.arange(9) // 3, "to": np.arange(9) % 3, "move": np.arange(9)})
    return (
        wanted.with_columns(customers=pl.Series([list(moved) for moved in counts], dtype=pl.List(pl.Int64)))
        .filter(pl.col("customers").list.sum() > 0)
        .join(moves, how="cross")
        .with_columns(pl.col("customers").list.get(pl.col("move")))
        .drop("move")
    )


def _named(column: str) -> pl.Expr:
    return pl.col(column).replace_strict(range(3), CATEGORIES, return_dtype=pl.String)


def _chi_squared_tail() -> pl.Expr:
    """Upper tail of chi-squared at `stuart_maxwell` with `degrees`."""
    known = pl.map_batches(
        [pl.col("degrees").cast(pl.Float64), pl.col("stuart_maxwell").fill_null(0.0)],
        lambda columns: pl.Series(special.chdtrc(columns[0].to_numpy(), columns[1].to_numpy())),
        return_dtype=pl.Float64,
    )
    return pl.when(pl.col("degrees") > 0).then(known)
