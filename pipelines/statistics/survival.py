"""Survival curves on whole days: Kaplan-Meier, its interval, and the log-rank test, both robust to clusters.

Here: formulas on counts per day, and the design effect of several rows per cluster. Not here: whose days they are
(value/repurchase).

Sources:
    Kaplan, Meier 1958, Nonparametric Estimation from Incomplete Observations, J. Am. Statist. Ass. 53; Greenwood 1926
    for the variance, with the log-log interval as in R's survival (conf.type = "log-log").
    Lin, Wei 1989, The Robust Inference for the Cox Proportional Hazards Model, J. Am. Statist. Ass. 84: influences
    summed by cluster, as R's survival does for `cluster`.
    Mantel 1966, Cancer Chemotherapy Reports 50: the log-rank test of k groups.
    Lee, Wei, Amato 1992, in Survival Analysis: State of the Art: the log-rank score with a variance robust to
    clusters, which is the robust score test of R's coxph.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from scipy.special import chdtrc, ndtri

# Influences are summed as integers in units of 1 / PARTS, so that sums do not depend on the order of rows.
PARTS = float(2**20)


def kaplan_meier(counts: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """The survival curve of each group.

    Args:
        counts: `events` and `censored` per group and `day` (whole days from the start; 0 is the first). Rows censored
            on a day were still at risk on it.
        by: columns of the group.

    Returns:
        The columns of counts and `at_risk` (before the day), `survival` (after it) and `greenwood` (variance of its
        log); ordered by group and day.

    >>> counts = pl.DataFrame({"day": [2, 4, 5, 6], "events": [1, 2, 1, 0], "censored": [0, 0, 0, 2]})
    >>> kaplan_meier(counts.with_columns(group=pl.lit("all")), ["group"])["survival"].round(4).to_list()
    [0.8333, 0.5, 0.3333, 0.3333]
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


def at_horizons(curves: pl.DataFrame, by: Sequence[str], horizons: Sequence[int]) -> pl.DataFrame:
    """What the curves of kaplan_meier say at the end of some days.

    Args:
        curves: of kaplan_meier.
        by: columns of the group, which may be null.
        horizons: whole days from the start; the last day of a horizon begins one day before it.

    Returns:
        One row per group and horizon: by, horizon_days, followed (rows of the group), at_risk (on the horizon's last
        day), survival and greenwood after it; survival is null where nothing ended before it.

    >>> counts = pl.DataFrame({"day": [2, 4, 5, 6], "events": [1, 2, 1, 0], "censored": [0, 0, 0, 2]})
    >>> curves = kaplan_meier(counts.with_columns(group=pl.lit("all")), ["group"])
    >>> at_horizons(curves, ["group"], [2, 5]).select(pl.exclude("group", "greenwood").round(4)).rows()
    [(2, 6, 6, None), (5, 6, 5, 0.5)]
    """
    counts = curves.select(*by, "day", "events", "censored")
    leaving = pl.col("events") + pl.col("censored")
    groups = counts.group_by(by).agg(leaving.sum().alias("followed"))
    days = pl.DataFrame({"horizon_days": horizons}, schema={"horizon_days": pl.Int32})
    read = groups.join(days, how="cross").with_columns(day=pl.col("horizon_days").cast(pl.Int64) - 1)
    before = read.join(counts, on=by, nulls_equal=True, suffix="_left").filter(pl.col("day_left") < pl.col("day"))
    left = before.group_by(*by, "day").agg(leaving.sum().alias("left"))
    reached = curves.join(read, on=by, nulls_equal=True, suffix="_read").filter(pl.col("day") <= pl.col("day_read"))
    last = reached.group_by(*by, "day_read").agg(pl.col("survival", "greenwood").sort_by("day").last())
    return (
        read.join(left, on=[*by, "day"], how="left", nulls_equal=True)
        .join(last, left_on=[*by, "day"], right_on=[*by, "day_read"], how="left", nulls_equal=True)
        .with_columns(at_risk=pl.col("followed") - pl.col("left").fill_null(0))
        .select(*by, "horizon_days", "followed", "at_risk", "survival", "greenwood")
    )


def medians(curves: pl.DataFrame, by: Sequence[str], *, fewest: int) -> pl.DataFrame:
    """Days within which half have ended, where a curve reaches half with at least `fewest` at risk: by, median_days.

    >>> counts = pl.DataFrame({"day": [2, 4, 5, 6], "events": [1, 2, 1, 0], "censored": [0, 0, 0, 2]})
    >>> curves = kaplan_meier(counts.with_columns(group=pl.lit("all")), ["group"])
    >>> medians(curves, ["group"], fewest=3)["median_days"].to_list(), medians(curves, ["group"], fewest=6).height
    ([5], 0)
    """
    half = curves.filter(pl.col("survival") <= 0.5, pl.col("at_risk") >= fewest)
    return half.group_by(by).agg((pl.col("day").min() + 1).cast(pl.Int32).alias("median_days"))


def log_log_interval(survival: pl.Expr, variance: pl.Expr, *, confidence: float) -> tuple[pl.Expr, pl.Expr]:
    """Lower and upper end for a survival whose log has this variance; null where the survival is 1 or 0.

    >>> low, high = log_log_interval(pl.lit(0.5), pl.lit(1 / 6), confidence=0.95)
    >>> pl.select(low.round(4).alias("low"), high.round(4).alias("high")).row(0)
    (0.1109, 0.8037)
    """
    z = float(ndtri(0.5 + confidence / 2))
    log_survival = survival.log()
    # On the scale of log(-log S) the interval stays within 0..1.
    width = variance.sqrt() / log_survival.abs() * z
    inside = (survival > 0) & (survival < 1)
    return (
        pl.when(inside).then((log_survival * width.exp()).exp()),
        pl.when(inside).then((log_survival * (-width).exp()).exp()),
    )


def design_effects(
    rows: pl.DataFrame, curves: pl.DataFrame, by: Sequence[str], *, cluster: str, horizons: Sequence[int]
) -> pl.DataFrame:
    """The factor by which the variance of a curve grows because rows of one cluster are alike.

    The variance of the log survival is the sum of squares of the rows' influences; the robust one is the sum of
    squares of the clusters' influences. The effect is their ratio, at least 1; it is 1 where every row is its own
    cluster, which leaves Greenwood's variance.

    Args:
        rows: one per follow-up: the columns of `by`, `cluster`, `day` (of its end) and `is_event`.
        curves: kaplan_meier of these rows.
        by: columns of the group.
        cluster: column of the clusters.
        horizons: days at which the curve is read.

    Returns:
        One row per group and horizon: by, horizon_days, design_effect.

    >>> rows = pl.DataFrame({"group": ["g"] * 4, "day": [1, 1, 3, 3], "is_event": [True, True, False, False]})
    >>> rows = rows.with_columns(customer=pl.Series(["a", "a", "b", "b"]))
    >>> counts = rows.group_by("group", "day").agg(
    ...     events=pl.col("is_event").sum().cast(pl.Int64), censored=(~pl.col("is_event")).sum().cast(pl.Int64)
    ... )
    >>> curves = kaplan_meier(counts, ["group"])
    >>> design_effects(rows, curves, ["group"], cluster="customer", horizons=[30])["design_effect"].to_list()
    [2.0]
    """
    at_risk, events = pl.col("at_risk").cast(pl.Float64), pl.col("events").cast(pl.Float64)
    steps = curves.sort(*by, "day").select(
        *by,
        "day",
        at_risk=at_risk,
        all=at_risk.max().over(by),
        hazard=(events / (at_risk * at_risk)).cum_sum().over(by),
    )
    until = [
        pl.col("hazard").filter(pl.col("day") < horizon).max().over(by).fill_null(0.0).alias(f"until_{horizon}")
        for horizon in horizons
    ]
    names = [str(horizon) for horizon in horizons]
    influences = [
        pl.when(pl.col("day") < horizon)
        .then(pl.col("is_event").cast(pl.Float64) / pl.col("at_risk") - pl.col("hazard"))
        .otherwise(-pl.col(f"until_{horizon}"))
        .alias(str(horizon))
        for horizon in horizons
    ]
    # Rows of one group and day have one influence or, with an event, another: computed for these, not for every row.
    of_day = (
        steps.with_columns(until)
        .join(pl.DataFrame({"is_event": [False, True]}), how="cross")
        .select(
            *by, "day", "is_event", *((value * pl.col("all") * PARTS).round().cast(pl.Int64) for value in influences)
        )
    )
    each = rows.join(of_day, on=[*by, "day", "is_event"], nulls_equal=True)
    clusters = each.group_by(*by, cluster).agg(pl.col(names).sum())
    squares = [_product(name, name).sum().cast(pl.Float64).alias(name) for name in names]
    alone, together = (
        frame.group_by(by).agg(squares).unpivot(names, index=by, variable_name="horizon", value_name=name)
        for frame, name in ((each, "alone"), (clusters, "together"))
    )
    ratio = pl.when(pl.col("alone") > 0).then(pl.col("together") / pl.col("alone")).otherwise(1.0)
    return alone.join(together, on=[*by, "horizon"], nulls_equal=True).select(
        *by, horizon_days=pl.col("horizon").cast(pl.Int32), design_effect=ratio.clip(lower_bound=1.0)
    )


def log_rank(counts: pl.DataFrame, group: str, by: Sequence[str]) -> pl.DataFrame:
    """The test that all groups share one curve.

    Args:
        counts: `events` and `censored` per `by`, group and `day`.
        group: column of the groups compared.
        by: columns within which they are compared.

    Returns:
        One row per `by`: chi_square, degrees_of_freedom, p_value; null where only one group was at risk.

    >>> arms = {"arm": ["a", "a", "b", "b"], "day": [1, 2, 3, 4], "events": [4, 4, 4, 4], "censored": [0, 0, 0, 0]}
    >>> test = log_rank(pl.DataFrame(arms).with_columns(study=1), "arm", ["study"])
    >>> test.select(pl.exclude("study").round(6)).row(0)
    (15.055866, 1, 0.000104)
    """
    names = sorted(counts[group].unique())
    keys = counts.select(by).unique(maintain_order=True).sort(by)
    tests = [_one_test(part, group, names) for part in counts.sort(by).partition_by(by, maintain_order=True)]
    schema = {"chi_square": pl.Float64, "degrees_of_freedom": pl.Int64, "p_value": pl.Float64}
    return keys.hstack(pl.DataFrame(tests, schema=schema, orient="row"))


def clustered_log_rank(rows: pl.DataFrame, group: str, by: Sequence[str], *, cluster: str) -> pl.DataFrame:
    """The test that all groups share one curve, where rows of one cluster are alike.

    The score is that of the log-rank test; its variance is the sum of squares over clusters of their parts of the
    score. Returns this or the ordinary test, whichever is more cautious: with few clusters the robust variance is
    biased downwards.

    Args:
        rows: one per follow-up: the columns of `by`, group, `cluster`, `day` (of its end) and `is_event`.
        group: column of the groups compared; a cluster may have rows in several.
        by: columns within which they are compared.
        cluster: column of the clusters.

    Returns:
        As log_rank.

    >>> rows = pl.DataFrame({"arm": ["a"] * 8 + ["b"] * 8, "day": [1, 2] * 4 + [3, 4] * 4, "customer": [*range(8)] * 2})
    >>> rows = rows.with_columns(study=1, is_event=True)
    >>> test = clustered_log_rank(rows, "arm", ["study"], cluster="customer")
    >>> test.select(pl.exclude("study").round(6)).row(0)
    (7.981901, 1, 0.004725)
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
    """The score squared in the metric of its cluster sums; None where these do not span all groups."""
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
    # Somebody is at risk on the last day, hence on every day: no division by zero.
    share, hazard = at_risk / at_risk.sum(axis=0), events.sum(axis=0) / at_risk.sum(axis=0)
    free = len(names) - 1
    own = np.eye(len(names))[:, :free, None]
    missed = (own * hazard - (share[:free] * hazard)[None]).cumsum(axis=2)
    # A row's part of each group's score, by its group, its day and whether it ended with an event.
    scores = np.stack([-missed, own - share[:free][None] - missed])
    grid = np.meshgrid(np.arange(len(names)), np.arange(days), [False, True], indexing="ij")
    place, day, event = (axis.ravel() for axis in grid)
    each = np.rint(scores[event.astype(int), place, :, day] * PARTS).astype(np.int64)
    columns = [f"score_{number}" for number in range(free)]
    parts = pl.DataFrame(each, schema=columns, orient="row").with_columns(
        place=pl.Series(place, dtype=pl.Int64), day=pl.Series(day, dtype=keyed["day"].dtype), is_event=pl.Series(event)
    )
    sums = keyed.join(parts, on=["place", "day", "is_event"]).group_by(cluster).agg(pl.col(columns).sum())
    pairs = [_product(one, other).sum().cast(pl.Float64) for one in columns for other in columns]
    names_of = [f"{one}_{other}" for one in columns for other in columns]
    spread = np.array(sums.select(**dict(zip(names_of, pairs, strict=True))).row(0)).reshape(free, free)
    score = sums.select(pl.col(columns).sum().cast(pl.Float64)).to_numpy()[0]
    if np.linalg.matrix_rank(spread) < free:
        return None
    return float(score @ np.linalg.solve(spread, score))


def _product(one: str, other: str) -> pl.Expr:
    """Exact product of sums of influences; half the time of statistics.exact.product, which fails where this wraps.

    The sums of ten million answers stay a hundredfold below that.
    """
    return pl.col(one).cast(pl.Int128) * pl.col(other).cast(pl.Int128)


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
