"""Kaplan-Meier on whole days: the share that has bought again, its interval, and the test between groups.

Here: formulas on counts per day, and how much less those of one customer tell than as many of different ones. Not here:
whose days they are (repurchase).
Sources: Kaplan and Meier, JASA 53 (1958); Greenwood's variance with the log-log interval as in R's survival
(conf.type = "log-log"); the sums of the curve's influences over customers that make it robust, Lin and Wei, JASA 84
(1989), as R's survival has them for `cluster`; log-rank test of k groups, Mantel, Cancer Chemotherapy Reports 50
(1966); the same score with the variance of its sums by customer, Lee, Wei and Amato in "Survival analysis: state of the
art" (1992) after Lin and Wei, which is the robust score test of R's coxph.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from scipy.special import chdtrc, ndtri

from pipelines.statistics.exact import product

# Influences are summed as whole numbers of this part of one, so that the order of rows is nothing to the sum.
PARTS = float(2**20)


def kaplan_meier(counts: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """The survival curve of each group.

    Args:
        counts: per group and `day` (whole days from the start, 0 is the first): `events` and `censored`. Those censored
            on a day were still at risk on it.
        by: columns of the group.

    Returns:
        The columns of counts and `at_risk` (before the day), `survival` (after it) and `greenwood` (variance of its
        log); ordered by group and day.
    """
    leaving = pl.col("events") + pl.col("censored")
    at_risk, events = pl.col("at_risk").cast(pl.Float64), pl.col("events").cast(pl.Float64)
    return (
        counts.sort(*by, "day")
        .with_columns(at_risk=leaving.sum().over(by) - leaving.cum_sum().over(by) + leaving)
        .with_columns(
            survival=(1 - events / at_risk).cum_prod().over(by),
            greenwood=(events / (at_risk * (at_risk - events))).cum_sum().over(by),
        )
    )


def log_log_interval(survival: pl.Expr, variance: pl.Expr, *, confidence: float) -> tuple[pl.Expr, pl.Expr]:
    """Lower and upper end for a survival whose log has that variance.

    Empty while nothing has happened, and where nobody is left.
    """
    z = float(ndtri(0.5 + confidence / 2))
    log_survival = survival.log()
    # On the scale of log(-log S) the interval never leaves 0..1.
    width = variance.sqrt() / log_survival.abs() * z
    inside = (survival > 0) & (survival < 1)
    return (
        pl.when(inside).then((log_survival * width.exp()).exp()),
        pl.when(inside).then((log_survival * (-width).exp()).exp()),
    )


def design_effects(
    rows: pl.DataFrame, curves: pl.DataFrame, by: Sequence[str], *, cluster: str, horizons: Sequence[int]
) -> pl.DataFrame:
    """How many times the variance of a curve grows because the rows of one cluster are alike.

    The variance of the log survival is the sum of squares of what each row moves it by; robust, the sum of squares of
    what each cluster does. Their ratio is at least 1, and 1 where every row is a cluster of its own: what is left then
    is Greenwood's.

    Args:
        rows: per follow-up the columns of `by`, `cluster`, `day` (of its end) and `is_event`.
        curves: kaplan_meier of these rows.
        by: columns of the group.
        cluster: column of the clusters.
        horizons: days until which the curve is read.

    Returns:
        One row per group and horizon: by, horizon_days, design_effect.
    """
    at_risk, events = pl.col("at_risk").cast(pl.Float64), pl.col("events").cast(pl.Float64)
    steps = curves.sort(*by, "day").select(
        *by,
        "day",
        at_risk=at_risk,
        all=at_risk.max().over(by),
        hazard=(events / (at_risk * at_risk)).cum_sum().over(by),
    )
    until = [pl.col("hazard").filter(pl.col("day") < horizon).max().alias(f"until_{horizon}") for horizon in horizons]
    told = rows.join(steps, on=[*by, "day"], nulls_equal=True).join(
        steps.group_by(by).agg(until), on=by, nulls_equal=True
    )
    names = [str(horizon) for horizon in horizons]
    influences = [
        pl.when(pl.col("day") < horizon)
        .then(pl.col("is_event").cast(pl.Float64) / pl.col("at_risk") - pl.col("hazard"))
        .otherwise(-pl.col(f"until_{horizon}").fill_null(0.0))
        .alias(str(horizon))
        for horizon in horizons
    ]
    each = told.select(*by, cluster, *((value * pl.col("all") * PARTS).round().cast(pl.Int64) for value in influences))
    clusters = each.group_by(*by, cluster).agg(pl.col(names).sum())
    squares = [product(pl.col(name), pl.col(name)).sum().cast(pl.Float64).alias(name) for name in names]
    one, other = (
        frame.group_by(by).agg(squares).unpivot(names, index=by, variable_name="horizon", value_name=name)
        for frame, name in ((each, "alone"), (clusters, "together"))
    )
    ratio = pl.when(pl.col("alone") > 0).then(pl.col("together") / pl.col("alone")).otherwise(1.0)
    return one.join(other, on=[*by, "horizon"], nulls_equal=True).select(
        *by, horizon_days=pl.col("horizon").cast(pl.Int32), design_effect=ratio.clip(lower_bound=1.0)
    )


def log_rank(counts: pl.DataFrame, group: str, by: Sequence[str]) -> pl.DataFrame:
    """The test that all groups share one curve.

    Args:
        counts: per `by`, group and `day`: `events` and `censored`.
        group: column of the groups compared.
        by: columns within which they are compared.

    Returns:
        One row per `by`: chi_square, degrees_of_freedom, p_value; empty values where only one group was at risk.
    """
    names = sorted(counts[group].unique())
    keys = counts.select(by).unique(maintain_order=True).sort(by)
    tests = [_one_test(part, group, names) for part in counts.sort(by).partition_by(by, maintain_order=True)]
    schema = {"chi_square": pl.Float64, "degrees_of_freedom": pl.Int64, "p_value": pl.Float64}
    return keys.hstack(pl.DataFrame(tests, schema=schema, orient="row"))


def clustered_log_rank(rows: pl.DataFrame, group: str, by: Sequence[str], *, cluster: str) -> pl.DataFrame:
    """The test that all groups share one curve, where the rows of one cluster are alike.

    Score and groups are those of the log-rank test; its variance is the sum of squares, over clusters, of what each
    adds to the score. Of this and the ordinary test the more cautious one is told: with few clusters the robust
    variance comes out too small.

    Args:
        rows: per follow-up the columns of `by`, group, `cluster`, `day` (of its end) and `is_event`.
        group: column of the groups compared; a cluster may have rows in several.
        by: columns within which they are compared.
        cluster: column of the clusters.

    Returns:
        As log_rank.
    """
    totals = [
        pl.col("is_event").sum().cast(pl.Int64).alias("events"),
        (~pl.col("is_event")).sum().cast(pl.Int64).alias("censored"),
    ]
    tests = log_rank(rows.group_by(*by, group, "day").agg(totals), group, by)
    parts = rows.sort(by).partition_by(by, maintain_order=True)
    robust = [_clustered_statistic(part, group, cluster) for part in parts]
    least = pl.min_horizontal("chi_square", pl.Series(robust, dtype=pl.Float64))
    statistic = pl.when(pl.col("chi_square").is_not_null()).then(least)
    cautious = tests.select(*by, statistic.alias("chi_square"), "degrees_of_freedom")
    pairs = cautious.select("chi_square", "degrees_of_freedom").rows()
    values = [None if free is None else float(chdtrc(free, square)) for square, free in pairs]
    return cautious.with_columns(p_value=pl.Series(values, dtype=pl.Float64))


def _clustered_statistic(rows: pl.DataFrame, group: str, cluster: str) -> float | None:
    """The score, squared in the metric of its sums by cluster; None where they do not span all groups."""
    names = rows[group].unique().sort().to_list()
    if len(names) < 2:
        return None
    keyed = rows.with_columns(place=pl.col(group).replace_strict(names, range(len(names)), return_dtype=pl.Int64))
    day_of = keyed["day"].to_numpy()
    days = int(day_of.max()) + 1
    cell = keyed["place"].to_numpy() * days + day_of
    leaving, events = (
        np.bincount(cell, weights, days * len(names)).reshape(len(names), days)
        for weights in (None, keyed["is_event"].to_numpy())
    )
    at_risk = leaving[:, ::-1].cumsum(axis=1)[:, ::-1]
    # The last day has somebody at risk, and so has every day before it.
    share, hazard = at_risk / at_risk.sum(axis=0), events.sum(axis=0) / at_risk.sum(axis=0)
    free = len(names) - 1
    own = np.eye(len(names))[:, :free, None]
    missed = (own * hazard - (share[:free] * hazard)[None]).cumsum(axis=2)
    # By the row's group and day, and whether it ended with an event: what it adds to each group's score.
    scores = np.stack([-missed, own - share[:free][None] - missed])
    grid = np.meshgrid(np.arange(len(names)), np.arange(days), [False, True], indexing="ij")
    place, day, event = (axis.ravel() for axis in grid)
    each = np.rint(scores[event.astype(int), place, :, day] * PARTS).astype(np.int64)
    columns = [f"score_{number}" for number in range(free)]
    told = pl.DataFrame(each, schema=columns, orient="row").with_columns(
        place=pl.Series(place, dtype=pl.Int64), day=pl.Series(day, dtype=keyed["day"].dtype), is_event=pl.Series(event)
    )
    sums = keyed.join(told, on=["place", "day", "is_event"]).group_by(cluster).agg(pl.col(columns).sum())
    pairs = [product(pl.col(one), pl.col(other)).sum().cast(pl.Float64) for one in columns for other in columns]
    names_of = [f"{one}_{other}" for one in columns for other in columns]
    spread = np.array(sums.select(**dict(zip(names_of, pairs, strict=True))).row(0)).reshape(free, free)
    score = sums.select(pl.col(columns).sum().cast(pl.Float64)).to_numpy()[0]
    if np.linalg.matrix_rank(spread) < free:
        return None
    return float(score @ np.linalg.solve(spread, score))


def _one_test(counts: pl.DataFrame, group: str, names: Sequence[str]) -> tuple[float | None, int | None, float | None]:
    """Observed less expected events of all groups but one, squared in the metric of their covariance."""
    days = counts.select("day").unique().sort("day")
    grid = [
        days.join(counts.filter(pl.col(group) == name), on="day", how="left", maintain_order="left").select(
            pl.col("events", "censored").fill_null(0)
        )
        for name in names
    ]
    events = np.column_stack([part["events"].to_numpy() for part in grid]).astype(float)
    leaving = events + np.column_stack([part["censored"].to_numpy() for part in grid])
    at_risk = leaving[::-1].cumsum(axis=0)[::-1]
    present = at_risk[0] > 0
    if present.sum() < 2:
        return None, None, None
    events, at_risk = events[:, present], at_risk[:, present]
    n, d = at_risk.sum(axis=1), events.sum(axis=1)
    happened = d > 0
    n, d, at_risk, events = n[happened], d[happened], at_risk[happened], events[happened]
    share = at_risk / n[:, None]
    difference = (events - d[:, None] * share).sum(axis=0)
    factor = np.where(n > 1, d * (n - d) / np.maximum(n - 1, 1), 0.0)
    covariance = np.diag((factor[:, None] * share).sum(axis=0)) - (share * factor[:, None]).T @ share
    free = int(present.sum()) - 1
    if not (factor > 0).any() or np.linalg.matrix_rank(covariance[:free, :free]) < free:
        return None, None, None
    statistic = float(difference[:free] @ np.linalg.solve(covariance[:free, :free], difference[:free]))
    return statistic, free, float(chdtrc(free, statistic))
