"""Kaplan-Meier on whole days: the share that has bought again, its interval, and the test between groups.

Here: formulas on counts per day. Not here: whose days they are (repurchase).
Sources: Kaplan and Meier, JASA 53 (1958); Greenwood's variance with the log-log interval as in R's survival
(conf.type = "log-log"); log-rank test of k groups, Mantel, Cancer Chemotherapy Reports 50 (1966).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from scipy.special import chdtrc, ndtri


def kaplan_meier(counts: pl.DataFrame, by: Sequence[str], *, confidence: float) -> pl.DataFrame:
    """The survival curve of each group.

    Args:
        counts: per group and `day` (whole days from the start, 0 is the first): `events` and `censored`. Those censored
            on a day were still at risk on it.
        by: columns of the group.
        confidence: level of the interval.

    Returns:
        The columns of counts and `at_risk` (before the day), `survival` (after it), `survival_low` and
        `survival_high`; ordered by group and day. The interval is empty while nothing has happened, and where nobody is
        left.
    """
    z = float(ndtri(0.5 + confidence / 2))
    leaving = pl.col("events") + pl.col("censored")
    at_risk, events = pl.col("at_risk").cast(pl.Float64), pl.col("events").cast(pl.Float64)
    log_survival = pl.col("survival").log()
    # On the scale of log(-log S) the interval never leaves 0..1.
    width = pl.col("greenwood").sqrt() / log_survival.abs() * z
    inside = (pl.col("survival") > 0) & (pl.col("survival") < 1)
    return (
        counts.sort(*by, "day")
        .with_columns(at_risk=leaving.sum().over(by) - leaving.cum_sum().over(by) + leaving)
        .with_columns(
            survival=(1 - events / at_risk).cum_prod().over(by),
            greenwood=(events / (at_risk * (at_risk - events))).cum_sum().over(by),
        )
        .with_columns(
            survival_low=pl.when(inside).then((log_survival * width.exp()).exp()),
            survival_high=pl.when(inside).then((log_survival * (-width).exp()).exp()),
        )
        .drop("greenwood")
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
